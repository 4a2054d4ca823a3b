// SPDX-License-Identifier: MIT
// Reading fields from bytes that nobody has checked.
//
// A cursor hands out pieces of a span and never more than there is: a piece
// that does not fit comes back empty and marks the cursor as short. Inside a
// piece whose length is known, span_u16() and its like read at an offset; to
// read outside it is a bug and stops the program, also in release builds.
// Network fields are big-endian (span_u16, ...); file headers come in both
// orders (span_u16_le, ...).
#pragma once

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const uint8_t *bytes;
	size_t length;
};

static inline uint8_t span_u8(struct span s, size_t at)
{
	assert(at < s.length);
	return s.bytes[at];
}

static inline uint16_t span_u16(struct span s, size_t at)
{
	assert(at + 2 <= s.length);
	return (uint16_t)(s.bytes[at] << 8 | s.bytes[at + 1]);
}

static inline uint32_t span_u32(struct span s, size_t at)
{
	assert(at + 4 <= s.length);
	return (uint32_t)s.bytes[at] << 24 | (uint32_t)s.bytes[at + 1] << 16 |
	       (uint32_t)s.bytes[at + 2] << 8 | s.bytes[at + 3];
}

static inline uint16_t span_u16_le(struct span s, size_t at)
{
	assert(at + 2 <= s.length);
	return (uint16_t)(s.bytes[at + 1] << 8 | s.bytes[at]);
}

static inline uint32_t span_u32_le(struct span s, size_t at)
{
	assert(at + 4 <= s.length);
	return (uint32_t)s.bytes[at + 3] << 24 | (uint32_t)s.bytes[at + 2] << 16 |
	       (uint32_t)s.bytes[at + 1] << 8 | s.bytes[at];
}

static inline uint64_t span_u64_le(struct span s, size_t at)
{
	return (uint64_t)span_u32_le(s, at + 4) << 32 | span_u32_le(s, at);
}

// The bytes from `at` on; empty if there are none.
static inline struct span span_from(struct span s, size_t at)
{
	if (at > s.length)
		at = s.length;
	if (at == 0)
		return s;
	return (struct span){ .bytes = s.bytes + at, .length = s.length - at };
}

struct cursor {
	const uint8_t *at;
	const uint8_t *end;
	bool is_short;
};

static inline struct cursor cursor_over(struct span data)
{
	// An empty span may have no bytes at all, and nothing may be added to NULL.
	const uint8_t *end = data.length == 0 ? data.bytes : data.bytes + data.length;
	return (struct cursor){ .at = data.bytes, .end = end };
}

static inline size_t cursor_left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

// The next `length` bytes, or an empty span if fewer are left.
static inline struct span cursor_take(struct cursor *c, size_t length)
{
	if (length > cursor_left(c)) {
		c->at = c->end;
		c->is_short = true;
		return (struct span){ .bytes = c->end };
	}
	const struct span taken = { .bytes = c->at, .length = length };
	if (length > 0)
		c->at += length;
	return taken;
}

// The 7 low bits of each of 8 bytes, the first one lowest, as one number.
static inline uint64_t varint_bits(uint64_t bytes)
{
	bytes = (bytes & 0x007f007f007f007f) | (bytes & 0x7f007f007f007f00) >> 1;
	bytes = (bytes & 0x00003fff00003fff) | (bytes & 0x3fff00003fff0000) >> 2;
	return (bytes & 0x000000000fffffff) | (bytes & 0x0fffffff00000000) >> 4;
}

// An unsigned LEB128 number (7 bits a byte, low bits first, the high bit says
// that more follow): the integers of the store. One that does not end within
// ten bytes, or within the span, marks the cursor as short and reads as 0.
static inline uint64_t cursor_varint(struct cursor *c)
{
	// Lengths are hard to foresee: where eight bytes are there, none is asked for.
	if (cursor_left(c) >= 8) {
		const struct span next = { .bytes = c->at, .length = 8 };
		const uint64_t bytes = span_u64_le(next, 0);
		const uint64_t ends = ~bytes & 0x8080808080808080;
		if (ends != 0) {
			c->at += __builtin_ctzll(ends) / 8 + 1;
			return varint_bits(bytes & (ends ^ (ends - 1)));
		}
	}
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 70 && c->at < c->end; shift += 7) {
		const uint8_t byte = *c->at++;
		value |= (uint64_t)(byte & 0x7f) << (shift & 63);
		if (byte < 0x80)
			return value;
	}
	c->at = c->end;
	c->is_short = true;
	return 0;
}
