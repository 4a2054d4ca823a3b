// SPDX-License-Identifier: MIT
// Horizontal bars, one below the other, each of one or two parts: what is counted stands
// where it is read, behind its bar, and the label in front of it, or above it where it is narrow.
//
// Bars of two parts have a second column, the share of the first part over the same length for
// all: of small bars the parts could not be seen otherwise.
#pragma once

#include "present/chart/frame.h"
#include "present/words/words.h"

enum { BARS_MAX = 24, BAR_PARTS = 2 };

struct bar {
	const char *label;
	const char *note;         // behind the label, quieter; NULL: none
	double parts[BAR_PARTS];  // of the second, NaN: it is not known how the first divides
	const char *text;         // behind the bar
	bool has_no_share;        // it has the second part only, as the first does not apply to it
};

struct bars {
	struct figure_frame frame;  // its width, height and font are planned
	bool is_narrow;
	const char *unit;
	size_t part_count;             // 1 or 2
	const char *parts[BAR_PARTS];  // their names, for the legend; of one part NULL
	unsigned styles[BAR_PARTS];    // of chart_style.h
	const char *share_title;       // of the second column
	struct bar rows[BARS_MAX];
	size_t count;
};

void bars_draw(struct buffer *out, const struct bars *);
