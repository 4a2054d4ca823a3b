// SPDX-License-Identifier: MIT
// The 32-bit constants that keys come from. A bot encodes with the four bytes of its constant in turn, which is
// one byte: all four together. Published ones alone are looked for: of any words in a file one in 256 folds to the key.
#pragma once

#include "base/cursor.h"

struct original_key {
	uint32_t constant;
	const char *source;
};
extern const struct original_key original_keys[];
extern const size_t original_key_count;

// The byte that it is.
static inline uint8_t original_key_fold(uint32_t constant)
{
	return (uint8_t)(constant ^ constant >> 8 ^ constant >> 16 ^ constant >> 24);
}

// The first published constant that folds to the key and stands in the file, in either byte order; 0: none.
void original_key_find(struct span file, uint8_t key, uint32_t *out, size_t *out_offset);
