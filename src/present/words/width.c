// SPDX-License-Identifier: MIT
// The ranges are those of Unicode's East Asian Width (UAX #11) that are wide or
// full-width, and of combining marks, coarse: blocks instead of characters. An error
// costs a blank, nothing else.
#include "present/words/width.h"

#include <string.h>

// Sums in another order differ in their last bits.
#define TOLERANCE 1e-6

struct range {
	uint32_t first, last;
};

static const struct range wide[] = {
	{ 0x1100, 0x115f },   { 0x2e80, 0x303e },   { 0x3041, 0x33ff },   { 0x3400, 0x4dbf },
	{ 0x4e00, 0x9fff },   { 0xa000, 0xa4cf },   { 0xa960, 0xa97f },   { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },   { 0xff01, 0xff60 },   { 0xffe0, 0xffe6 },
	{ 0x1b000, 0x1b2ff }, { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1faff },
	{ 0x20000, 0x3fffd },
};

static const struct range without_width[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd },   { 0x064b, 0x065f },
	{ 0x0e31, 0x0e31 }, { 0x0e34, 0x0e3a }, { 0x1ab0, 0x1aff },   { 0x1dc0, 0x1dff },
	{ 0x200b, 0x200d }, { 0x20d0, 0x20ff }, { 0x2060, 0x2064 },   { 0xfe00, 0xfe0f },
	{ 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff }, { 0xe0100, 0xe01ef },
};

static bool is_within(uint32_t c, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static size_t character_cells(uint32_t c)
{
	if (c < 0x300)
		return 1;
	if (is_within(c, without_width, sizeof without_width / sizeof *without_width))
		return 0;
	return is_within(c, wide, sizeof wide / sizeof *wide) ? 2 : 1;
}

// Takes one character; what is no UTF-8 is taken byte by byte as U+FFFD.
static uint32_t take_character(const uint8_t **at, const uint8_t *end)
{
	const uint8_t first = *(*at)++;
	size_t more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
	if (first < 0xc2 || first >= 0xf5)
		more = 0;
	if (more == 0 || (size_t)(end - *at) < more)
		return first < 0x80 ? first : 0xfffd;
	uint32_t c = first & (0x3fu >> more);
	for (size_t i = 0; i < more; i++) {
		if (((*at)[i] & 0xc0) != 0x80)
			return 0xfffd;
		c = c << 6 | ((*at)[i] & 0x3fu);
	}
	*at += more;
	return c;
}

size_t width_cells(const char *text, size_t length)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + length;
	size_t cells = 0;
	while (at < end)
		cells += character_cells(take_character(&at, end));
	return cells;
}

size_t width_fit_cells(const char *text, size_t length, size_t cells)
{
	const uint8_t *start = (const uint8_t *)text, *at = start, *end = start + length;
	while (at < end) {
		const uint8_t *before = at;
		const size_t taken = character_cells(take_character(&at, end));
		if (taken > cells)
			return (size_t)(before - start);
		cells -= taken;
	}
	return length;
}

static double character_em(uint32_t c)
{
	if (c < 0x80 && memchr(" ,.:;'|!ijl()[]/-", (int)c, 17) != NULL)
		return 0.36;
	if (c >= '0' && c <= '9')
		return 0.64;
	if ((c >= 'A' && c <= 'Z') || c == '%' || c == '@')
		return 0.74;
	if (c == 'm' || c == 'w' || c == 0x2013 || c == 0x2014)
		return 0.9;
	static const double by_cells[] = { 0, 0.62, 1 };
	return c < 0x80 ? 0.6 : by_cells[character_cells(c)];
}

double width_em(const char *text)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + width_bytes(text);
	double em = 0;
	while (at < end)
		em += character_em(take_character(&at, end));
	return em;
}

size_t width_fit(const char *text, double room_em)
{
	const uint8_t *start = (const uint8_t *)text, *at = start, *end = at + width_bytes(text);
	while (at < end) {
		const uint8_t *before = at;
		room_em -= character_em(take_character(&at, end));
		if (room_em < -TOLERANCE)
			return (size_t)(before - start);
	}
	return (size_t)(at - start);
}
