// SPDX-License-Identifier: MIT
// Text from outside, escaped: what comes out does nothing where it is shown, and
// says the same.
#include "base/escape.h"
#include "fuzz.h"

#include <string.h>

enum { OUT_MAX = 1 << 22 };

// One character of well-formed UTF-8; the text has to be that.
static uint32_t take(const uint8_t **at, const uint8_t *end)
{
	const uint8_t first = *(*at)++;
	const unsigned more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
	uint32_t c = more == 0 ? first : first & (0x3fu >> more);
	REQUIRE(first < 0x80 || (first >= 0xc2 && first < 0xf5));
	for (unsigned i = 0; i < more; i++) {
		REQUIRE(*at < end && (**at & 0xc0) == 0x80);
		c = c << 6 | (*(*at)++ & 0x3fu);
	}
	REQUIRE(c <= 0x10ffff && (c < 0xd800 || c > 0xdfff));
	REQUIRE(more < 2 || c >= (more == 2 ? 0x800 : 0x10000));
	return c;
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

static bool begins(const uint8_t *at, const uint8_t *end, const char *text)
{
	const size_t length = strlen(text);
	return (size_t)(end - at) >= length && memcmp(at, text, length) == 0;
}

static void check_html(const uint8_t *at, const uint8_t *end)
{
	while (at < end) {
		if (*at == '&')
			REQUIRE(begins(at, end, "&amp;") || begins(at, end, "&lt;") ||
			        begins(at, end, "&gt;") || begins(at, end, "&quot;") ||
			        begins(at, end, "&#39;"));
		const uint32_t c = take(&at, end);
		REQUIRE(c != '<' && c != '>' && c != '"' && c != '\'');
		REQUIRE(!is_control(c) || c == '\n' || c == '\t');
		REQUIRE(c != 0xfffe && c != 0xffff);
	}
}

static void check_json(const uint8_t *at, const uint8_t *end)
{
	while (at < end) {
		const uint32_t c = take(&at, end);
		REQUIRE(c != '"' && !is_control(c) && c != '<' && c != '>' && c != '&');
		REQUIRE(c != 0x2028 && c != 0x2029);
		if (c != '\\')
			continue;
		REQUIRE(at < end);
		const uint8_t what = *at++;
		REQUIRE(what == '"' || what == '\\' || what == 'u');
		for (unsigned i = 0; what == 'u' && i < 4; i++) {
			REQUIRE(at < end && strchr("0123456789abcdef", *at) != NULL && *at != 0);
			at++;
		}
	}
}

// A field as a spreadsheet reads it: its first character, blanks apart, is no formula's, it ends
// where it should, and in quotes has only double quotes.
static void check_csv(const uint8_t *at, const uint8_t *end)
{
	static const char *const blanks[] = { " ", "\xc2\xa0", "\xe3\x80\x80", "\xef\xbf\xbd" };
	const bool is_quoted = at < end && *at == '"';
	at += is_quoted;
	REQUIRE(at == end || memchr("=+-@\t\r", *at, 6) == NULL);
	const uint8_t *cell = at;
	for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
		while (begins(cell, end, blanks[i])) {
			cell += strlen(blanks[i]);
			i = 0;
		}
	REQUIRE(cell == end || memchr("=+-@", *cell, 4) == NULL);
	bool is_closed = false;
	while (at < end) {
		const uint32_t c = take(&at, end);
		REQUIRE(c != 0 && !is_closed);
		if (is_quoted && c == '"') {
			is_closed = at == end || *at != '"';
			at += !is_closed;
		} else if (!is_quoted) {
			REQUIRE(c != '"' && c != ',' && c != '\n' && c != '\r');
		}
	}
	REQUIRE(is_closed == is_quoted);
}

static void check_terminal(const uint8_t *at, const uint8_t *end)
{
	while (at < end) {
		const uint32_t c = take(&at, end);
		REQUIRE(!is_control(c));
		REQUIRE(c != 0x061c && (c < 0x200b || c > 0x200f) && c != 0xfeff);
		REQUIRE((c < 0x2028 || c > 0x202e) && (c < 0x2060 || c > 0x206f));
	}
}

static const struct {
	void (*escape)(struct buffer *, const char *, size_t);
	void (*check)(const uint8_t *at, const uint8_t *end);
} formats[] = {
	{ escape_html, check_html },
	{ escape_json, check_json },
	{ escape_csv, check_csv },
	{ escape_terminal, check_terminal },
};

void fuzz_one(struct span input)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		struct buffer out = buffer_up_to(OUT_MAX);
		formats[i].escape(&out, (const char *)input.bytes, input.length);
		if (WORKS(!out.failed) && out.length > 0)
			formats[i].check(out.bytes, out.bytes + out.length);
		REQUIRE(out.failed || (input.length == 0) == (out.length == 0));
		buffer_done(&out);
	}
}
