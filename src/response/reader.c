// SPDX-License-Identifier: MIT
#include "response/reader.h"

#include "base/calendar.h"
#include "base/text.h"

enum { LINE_MAX_BYTES = 16 * 1024 * 1024, RECOGNISE_LINES = 16 };

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r';
}

static struct span trim(struct span s)
{
	while (s.length > 0 && is_blank(s.bytes[0]))
		s = span_from(s, 1);
	while (s.length > 0 && is_blank(s.bytes[s.length - 1]))
		s.length--;
	return s;
}

static const uint8_t *find_end(struct span bytes)
{
	return bytes.length == 0 ? NULL : memchr(bytes.bytes, '\n', bytes.length);
}

// What some programs put in front of UTF-8.
static size_t mark_length(struct span head)
{
	return head.length >= 3 && memcmp(head.bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static struct span window_of(const struct stream *stream)
{
	return (struct span){ stream->window.at, cursor_left(&stream->window) };
}

// Goes behind the end of the line, however long it is.
static void skip_line(struct stream *stream)
{
	while (stream_need(stream, 1)) {
		const struct span window = window_of(stream);
		const uint8_t *end = find_end(window);
		if (end != NULL) {
			stream->window.at = end + 1;
			return;
		}
		stream->window.at = stream->window.end;
	}
}

enum fetched { FETCHED_LINE, FETCHED_LONG, FETCHED_END };

// Brings a line into the window and takes it out.
static enum fetched fetch_line(struct stream *stream, struct span *out)
{
	size_t looked_at = 0;
	for (size_t wanted = 1;; wanted = looked_at + 1) {
		const bool is_there = stream_need(stream, wanted);
		const struct span window = window_of(stream);
		const uint8_t *end = find_end(span_from(window, looked_at));
		const size_t length = end == NULL ? window.length : (size_t)(end - window.bytes);
		if (length > LINE_MAX_BYTES) {
			skip_line(stream);
			return FETCHED_LONG;
		}
		if (end != NULL || !is_there) {
			*out = (struct span){ window.bytes, length };
			stream->window.at += length + (end != NULL);
			return length > 0 || end != NULL ? FETCHED_LINE : FETCHED_END;
		}
		looked_at = window.length;
	}
}

bool reading_line(struct response_reading *r, struct span *out)
{
	for (;;) {
		const bool is_first = r->line == 0;
		r->offset = stream_offset(r->stream);
		struct span line;
		const enum fetched fetched = fetch_line(r->stream, &line);
		if (fetched == FETCHED_END)
			return false;
		r->line++;
		if (fetched == FETCHED_LONG) {
			r->ledger->records++;
			reading_skip(r, RESPONSE_SKIP_LONG, "is longer than 16 MiB");
			continue;
		}
		line = trim(span_from(line, is_first ? mark_length(line) : 0));
		if (line.length == 0)
			continue;
		r->ledger->records++;
		*out = line;
		return true;
	}
}

void reading_skip(struct response_reading *r, enum response_skip skip, const char *words)
{
	char reason[160];
	r->ledger->skipped[skip]++;
	if (!response_skip_is_damage(skip))
		return;
	if (r->line > 0)
		text_format(reason, sizeof reason, "line %llu %s", (unsigned long long)r->line,
		            words);
	else
		text_copy(reason, sizeof reason, words);
	stream_damage_passed(r->stream, r->offset, reason);
}

bool reading_hand_on(struct response_reading *r, const struct response *response,
                     struct error *error)
{
	struct response whole = *response;
	if (whole.bytes.length > RESPONSE_BYTES_MAX) {
		whole.bytes.length = RESPONSE_BYTES_MAX;
		whole.is_cut = true;
	}
	r->ledger->responses++;
	r->ledger->cut += whole.is_cut;
	r->ledger->lossy += whole.is_lossy;
	r->ledger->without_time += whole.time_ns == 0;
	return r->receiver->take(r->receiver->context, &whole, error);
}

bool reading_fault(struct response_reading *r, enum json_fault fault, struct error *error)
{
	if (fault == JSON_NO_MEMORY)
		return error_memory(error, "reading what hosts answered");
	reading_skip(r, RESPONSE_SKIP_SYNTAX, json_fault_words(fault));
	return true;
}

bool reading_json(struct response_reading *r, reading_take *take, struct error *error)
{
	struct span line;
	while (reading_line(r, &line)) {
		const enum json_fault fault = json_read(&r->json, line);
		if (fault == JSON_FINE ? !take(r, json_root(&r->json), error)
		                       : !reading_fault(r, fault, error))
			return false;
	}
	return true;
}

bool reading_recognise_json(struct response_reading *r, struct span head, reading_is_it *is_it)
{
	head = span_from(head, mark_length(head));
	for (unsigned i = 0; i < RECOGNISE_LINES && head.length > 0; i++) {
		const uint8_t *end = find_end(head);
		const size_t length = end == NULL ? head.length : (size_t)(end - head.bytes);
		const enum json_fault fault = json_read(&r->json,
		                                        (struct span){ head.bytes, length });
		const struct json_value *root = json_root(&r->json);
		if ((fault == JSON_FINE || (fault == JSON_BREAKS_OFF && end == NULL)) &&
		    root != NULL && is_it(&r->json, root))
			return true;
		head = span_from(head, length + 1);
	}
	return false;
}

static bool time_of_number(const char *text, uint64_t *out_ns)
{
	char whole[24];
	const size_t length = strspn(text, "0123456789");
	const uint64_t seconds_max = 7258118399;  // 2199-12-31
	uint64_t seconds, fraction_ns = 0, unit_ns = NANOSECONDS_A_SECOND;
	if (!text_format(whole, sizeof whole, "%.*s", (int)length, text) ||
	    !text_u64(whole, seconds_max, &seconds))
		return false;
	text += length;
	if (*text == '.')
		for (text++; *text >= '0' && *text <= '9'; text++) {
			unit_ns /= 10;
			fraction_ns += (uint64_t)(*text - '0') * unit_ns;
		}
	*out_ns = seconds * NANOSECONDS_A_SECOND + fraction_ns;
	return *text == '\0';  // an exponent is none
}

bool reading_time(const struct json *json, const struct json_value *value, uint64_t *out_ns)
{
	char text[64];
	*out_ns = 0;
	if (value == NULL || value->kind == JSON_NULL)
		return true;
	if (value->kind == JSON_TEXT)
		return json_copy(json, value, text, sizeof text) && time_parse(text, out_ns);
	const struct span raw = json_raw(json, value);
	return value->kind == JSON_NUMBER &&
	       text_format(text, sizeof text, "%.*s", (int)raw.length, (const char *)raw.bytes) &&
	       time_of_number(text, out_ns);
}
