// SPDX-License-Identifier: MIT
// A tree of clusters: those below the cut as coloured wedges, one a row, as wide as their own highest merge; what joins
// them above it as brackets; the cut as a dashed line.
//
// A leaf is a whole cluster, however many it has, so that a tree of thousands can be read; who draws one with
// more clusters than DENDROGRAM_LEAVES_MAX leaves out the small ones and says so.
#pragma once

#include "present/chart/frame.h"

#include <stdint.h>

enum { DENDROGRAM_LEAVES_MAX = 80 };

struct dendrogram_leaf {
	uint32_t number;   // of the cluster
	double height;     // of its highest merge; 0: it has none
	const char *text;  // behind its number: from outside, escaped here
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
};

void dendrogram_draw(struct buffer *out, const struct dendrogram *);
