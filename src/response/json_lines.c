// SPDX-License-Identifier: MIT
#include "response/json_lines.h"

#include "base/calendar.h"
#include "base/escape.h"
#include "base/text.h"
#include "base/base64.h"
#include "response/reader.h"

// As much of the fraction as there is: none, milliseconds, microseconds or nanoseconds.
static unsigned digits_of(uint64_t time_ns)
{
	return time_ns % 1000 != 0         ? 9
	       : time_ns % 1000000 != 0    ? 6
	       : time_ns % 1000000000 != 0 ? 3
	                                   : 0;
}

void json_lines_write(struct buffer *out, const struct response *response)
{
	char address[TEXT_IPV4_SIZE], time[CALENDAR_TIME_SIZE];
	text_from_ipv4(response->address, address);
	buffer_format(out, "{\"address\":\"%s\",\"port\":%u,\"time\":", address,
	              (unsigned)response->port);
	time_format(response->time_ns, digits_of(response->time_ns), time);
	if (response->time_ns == 0)
		buffer_text(out, "null");
	else
		buffer_format(out, "\"%s\"", time);
	buffer_text(out, ",\"probe\":\"");
	escape_json(out, (const char *)response->probe.bytes, response->probe.length);
	buffer_format(out, "\",\"status\":\"%s\",\"response\":\"",
	              response_status_name(response->status));
	base64_encode(out, response->bytes);
	buffer_byte(out, '"');
	if (response->is_cut)
		buffer_text(out, ",\"cut\":true");
	if (response->is_lossy)
		buffer_text(out, ",\"lossy\":true");
	buffer_text(out, "}\n");
}

void json_lines_done(struct json_lines *lines)
{
	json_done(&lines->json);
	buffer_done(&lines->bytes);
}

struct line_reader {
	const struct json *json;
	const struct json_value *object;
	struct buffer *bytes;
	char *probe;
	struct response *out;
	enum response_skip why;
	const char *words;
};

static bool refuse(struct line_reader *r, enum response_skip why, const char *words)
{
	r->why = why;
	r->words = words;
	return false;
}

static const struct json_value *member(const struct line_reader *r, const char *name)
{
	const struct json_value *value = json_member(r->json, r->object, name);
	return value == NULL || value->kind == JSON_NULL ? NULL : value;
}

static bool read_target(struct line_reader *r)
{
	const struct json *json = r->json;
	const struct json_value *address = member(r, "address");
	char text[64];
	uint64_t port;
	if (address == NULL)
		return refuse(r, RESPONSE_SKIP_FIELD, "has no address");
	if (!json_copy(json, address, text, sizeof text) || !text_ipv4(text, &r->out->address))
		return refuse(r, RESPONSE_SKIP_ADDRESS, "has an address that is not IPv4");
	if (!json_u64(json, member(r, "port"), UINT16_MAX, &port) || port == 0)
		return refuse(r, RESPONSE_SKIP_FIELD, "has no port from 1 to 65535");
	r->out->port = (uint16_t)port;
	return true;
}

static bool read_probe(struct line_reader *r)
{
	const struct json_value *probe = member(r, "probe");
	char *text = r->probe;
	if (probe == NULL)
		return true;
	if (!json_copy(r->json, probe, text, RESPONSE_PROBE_MAX + 1))
		return refuse(r, RESPONSE_SKIP_FIELD, "has a probe of more than 64 characters");
	const size_t length = strlen(text);
	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~')
			return refuse(r, RESPONSE_SKIP_FIELD,
			              "has a probe that is not printable ASCII");
	r->out->probe = (struct span){ (const uint8_t *)text, length };
	return true;
}

static bool read_flags(struct line_reader *r)
{
	const struct json_value *cut = member(r, "cut"), *lossy = member(r, "lossy");
	const bool is_right = (cut == NULL || cut->kind == JSON_TRUE || cut->kind == JSON_FALSE) &&
	                      (lossy == NULL || lossy->kind == JSON_TRUE ||
	                       lossy->kind == JSON_FALSE);
	r->out->is_cut = cut != NULL && cut->kind == JSON_TRUE;
	r->out->is_lossy = lossy != NULL && lossy->kind == JSON_TRUE;
	return is_right ||
	       refuse(r, RESPONSE_SKIP_FIELD, "has cut or lossy neither true nor false");
}

// Base64 without escapes is decoded where it is.
static bool read_bytes(struct line_reader *r)
{
	const struct json_value *response = member(r, "response");
	struct buffer *bytes = r->bytes;
	bytes->length = 0;
	if (response == NULL)
		return true;
	if (response->kind != JSON_TEXT)
		return refuse(r, RESPONSE_SKIP_FIELD, "has a response that is no text");
	if (response->has_escapes) {
		struct buffer plain = buffer_up_to(JSON_TEXT_MAX);
		const bool is_text = json_text(r->json, response, &plain) &&
		                     base64_decode(bytes, buffer_span(&plain));
		bytes->failed |= plain.failed;
		buffer_done(&plain);
		if (!is_text)
			return refuse(r, RESPONSE_SKIP_ENCODING,
			              "has a response that is no base64");
	} else if (!base64_decode(bytes, json_raw(r->json, response))) {
		return refuse(r, RESPONSE_SKIP_ENCODING, "has a response that is no base64");
	}
	r->out->bytes = buffer_span(bytes);
	if (r->out->bytes.length > RESPONSE_BYTES_MAX) {
		r->out->bytes.length = RESPONSE_BYTES_MAX;
		r->out->is_cut = true;
	}
	return true;
}

// Which ends have bytes: of `empty` they are Telnet options alone.
static bool fits(enum response_status status, size_t length)
{
	switch (status) {
	case RESPONSE_ANSWERED: return length > 0;
	case RESPONSE_EMPTY:
	case RESPONSE_TLS: return true;
	case RESPONSE_REFUSED:
	case RESPONSE_RESET:
	case RESPONSE_TIMEOUT:
	case RESPONSE_UNREACHABLE:
	case RESPONSE_STATUSES: break;
	}
	return length == 0;
}

static bool read_status(struct line_reader *r)
{
	const struct json_value *status = member(r, "status");
	const size_t length = r->out->bytes.length;
	if (status == NULL) {
		r->out->status = length > 0 ? RESPONSE_ANSWERED : RESPONSE_EMPTY;
		return member(r, "response") != NULL ||
		       refuse(r, RESPONSE_SKIP_UNKNOWN, "has neither status nor response");
	}
	for (enum response_status s = 0; s < RESPONSE_STATUSES; s++)
		if (json_is(r->json, status, response_status_name(s))) {
			r->out->status = s;
			return fits(s, length) ||
			       refuse(r, RESPONSE_SKIP_FIELD,
			              "has a status that its response contradicts");
		}
	return refuse(r, RESPONSE_SKIP_FIELD, "has a status that there is not");
}

static bool read_object(struct line_reader *r)
{
	if (r->object->kind != JSON_OBJECT)
		return refuse(r, RESPONSE_SKIP_SYNTAX, "is no object");
	if (!read_target(r) || !read_probe(r) || !read_flags(r) || !read_bytes(r))
		return false;
	if (!reading_time(r->json, member(r, "time"), &r->out->time_ns))
		return refuse(r, RESPONSE_SKIP_FIELD, "has a time that is none");
	return read_status(r);
}

bool json_lines_read(struct json_lines *lines, struct span line, struct response *out,
                     enum response_skip *why, const char **words)
{
	struct response response = { .address = 0 };
	const enum json_fault fault = json_read(&lines->json, line);
	struct line_reader reader = {
		.json = &lines->json,
		.object = json_root(&lines->json),
		.bytes = &lines->bytes,
		.probe = lines->probe,
		.out = &response,
	};
	if (lines->bytes.maximum == 0)
		lines->bytes = buffer_up_to(JSON_TEXT_MAX);
	const bool is_read = fault == JSON_FINE ? read_object(&reader)
	                                        : refuse(&reader, RESPONSE_SKIP_SYNTAX,
	                                                 json_fault_words(fault));
	*why = reader.why;
	*words = lines->bytes.failed || fault == JSON_NO_MEMORY ? NULL : reader.words;
	if (!is_read || lines->bytes.failed)
		return false;
	*out = response;
	return true;
}

static bool is_own(const struct json *json, const struct json_value *object)
{
	return json_member(json, object, "address") != NULL &&
	       json_member(json, object, "port") != NULL &&
	       (json_member(json, object, "response") != NULL ||
	        json_member(json, object, "status") != NULL);
}

static bool recognise(struct response_reading *reading, struct span head)
{
	return reading_recognise_json(reading, head, is_own);
}

static bool take(struct response_reading *reading, const struct json_value *object,
                 struct error *error)
{
	char probe[RESPONSE_PROBE_MAX + 1];
	struct response response = { .address = 0 };
	struct line_reader reader = {
		.json = &reading->json,
		.object = object,
		.bytes = &reading->bytes,
		.probe = probe,
		.out = &response,
	};
	const bool is_read = read_object(&reader);
	if (reading->bytes.failed)
		return error_memory(error, "reading what hosts answered");
	if (is_read)
		return reading_hand_on(reading, &response, error);
	reading_skip(reading, reader.why, reader.words);
	return true;
}

static bool read_file(struct response_reading *reading, struct error *error)
{
	return reading_json(reading, take, error);
}

const struct response_form response_form_own = {
	.name = "hotaru",
	.recognise = recognise,
	.read = read_file,
};
