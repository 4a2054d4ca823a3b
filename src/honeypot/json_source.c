// SPDX-License-Identifier: MIT
#include "honeypot/json_form.h"

#include "base/sha256.h"

// Of any honeypot, and T-Pot's names for them.
static const char *const times[] = { "timestamp", "@timestamp", "date", NULL };
static const char *const sources[] = { "src_ip", "source_ip", "srcHost", "ip", NULL };
static const char *const source_ports[] = { "src_port", "source_port", "srcPort", NULL };
static const char *const destinations[] = { "dst_ip", "dest_ip", "destination_ip", "dstHost",
	                                    NULL };
static const char *const ports[] = { "dst_port", "dest_port", "destination_port", "dstPort", NULL };
static const char *const protocols[] = { "protocol", "proto", "handler", NULL };

struct span source_text(struct log_reading *r, const struct json_value *object,
                        const char *const names[])
{
	for (; *names != NULL; names++) {
		const struct json_value *value = json_member(&r->json, object, *names);
		const struct span raw = json_raw(&r->json, value);
		if (value != NULL && (value->kind == JSON_TEXT || value->kind == JSON_NUMBER))
			return value->has_escapes ? log_unescape(r, raw) : raw;
	}
	return (struct span){ .length = 0 };
}

bool source_begin(struct log_reading *r, const struct json_value *object,
                  struct honeypot_event *event)
{
	if (!log_time(r, source_text(r, object, times), &event->time_ns)) {
		log_skip(r, HONEYPOT_SKIP_TIME, "has no time");
		return false;
	}
	if (!log_address(source_text(r, object, sources), &event->source)) {
		log_skip(r, HONEYPOT_SKIP_ADDRESS, NULL);
		return false;
	}
	log_address(source_text(r, object, destinations), &event->destination);
	event->source_port = log_port(source_text(r, object, source_ports));
	event->port = log_port(source_text(r, object, ports));
	event->protocol = log_protocol(source_text(r, object, protocols));
	return true;
}

struct span source_session(struct log_reading *r, const struct json_value *object)
{
	enum { DIGITS = 12 };
	uint8_t digest[SHA256_SIZE];
	sha256(json_raw(&r->json, object), digest);
	uint8_t *out = log_room(r, DIGITS);
	for (unsigned i = 0; i < DIGITS; i++)
		out[i] = (uint8_t) "0123456789abcdef"[digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
	return (struct span){ out, DIGITS };
}

// ---- lines

// Telnet ends a line with CR LF, or CR and a zero byte, of which the latter begins the next.
static struct span without_zeros(struct span text)
{
	while (text.length > 0 && text.bytes[0] == '\0')
		text = span_from(text, 1);
	while (text.length > 0 && text.bytes[text.length - 1] == '\0')
		text.length--;
	return text;
}

static void end_line(struct log_reading *r, struct source_lines *lines, uint64_t time_ns)
{
	const struct span text = without_zeros((struct span){ lines->open, lines->length });
	lines->length = 0;
	if (text.length == 0)
		return;
	lines->event.text = text;
	lines->event.time_ns = time_ns > lines->last_ns ? time_ns : lines->last_ns + 1;
	lines->last_ns = lines->event.time_ns;
	log_event(r, &lines->event);
}

void source_lines_add(struct log_reading *r, struct source_lines *lines,
                      const struct json_value *piece, uint64_t time_ns)
{
	if (piece == NULL || piece->kind != JSON_TEXT)
		return;
	const struct span bytes = log_unescape(r, json_raw(&r->json, piece));
	if (lines->length > 0 && lines->open + lines->length != bytes.bytes)
		end_line(r, lines, time_ns);
	for (size_t i = 0; i < bytes.length; i++) {
		if (lines->length == 0)
			lines->open = bytes.bytes + i;
		if (bytes.bytes[i] == '\n' || bytes.bytes[i] == '\r')
			end_line(r, lines, time_ns);
		else
			lines->length++;
	}
}

void source_lines_end(struct log_reading *r, struct source_lines *lines)
{
	end_line(r, lines, lines->last_ns);
}
