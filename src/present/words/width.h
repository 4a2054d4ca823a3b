// SPDX-License-Identifier: MIT
// How much room a text takes: in cells of a terminal, and about how much in a figure.
#pragma once

#include "base/cursor.h"

static inline size_t width_bytes(const char *text)
{
	size_t length = 0;
	while (text[length] != '\0')
		length++;
	return length;
}

// Cells of a terminal: 2 for wide East Asian characters, 0 for combining ones. Bytes
// that are not UTF-8 count as one each.
size_t width_cells(const char *text, size_t length);

// How many bytes of the text fit into so many cells, whole characters only, with what combines with them.
size_t width_fit_cells(const char *text, size_t length, size_t cells);

// An upper estimate for common sans-serif fonts, in units of the font size.
// A program that draws without knowing the font must leave room, not measure.
double width_em(const char *text);

// How many bytes of the text fit into `room_em`, whole characters only.
size_t width_fit(const char *text, double room_em);
