// SPDX-License-Identifier: MIT
#include "base/base64.h"

enum { NO_DIGIT = 0x80 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct buffer *out, struct span bytes)
{
	const size_t length = (bytes.length + 2) / 3 * 4;
	if (length == 0 || !buffer_reserve(out, length))
		return;
	uint8_t *to = out->bytes + out->length;
	size_t at = 0;
	for (; at + 3 <= bytes.length; at += 3, to += 4) {
		const uint8_t *from = bytes.bytes + at;
		const uint32_t three = (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];
		for (unsigned i = 0; i < 4; i++)
			to[i] = (uint8_t)digits[three >> (18 - 6 * i) & 63];
	}
	const size_t left = bytes.length - at;
	if (left > 0) {
		const uint32_t second = left == 2 ? bytes.bytes[at + 1] : 0;
		const uint32_t bits = (uint32_t)bytes.bytes[at] << 16 | second << 8;
		to[0] = (uint8_t)digits[bits >> 18];
		to[1] = (uint8_t)digits[bits >> 12 & 63];
		to[2] = left == 2 ? (uint8_t)digits[bits >> 6 & 63] : '=';
		to[3] = '=';
	}
	out->length += length;
}

// The value of a digit; NO_DIGIT: it is none.
static uint32_t digit_value(uint8_t byte)
{
	if (byte >= 'a' && byte <= 'z')
		return (uint32_t)(byte - 'a' + 26);
	if (byte >= 'A' && byte <= 'Z')
		return (uint32_t)(byte - 'A');
	if (byte >= '0' && byte <= '9')
		return (uint32_t)(byte - '0' + 52);
	return byte == '+' ? 62 : byte == '/' ? 63 : NO_DIGIT;
}

static void fill_values(uint8_t values[256])
{
	for (unsigned byte = 0; byte < 256; byte++)
		values[byte] = (uint8_t)digit_value((uint8_t)byte);
}

// The last four characters: `count` bytes of them are wanted. False if they are none.
static bool decode_last(const uint8_t *from, size_t count, uint8_t *to)
{
	uint32_t bits = 0;
	for (size_t i = 0; i < 4; i++) {
		const uint32_t value = i <= count ? digit_value(from[i]) : 0;
		if (value == NO_DIGIT)
			return false;
		bits = bits << 6 | value;
	}
	for (size_t i = 0; i < count; i++)
		to[i] = (uint8_t)(bits >> (16 - 8 * i));
	return count == 3 || (bits & (UINT32_C(0xffffff) >> 8 * count)) == 0;
}

bool base64_decode(struct buffer *out, struct span text)
{
	if (text.length == 0)
		return true;
	if (text.length % 4 != 0)
		return false;
	const uint8_t *last = text.bytes + text.length - 4;
	const size_t padding = last[3] != '=' ? 0 : last[2] != '=' ? 1 : 2;
	if (!buffer_reserve(out, text.length / 4 * 3))
		return true;  // the buffer says so
	uint8_t values[256];
	fill_values(values);
	uint8_t *to = out->bytes + out->length;
	uint32_t bad = 0;
	for (const uint8_t *from = text.bytes; from < last; from += 4, to += 3) {
		const uint32_t a = values[from[0]], b = values[from[1]], c = values[from[2]],
			       d = values[from[3]];
		bad |= a | b | c | d;
		to[0] = (uint8_t)(a << 2 | b >> 4);
		to[1] = (uint8_t)(b << 4 | c >> 2);
		to[2] = (uint8_t)(c << 6 | d);
	}
	if ((bad & NO_DIGIT) != 0 || !decode_last(last, 3 - padding, to))
		return false;
	out->length += text.length / 4 * 3 - padding;
	return true;
}

static uint32_t nibble(uint8_t byte)
{
	if (byte >= '0' && byte <= '9')
		return (uint32_t)(byte - '0');
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? (uint32_t)(byte - 'a' + 10) : NO_DIGIT;
}

bool hex_decode(struct buffer *out, struct span text)
{
	if (text.length % 2 != 0)
		return false;
	if (text.length == 0 || !buffer_reserve(out, text.length / 2))
		return true;  // the buffer says so
	for (size_t i = 0; i < text.length / 2; i++) {
		const uint32_t high = nibble(text.bytes[2 * i]),
			       low = nibble(text.bytes[2 * i + 1]);
		if (((high | low) & NO_DIGIT) != 0)
			return false;
		out->bytes[out->length + i] = (uint8_t)(high << 4 | low);
	}
	out->length += text.length / 2;
	return true;
}
