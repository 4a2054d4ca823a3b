// SPDX-License-Identifier: MIT
// Private to analyse/: counts by pairs of numbers, of which few occur: places by port, networks by
// country.
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct pair_count {
	uint32_t group, place;
	uint64_t count;  // 0: the slot is free
};

// All zeros: empty.
struct pair_counts {
	struct pair_count *slots;
	size_t used, capacity;  // a power of two, or 0
};

// `count` > 0. False: no memory.
bool pair_counts_add(struct pair_counts *, uint32_t group, uint32_t place,
                     uint64_t count) MUST_CHECK;
// Moves all cells to the front of the slots, in no order, after which nothing may be added; returns
// how many there are.
size_t pair_counts_pack(struct pair_counts *);
// The same, by group, in a group those with the most first, of equal ones the lowest place. first[i], of groups + 1, is
// where those of group i begin; NULL: nobody asks.
size_t pair_counts_by_group(struct pair_counts *, size_t *first, size_t groups);
void pair_counts_done(struct pair_counts *);
