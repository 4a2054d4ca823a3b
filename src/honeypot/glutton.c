// SPDX-License-Identifier: MIT
// Glutton: a connection a line, at its end (producer/event.go). Ports are texts; what was said over Telnet is in
// "decoded", a list of what was read and written, and of other protocols in "payload", in base64. Its
// Telnet asks for a name and a password, and lets everybody in.
#include "honeypot/json_form.h"

static const char *const sensors[] = { "sensorID", NULL }, *const payloads[] = { "payload", NULL };

static bool is_glutton(const struct json *json, const struct json_value *object)
{
	return json_member(json, object, "srcHost") != NULL &&
	       json_member(json, object, "srcPort") != NULL &&
	       (json_member(json, object, "handler") != NULL ||
	        json_member(json, object, "payload") != NULL);
}

// What the honeypot asked for last.
enum asked { ASKED_NOTHING, ASKED_USER, ASKED_PASSWORD };

static bool ends_in(const struct json *json, const struct json_value *text, const char *end)
{
	const struct span raw = log_trim(json_raw(json, text));
	const size_t length = strlen(end);
	return text->kind == JSON_TEXT && raw.length >= length &&
	       memcmp(raw.bytes + raw.length - length, end, length) == 0;
}

// Without the ends of lines and zero bytes.
static struct span answer(struct log_reading *r, const struct json_value *message)
{
	struct span text = log_unescape(r, json_raw(&r->json, message));
	while (text.length > 0 && text.bytes[text.length - 1] <= '\r')
		text.length--;
	return text;
}

struct talk {
	struct source_lines lines;
	struct span user;
	enum asked asked;
};

static void take_message(struct log_reading *r, struct talk *talk, const struct json_value *item)
{
	const struct json *json = &r->json;
	const struct json_value *message = json_member(json, item, "message");
	if (message == NULL || message->kind != JSON_TEXT)
		return;
	if (!json_is(json, json_member(json, item, "direction"), "read")) {
		talk->asked = ends_in(json, message, "sername:")   ? ASKED_USER
		              : ends_in(json, message, "assword:") ? ASKED_PASSWORD
		                                                   : ASKED_NOTHING;
		return;
	}
	if (talk->asked == ASKED_USER) {
		talk->user = answer(r, message);
	} else if (talk->asked == ASKED_PASSWORD) {
		struct honeypot_event login = talk->lines.event;
		login.kind = HONEYPOT_LOGIN;
		login.text = log_pair(r, talk->user, answer(r, message));
		log_event(r, &login);
	} else {
		source_lines_add(r, &talk->lines, message, talk->lines.event.time_ns);
	}
	talk->asked = ASKED_NOTHING;
}

// Whether there is what was said, line by line.
static bool take_talk(struct log_reading *r, const struct json_value *decoded,
                      const struct honeypot_event *event)
{
	struct talk talk = { .lines.event = *event };
	const struct json_value *item = json_first(&r->json, decoded);
	if (decoded == NULL || decoded->kind != JSON_ARRAY ||
	    json_member(&r->json, item, "direction") == NULL)
		return false;
	talk.lines.event.kind = HONEYPOT_INPUT;
	for (; item != NULL; item = json_next(&r->json, decoded, item))
		take_message(r, &talk, item);
	source_lines_end(r, &talk.lines);
	return true;
}

// Lines of what came over Telnet where that is all that is there.
static void take_payload(struct log_reading *r, struct span bytes, struct honeypot_event event)
{
	event.kind = HONEYPOT_INPUT;
	while (bytes.length > 0) {
		struct span line = log_until(&bytes, '\n');
		while (line.length > 0 && line.bytes[line.length - 1] <= '\r')
			line.length--;
		if (line.length == 0)
			continue;
		event.text = line;
		log_event(r, &event);
		event.time_ns++;
	}
}

static void take(struct log_reading *r, const struct json_value *object)
{
	struct honeypot_event event = { .kind = HONEYPOT_CONNECT };
	struct span bytes = { .length = 0 };
	if (!source_begin(r, object, &event))
		return;
	if (!log_base64(r, source_text(r, object, payloads), &bytes)) {
		log_skip(r, HONEYPOT_SKIP_ENCODING, "has a payload that is no base64");
		return;
	}
	event.sensor = source_text(r, object, sensors);
	event.session = source_session(r, object);
	log_event(r, &event);
	if (!take_talk(r, json_member(&r->json, object, "decoded"), &event) &&
	    event.protocol == HONEYPOT_TELNET)
		take_payload(r, bytes, event);
}

const struct json_source json_source_glutton = { "glutton", is_glutton, take };
