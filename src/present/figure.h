// SPDX-License-Identifier: MIT
// Findings -> charts.
#pragma once

#include "present/present.h"

enum figure_kind { FIGURE_FAMILY, FIGURE_TOGETHER, FIGURE_LIFETIMES };

struct figure {
	enum figure_kind kind;
	size_t family;  // of FIGURE_FAMILY
	bool is_narrow;
	bool stands_alone;
};

// False if there is nothing to draw; then `out` is as before.
bool figure_draw(struct buffer *out, const struct report *, struct figure);

// Whether there is something to draw.
bool figure_has_content(const struct report *, enum figure_kind, size_t family);

// Whether the figure that shows several families shows this one; a figure has room
// for CHART_SERIES_MAX, the first ones.
bool figure_shows(const struct report *, enum figure_kind, size_t family);

// The colour of a family wherever several are shown (chart_style.h).
unsigned figure_family_style(size_t family);
