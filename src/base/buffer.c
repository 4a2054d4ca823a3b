// SPDX-License-Identifier: MIT
#include "base/buffer.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>

enum { FIRST_CAPACITY = 256 };

void buffer_done(struct buffer *b)
{
	memory_free(b->bytes);
	*b = (struct buffer){ .maximum = b->maximum };
}

bool buffer_grow(struct buffer *b, size_t length)
{
	if (b->failed)
		return false;
	if (length > b->maximum - b->length) {
		b->failed = true;
		return false;
	}
	size_t capacity = b->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : b->capacity;
	while (capacity < b->length + length && capacity <= b->maximum / 2)
		capacity *= 2;
	if (capacity < b->length + length || capacity > b->maximum)
		capacity = b->maximum;
	uint8_t *bytes = memory_resize(b->bytes, capacity, 1);
	if (bytes == NULL) {
		b->failed = true;
		return false;
	}
	b->bytes = bytes;
	b->capacity = capacity;
	return true;
}

void buffer_append(struct buffer *b, const void *bytes, size_t length)
{
	if (length == 0 || !buffer_reserve(b, length))
		return;
	memcpy(b->bytes + b->length, bytes, length);
	b->length += length;
}

void buffer_text(struct buffer *b, const char *text)
{
	buffer_append(b, text, strlen(text));
}

void buffer_byte(struct buffer *b, uint8_t byte)
{
	buffer_append(b, &byte, 1);
}

void buffer_format(struct buffer *b, const char *format, ...)
{
	va_list arguments, again;
	va_start(arguments, format);
	va_copy(again, arguments);
	const int length = vsnprintf(NULL, 0, format, arguments);
	// vsnprintf writes a final zero byte, which does not count as content.
	if (length >= 0 && buffer_reserve(b, (size_t)length + 1)) {
		vsnprintf((char *)b->bytes + b->length, (size_t)length + 1, format, again);
		b->length += (size_t)length;
	}
	va_end(again);
	va_end(arguments);
}

// Little-endian, whole or not at all.
static void append_number(struct buffer *b, uint64_t value, size_t size)
{
	uint8_t bytes[8];
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
	buffer_append(b, bytes, size);
}

void buffer_u16(struct buffer *b, uint16_t value)
{
	append_number(b, value, sizeof value);
}

void buffer_u32(struct buffer *b, uint32_t value)
{
	append_number(b, value, sizeof value);
}

void buffer_u64(struct buffer *b, uint64_t value)
{
	append_number(b, value, sizeof value);
}
