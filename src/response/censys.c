// SPDX-License-Identifier: MIT
// Hosts of Censys: one a line, or what its interfaces answer (version 2 and the platform), in which
// hosts are wrapped: "result", "hits", "host", "resource".
//
// A service has its answer in "banner_hex", else as text in "banner"; one with U+FFFD is lossy. Of HTTP
// the banner is the head with its lines ended by a line feed; the body is behind it, and the response
// lossy. A service without either is counted as RESPONSE_SKIP_UNKNOWN.
#include "base/text.h"
#include "base/base64.h"
#include "response/reader.h"

enum { WRAPPERS_MAX = 6 };

static const struct json_value *services_of(const struct json *json, const struct json_value *host)
{
	const struct json_value *services = json_member(json, host, "services");
	return services != NULL && services->kind == JSON_ARRAY ? services : NULL;
}

static const struct json_value *address_of(const struct json *json, const struct json_value *host)
{
	const struct json_value *ip = json_member(json, host, "ip");
	return ip != NULL ? ip : json_find(json, host, "host_identifier.ipv4");
}

static void read_bytes(struct response_reading *r, const struct json_value *service, bool *is_lossy)
{
	const struct json *json = &r->json;
	struct buffer *bytes = &r->bytes;
	const struct json_value *hex = json_member(json, service, "banner_hex");
	const struct json_value *body = json_find(json, service, "http.response.body");
	bytes->length = 0;
	if (hex == NULL || hex->kind != JSON_TEXT || !hex_decode(bytes, json_raw(json, hex))) {
		json_text(json, json_member(json, service, "banner"), bytes);
		*is_lossy = reading_is_lossy(buffer_span(bytes));
	}
	if (body == NULL || body->kind != JSON_TEXT || bytes->length == 0)
		return;
	buffer_text(bytes, bytes->bytes[bytes->length - 1] == '\n' ? "\r\n" : "\r\n\r\n");
	json_text(json, body, bytes);
	*is_lossy = true;
}

static bool is_tcp(const struct json *json, const struct json_value *service)
{
	const struct json_value *transport = json_member(json, service, "transport_protocol");
	return transport == NULL || json_is(json, transport, "TCP") ||
	       json_is(json, transport, "tcp");
}

static bool take_service(struct response_reading *r, const struct json_value *service,
                         uint32_t address, struct error *error)
{
	const struct json *json = &r->json;
	struct response response = { .address = address, .status = RESPONSE_ANSWERED };
	char probe[RESPONSE_PROBE_MAX + 1], name[RESPONSE_PROBE_MAX];
	const struct json_value *time = json_member(json, service, "observed_at");
	if (!is_tcp(json, service)) {
		r->ledger->skipped[RESPONSE_SKIP_PROTOCOL]++;
		return true;
	}
	if (!reading_port(r, json_member(json, service, "port"), &response.port))
		return true;
	if (time == NULL)
		time = json_member(json, service, "scan_time");
	if (!reading_time(json, time, &response.time_ns)) {
		reading_skip(r, RESPONSE_SKIP_FIELD, "has a time that is none");
		return true;
	}
	read_bytes(r, service, &response.is_lossy);
	if (r->bytes.failed)
		return error_memory(error, "reading what hosts answered");
	response.bytes = buffer_span(&r->bytes);
	if (response.bytes.length == 0) {
		r->ledger->skipped[RESPONSE_SKIP_UNKNOWN]++;
		return true;
	}
	if (!json_copy(json, json_member(json, service, "service_name"), name, sizeof name) &&
	    !json_copy(json, json_member(json, service, "protocol"), name, sizeof name))
		name[0] = '\0';
	response.probe = reading_probe("censys-", name, probe);
	return reading_hand_on(r, &response, error);
}

static bool take_host(struct response_reading *r, const struct json_value *host,
                      struct error *error)
{
	const struct json_value *services = services_of(&r->json, host);
	uint32_t address;
	if (!reading_address(r, address_of(&r->json, host), &address))
		return true;
	for (const struct json_value *item = json_first(&r->json, services); item != NULL;
	     item = json_next(&r->json, services, item))
		if (!take_service(r, item, address, error))
			return false;
	return true;
}

// What an object wraps; NULL: nothing.
static const struct json_value *unwrap(const struct json *json, const struct json_value *object)
{
	static const char *const names[] = { "result",  "hits",     "host",
		                             "host_v1", "resource", "_source" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct json_value *inner = json_member(json, object, names[i]);
		if (inner != NULL && inner->kind >= JSON_ARRAY)
			return inner;
	}
	return NULL;
}

// Wrappers hold each other, not deeper than there are kinds of them.
static bool take_wrapped(struct response_reading *r, const struct json_value *value, unsigned depth,
                         struct error *error)
{
	const struct json *json = &r->json;
	if (services_of(json, value) != NULL)
		return take_host(r, value, error);
	const struct json_value *inner = unwrap(json, value);
	if (value->kind == JSON_OBJECT && inner != NULL && depth < WRAPPERS_MAX)
		return take_wrapped(r, inner, depth + 1, error);
	if (value->kind != JSON_ARRAY || depth == WRAPPERS_MAX) {
		r->ledger->skipped[RESPONSE_SKIP_UNKNOWN]++;
		return true;
	}
	for (const struct json_value *item = json_first(json, value); item != NULL;
	     item = json_next(json, value, item))
		if (!take_wrapped(r, item, depth + 1, error))
			return false;
	return true;
}

static bool take(struct response_reading *r, const struct json_value *value, struct error *error)
{
	return take_wrapped(r, value, 0, error);
}

static bool is_censys(const struct json *json, const struct json_value *value)
{
	for (unsigned depth = 0; value != NULL && depth <= WRAPPERS_MAX; depth++) {
		if (services_of(json, value) != NULL && address_of(json, value) != NULL)
			return true;
		value = value->kind == JSON_ARRAY ? json_first(json, value) : unwrap(json, value);
	}
	return false;
}

static bool recognise(struct response_reading *reading, struct span head)
{
	return reading_recognise_json(reading, head, is_censys);
}

static bool read_file(struct response_reading *reading, struct error *error)
{
	return reading_json(reading, take, error);
}

const struct response_form response_form_censys = {
	.name = "censys",
	.recognise = recognise,
	.read = read_file,
};
