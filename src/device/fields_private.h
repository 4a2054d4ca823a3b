// SPDX-License-Identifier: MIT
// Private to fields*.c: how fields are added, and bytes compared.
#pragma once

#include "device/fields.h"

#include <string.h>

// What does not fit is counted, what is too long is cut, what is empty is none.
void fields_add(struct fields *, enum field_kind, struct span text);

// Of HTTP, RTSP and pages (fields_http.c).
void fields_of_http(struct span answer, struct fields *);
void fields_of_page(struct span page, struct fields *);

// Of Telnet and text (fields_telnet.c). The one says whether there is an option in it.
bool telnet_has_option(struct span answer);
void fields_of_telnet(struct span answer, struct fields *);

static inline bool is_white(uint8_t byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static inline uint8_t lower(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 0x20) : byte;
}

// Whether it begins with `start`, which is in lower case, in any case.
static inline bool span_begins(struct span s, const char *start)
{
	size_t at = 0;
	while (start[at] != 0 && at < s.length && lower(s.bytes[at]) == (uint8_t)start[at])
		at++;
	return start[at] == 0;
}

static inline struct span span_to(struct span s, size_t length)
{
	if (length < s.length)
		s.length = length;
	return s;
}

static inline struct span span_trim(struct span s)
{
	while (s.length > 0 && is_white(s.bytes[s.length - 1]))
		s.length--;
	size_t at = 0;
	while (at < s.length && is_white(s.bytes[at]))
		at++;
	return span_from(s, at);
}

// Where a byte is; the length of all if it is nowhere.
static inline size_t span_find(struct span s, uint8_t byte)
{
	const uint8_t *found = s.length == 0 ? NULL : memchr(s.bytes, byte, s.length);
	return found == NULL ? s.length : (size_t)(found - s.bytes);
}

// The next line of *rest without its end, which is LF or CR LF; *rest moves behind it.
static inline struct span span_line(struct span *rest)
{
	const size_t end = span_find(*rest, '\n');
	struct span line = span_to(*rest, end);
	*rest = span_from(*rest, end + 1);
	if (line.length > 0 && line.bytes[line.length - 1] == '\r')
		line.length--;
	return line;
}
