// SPDX-License-Identifier: MIT
// Private to analyse/devices: compressed lengths of all texts of one port, and of each two of them.
#pragma once

#include "analyse/devices/distances.h"
#include "analyse/devices/port_texts.h"

struct text_lengths {
	uint32_t count;
	uint32_t *alone;  // [count]: C(x)
	uint32_t *both;   // [count * count]: C(xy) at x * count + y, where somebody needs it
};

// In the order of items as they stand: C(xy) is needed if some item that has x stands before one that has y.
// Else (`by_items` false) only that of x < y.
bool text_lengths_make(const struct hosts *, const struct port_texts *, enum compressor_kind,
                       bool by_items, struct text_lengths *out, const struct limits *,
                       const struct distance_watch *, struct error *error) MUST_CHECK;
void text_lengths_done(struct text_lengths *);

static inline double text_lengths_ncd(const struct text_lengths *l, uint32_t x, uint32_t y)
{
	return ncd_of_lengths(l->alone[x], l->alone[y], l->both[(size_t)x * l->count + y]);
}
