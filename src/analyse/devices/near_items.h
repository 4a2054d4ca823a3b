// SPDX-License-Identifier: MIT
// Private to analyse/devices: which items are near each other, without a matrix, for more of them than one has
// room for.
//
// Two items are at the cut or nearer only if on ports of both that weigh enough their answers are near: every other
// port adds at least as much to the distance as one on which one alone answered. So for each item the ports are
// asked that fewest items have the answer of, until what is left out is too little to be enough, and on each of
// them those with answers that cluster/gram_near.h finds. That misses nothing, and distances are the same
// numbers as those of vector_distances().
#pragma once

#include "analyse/devices/distances.h"

struct near_items;

// How far items may be asked for: below this distance, the one of hosts without a common port, or, if all answers are
// of one port, below 1.
double near_items_reach(const struct host_items *);

// For distances up to `most`, less than that reach. False: no memory.
bool near_items_new(const struct hosts *, const struct host_items *, double most, unsigned threads,
                    struct near_items **out, struct error *error) MUST_CHECK;
void near_items_free(struct near_items *);  // accepts NULL

// The parts of the items of which no two members of different ones are at `most` or nearer, and which cannot be parted
// further so: of each item, the first item of its part. On as many threads as there were to be.
bool near_items_parts(struct near_items *, uint32_t *first_of, const struct limits *,
                      const struct distance_watch *, struct error *error) MUST_CHECK;

// Has items of `members` (ascending), the weightiest first, stand for those within `radius` of them, which is `most`
// or less: leader_of[i] is the nearest of those that led before, or i itself. How many lead is in *leaders. Of
// items that are no members nothing is written.
bool near_items_lead(struct near_items *, const uint32_t *members, uint32_t count, float radius,
                     uint32_t *leader_of, float *distances, uint32_t *leaders,
                     const struct limits *, struct error *error) MUST_CHECK;
