// SPDX-License-Identifier: MIT
// A tree of clusters: those below the cut as coloured wedges, one a row, as wide as their own highest merge, and the
// thicker the more hosts they are; what joins them above it as brackets; the cut as a dashed line.
//
// A leaf is a whole cluster, however many it has, so that a tree of thousands can be read. Of more clusters than
// DENDROGRAM_LEAVES_MAX a leaf may be several, a branch that is folded: grey, and without a number.
#pragma once

#include "present/chart/frame.h"

#include <stdint.h>

enum { DENDROGRAM_LEAVES_MAX = 80 };

struct dendrogram_leaf {
	uint32_t number;   // of the cluster; 0: several
	uint32_t hosts;    // that they are
	double height;     // of its highest merge; 0: it has none
	const char *text;  // behind its number: from outside, escaped and cut here
};

// Leaves are nodes 0 .. leaf_count-1, what merges make counts on from there.
struct dendrogram_merge {
	uint32_t left, right;
	double height;
};

struct dendrogram {
	struct figure_frame frame;  // its width and height are set by dendrogram_draw()
	const struct dendrogram_leaf *leaves;
	const struct dendrogram_merge *merges;  // leaf_count - 1
	uint32_t leaf_count;                    // 1 to DENDROGRAM_LEAVES_MAX
	double cut;
	const char *distance_title;  // what the axis shows
	const char *cut_title;
};

void dendrogram_draw(struct buffer *out, const struct dendrogram *);
