// SPDX-License-Identifier: MIT
// Private to analyse/devices: average linkage of more items than one matrix has room for.
#pragma once

#include "analyse/devices/clusters.h"

// Merges as linkage_weighted() would find them, up to the cut: what is in different parts (near_items.h) is farther
// apart than the cut on the mean, too, and never merges below it. Where distances tie another of the right
// results may come out, since merges are found in another order. Parts of more than `most` items are thinned out:
// the weightiest stand for those around them, within a radius that is as small as it may be, and those are
// linked exactly; how many items had to be put to others is in *put, and the largest radius in *radius. Above the
// cut nothing is known: there all is merged at 1. `out` has room for items->count - 1 merges, in SciPy's numbering.
//
// For distances by 3-grams, and cuts below near_items_reach(). Matrices are of `most` items at most.
bool linked_parts(const struct hosts *, const struct host_items *, float cut, uint32_t most,
                  struct merge *out, uint32_t *put, float *radius, const struct limits *,
                  const struct distance_watch *, struct error *error) MUST_CHECK;
