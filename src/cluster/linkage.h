// SPDX-License-Identifier: MIT
// Average linkage (UPGMA; Sokal and Michener 1958): who is nearest merges first, and the distance of two
// clusters is the mean of the distances of their members.
//
// Both functions follow chains of nearest neighbours (Benzecri 1982; Murtagh 1983), which takes time in
// proportion to the square of the number of items, and need the distances in memory: the condensed matrix,
// d(0,1) d(0,2) ... d(0,n-1) d(1,2) ..., which they use up.
#pragma once

#include "base/error.h"
#include "base/work_limits.h"

#include <stddef.h>
#include <stdint.h>

// A step, in SciPy's numbering: items are 0 .. n-1, what merge number i made is n + i.
struct merge {
	uint32_t left, right;  // left < right
	double height;         // the distance of the two; ascending from merge to merge
	uint32_t size;         // of what it made: items, or the sum of their weights
};

// The place of d(i, j), i < j, in the condensed matrix of n items; also their number: pairs_of(n).
static inline size_t condensed_at(uint32_t n, uint32_t i, uint32_t j)
{
	return (size_t)i * n - (size_t)i * (i + 1) / 2 + (j - i - 1);
}

static inline size_t pairs_of(uint32_t n)
{
	return (size_t)n * (n - (n > 0)) / 2;
}

// As SciPy 1.10 does it, bit for bit, also where distances tie, so that the result depends on the order of
// the items as SciPy's does: a chain starts at the first item that is left; the nearest is the first of the
// least, but the one before in the chain wins; what merged stands in the later place; in the end merges are
// sorted by height, and those of equal height stay in the order in which they were found. `out` has room
// for n - 1. False: cancelled, or no memory.
bool linkage_published(double *condensed, uint32_t n, struct merge *out, const struct limits *,
                       struct error *error) MUST_CHECK;

// The same of items that stand for several each: `weights` of them, with distance 0 among themselves and the
// same to all others. That is exact: they would merge first, and a mean over members is a mean over items
// weighted by their numbers. Distances are float: the matrix takes half the memory, and the heights differ
// from those of doubles by some 1e-7. Of equal distances the first item wins, so that who sorts items by what
// they are gets a result that depends on nothing else. The sum of the weights is below 2^32.
//
// Where the distances lie there has to be room for linkage_floats(n) of them, up to 6 n + 10 more than there are
// pairs: they are put into an order that costs less to work on.
size_t linkage_floats(uint32_t n);
bool linkage_weighted(float *condensed, uint32_t n, const uint32_t *weights, struct merge *out,
                      const struct limits *, struct error *error) MUST_CHECK;

// Clusters of items that merges of height <= `cut` join (SciPy's fcluster(Z, cut, "distance")), numbered
// from 0 in the order of their first items, and how many they are.
bool linkage_cut(const struct merge *, uint32_t n, double cut, uint32_t *clusters, uint32_t *count,
                 struct error *error) MUST_CHECK;

// Gives merges that name any item of what they join, in the order in which they were found, the order of their
// heights, SciPy's numbers and their sizes. NULL: each item weighs 1.
bool linkage_number(struct merge *, uint32_t n, const uint32_t *weights,
                    struct error *error) MUST_CHECK;
