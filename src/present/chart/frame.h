// SPDX-License-Identifier: MIT
// What every figure has around it: the svg element, and for a file of its own a style
// sheet, a ground, a title and a line that says what, when and where.
#pragma once

#include "base/buffer.h"
#include "present/words/lang.h"

#include <stdbool.h>

// Units of the drawing; a file of its own has a margin around it. What is drawn begins at
// FRAME_HEAD_Y if the figure stands alone, else at 0.
enum { FRAME_WIDE = 960, FRAME_NARROW = 352, FRAME_HEAD_Y = 59, FRAME_ID_SIZE = 24 };

struct figure_frame {
	enum lang lang;
	const char *title;
	const char *subtitle;  // said by stand-alone figures only
	bool is_simulated;
	bool stands_alone;  // a file of its own, with style sheet and title
	// On a page: what the ids of its parts begin with, ours and once on the page; the narrow and the
	// wide drawing of a figure have the same.
	char id[FRAME_ID_SIZE];
	double width, height, font;
};

// Opens the svg element; "</svg>\n" closes it.
void frame_open(struct buffer *out, const struct figure_frame *);
