// SPDX-License-Identifier: MIT
// Beginnings of captures: digests of the content up to stated lengths, by which one that
// has grown, or is cut, is known again.
//
// Stated are all lengths from 4 to 64 bytes, and from there on 16 to the octave: 64, 68, ... 124,
// 128, 136, ... So of any length 16/17 at least are stated, and below 64 bytes, where a capture has
// hardly more than a file header, every byte is. A digest is the low half of the low half of
// XXH3-128: 32 bits. Whoever compares beginnings compares all digests up to a length, which differ from
// the first difference on.
#pragma once

#include <stddef.h>
#include <stdint.h>

// The last stated length is 31 * 2^39 bytes.
enum { BEGINNING_BYTES = 61, BEGINNING_OCTAVES = 38 };
enum { BEGINNING_MAX = BEGINNING_BYTES + BEGINNING_OCTAVES * 16 - 1 };

// Stated length number `i` < BEGINNING_MAX, in bytes, ascending.
static inline uint64_t beginning_length(size_t i)
{
	if (i < BEGINNING_BYTES)
		return 4 + i;
	const size_t step = i - BEGINNING_BYTES + 1;
	return (uint64_t)(16 + step % 16) << (2 + step / 16);
}

// How many stated lengths are at most `length`.
static inline size_t beginning_count(uint64_t length)
{
	size_t low = 0, high = BEGINNING_MAX;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (beginning_length(middle) <= length)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
