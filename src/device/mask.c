// SPDX-License-Identifier: MIT
#include "device/mask.h"

#include <string.h>
#include <strings.h>

enum { HEX_MIN = 8, VALUE_MIN = 4, VALUE_MAX = 512, NAME_MAX = 64 };

struct match {
	size_t length;  // of what is put aside; 0: nothing
	const char *marker;
};

static inline bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_hex(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static inline bool is_word(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// What stands there, or a zero byte where nothing does.
static inline uint8_t byte_at(struct span s, size_t at)
{
	return at < s.length ? s.bytes[at] : 0;
}

// ---- addresses

static size_t dotted_quad(struct span s, size_t at)
{
	const uint8_t before = at > 0 ? s.bytes[at - 1] : 0;
	if (before == '.' || before == '-' || before == '_' ||
	    (before == '/' && !(at > 1 && s.bytes[at - 2] == '/')))
		return 0;
	size_t i = at;
	for (unsigned part = 0; part < 4; part++) {
		unsigned value = 0, digits = 0;
		if (part > 0 && byte_at(s, i++) != '.')
			return 0;
		for (; digits < 3 && is_digit(byte_at(s, i)); digits++)
			value = value * 10 + (unsigned)(s.bytes[i++] - '0');
		if (digits == 0 || value > 255)
			return 0;
	}
	const uint8_t next = byte_at(s, i);
	const bool goes_on = is_word(next) || next == '_' || next == '-' ||
	                     (next == '.' && is_word(byte_at(s, i + 1)));
	return goes_on ? 0 : i - at;
}

static size_t mac_address(struct span s, size_t at)
{
	const uint8_t between = byte_at(s, at + 2);
	if (between != ':' && between != '-')
		return 0;
	for (size_t i = 0; i < 17; i++)
		if (i % 3 == 2 ? byte_at(s, at + i) != between : !is_hex(byte_at(s, at + i)))
			return 0;
	const uint8_t next = byte_at(s, at + 17);
	return is_word(next) || next == between ? 0 : 17;
}

// ---- hexadecimal digits

static size_t uuid(struct span s, size_t at)
{
	static const uint8_t groups[] = { 8, 4, 4, 4, 12 };
	size_t i = at;
	for (unsigned g = 0; g < sizeof groups; g++) {
		if (g > 0 && byte_at(s, i++) != '-')
			return 0;
		for (unsigned k = 0; k < groups[g]; k++)
			if (!is_hex(byte_at(s, i++)))
				return 0;
	}
	return is_word(byte_at(s, i)) ? 0 : i - at;
}

// `*scanned`: how far it looked; nothing begins before.
static size_t long_hex(struct span s, size_t at, size_t *scanned)
{
	const bool has_prefix = byte_at(s, at) == '0' && (byte_at(s, at + 1) | 0x20) == 'x';
	size_t i = at + (has_prefix ? 2 : 0);
	const size_t begin = i;
	bool has_decimal = false;
	for (; is_hex(byte_at(s, i)); i++)
		has_decimal |= is_digit(s.bytes[i]);
	*scanned = i;
	return i - begin >= HEX_MIN && has_decimal && !is_word(byte_at(s, i)) ? i - at : 0;
}

// ---- values

static bool begins_with(struct span s, size_t at, const char *word)
{
	const size_t length = strlen(word);
	return at <= s.length && length <= s.length - at &&
	       strncasecmp((const char *)s.bytes + at, word, length) == 0;
}

static bool ends_value(uint8_t c, bool is_quoted)
{
	if (is_quoted)
		return c == '"' || c == '\r' || c == '\n';
	return c <= ' ' || c == '"' || c == '\'' || c == ';' || c == ',' || c == '&' || c == '<' ||
	       c == '>';
}

// The length of a value that begins there. What is shorter than a few bytes tells nobody apart.
static size_t value_length(struct span s, size_t at, bool is_quoted)
{
	size_t i = at;
	while (i < s.length && i - at < VALUE_MAX && !ends_value(s.bytes[i], is_quoted))
		i++;
	return i - at >= VALUE_MIN ? i - at : 0;
}

// How many bytes stay before what is put aside: `nonce="`, `Set-Cookie: name=`.
static size_t value_begin(struct span s, size_t at, bool *is_quoted)
{
	static const char *const names[] = { "nonce=",     "cnonce=", "opaque=", "session=",
		                             "sessionid=", "token=",  "sid=" };
	size_t i = at;
	*is_quoted = false;
	if (begins_with(s, at, "set-cookie:")) {
		i += strlen("set-cookie:");
		while (byte_at(s, i) == ' ')
			i++;
		const size_t name = i;
		while (i < s.length && i - name < NAME_MAX && s.bytes[i] > ' ' &&
		       s.bytes[i] != '=' && s.bytes[i] != ';')
			i++;
		return byte_at(s, i) == '=' ? i + 1 - at : 0;
	}
	for (size_t k = 0; k < sizeof names / sizeof *names; k++)
		if (begins_with(s, at, names[k])) {
			i += strlen(names[k]);
			*is_quoted = byte_at(s, i) == '"';
			return i + (*is_quoted ? 1 : 0) - at;
		}
	return 0;
}

// ---- all of them

// What begins at a place before which no letter and no digit stands.
static struct match look(struct span s, size_t at, size_t *scanned)
{
	size_t length;
	*scanned = at + 1;
	// A MAC may begin as a clock does: 00:12:34:ab:cd:ef.
	if ((length = mac_address(s, at)) > 0)
		return (struct match){ length, "<mac>" };
	if ((length = mask_date(s, at)) > 0)
		return (struct match){ length, "<date>" };
	if (!is_hex(s.bytes[at]))
		return (struct match){ 0, NULL };
	if ((length = dotted_quad(s, at)) > 0)
		return (struct match){ length, "<ip>" };
	if ((length = uuid(s, at)) > 0 || (length = long_hex(s, at, scanned)) > 0)
		return (struct match){ length, "<hex>" };
	return (struct match){ 0, NULL };
}

void mask_answer(struct span s, struct buffer *out)
{
	size_t kept = 0;  // up to here all has been written
	for (size_t at = 0; at < s.length;) {
		const uint8_t before = at > 0 ? s.bytes[at - 1] : 0;
		if (is_word(before) || !is_word(s.bytes[at])) {
			at++;
			continue;
		}
		bool is_quoted;
		size_t scanned;
		const size_t stays = value_begin(s, at, &is_quoted);
		struct match m = { stays > 0 ? value_length(s, at + stays, is_quoted) : 0,
			           "<value>" };
		size_t begin = at + stays;
		if (m.length == 0) {
			m = look(s, at, &scanned);
			begin = at;
		}
		if (m.length == 0) {
			at = scanned > at ? scanned : at + 1;
			continue;
		}
		buffer_append(out, s.bytes + kept, begin - kept);
		buffer_text(out, m.marker);
		at = kept = begin + m.length;
	}
	if (kept < s.length)
		buffer_append(out, s.bytes + kept, s.length - kept);
}
