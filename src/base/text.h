// SPDX-License-Identifier: MIT
// Texts: comparing, copying and reading numbers, with every bound checked.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool text_equal(const char *a, const char *b);
bool text_starts(const char *text, const char *start);
bool text_ends(const char *text, const char *end);

// Copies as much as fits and ends it with a zero byte. False if it was cut.
bool text_copy(char *to, size_t size, const char *from);

// printf into a fixed buffer. False if it was cut.
bool text_format(char *to, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

// A whole decimal number and nothing else: no sign, no space. False if it is
// none or exceeds `maximum`.
bool text_u64(const char *text, uint64_t maximum, uint64_t *out);

// Bytes with an optional unit K, M, G or T (powers of 1024): "512M". False if it is none.
bool text_size(const char *text, uint64_t *out);

// A finite decimal fraction, "." whatever the locale says. False if it is none.
bool text_double(const char *text, double *out);

// Dotted quad, host byte order.
bool text_ipv4(const char *text, uint32_t *out);
enum { TEXT_IPV4_SIZE = 16 };
void text_from_ipv4(uint32_t address, char out[TEXT_IPV4_SIZE]);

// Takes the next piece of a list that `separator` divides: copies it to `piece`,
// without the blanks around it, and moves *list behind it. False, with an empty
// piece, at the end of the list. A piece that does not fit comes back empty.
bool text_next(const char **list, char separator, char *piece, size_t size);
