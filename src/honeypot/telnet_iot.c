// SPDX-License-Identifier: MIT
// The raw log of telnet-iot-honeypot: a connection a line, with all that was said, in pieces of a stream with times in
// seconds since its beginning, and the files that were fetched, or made in the shell ("telnet://"). Everybody is
// let in.
#include "honeypot/json_form.h"

#include "base/calendar.h"

// A week: no connection of this honeypot is longer.
#define LONGEST_NS (7 * 86400 * NANOSECONDS_A_SECOND)

static const char *const users[] = { "user", NULL }, *const passwords[] = { "pass", NULL };
static const char *const seconds[] = { "ts", NULL }, *const urls[] = { "url", NULL },
			 *const names[] = { "name", NULL };
static const char *const digests[] = { "sha256", NULL };

static bool is_telnet_iot(const struct json *json, const struct json_value *object)
{
	return json_is(json, json_member(json, object, "type"), "connection") &&
	       json_member(json, object, "ip") != NULL &&
	       json_member(json, object, "stream") != NULL;
}

static void take_stream(struct log_reading *r, const struct json_value *stream,
                        const struct honeypot_event *event)
{
	const struct json *json = &r->json;
	struct source_lines lines = { .event = *event };
	lines.event.kind = HONEYPOT_INPUT;
	for (const struct json_value *piece = json_first(json, stream); piece != NULL;
	     piece = json_next(json, stream, piece)) {
		const struct json_value *is_input = json_member(json, piece, "in");
		uint64_t since_ns = 0;
		if (is_input == NULL || is_input->kind != JSON_TRUE)
			continue;
		// Digits as of a time; what is none counts as the beginning.
		if (!log_time(r, source_text(r, piece, seconds), &since_ns) ||
		    since_ns > LONGEST_NS)
			since_ns = 0;
		source_lines_add(r, &lines, json_member(json, piece, "data"),
		                 event->time_ns + since_ns);
	}
	source_lines_end(r, &lines);
}

static void take_sample(struct log_reading *r, const struct json_value *sample,
                        struct honeypot_event event)
{
	const struct span url = source_text(r, sample, urls);
	const bool is_made = url.length == 0 || log_starts(url, "telnet://");
	event.kind = is_made ? HONEYPOT_UPLOAD : HONEYPOT_FETCH;
	event.text = log_pair(r, is_made ? source_text(r, sample, names) : url,
	                      source_text(r, sample, digests));
	log_event(r, &event);
}

static void take(struct log_reading *r, const struct json_value *object)
{
	const struct json *json = &r->json;
	struct honeypot_event event = { .kind = HONEYPOT_CONNECT };
	if (!source_begin(r, object, &event))
		return;
	event.protocol = HONEYPOT_TELNET;
	event.session = source_session(r, object);
	log_event(r, &event);
	struct honeypot_event login = event;
	const struct span user = source_text(r, object, users);
	login.kind = HONEYPOT_LOGIN;
	login.text = log_pair(r, user, source_text(r, object, passwords));
	log_event(r, &login);
	take_stream(r, json_member(json, object, "stream"), &event);
	const struct json_value *samples = json_member(json, object, "samples");
	for (const struct json_value *sample = json_first(json, samples); sample != NULL;
	     sample = json_next(json, samples, sample))
		take_sample(r, sample, event);
}

const struct json_source json_source_telnet_iot = { "telnet-iot-honeypot", is_telnet_iot, take };
