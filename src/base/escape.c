// SPDX-License-Identifier: MIT
#include "base/escape.h"

enum { REPLACEMENT = 0xfffd, INVALID = 0xffffffff };

// Takes one character off the front of the text; INVALID for a byte that is not
// part of well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
static uint32_t take_character(const uint8_t **at, const uint8_t *end)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const uint8_t first = *(*at)++;
	if (first < 0x80)
		return first;
	const unsigned more = first >= 0xf0 && first < 0xf8 ? 3 : first >= 0xe0 ? 2 : 1;
	if (first < 0xc2 || first >= 0xf8 || (size_t)(end - *at) < more)
		return INVALID;
	uint32_t character = first & (0x3fu >> more);
	for (unsigned i = 0; i < more; i++) {
		if (((*at)[i] & 0xc0) != 0x80)
			return INVALID;
		character = character << 6 | ((*at)[i] & 0x3fu);
	}
	if (character < least[more] || character > 0x10ffff ||
	    (character >= 0xd800 && character < 0xe000))
		return INVALID;
	*at += more;
	return character;
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

// Characters that XML 1.0 does not allow, controls apart.
static bool is_not_xml(uint32_t c)
{
	return c == 0xfffe || c == 0xffff;
}

static bool turns_direction(uint32_t c)
{
	return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

// What a character becomes; NULL: it stays. `scratch` is room for one.
typedef const char *escape_rule(uint32_t character, char scratch[8]);

static const char replacement[] = "\xef\xbf\xbd";

static const char *html_rule(uint32_t c, char scratch[8])
{
	(void)scratch;
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default:
		return (is_control(c) && c != '\n' && c != '\t') || is_not_xml(c) ? replacement
		                                                                  : NULL;
	}
}

static const char *json_rule(uint32_t c, char scratch[8])
{
	static const char digits[] = "0123456789abcdef";
	if (c == '"')
		return "\\\"";
	if (c == '\\')
		return "\\\\";
	if (!is_control(c) && !turns_direction(c) && c != '<' && c != '>' && c != '&' &&
	    c != 0x2028 && c != 0x2029)
		return NULL;
	const char escaped[8] = {
		'\\',           'u', digits[c >> 12 & 15], digits[c >> 8 & 15], digits[c >> 4 & 15],
		digits[c & 15], '\0'
	};
	memcpy(scratch, escaped, sizeof escaped);
	return scratch;
}

static const char *terminal_rule(uint32_t c, char scratch[8])
{
	(void)scratch;
	return is_control(c) || turns_direction(c) ? replacement : NULL;
}

// CSV is looked at on terminals too, and in programs that take it line by line.
static const char *csv_rule(uint32_t c, char scratch[8])
{
	return c == '"' ? "\"\"" : terminal_rule(c, scratch);
}

static void escape_with(escape_rule *rule, struct buffer *out, const char *text, size_t length)
{
	if (length == 0)
		return;  // then `text` may be NULL
	const uint8_t *at = (const uint8_t *)text, *end = at + length;
	char scratch[8];
	while (at < end) {
		const uint8_t *start = at;
		const uint32_t character = take_character(&at, end);
		const char *instead = character == INVALID ? replacement : rule(character, scratch);
		if (instead != NULL)
			buffer_text(out, instead);
		else
			buffer_append(out, start, (size_t)(at - start));
	}
}

void escape_html(struct buffer *out, const char *text, size_t length)
{
	escape_with(html_rule, out, text, length);
}

void escape_json(struct buffer *out, const char *text, size_t length)
{
	escape_with(json_rule, out, text, length);
}

// Whether a spreadsheet takes what begins here for a formula. Those for Japanese take
// the full-width forms of = + - @ too (U+FF1D, U+FF0B, U+FF0D, U+FF20).
static bool begins_formula(const char *text, size_t length)
{
	static const char wide[][4] = { "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
		                        "\xef\xbc\xa0" };
	if (length > 0 && memchr("=+-@\t\r\n", text[0], 7) != NULL)
		return true;
	for (size_t i = 0; length >= 3 && i < sizeof wide / sizeof *wide; i++)
		if (memcmp(text, wide[i], 3) == 0)
			return true;
	return false;
}

// Where a semicolon separates fields, as in half of Europe, a field of ours can be
// several cells: each of them is disarmed.
static void escape_cells(struct buffer *out, const char *text, size_t length)
{
	size_t begin = 0;
	while (begin < length) {
		const char *semicolon = memchr(text + begin, ';', length - begin);
		const size_t end = semicolon != NULL ? (size_t)(semicolon - text) + 1 : length;
		if (begins_formula(text + begin, length - begin))
			buffer_byte(out, '\'');
		escape_with(csv_rule, out, text + begin, end - begin);
		begin = end;
	}
}

void escape_csv(struct buffer *out, const char *text, size_t length)
{
	bool quote = false;
	for (size_t i = 0; i < length; i++)
		quote = quote || text[i] == ',' || text[i] == '"';
	if (quote)
		buffer_byte(out, '"');
	escape_cells(out, text, length);
	if (quote)
		buffer_byte(out, '"');
}

void escape_terminal(struct buffer *out, const char *text, size_t length)
{
	escape_with(terminal_rule, out, text, length);
}
