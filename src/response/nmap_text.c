// SPDX-License-Identifier: MIT
#include "response/nmap_text.h"

enum { FOLD = 71, FIRST_LINE = 63 };

bool nmap_is_failure(struct span text)
{
	static const char failure[] = "ERROR: Script execution failed";
	return text.length >= sizeof failure - 1 &&
	       memcmp(text.bytes, failure, sizeof failure - 1) == 0;
}

// The value of a digit as nmap writes it; -1: it is none.
static int upper_digit(uint8_t byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

// The characters of a text without its folds.
struct characters {
	const uint8_t *at, *end;
	bool is_folded;
};

// The next character; -1: there is none.
static int next_character(struct characters *c)
{
	while (c->at < c->end && c->is_folded && *c->at == '\n')
		c->at++;
	return c->at < c->end ? *c->at++ : -1;
}

// "xHH", behind a backslash: its byte, and moves on behind it; -1, and nothing moves: it is none.
static int hex_escape(struct characters *c)
{
	struct characters ahead = *c;
	if (next_character(&ahead) != 'x')
		return -1;
	const int first = next_character(&ahead), second = next_character(&ahead);
	if (first < 0 || second < 0 || upper_digit((uint8_t)first) < 0 ||
	    upper_digit((uint8_t)second) < 0)
		return -1;
	*c = ahead;
	return upper_digit((uint8_t)first) << 4 | upper_digit((uint8_t)second);
}

// "t", "n" or "r", behind a backslash.
static int short_escape(struct characters *c)
{
	static const char letters[] = "tnr", bytes[] = "\t\n\r";
	const char *found = c->at < c->end ? memchr(letters, *c->at, 3) : NULL;
	if (found == NULL)
		return -1;
	c->at++;
	return bytes[found - letters];
}

static bool is_printable(int byte)
{
	return byte >= 32 && byte <= 126;
}

static bool ends_in_dots(const struct buffer *out, size_t begin)
{
	return out->length >= begin + 3 && memcmp(out->bytes + out->length - 3, "...", 3) == 0;
}

struct nmap_text nmap_unescape(enum nmap_script script, struct span text, struct buffer *out)
{
	struct nmap_text result = { .is_cut = false };
	const size_t begin = out->length;
	size_t length = 0;  // of the text without its folds
	const struct cursor all = cursor_over(text);
	struct characters c = { .at = all.at, .end = all.end, .is_folded = script == NMAP_BANNER };
	for (int character; (character = next_character(&c)) >= 0; length++) {
		int byte = -1;
		if (character == '\\') {
			byte = script == NMAP_BANNER_PLUS ? short_escape(&c) : -1;
			length += byte < 0 ? 0 : 1;
			if (byte < 0) {
				byte = hex_escape(&c);
				length += byte < 0 ? 0 : 3;
				result.is_lossy |= byte < 0 || is_printable(byte);
			}
		}
		buffer_byte(out, (uint8_t)(byte < 0 ? character : byte));
	}
	result.is_cut = script == NMAP_BANNER && length % FOLD == FIRST_LINE &&
	                ends_in_dots(out, begin);
	return result;
}

// ---- fingerprints

static int any_digit(uint8_t byte)
{
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : upper_digit(byte);
}

// Behind a backslash: \xHH, the letters of C, \0, and what stands for itself.
static bool fingerprint_escape(struct cursor *c, struct buffer *out)
{
	static const char letters[] = "0abfnrtv", bytes[] = "\0\a\b\f\n\r\t\v";
	const struct span letter = cursor_take(c, 1);
	if (letter.length == 0)
		return false;
	if (letter.bytes[0] == 'x') {
		const struct span digits = cursor_take(c, 2);
		if (digits.length < 2 || any_digit(digits.bytes[0]) < 0 ||
		    any_digit(digits.bytes[1]) < 0)
			return false;
		buffer_byte(out, (uint8_t)(any_digit(digits.bytes[0]) << 4 |
		                           any_digit(digits.bytes[1])));
		return true;
	}
	const char *found = memchr(letters, letter.bytes[0], sizeof letters - 1);
	buffer_byte(out, found == NULL ? letter.bytes[0] : (uint8_t)bytes[found - letters]);
	return true;
}

// Up to the quote that closes it.
static bool fingerprint_bytes(struct cursor *c, struct buffer *out)
{
	for (;;) {
		const struct span byte = cursor_take(c, 1);
		if (byte.length == 0)
			return false;
		if (byte.bytes[0] == '"')
			return true;
		if (byte.bytes[0] != '\\')
			buffer_byte(out, byte.bytes[0]);
		else if (!fingerprint_escape(c, out))
			return false;
	}
}

// "NULL,2E," behind "%r(".
static bool fingerprint_head(struct cursor *c, struct nmap_answer *out)
{
	const uint8_t *comma = cursor_left(c) == 0 ? NULL : memchr(c->at, ',', cursor_left(c));
	if (comma == NULL)
		return false;
	out->probe = cursor_take(c, (size_t)(comma - c->at));
	out->length = 0;
	cursor_take(c, 1);
	for (unsigned digits = 0;; digits++) {
		const struct span byte = cursor_take(c, 1);
		if (byte.length == 0)
			return false;
		if (byte.bytes[0] == ',')
			return digits > 0;
		if (digits == 8 || any_digit(byte.bytes[0]) < 0)
			return false;
		out->length = out->length << 4 | (uint64_t)any_digit(byte.bytes[0]);
	}
}

bool nmap_next_answer(struct span *text, struct nmap_answer *out, struct buffer *bytes,
                      bool *is_damaged)
{
	const uint8_t *begin = text->length == 0 ? NULL
	                                         : memmem(text->bytes, text->length, "%r(", 3);
	*is_damaged = false;
	if (begin == NULL)
		return false;
	struct cursor c = cursor_over(*text);
	cursor_take(&c, (size_t)(begin - c.at) + 3);
	const size_t kept = bytes->length;
	if (fingerprint_head(&c, out) && cursor_take(&c, 1).length == 1 && c.at[-1] == '"' &&
	    fingerprint_bytes(&c, bytes)) {
		*text = (struct span){ c.at, cursor_left(&c) };
		return true;
	}
	bytes->length = kept;
	*is_damaged = true;
	return false;
}
