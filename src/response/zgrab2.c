// SPDX-License-Identifier: MIT
// Lines of zgrab2: one host a line, one scan a member of its "data".
//
// What a scan is called is its key or what --name says, so "protocol" and "port" count; old files have no
// port, and then it is that of the protocol. The bytes are those of the banner; of SSH the line of
// identification (without its end, and "banner" is what came at log-in); of HTTP the raw headers where
// --raw-headers kept them, with the body. Else the answer is put together from what was parsed, and
// lossy: order and spelling of the headers are lost. Of Telnet the options are gone.
//
// zgrab2 writes U+FFFD for what is no UTF-8, and hex or base64 where it was asked to, and says neither:
// length and SHA-256 tell which it is. Where they tell nothing, a text with U+FFFD is lossy.
//
// A scan that has bytes answered, whatever its status; else the status says how it ended. Those
// that say neither are counted as RESPONSE_SKIP_UNKNOWN.
#include "base/text.h"
#include "base/base64.h"
#include "response/reader.h"
#include "base/sha256.h"

enum { NAME_SIZE = 64 };

struct scan {
	struct response_reading *reading;
	const struct json *json;
	const struct json_value *value;
	struct response response;
	char protocol[NAME_SIZE];
	char probe[RESPONSE_PROBE_MAX + 1];
};

static const struct {
	const char *name;
	uint16_t port;  // 0: it has none of its own
	bool is_udp;
} protocols[] = {
	{ "ftp", 21, false },        { "ssh", 22, false },       { "telnet", 23, false },
	{ "smtp", 25, false },       { "http", 80, false },      { "pop3", 110, false },
	{ "ntp", 123, true },        { "imap", 143, false },     { "smb", 445, false },
	{ "tls", 443, false },       { "modbus", 502, false },   { "ipp", 631, false },
	{ "mssql", 1433, false },    { "oracle", 1521, false },  { "mysql", 3306, false },
	{ "postgres", 5432, false }, { "redis", 6379, false },   { "mongodb", 27017, false },
	{ "mqtt", 1883, false },     { "amqp091", 5672, false }, { "dnp3", 20000, false },
	{ "fox", 1911, false },      { "siemens", 102, false },  { "socks5", 1080, false },
	{ "bacnet", 47808, true },
};

static const struct json_value *find(const struct scan *s, const char *path)
{
	return json_find(s->json, s->value, path);
}

// ---- bytes

// What a record says of the bytes that its text stands for.
struct claim {
	bool has_length, has_digest;
	uint64_t length;
	uint8_t digest[SHA256_SIZE];
};

static struct claim claim_of(const struct json *json, const struct json_value *length,
                             const struct json_value *digest)
{
	struct claim claim = { .has_length = json_u64(json, length, UINT32_MAX, &claim.length) };
	struct buffer bytes = buffer_up_to(SHA256_SIZE + 1);
	const bool is_hex = digest != NULL && digest->kind == JSON_TEXT &&
	                    digest->length == 2 * (size_t)SHA256_SIZE &&
	                    hex_decode(&bytes, json_raw(json, digest));
	if (is_hex && !bytes.failed) {
		claim.has_digest = true;
		memcpy(claim.digest, bytes.bytes, SHA256_SIZE);
	}
	buffer_done(&bytes);
	return claim;
}

static bool fits(const struct claim *claim, struct span bytes)
{
	uint8_t digest[SHA256_SIZE];
	if (claim->has_length && claim->length != bytes.length)
		return false;
	if (!claim->has_digest)
		return true;
	sha256(bytes, digest);
	return memcmp(digest, claim->digest, sizeof digest) == 0;
}

typedef bool decode(struct buffer *out, struct span text);

// Whether the text decodes to what was claimed; then its bytes are appended to `out`.
static bool decodes(decode *form, const struct claim *claim, struct span text, struct buffer *out)
{
	const size_t begin = out->length;
	if (form(out, text) && out->length > begin &&
	    fits(claim, span_from(buffer_span(out), begin)))
		return true;
	out->length = begin;
	return false;
}

// Appends the bytes that a text once was. True: they are.
static bool append_claimed(struct scan *s, const struct json_value *value,
                           const struct claim *claim, struct buffer *out)
{
	struct buffer *text = &s->reading->scratch;
	text->length = 0;
	json_text(s->json, value, text);
	const struct span plain = buffer_span(text);
	const bool is_claimed = claim->has_length || claim->has_digest;
	if (is_claimed && !fits(claim, plain) &&
	    (decodes(hex_decode, claim, plain, out) || decodes(base64_decode, claim, plain, out)))
		return true;
	buffer_append(out, plain.bytes, plain.length);
	return is_claimed ? fits(claim, plain) : !reading_is_lossy(plain);
}

// ---- HTTP

// "www_authenticate" as "Www-Authenticate".
static void append_header_name(struct buffer *out, struct span name)
{
	bool is_first = true;
	for (size_t i = 0; i < name.length; i++) {
		const uint8_t byte = name.bytes[i];
		const bool is_letter = byte >= 'a' && byte <= 'z';
		buffer_byte(out, byte == '_' ? '-' : is_first && is_letter ? byte - 32 : byte);
		is_first = byte == '_';
	}
}

// Values of one name: a list of texts, mostly one.
static void append_header(struct scan *s, const struct json_value *name,
                          const struct json_value *values)
{
	struct buffer *out = &s->reading->bytes;
	for (const struct json_value *v = json_first(s->json, values); v != NULL;
	     v = json_next(s->json, values, v)) {
		if (v->kind != JSON_TEXT)
			continue;
		append_header_name(out, json_raw(s->json, name));
		buffer_text(out, ": ");
		json_text(s->json, v, out);
		buffer_text(out, "\r\n");
	}
}

static void append_headers(struct scan *s, const struct json_value *headers)
{
	const struct json *json = s->json;
	for (const struct json_value *name = json_first(json, headers); name != NULL;) {
		const struct json_value *value = json_next(json, headers, name);
		if (value == NULL)
			return;
		if (value->kind == JSON_ARRAY && json_is(json, name, "unknown"))
			for (const struct json_value *item = json_first(json, value); item != NULL;
			     item = json_next(json, value, item))
				append_header(s, json_member(json, item, "key"),
				              json_member(json, item, "value"));
		else if (value->kind == JSON_ARRAY)
			append_header(s, name, value);
		name = json_next(json, headers, value);
	}
}

// "HTTP/1.1 401 Unauthorized" and the headers, as far as they were parsed.
static void append_parsed(struct scan *s, const struct json_value *response)
{
	struct buffer *out = &s->reading->bytes;
	const struct json_value *protocol = json_find(s->json, response, "protocol.name");
	if (!json_text(s->json, protocol, out))
		buffer_text(out, "HTTP/1.1");
	buffer_byte(out, ' ');
	json_text(s->json, json_member(s->json, response, "status_line"), out);
	buffer_text(out, "\r\n");
	append_headers(s, json_member(s->json, response, "headers"));
	buffer_text(out, "\r\n");
}

// True if there is an answer. Behind redirections the first is that of the host that was asked.
static bool read_http(struct scan *s)
{
	const struct json_value *response = find(s, "result.response");
	const struct json_value *first = json_first(s->json,
	                                            find(s, "result.redirect_response_chain"));
	if (first != NULL)
		response = first;
	const struct json_value *raw = json_member(s->json, response, "headers_raw");
	const struct json_value *body = json_member(s->json, response, "body");
	if (response == NULL || response->kind != JSON_OBJECT)
		return false;
	if (raw == NULL || raw->kind != JSON_TEXT ||
	    !base64_decode(&s->reading->bytes, json_raw(s->json, raw))) {
		append_parsed(s, response);
		s->response.is_lossy = true;
	}
	const struct claim claim = claim_of(s->json, NULL,
	                                    json_member(s->json, response, "body_sha256"));
	if (body != NULL && !append_claimed(s, body, &claim, &s->reading->bytes))
		s->response.is_lossy = true;
	return true;
}

// ---- one scan

// Of modules that speak no text: what they keep raw, in base64.
static bool read_raw(struct scan *s)
{
	static const char *const members[] = { "result.raw_response", "result.raw" };
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		const struct json_value *raw = find(s, members[i]);
		if (raw != NULL && raw->kind == JSON_TEXT && raw->length > 0)
			return base64_decode(&s->reading->bytes, json_raw(s->json, raw));
	}
	return false;
}

static void read_bytes(struct scan *s)
{
	const bool is_ssh = text_equal(s->protocol, "ssh");
	const struct json_value *banner = find(s,
	                                       is_ssh ? "result.server_id.raw" : "result.banner");
	s->reading->bytes.length = 0;
	if (text_equal(s->protocol, "http") ? read_http(s) : false)
		return;
	if (banner == NULL || banner->kind != JSON_TEXT) {
		read_raw(s);
		return;
	}
	const struct claim claim = claim_of(s->json, find(s, "result.length"),
	                                    find(s, "result.sha256"));
	if (!append_claimed(s, banner, &claim, &s->reading->bytes))
		s->response.is_lossy = true;
}

static bool status_is(const struct scan *s, const char *name)
{
	return json_is(s->json, find(s, "status"), name);
}

// Whether a scan without bytes tells how it ended. Modules that have no banner succeed without one.
static bool read_status(struct scan *s)
{
	static const char *const texts[] = { "banner", "telnet", "ftp", "smtp", "pop3", "imap" };
	bool speaks_text = false;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		speaks_text |= text_equal(s->protocol, texts[i]);
	if (status_is(s, "connection-refused"))
		s->response.status = RESPONSE_REFUSED;
	else if (status_is(s, "connection-timeout"))
		s->response.status = RESPONSE_TIMEOUT;
	else if (status_is(s, "connection-closed") || status_is(s, "io-timeout"))
		s->response.status = RESPONSE_EMPTY;
	else if (status_is(s, "success") && text_equal(s->protocol, "tls"))
		s->response.status = RESPONSE_TLS;
	else if (status_is(s, "success") && speaks_text)
		s->response.status = RESPONSE_EMPTY;
	else
		return false;
	return true;
}

// True if it is of TCP and has a port; else it was counted.
static bool read_port(struct scan *s)
{
	uint64_t port = 0;
	const struct json_value *said = find(s, "port");
	for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
		if (text_equal(protocols[i].name, s->protocol)) {
			port = protocols[i].port;
			if (protocols[i].is_udp) {
				s->reading->ledger->skipped[RESPONSE_SKIP_PROTOCOL]++;
				return false;
			}
		}
	if (said != NULL && !json_u64(s->json, said, UINT16_MAX, &port))
		port = 0;
	s->response.port = (uint16_t)port;
	if (port == 0)
		reading_skip(s->reading, RESPONSE_SKIP_FIELD, "has a scan without a port");
	return port != 0;
}

static bool take_scan(struct scan *s, const struct json_value *key, struct error *error)
{
	if (!json_copy(s->json, find(s, "protocol"), s->protocol, sizeof s->protocol) &&
	    !json_copy(s->json, key, s->protocol, sizeof s->protocol))
		s->protocol[0] = '\0';
	if (!read_port(s))
		return true;
	if (!reading_time(s->json, find(s, "timestamp"), &s->response.time_ns)) {
		reading_skip(s->reading, RESPONSE_SKIP_FIELD, "has a time that is none");
		return true;
	}
	read_bytes(s);
	if (s->reading->bytes.failed || s->reading->scratch.failed)
		return error_memory(error, "reading what hosts answered");
	s->response.bytes = buffer_span(&s->reading->bytes);
	if (s->response.bytes.length > 0) {
		s->response.status = RESPONSE_ANSWERED;
	} else if (!read_status(s)) {
		s->reading->ledger->skipped[RESPONSE_SKIP_UNKNOWN]++;
		return true;
	}
	s->response.probe = reading_probe("zgrab2-", s->protocol, s->probe);
	return reading_hand_on(s->reading, &s->response, error);
}

static bool take_line(struct response_reading *r, const struct json_value *line,
                      struct error *error)
{
	const struct json *json = &r->json;
	const struct json_value *data = json_member(json, line, "data");
	uint32_t address;
	if (!reading_address(r, json_member(json, line, "ip"), &address))
		return true;
	const struct json_value *key = json_first(json, data);
	if (key == NULL)
		r->ledger->skipped[RESPONSE_SKIP_UNKNOWN]++;
	while (key != NULL) {
		const struct json_value *value = json_next(json, data, key);
		struct scan scan = { .reading = r, .json = json, .value = value };
		scan.response.address = address;
		if (value == NULL || !take_scan(&scan, key, error))
			return value == NULL;
		key = json_next(json, data, value);
	}
	return true;
}

static bool is_zgrab2(const struct json *json, const struct json_value *line)
{
	const struct json_value *data = json_member(json, line, "data");
	const struct json_value *name = json_first(json, data);
	if (data == NULL || data->kind != JSON_OBJECT || name == NULL ||
	    (json_member(json, line, "ip") == NULL && json_member(json, line, "domain") == NULL))
		return false;
	const struct json_value *scan = json_next(json, data, name);
	return json_member(json, scan, "status") != NULL;
}

static bool recognise(struct response_reading *reading, struct span head)
{
	return reading_recognise_json(reading, head, is_zgrab2);
}

static bool read_file(struct response_reading *reading, struct error *error)
{
	return reading_json(reading, take_line, error);
}

const struct response_form response_form_zgrab2 = {
	.name = "zgrab2",
	.recognise = recognise,
	.read = read_file,
};
