// SPDX-License-Identifier: MIT
#include "analyse/variants/role.h"

#include <string.h>

enum { SLOW_NS = 1000000000, HUMAN_LINES = 3, MARKS = 3, PREPARES = 3 };

const char *session_role_name(enum session_role role)
{
	static const char *const names[ROLES] = { "scanner", "loader", "both", "human", "unknown" };
	return names[role];
}

static bool has(struct span line, const char *word)
{
	const size_t length = strlen(word);
	return line.length >= length && memmem(line.bytes, line.length, word, length) != NULL;
}

static bool is_word_byte(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '_' || byte == '-' || byte == '.';
}

// Whether the word is called somewhere: not a part of a longer one.
static bool calls(struct span line, const char *word)
{
	const size_t length = strlen(word);
	const uint8_t *end = line.bytes + line.length, *at = line.bytes;
	while (line.length >= length &&
	       (at = memmem(at, (size_t)(end - at), word, length)) != NULL) {
		const bool begins = at == line.bytes || !is_word_byte(at[-1]);
		if (begins && (at + length == end || !is_word_byte(at[length])))
			return true;
		at++;
	}
	return false;
}

static bool is_loaders(struct span line)
{
	static const char *const words[] = { "/proc/mounts", "cat /bin/", "dd if=", "dd bs=",
		                             "while read",   ".nippon",   "\\x7f",  "\\177" };
	static const char *const programs[] = { "wget", "tftp", "curl", "ftpget", "chmod" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (has(line, words[i]))
			return true;
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (calls(line, programs[i]))
			return true;
	return false;
}

static bool is_hajimes(struct span line)
{
	return has(line, "cp /bin/echo .s") || has(line, "cat .s") || has(line, "if=.s");
}

static struct span without_blanks(struct span line)
{
	while (line.length > 0 && strchr(" \t\r\n", line.bytes[line.length - 1]) != NULL)
		line.length--;
	while (line.length > 0 && line.bytes[0] != '\0' && strchr(" \t", line.bytes[0]) != NULL)
		line = span_from(line, 1);
	return line;
}

static bool is(struct span line, const char *word)
{
	return line.length == strlen(word) && memcmp(line.bytes, word, line.length) == 0;
}

static bool begins(struct span line, const char *word)
{
	return line.length >= strlen(word) && memcmp(line.bytes, word, strlen(word)) == 0;
}

static unsigned prepares(struct span line)
{
	return is(line, "enable")   ? SIGN_ENABLE
	       : is(line, "system") ? SIGN_SYSTEM
	       : is(line, "shell")  ? SIGN_SHELL
	       : is(line, "sh")     ? SIGN_SH
	                            : 0;
}

static void note_mounts(struct role_signs *s, struct span line)
{
	size_t at = 0;
	struct span token;
	bool is_mark;
	if (!begins(line, "cat /proc/mounts"))
		return;
	while (token_next(line, &at, &token, &is_mark))
		if (is_mark && token_has_random_shape(token))
			s->signs |= SIGN_MOUNTS;
}

void role_note_line(struct role_signs *s, uint64_t time_ns, struct span line, bool is_typed)
{
	line = without_blanks(line);
	s->signs |= prepares(line);
	if (!is_typed || line.length == 0)
		return;
	s->slow += s->lines > 0 && time_ns - s->last_ns >= SLOW_NS;
	s->lines++;
	s->last_ns = time_ns;
	if (is_loaders(line))
		s->signs |= SIGN_LOADS;
	if (is_hajimes(line))
		s->signs |= SIGN_HAJIME;
	note_mounts(s, line);
}

void role_note_token(struct role_signs *s, bool is_mark)
{
	s->calls++;
	if (is_mark || s->calls >= MARKS)
		s->signs |= SIGN_MARKS;
}

static bool is_preparing(unsigned signs)
{
	const unsigned lines = signs & (SIGN_ENABLE | SIGN_SYSTEM | SIGN_SHELL | SIGN_SH);
	return __builtin_popcount(lines) >= PREPARES;
}

static bool is_slow(const struct role_signs *s)
{
	return s->lines >= HUMAN_LINES && 2 * s->slow >= s->lines - 1;
}

enum session_role role_of(const struct role_signs *s, bool has_token, bool is_of_loaders,
                          unsigned programs)
{
	const bool loads = (s->signs & (SIGN_LOADS | SIGN_MARKS | SIGN_HAJIME)) != 0;
	if (!has_token && !is_preparing(s->signs) && is_slow(s))
		return ROLE_HUMAN;
	if (has_token && is_of_loaders)
		return ROLE_LOADER;
	if (loads && programs == 1)
		return ROLE_BOTH;
	if (loads && programs == 0 && has_token && (s->signs & SIGN_MARKS) == 0)
		return ROLE_BOTH;
	if (loads)
		return ROLE_LOADER;
	return has_token || is_preparing(s->signs) ? ROLE_SCANNER : ROLE_UNKNOWN;
}
