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

// From (x, y) to (x, y).
void paint_line(struct buffer *out, const char *kind, const double points[4]);

// A path element of a style of chart_style.h, open: its commands, then "\"/>", follow.
// Wide ones are for dots, and never dashed.
enum stroke_width { STROKE_FINE, STROKE_PLAIN, STROKE_DOT };
void paint_stroke(struct buffer *out, unsigned style, enum stroke_width width);
