// SPDX-License-Identifier: MIT
#include "analyse/variants/tokens.h"

#include "sample/applet.h"

#include <string.h>

static bool is_letter_or_digit(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '_';
}

// The zero byte is in every list: it ends a text, such as a name in front of a password.
static bool is_one_of(uint8_t byte, const char *bytes)
{
	return strchr(bytes, byte) != NULL;
}

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t';
}

bool is_token(struct span word)
{
	bool is_one = word.length >= TOKEN_MIN && word.length <= TOKEN_MAX;
	for (size_t i = 0; is_one && i < word.length; i++)
		is_one = is_letter_or_digit(word.bytes[i]);
	return is_one && !is_applet(word);
}

bool token_has_random_shape(struct span token)
{
	bool is_shape = token.length == 5;
	for (size_t i = 0; is_shape && i < token.length; i++)
		is_shape = token.bytes[i] >= 'A' && token.bytes[i] <= 'Z';
	return is_shape;
}

// What is called with a path: where the path begins.
static size_t begin_of_path(struct span line, size_t at)
{
	while (at > 0 && !is_one_of(line.bytes[at - 1], " \t\r\n;&|(`\"'{<>"))
		at--;
	return at;
}

// Whether a command begins there; *is_mark: and it is not the first one.
static bool is_begin_of_command(struct span line, size_t at, bool *is_mark)
{
	while (at > 0 && is_blank(line.bytes[at - 1]))
		at--;
	*is_mark = at > 0;
	return at == 0 || is_one_of(line.bytes[at - 1], "\r\n;&|(`\"'{");
}

static bool is_end_of_command(struct span line, size_t at)
{
	while (at < line.length && is_blank(line.bytes[at]))
		at++;
	return at == line.length || is_one_of(line.bytes[at], "\r\n;&|()`\"'{}<>");
}

// The word that busybox is called with, `at` behind its name.
static bool read_word(struct span line, size_t at, struct span *out)
{
	const size_t blanks = at;
	while (at < line.length && is_blank(line.bytes[at]))
		at++;
	const size_t begin = at;
	while (at < line.length && is_letter_or_digit(line.bytes[at]))
		at++;
	*out = (struct span){ line.bytes + begin, at - begin };
	return begin > blanks && is_end_of_command(line, at) && is_token(*out);
}

bool token_next(struct span line, size_t *at, struct span *out, bool *is_mark)
{
	static const char name[] = "busybox";
	const size_t length = sizeof name - 1;
	while (*at < line.length) {
		const uint8_t *found = memmem(line.bytes + *at, line.length - *at, name, length);
		if (found == NULL)
			return false;
		const size_t begin = (size_t)(found - line.bytes);
		const size_t path = begin_of_path(line, begin);
		*at = begin + length;
		if ((path == begin || line.bytes[begin - 1] == '/') &&
		    is_begin_of_command(line, path, is_mark) && read_word(line, *at, out))
			return true;
	}
	return false;
}

bool is_applet(struct span word)
{
	return applet_is_one(word);
}
