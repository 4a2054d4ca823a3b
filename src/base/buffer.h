// SPDX-License-Identifier: MIT
// Bytes that grow up to a maximum.
//
// A buffer is born with its maximum. An append that would pass it, or for which
// there is no memory, changes nothing and marks the buffer as failed; every
// later append is ignored. So a writer appends without looking and asks once,
// at the end, whether buffer.failed is set. Varints and formatted text need a few
// bytes more than they take (VARINT_MAX, a zero byte): a maximum is no exact fit.
#pragma once

#include "base/cursor.h"

#include <string.h>

struct buffer {
	uint8_t *bytes;
	size_t length;
	size_t maximum;
	bool failed;
	size_t capacity;  // private
};

// Nothing is allocated until the first append.
static inline struct buffer buffer_up_to(size_t maximum)
{
	return (struct buffer){ .maximum = maximum };
}

// Frees the bytes; accepts a buffer of zeros.
void buffer_done(struct buffer *);

// Private: the slow path of buffer_reserve().
bool buffer_grow(struct buffer *, size_t length);

// Room for `length` more bytes at bytes + length; false if there is none.
static inline bool buffer_reserve(struct buffer *b, size_t length)
{
	return (!b->failed && length <= b->capacity - b->length) || buffer_grow(b, length);
}

void buffer_append(struct buffer *, const void *bytes, size_t length);
void buffer_text(struct buffer *, const char *text);
void buffer_byte(struct buffer *, uint8_t byte);
void buffer_format(struct buffer *, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Little-endian numbers, as in the headers of the store.
void buffer_u16(struct buffer *, uint16_t);
void buffer_u32(struct buffer *, uint32_t);
void buffer_u64(struct buffer *, uint64_t);

// Unsigned LEB128; cursor_varint() reads it. Returns the end; there must be room
// for VARINT_MAX bytes, of which some behind the end may be written to.
enum { VARINT_MAX = 10 };
static inline uint8_t *varint_put(uint8_t *at, uint64_t value)
{
	// Lengths are hard to foresee: up to four bytes are written without asking for it.
	if (value < UINT64_C(1) << 28) {
		const uint32_t v = (uint32_t)value;
		const unsigned more = (31 - (unsigned)__builtin_clz(v | 1)) * 37 >> 8;  // bits / 7
		const uint32_t bytes = (v & 0x7f) | (v & 0x3f80) << 1 | (v & 0x1fc000) << 2 |
		                       (v & 0xfe00000) << 3 |
		                       (0x808080 & ((UINT32_C(1) << 8 * more) - 1));
		at[0] = (uint8_t)bytes;
		at[1] = (uint8_t)(bytes >> 8);
		at[2] = (uint8_t)(bytes >> 16);
		at[3] = (uint8_t)(bytes >> 24);
		return at + more + 1;
	}
	while (value >= 0x80) {
		*at++ = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	*at++ = (uint8_t)value;
	return at;
}

static inline void buffer_varint(struct buffer *b, uint64_t value)
{
	if (buffer_reserve(b, VARINT_MAX))
		b->length = (size_t)(varint_put(b->bytes + b->length, value) - b->bytes);
}

static inline struct span buffer_span(const struct buffer *b)
{
	return (struct span){ .bytes = b->bytes, .length = b->length };
}
