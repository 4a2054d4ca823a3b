// SPDX-License-Identifier: MIT
// Few events are inserted one by one. Some are first brought into 512 buckets by
// the highest bits of their time, after which inserting has little left to do.
// Many are sorted by radix, three passes over 9 bits each.
#include "simulate/order.h"

#include <string.h>

enum { DIGIT_BITS = 9, DIGITS = 1 << DIGIT_BITS, PASSES = 3, FEW = 32, SOME = 4096 };

static void insert_each(uint64_t *events, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const uint64_t event = events[i];
		size_t at = i;
		for (; at > 0 && events[at - 1] >> 32 > event >> 32; at--)
			events[at] = events[at - 1];
		events[at] = event;
	}
}

static void sort_by_digit(const uint64_t *from, uint64_t *to, size_t count, unsigned shift)
{
	size_t starts[DIGITS] = { 0 }, start = 0;
	for (size_t i = 0; i < count; i++)
		starts[from[i] >> shift & (DIGITS - 1)]++;
	for (size_t digit = 0; digit < DIGITS; digit++) {
		const size_t here = starts[digit];
		starts[digit] = start;
		start += here;
	}
	for (size_t i = 0; i < count; i++)
		to[starts[from[i] >> shift & (DIGITS - 1)]++] = from[i];
}

void order_events(uint64_t *events, uint64_t *scratch, size_t count)
{
	if (count <= FEW) {
		insert_each(events, count);
		return;
	}
	if (count <= SOME) {
		sort_by_digit(events, scratch, count, 32 + (PASSES - 1) * DIGIT_BITS);
		insert_each(scratch, count);
		memcpy(events, scratch, count * sizeof *events);
		return;
	}
	uint64_t *from = events, *to = scratch;
	for (unsigned pass = 0; pass < PASSES; pass++) {
		sort_by_digit(from, to, count, 32 + pass * DIGIT_BITS);
		uint64_t *other = from;
		from = to;
		to = other;
	}
	memcpy(events, from, count * sizeof *events);
}
