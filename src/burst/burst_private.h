// SPDX-License-Identifier: MIT
// Private to burst/: sets of one value, and writing others.
#pragma once

#include "burst/burst.h"

// What a set begins with that is no Roaring bitmap.
enum { BURST_LIST = 0, BURST_ONE = 1 };

// The set of a value, in room for BURST_ONE_BYTES; the value of such a set.
static inline struct span burst_one_set(uint8_t *room, uint32_t value)
{
	room[0] = BURST_ONE;
	room[1] = (uint8_t)value;
	room[2] = (uint8_t)(value >> 8);
	room[3] = (uint8_t)(value >> 16);
	room[4] = (uint8_t)(value >> 24);
	return (struct span){ room, BURST_ONE_BYTES };
}

static inline uint32_t burst_one_value(struct span set)
{
	return span_u32_le(set, 1);
}

// In place of what is in `out`: the set of ascending values, each once; the union of two sets. No memory:
// out->failed. The builder is as new before and after.
void burst_set_write(struct buffer *out, struct ipset_builder *, const uint32_t *values,
                     size_t count);
void burst_set_unite(struct buffer *out, struct ipset_builder *, struct span a, struct span b);
