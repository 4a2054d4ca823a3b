// SPDX-License-Identifier: MIT
// Private to maximal*.c: the maximal sets found so far, and the search where 64 items are left.
#pragma once

#include "mine/path.h"

// Sets of items, kept as numbers: of the frequent items in ascending order, the i-th. Each place in
// `numbers` leads to the one before it with the same number.
struct known_sets {
	struct search *search;
	uint32_t *items;   // [item_count] ascending
	uint32_t *newest;  // [item_count]: the last place + 1; 0: in no set
	uint32_t *times;   // [item_count]: in how many sets
	uint32_t item_count;
	struct known_place {
		uint32_t number, set, before;  // a place + 1; 0: there is none
	} * places;
	size_t place_count, place_capacity;
	uint32_t *starts;  // by set, its first place; as many as there are, and one more
	size_t count, capacity;
	uint32_t longest;  // items of the largest set
};

bool known_sets_start(struct search *, const struct projection *prepared, struct known_sets *out);
void known_sets_done(struct known_sets *);
bool known_sets_add(struct known_sets *, struct path set);
bool known_sets_contain(const struct known_sets *, struct path set);
// Of the sets that contain the path, the bits of the items that have some, to `out`, which has room
// for as many as known_sets_most() says. Returns how many.
uint32_t known_sets_most(const struct known_sets *, struct path);
uint32_t known_sets_bits(const struct known_sets *, struct path, const struct narrow_items *,
                         uint64_t *out);

// All maximal sets below the step from `from` to `d` (as narrow_fill() has it) that are in no set
// that is known. They become known. `known` is NULL if this is the first step of all.
bool maximal_narrow(struct search *, const struct projection *from, uint32_t rank,
                    const struct projection *d, struct path path, struct known_sets *known);
