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

// The next line that is not empty, without its end; one that is too long is skipped, and counted. False at
// the end of the file.
static bool next_line(struct response_reading *r, struct span *out)
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

// What is wrong with the record at hand. Fails for want of memory.
static bool take_fault(struct response_reading *r, enum json_fault fault, struct error *error)
{
	if (fault == JSON_NO_MEMORY)
		return error_memory(error, "reading what hosts answered");
	reading_skip(r, RESPONSE_SKIP_SYNTAX, json_fault_words(fault));
	return true;
}

// One record.
static bool take_json(struct response_reading *r, struct span text, reading_take *take,
                      struct error *error)
{
	const enum json_fault fault = json_read(&r->json, text);
	const struct json_value *root = json_root(&r->json);
	if (fault != JSON_FINE)
		return take_fault(r, fault, error);
	const struct json_value *item = root->kind == JSON_ARRAY ? json_first(&r->json, root)
	                                                         : NULL;
	if (item == NULL)
		return take(r, root, error);
	for (; item != NULL; item = json_next(&r->json, root, item))
		if (!take(r, item, error))
			return false;
	return true;
}

// ---- objects that go over lines

struct object_scan {
	size_t at;  // so many bytes were looked at
	unsigned depth;
	bool is_in_text, is_escaped;
};

// Goes on until the object ends, and is true then.
static bool scan_object(struct object_scan *scan, struct span window)
{
	while (scan->at < window.length) {
		const uint8_t byte = window.bytes[scan->at++];
		if (scan->is_escaped)
			scan->is_escaped = false;
		else if (scan->is_in_text && byte == '\\')
			scan->is_escaped = true;
		else if (byte == '"')
			scan->is_in_text = !scan->is_in_text;
		else if (!scan->is_in_text && byte == '{')
			scan->depth++;
		else if (!scan->is_in_text && byte == '}' && --scan->depth == 0)
			return true;
	}
	return false;
}

// Goes over what stands between objects. False at the end, or where something else stands.
static bool skip_between(struct response_reading *r)
{
	struct stream *stream = r->stream;
	while (stream_need(stream, 1)) {
		const uint8_t byte = stream->window.at[0];
		r->offset = stream_offset(stream);
		if (byte == '{')
			return true;
		if (memchr(" \t\r\n,[]", byte, 7) == NULL) {
			r->ledger->records++;
			reading_skip(r, RESPONSE_SKIP_SYNTAX, "does not begin where it should");
			return false;
		}
		stream->window.at++;
	}
	return false;
}

static bool read_objects(struct response_reading *r, reading_take *take, struct error *error)
{
	r->is_document = true;
	while (skip_between(r)) {
		struct object_scan scan = { .at = 0 };
		bool is_whole = false, is_there = true;
		r->ledger->records++;
		while (!is_whole && is_there && scan.at <= LINE_MAX_BYTES) {
			is_there = stream_need(r->stream, scan.at + 1);
			is_whole = scan_object(&scan, window_of(r->stream));
		}
		if (!is_whole) {
			reading_skip(r, is_there ? RESPONSE_SKIP_LONG : RESPONSE_SKIP_SYNTAX,
			             is_there ? "is longer than 16 MiB" : "breaks off");
			return true;
		}
		const struct span object = { r->stream->window.at, scan.at };
		r->stream->window.at += scan.at;
		if (!take_json(r, object, take, error))
			return false;
	}
	return true;
}

// Whether a file with this head is an array, or begins with an object that goes over lines: together the
// lines are the beginning of a value, and the first alone is not a whole one.
static bool is_document(struct response_reading *r, struct span head)
{
	head = span_from(head, mark_length(head));
	while (head.length > 0 && (is_blank(head.bytes[0]) || head.bytes[0] == '\n'))
		head = span_from(head, 1);
	const uint8_t *end = find_end(head);
	const size_t length = end == NULL ? head.length : (size_t)(end - head.bytes);
	const bool is_array = head.length > 0 && head.bytes[0] == '[';
	if (is_array)
		return true;
	if (end == NULL ||
	    json_read(&r->json, (struct span){ head.bytes, length }) != JSON_BREAKS_OFF)
		return false;
	const enum json_fault fault = json_read(&r->json, head);
	return fault == JSON_FINE || fault == JSON_BREAKS_OFF;
}

bool reading_json(struct response_reading *r, reading_take *take, struct error *error)
{
	struct span line;
	const struct span head = window_of(r->stream);
	if (is_document(r, head)) {
		r->stream->window.at += mark_length(head);
		return read_objects(r, take, error);
	}
	while (next_line(r, &line))
		if (!take_json(r, line, take, error))
			return false;
	return true;
}

// Whether it holds of what is there of the text.
static bool holds_of(struct response_reading *r, struct span text, bool may_break_off,
                     reading_is_it *is_it)
{
	const enum json_fault fault = json_read(&r->json, text);
	const struct json_value *root = json_root(&r->json);
	const bool is_sound = fault == JSON_FINE || (fault == JSON_BREAKS_OFF && may_break_off);
	// What is wrong behind the first item of an array is found when it is read.
	if (root == NULL || !(is_sound || root->kind == JSON_ARRAY))
		return false;
	if (is_it(&r->json, root))
		return true;
	const struct json_value *first = root->kind == JSON_ARRAY ? json_first(&r->json, root)
	                                                          : NULL;
	return first != NULL && is_it(&r->json, first);
}

bool reading_recognise_json(struct response_reading *r, struct span head, reading_is_it *is_it)
{
	head = span_from(head, mark_length(head));
	if (holds_of(r, head, true, is_it))
		return true;
	for (unsigned i = 0; i < RECOGNISE_LINES && head.length > 0; i++) {
		const uint8_t *end = find_end(head);
		const size_t length = end == NULL ? head.length : (size_t)(end - head.bytes);
		if (holds_of(r, (struct span){ head.bytes, length }, end == NULL, is_it))
			return true;
		head = span_from(head, length + 1);
	}
	return false;
}

// ---- what most forms have

bool reading_address(struct response_reading *r, const struct json_value *value, uint32_t *out)
{
	char text[TEXT_IPV4_SIZE];
	if (json_copy(&r->json, value, text, sizeof text) && text_ipv4(text, out))
		return true;
	reading_skip(r, RESPONSE_SKIP_ADDRESS, "has no IPv4 address");
	return false;
}

bool reading_port(struct response_reading *r, const struct json_value *value, uint16_t *out)
{
	uint64_t port;
	if (json_u64(&r->json, value, UINT16_MAX, &port) && port > 0) {
		*out = (uint16_t)port;
		return true;
	}
	reading_skip(r, RESPONSE_SKIP_FIELD, "has no port from 1 to 65535");
	return false;
}

struct span reading_probe(const char *prefix, const char *name, char out[RESPONSE_PROBE_MAX + 1])
{
	size_t length = strlen(prefix);
	text_copy(out, RESPONSE_PROBE_MAX + 1, prefix);
	for (; *name != '\0' && length < RESPONSE_PROBE_MAX; name++)
		if (*name > ' ' && *name <= '~')
			out[length++] = *name;
	out[length] = '\0';
	return (struct span){ (const uint8_t *)out, length };
}

bool reading_is_lossy(struct span text)
{
	static const uint8_t replacement[] = { 0xef, 0xbf, 0xbd };
	return text.length >= sizeof replacement &&
	       memmem(text.bytes, text.length, replacement, sizeof replacement) != NULL;
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
