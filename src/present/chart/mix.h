// SPDX-License-Identifier: MIT
// Wholes that are divided alike: a bar for each, all of one length, its parts in one order and colour. Rows stand in
// blocks, one below the other, as days and countries do; behind each row stands what its whole is.
#pragma once

#include "present/chart/frame.h"

#include <stddef.h>

enum { MIX_PARTS = 7, MIX_BLOCKS = 2, MIX_ROWS = 40 };

struct mix_row {
	const char *label;
	const char *text;             // behind the bar
	double parts[MIX_PARTS];      // counts; a row of none has no bar
	const char *said[MIX_PARTS];  // in words, for whoever points at a part; NULL: nothing
};

struct mix_block {
	const char *title;
	const struct mix_row *rows;
	size_t count;
};

struct mix {
	struct figure_frame frame;  // its width, height and font are planned
	bool is_narrow;
	const char *unit;
	const char *text_title;  // what stands behind the bars
	const char *names[MIX_PARTS];
	unsigned styles[MIX_PARTS];  // of chart_style.h
	size_t part_count;
	struct mix_block blocks[MIX_BLOCKS];  // without a row: not drawn
};

void mix_draw(struct buffer *out, const struct mix *);
