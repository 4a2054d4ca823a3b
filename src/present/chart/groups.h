// SPDX-License-Identifier: MIT
// Groups of bars, a group beside the other, all with the same rows and on one scale: shares, each of which stands
// behind its bar. One bar of a group may be marked, by another colour.
#pragma once

#include "present/chart/frame.h"

#include <stddef.h>

enum { GROUPS_MAX = 12, GROUP_ROWS_MAX = 12 };

struct bar_group {
	const char *title;
	const char *note;                  // below it, quieter
	double shares[GROUP_ROWS_MAX];     // 0 to 1
	const char *said[GROUP_ROWS_MAX];  // in words, for whoever points at a bar
	size_t marked;                     // which row; none: GROUP_ROWS_MAX
};

struct bar_groups {
	struct figure_frame frame;  // its width, height and font are planned
	bool is_narrow;
	const char *unit;
	const char *kinds[2];  // what bars are that are not marked, and those that are
	const char *rows[GROUP_ROWS_MAX];
	size_t row_count;
	struct bar_group groups[GROUPS_MAX];
	size_t count;
};

void bar_groups_draw(struct buffer *out, const struct bar_groups *);
