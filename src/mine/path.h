// SPDX-License-Identifier: MIT
// Private to mine/: a set of items on the way down.
#pragma once

#include "mine/narrow.h"

struct path {
	const uint32_t *items;  // ascending
	uint32_t count;
};

// The path with these items, which it has not, in any order; from the arena.
bool path_join(struct search *, struct path, const uint32_t *added, uint32_t count,
               struct path *out);
// The path with the items of `bits`, ascending, to `out`. Returns how many that are.
uint32_t path_with_bits(struct path, const struct narrow_items *, uint64_t bits, uint32_t *out);
// An item into, or out of, items that ascend.
void path_insert(uint32_t *items, uint32_t count, uint32_t item);
void path_remove(uint32_t *items, uint32_t count, uint32_t item);
// Hands the set out, if it is not empty and not larger than requested.
bool path_hand_out(struct search *, struct path, uint64_t support);
