// SPDX-License-Identifier: MIT
// Banners of Shodan: one a line, as downloads have them, the answer of a host ("data" is a list of
// them) or of a search ("matches").
//
// "data" is the answer as text: of HTTP the head, with the body in "http"."html". Texts went through UTF-8:
// where one has U+FFFD the response is lossy. Where "opts"."raw" has the bytes in hex they count.
// "timestamp" is UTC.
#include "base/base64.h"
#include "response/reader.h"

static bool is_banner(const struct json *json, const struct json_value *object)
{
	const struct json_value *data = json_member(json, object, "data");
	return json_member(json, object, "port") != NULL && data != NULL && data->kind == JSON_TEXT;
}

// The bytes, into reading->bytes. False: it has none.
static bool read_bytes(struct response_reading *r, const struct json_value *banner, bool *is_lossy)
{
	const struct json *json = &r->json;
	struct buffer *bytes = &r->bytes;
	const struct json_value *raw = json_find(json, banner, "opts.raw");
	const struct json_value *html = json_find(json, banner, "http.html");
	bytes->length = 0;
	if (raw != NULL && raw->kind == JSON_TEXT && raw->length > 0 &&
	    hex_decode(bytes, json_raw(json, raw)))
		return true;
	if (!json_text(json, json_member(json, banner, "data"), bytes))
		return false;
	json_text(json, html, bytes);
	*is_lossy = reading_is_lossy(buffer_span(bytes));
	return true;
}

static bool take_banner(struct response_reading *r, const struct json_value *banner,
                        const struct json_value *host, struct error *error)
{
	const struct json *json = &r->json;
	struct response response = { .status = RESPONSE_ANSWERED };
	char probe[RESPONSE_PROBE_MAX + 1], module[RESPONSE_PROBE_MAX];
	const struct json_value *ip = json_member(json, banner, "ip_str");
	const struct json_value *transport = json_member(json, banner, "transport");
	if (ip == NULL)
		ip = json_member(json, host, "ip_str");
	if (transport != NULL && !json_is(json, transport, "tcp")) {
		r->ledger->skipped[RESPONSE_SKIP_PROTOCOL]++;
		return true;
	}
	if (!reading_address(r, ip, &response.address) ||
	    !reading_port(r, json_member(json, banner, "port"), &response.port))
		return true;
	if (!reading_time(json, json_member(json, banner, "timestamp"), &response.time_ns)) {
		reading_skip(r, RESPONSE_SKIP_FIELD, "has a time that is none");
		return true;
	}
	if (!read_bytes(r, banner, &response.is_lossy)) {
		r->ledger->skipped[RESPONSE_SKIP_UNKNOWN]++;
		return true;
	}
	if (r->bytes.failed)
		return error_memory(error, "reading what hosts answered");
	response.bytes = buffer_span(&r->bytes);
	if (response.bytes.length == 0)
		response.status = RESPONSE_EMPTY;
	if (!json_copy(json, json_find(json, banner, "_shodan.module"), module, sizeof module))
		module[0] = '\0';
	response.probe = reading_probe("shodan-", module, probe);
	return reading_hand_on(r, &response, error);
}

// A host, or an answer to a search.
static bool take_list(struct response_reading *r, const struct json_value *list,
                      const struct json_value *host, struct error *error)
{
	for (const struct json_value *item = json_first(&r->json, list); item != NULL;
	     item = json_next(&r->json, list, item))
		if (!take_banner(r, item, host, error))
			return false;
	return true;
}

static const struct json_value *list_of(const struct json *json, const struct json_value *object)
{
	const struct json_value *matches = json_member(json, object, "matches");
	const struct json_value *data = json_member(json, object, "data");
	if (matches != NULL && matches->kind == JSON_ARRAY)
		return matches;
	return data != NULL && data->kind == JSON_ARRAY ? data : NULL;
}

static bool take(struct response_reading *r, const struct json_value *object, struct error *error)
{
	const struct json_value *list = list_of(&r->json, object);
	if (list != NULL)
		return take_list(r, list, object, error);
	return take_banner(r, object, NULL, error);
}

static bool is_shodan(const struct json *json, const struct json_value *object)
{
	const struct json_value *list = list_of(json, object);
	if (list != NULL)
		return is_banner(json, json_first(json, list)) ||
		       json_member(json, object, "ip_str") != NULL;
	return is_banner(json, object) && (json_member(json, object, "ip_str") != NULL ||
	                                   json_member(json, object, "ip") != NULL);
}

static bool recognise(struct response_reading *reading, struct span head)
{
	return reading_recognise_json(reading, head, is_shodan);
}

static bool read_file(struct response_reading *reading, struct error *error)
{
	return reading_json(reading, take, error);
}

const struct response_form response_form_shodan = {
	.name = "shodan",
	.recognise = recognise,
	.read = read_file,
};
