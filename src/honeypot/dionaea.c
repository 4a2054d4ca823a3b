// SPDX-License-Identifier: MIT
// Dionaea's log_json: a connection a line. Its code writes addresses flat ("src_ip"), its manual shows them nested
// ("connection.remote.address"). Credentials are a list, or, with flat_data, an object of lists; whether
// they were accepted is not said, so they count as refused. What the honeypot listened on, and what it
// connected to itself, is nobody's visit.
#include "honeypot/json_form.h"

static const char *const users[] = { "username", NULL }, *const passwords[] = { "password", NULL };
static const char *const protocols[] = { "protocol", NULL }, *const times[] = { "timestamp",
	                                                                        "@timestamp",
	                                                                        NULL };
static const char *const addresses[] = { "address", "host", "ip", NULL }, *const ports[] = { "port",
	                                                                                     NULL };

static bool is_dionaea(const struct json *json, const struct json_value *object)
{
	const struct json_value *connection = json_member(json, object, "connection");
	return json_member(json, connection, "protocol") != NULL &&
	       (json_member(json, connection, "remote") != NULL ||
	        json_member(json, connection, "transport") != NULL);
}

// Addresses as the manual has them.
static bool read_nested(struct log_reading *r, const struct json_value *object,
                        const struct json_value *connection, struct honeypot_event *event)
{
	const struct json_value *remote = json_member(&r->json, connection, "remote");
	const struct json_value *local = json_member(&r->json, connection, "local");
	if (!log_time(r, source_text(r, object, times), &event->time_ns)) {
		log_skip(r, HONEYPOT_SKIP_TIME, "has no time");
		return false;
	}
	if (!log_address(source_text(r, remote, addresses), &event->source)) {
		log_skip(r, HONEYPOT_SKIP_ADDRESS, NULL);
		return false;
	}
	log_address(source_text(r, local, addresses), &event->destination);
	event->source_port = log_port(source_text(r, remote, ports));
	event->port = log_port(source_text(r, local, ports));
	return true;
}

static void credential(struct log_reading *r, struct honeypot_event *event, struct span user,
                       struct span password)
{
	event->text = log_pair(r, user, password);
	log_event(r, event);
	event->time_ns++;
}

static struct span item_text(struct log_reading *r, const struct json_value *item)
{
	if (item == NULL || item->kind != JSON_TEXT)
		return (struct span){ .length = 0 };
	return log_unescape(r, json_raw(&r->json, item));
}

// {"username": ["a", "b"], "password": ["1", "2"]}
static void take_flat(struct log_reading *r, const struct json_value *lists,
                      struct honeypot_event *event)
{
	const struct json *json = &r->json;
	const struct json_value *names = json_member(json, lists, "username");
	const struct json_value *words = json_member(json, lists, "password");
	const struct json_value *name = json_first(json, names), *word = json_first(json, words);
	while (name != NULL || word != NULL) {
		const struct span user = item_text(r, name);
		credential(r, event, user, item_text(r, word));
		name = name == NULL ? NULL : json_next(json, names, name);
		word = word == NULL ? NULL : json_next(json, words, word);
	}
}

static void take_credentials(struct log_reading *r, const struct json_value *all,
                             struct honeypot_event event)
{
	const struct json *json = &r->json;
	event.kind = HONEYPOT_LOGIN_FAILED;
	if (all != NULL && all->kind == JSON_OBJECT) {
		take_flat(r, all, &event);
		return;
	}
	for (const struct json_value *item = json_first(json, all); item != NULL;
	     item = json_next(json, all, item)) {
		const struct span user = source_text(r, item, users);
		credential(r, &event, user, source_text(r, item, passwords));
	}
}

static void take(struct log_reading *r, const struct json_value *object)
{
	const struct json *json = &r->json;
	const struct json_value *connection = json_member(json, object, "connection");
	const struct json_value *type = json_member(json, connection, "type");
	struct honeypot_event event = { .kind = HONEYPOT_CONNECT };
	if (json_is(json, type, "listen") || json_is(json, type, "connect")) {
		log_other(r);
		return;
	}
	if (!(json_member(json, connection, "remote") != NULL
	              ? read_nested(r, object, connection, &event)
	              : source_begin(r, object, &event)))
		return;
	event.protocol = log_protocol(source_text(r, connection, protocols));
	event.session = source_session(r, object);
	log_event(r, &event);
	take_credentials(r, json_member(json, object, "credentials"), event);
}

const struct json_source json_source_dionaea = { "dionaea", is_dionaea, take };
