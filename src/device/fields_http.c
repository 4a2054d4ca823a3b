// SPDX-License-Identifier: MIT
#include "device/fields_private.h"

static const struct {
	const char *name;
	enum field_kind kind;
} headers[] = {
	{ "server", FIELD_SERVER },     { "www-authenticate", FIELD_AUTHENTICATE },
	{ "set-cookie", FIELD_COOKIE }, { "x-powered-by", FIELD_POWERED_BY },
	{ "location", FIELD_LOCATION },
};

// The realm of a challenge: what is in quotes, or up to a comma or blank. It begins at the beginning, or
// behind a blank or comma: "norealm=" is another parameter.
static struct span realm_of(struct span challenge)
{
	for (size_t at = 0; at < challenge.length; at++) {
		const struct span rest = span_from(challenge, at);
		if (!span_begins(rest, "realm=") || (at > 0 && !is_white(challenge.bytes[at - 1]) &&
		                                     challenge.bytes[at - 1] != ','))
			continue;
		struct span value = span_from(rest, strlen("realm="));
		size_t end = 0;
		if (value.length > 0 && value.bytes[0] == '"') {
			value = span_from(value, 1);
			while (end < value.length && value.bytes[end] != '"')
				end += value.bytes[end] == '\\' ? 2 : 1;
		} else {
			while (end < value.length && value.bytes[end] != ',' &&
			       !is_white(value.bytes[end]))
				end++;
		}
		return span_to(value, end);
	}
	return (struct span){ 0 };
}

static void add_header(struct fields *out, struct span name, struct span value)
{
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		if (name.length != strlen(headers[i].name) || !span_begins(name, headers[i].name))
			continue;
		enum field_kind kind = headers[i].kind;
		if (kind == FIELD_SERVER && out->form == ANSWER_RTSP)
			kind = FIELD_RTSP_SERVER;
		fields_add(out, kind, value);
		if (kind == FIELD_AUTHENTICATE)
			fields_add(out, FIELD_REALM, realm_of(span_to(value, FIELD_LENGTH_MAX)));
		if (kind == FIELD_COOKIE)
			fields_add(out, FIELD_COOKIE_NAME,
			           span_trim(span_to(value, span_find(value, '='))));
	}
}

// A line and those that are folded into it, which begin with a blank: the end of each but the last is
// inside.
static struct span header_line(struct span *rest)
{
	struct span line = span_line(rest);
	while (line.length > 0 && rest->length > 0 &&
	       (rest->bytes[0] == ' ' || rest->bytes[0] == '\t')) {
		const struct span more = span_line(rest);
		line.length = (size_t)(more.bytes - line.bytes) + more.length;
	}
	return line;
}

void fields_of_http(struct span answer, struct fields *out)
{
	struct span rest = answer;
	fields_add(out, FIELD_STATUS_LINE, span_line(&rest));
	while (rest.length > 0) {
		const struct span line = header_line(&rest);
		if (line.length == 0)
			break;
		const size_t colon = span_find(line, ':');
		if (colon < line.length)
			add_header(out, span_trim(span_to(line, colon)),
			           span_trim(span_from(line, colon + 1)));
	}
	fields_of_page(rest, out);
}

// "<title", and not a longer name.
static bool begins_title(struct span s)
{
	const size_t name = strlen("<title");
	return span_begins(s, "<title") && s.length > name &&
	       (s.bytes[name] == '>' || is_white(s.bytes[name]));
}

// The first title of a page. Where it has no end, it ends where a field does.
void fields_of_page(struct span page, struct fields *out)
{
	struct span rest = span_from(page, span_find(page, '<'));
	while (rest.length > 0 && !begins_title(rest)) {
		rest = span_from(rest, 1);
		rest = span_from(rest, span_find(rest, '<'));
	}
	rest = span_from(rest, span_find(rest, '>') + 1);
	size_t end = 0;
	const struct span title = span_to(rest, FIELD_LENGTH_MAX);
	while (end < title.length && !span_begins(span_from(rest, end), "</title"))
		end++;
	fields_add(out, FIELD_TITLE, span_trim(span_to(title, end)));
}
