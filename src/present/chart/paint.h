// SPDX-License-Identifier: MIT
// Strokes and labels of SVG, as small as they can be.
#pragma once

#include "base/buffer.h"

struct label {
	double x, y;
	const char *kind;  // further attributes
	double room_em;    // cut if longer; INFINITY: never
};

void paint_label(struct buffer *out, struct label label, const char *text);

// One command of a path: "M12.5 7".
void paint_to(struct buffer *out, char command, double x, double y);
// The same along one axis: "H12.5".
void paint_along(struct buffer *out, char command, double at);

// Points one after the other, of which all but the first are written as the way from the one before: that is
// shorter. Rounded, each is where it would be by itself.
struct paint_line {
	long long x, y;  // tenths, where it is
	bool is_down;
};
void paint_begin(struct buffer *out, struct paint_line *, double x, double y);
void paint_on(struct buffer *out, struct paint_line *, double x, double y);

// From (x, y) to (x, y).
void paint_line(struct buffer *out, const char *kind, const double points[4]);
// A bar, filled with a style of chart_style.h: left, top, right, bottom.
void paint_block(struct buffer *out, unsigned style, const double box[4]);

// A path element of a style of chart_style.h, open: its commands, then "\"/>", follow.
// Wide ones are for dots, and never dashed.
enum stroke_width { STROKE_FINE, STROKE_PLAIN, STROKE_DOT };
void paint_stroke(struct buffer *out, unsigned style, enum stroke_width width);
// Many of them on a page, which has the style sheet: a group, which "</g>" closes, and what is in it.
void paint_strokes_begin(struct buffer *out, const char *id);
void paint_stroke_inside(struct buffer *out, unsigned style, enum stroke_width width);
