// SPDX-License-Identifier: MIT
// How well two partitions of the same items agree: clusters that were found, and labels that were known.
//
//   ARI           pairs of items that are together in both, corrected for chance (Hubert and Arabie 1985)
//   homogeneity   1: no cluster has items of two labels (Rosenberg and Hirschberg 2007)
//   completeness  1: no label is in two clusters
//   V             their harmonic mean. Not corrected for chance: many small clusters look good by it
//   AMI           mutual information, corrected for chance and divided by the mean entropy (Vinh, Epps and
//                 Bailey 2010), with the expectation over all partitions of those sizes, exactly
//
// 1 is perfect agreement, and chance is 0 in ARI and AMI, which can be a little below it. Names of clusters
// and labels make no difference, nor does the order of items.
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct score {
	double ari, ami, homogeneity, completeness, v;
	size_t items, clusters, labels;
};

enum { SCORE_ITEMS_MAX = 1 << 30 };

// Item i is in cluster clusters[i] and has label labels[i]; any numbers. Without items all agree: 1. Takes
// 32 bytes an item, and time of O(count log count); for the expectation, of how many different sizes of
// clusters there are times those of labels.
bool score_partitions(const uint32_t *clusters, const uint32_t *labels, size_t count,
                      struct score *out, struct error *error) MUST_CHECK;
