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

struct character_range {
	uint32_t first, last;
};

static bool is_in(uint32_t c, const struct character_range *ranges, size_t count)
{
	size_t i = 0;
	while (i < count && c > ranges[i].last)
		i++;
	return i < count && c >= ranges[i].first;
}

// Nothing is to be seen of these, or only what they do to others: formats and fillers (of Unicode's
// Default_Ignorable_Code_Point, but variation selectors, which names have; of Cf, but those that
// enclose digits), and what ends a line. Two names that look the same would not be, and text runs
// the other way.
static bool is_invisible(uint32_t c)
{
	static const struct character_range ranges[] = {
		{ 0x00ad, 0x00ad },   { 0x034f, 0x034f },   { 0x061c, 0x061c },
		{ 0x115f, 0x1160 },   { 0x17b4, 0x17b5 },   { 0x180b, 0x180f },
		{ 0x200b, 0x200f },   { 0x2028, 0x202e },   { 0x2060, 0x206f },
		{ 0x3164, 0x3164 },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },
		{ 0xfff0, 0xfffb },   { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
		{ 0xe0000, 0xe00ff },
	};
	return c >= ranges[0].first && is_in(c, ranges, sizeof ranges / sizeof *ranges);
}

// What a character becomes; NULL: it stays. `scratch` is room for one.
enum { SCRATCH_SIZE = 16 };
typedef const char *escape_rule(uint32_t character, char scratch[SCRATCH_SIZE]);

static const char replacement[] = "\xef\xbf\xbd";

static const char *html_rule(uint32_t c, char scratch[SCRATCH_SIZE])
{
	(void)scratch;
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default:
		return (is_control(c) && c != '\n' && c != '\t') || is_not_xml(c) || is_invisible(c)
		               ? replacement
		               : NULL;
	}
}

// As \uXXXX, which is half of a character beyond ffff (RFC 8259, 7).
static char *write_unit(char *to, uint32_t unit)
{
	static const char digits[] = "0123456789abcdef";
	const char escaped[6] = { '\\',
		                  'u',
		                  digits[unit >> 12 & 15],
		                  digits[unit >> 8 & 15],
		                  digits[unit >> 4 & 15],
		                  digits[unit & 15] };
	memcpy(to, escaped, sizeof escaped);
	return to + sizeof escaped;
}

static const char *json_rule(uint32_t c, char scratch[SCRATCH_SIZE])
{
	if (c == '"')
		return "\\\"";
	if (c == '\\')
		return "\\\\";
	if (!is_control(c) && !is_invisible(c) && c != '<' && c != '>' && c != '&')
		return NULL;
	char *end = scratch;
	if (c > 0xffff)
		end = write_unit(end, 0xd800 + ((c - 0x10000) >> 10));
	end = write_unit(end, c > 0xffff ? 0xdc00 + ((c - 0x10000) & 0x3ff) : c);
	*end = '\0';
	return scratch;
}

static const char *terminal_rule(uint32_t c, char scratch[SCRATCH_SIZE])
{
	(void)scratch;
	return is_control(c) || is_invisible(c) ? replacement : NULL;
}

// CSV is looked at on terminals too, and in programs that take it line by line.
static const char *csv_rule(uint32_t c, char scratch[SCRATCH_SIZE])
{
	return c == '"' ? "\"\"" : terminal_rule(c, scratch);
}

static void escape_with(escape_rule *rule, struct buffer *out, const char *text, size_t length)
{
	if (length == 0)
		return;  // then `text` may be NULL
	const uint8_t *at = (const uint8_t *)text, *end = at + length;
	char scratch[SCRATCH_SIZE];
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

// What spreadsheets pass over before a formula, some of them: white space, and what is not to be seen; and
// what stands for something that was replaced before.
static bool is_passed_over(uint32_t c)
{
	static const struct character_range spaces[] = {
		{ ' ', ' ' },       { 0x00a0, 0x00a0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200a },
		{ 0x202f, 0x202f }, { 0x205f, 0x205f }, { 0x2800, 0x2800 }, { 0x3000, 0x3000 },
	};
	return c == REPLACEMENT || is_invisible(c) ||
	       is_in(c, spaces, sizeof spaces / sizeof *spaces);
}

// = + - @, and their full-width and small forms, which spreadsheets for Japanese take for them.
static bool starts_formula(uint32_t c)
{
	static const uint32_t starts[] = { '=',    '+',    '-',    '@',    0xff1d, 0xff0b,
		                           0xff0d, 0xff20, 0xfe66, 0xfe62, 0xfe63, 0xfe6b };
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (c == starts[i])
			return true;
	return false;
}

// Whether a spreadsheet may take what begins here for a formula. Control characters and bytes that
// are no text are not in the cell any more, but something has been tried.
static bool begins_formula(const char *text, size_t length)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + length;
	if (length > 0 && memchr("\t\r\n", text[0], 3) != NULL)
		return true;
	while (at < end) {
		const uint32_t c = take_character(&at, end);
		if (c != INVALID && !is_control(c) && !is_passed_over(c))
			return starts_formula(c);
	}
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
