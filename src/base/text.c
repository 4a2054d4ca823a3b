// SPDX-License-Identifier: MIT
#include "base/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool text_equal(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

bool text_starts(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

bool text_ends(const char *text, const char *end)
{
	const size_t length = strlen(text), end_length = strlen(end);
	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

bool text_copy(char *to, size_t size, const char *from)
{
	return text_format(to, size, "%s", from);
}

bool text_format(char *to, size_t size, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const int length = vsnprintf(to, size, format, arguments);
	va_end(arguments);
	return length >= 0 && (size_t)length < size;
}

bool text_u64(const char *text, uint64_t maximum, uint64_t *out)
{
	uint64_t value = 0;
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		const unsigned digit = (unsigned)(*text - '0');
		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	if (value > maximum)
		return false;
	*out = value;
	return true;
}

bool text_size(const char *text, uint64_t *out)
{
	static const char units[] = "KMGT";
	char number[24];
	if (!text_copy(number, sizeof number, text) || number[0] == '\0')
		return false;
	char *last = number + strlen(number) - 1;
	const char *unit = strchr(units, *last);
	unsigned shift = 0;
	if (unit != NULL) {
		shift = 10 * ((unsigned)(unit - units) + 1);
		*last = '\0';
	}
	uint64_t value;
	if (!text_u64(number, UINT64_MAX >> shift, &value))
		return false;
	*out = value << shift;
	return true;
}

bool text_double(const char *text, double *out)
{
	// Written out because strtod() follows the locale and takes "inf" and hex.
	const char *at = text;
	const bool negative = *at == '-';
	double value = 0, scale = 1;
	unsigned digits = 0;
	at += negative;
	for (; *at >= '0' && *at <= '9'; at++, digits++)
		value = value * 10 + (*at - '0');
	if (*at == '.')
		for (at++; *at >= '0' && *at <= '9'; at++, digits++) {
			value = value * 10 + (*at - '0');
			scale *= 10;
		}
	if (digits == 0 || digits > 300 || *at != '\0' || !isfinite(value / scale))
		return false;
	*out = negative ? -value / scale : value / scale;
	return true;
}

bool text_ipv4(const char *text, uint32_t *out)
{
	uint32_t address = 0;
	char piece[4];
	for (int i = 0; i < 4; i++) {
		const size_t length = strcspn(text, ".");
		uint64_t octet;
		if (length == 0 || length >= sizeof piece || (i < 3) != (text[length] == '.'))
			return false;
		memcpy(piece, text, length);
		piece[length] = '\0';
		if (!text_u64(piece, 255, &octet))
			return false;
		address = address << 8 | (uint32_t)octet;
		text += length + (i < 3);
	}
	*out = address;
	return true;
}

void text_from_ipv4(uint32_t address, char out[TEXT_IPV4_SIZE])
{
	snprintf(out, TEXT_IPV4_SIZE, "%u.%u.%u.%u", address >> 24, address >> 16 & 255,
	         address >> 8 & 255, address & 255);
}

bool text_next(const char **list, char separator, char *piece, size_t size)
{
	const char *start = *list;
	piece[0] = '\0';
	if (*start == '\0')
		return false;
	const char *end = start;
	while (*end != '\0' && *end != separator)
		end++;
	*list = *end == '\0' ? end : end + 1;
	while (start < end && (*start == ' ' || *start == '\t'))
		start++;
	while (start < end && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	size_t length = (size_t)(end - start);
	if (length >= size)
		length = 0;
	memcpy(piece, start, length);
	piece[length] = '\0';
	return true;
}
