// SPDX-License-Identifier: MIT
// Radix sorts on bytes. Bytes that do not vary are skipped, so that ports take two
// passes and addresses of one /8 three.
#include "ipset/ipset.h"

enum { DIGITS = 256, SMALL = 24 };

static void insertion_sort(uint32_t *values, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const uint32_t value = values[i];
		size_t at = i;
		for (; at > 0 && values[at - 1] > value; at--)
			values[at] = values[at - 1];
		values[at] = value;
	}
}

// Turns counts into first positions.
static void to_positions(uint32_t counts[DIGITS])
{
	uint32_t sum = 0;
	// Four at a time: no sum has to wait for all before it.
	for (unsigned d = 0; d < DIGITS; d += 4) {
		const uint32_t first = counts[d], two = first + counts[d + 1];
		const uint32_t three = two + counts[d + 2], four = three + counts[d + 3];
		counts[d] = sum;
		counts[d + 1] = sum + first;
		counts[d + 2] = sum + two;
		counts[d + 3] = sum + three;
		sum += four;
	}
}

void ipset_sort_u32(uint32_t *values, uint32_t *scratch, size_t count)
{
	if (count <= SMALL) {
		insertion_sort(values, count);
		return;
	}
	uint32_t difference = 0;
	for (size_t i = 1; i < count; i++)
		difference |= values[i] ^ values[0];
	uint32_t *from = values, *to = scratch;
	for (unsigned shift = 0; shift < 32; shift += 8) {
		if ((difference >> shift & 255) == 0)
			continue;
		uint32_t counts[DIGITS] = { 0 };
		for (size_t i = 0; i < count; i++)
			counts[from[i] >> shift & 255]++;
		to_positions(counts);
		for (size_t i = 0; i < count; i++)
			to[counts[from[i] >> shift & 255]++] = from[i];
		uint32_t *swap = from;
		from = to;
		to = swap;
	}
	if (from != values)
		memcpy(values, from, count * sizeof *values);
}

// All counts in one pass over the values. `bytes` is a constant where this is inlined.
static inline uint64_t *sort_by_bytes(uint64_t *values, uint64_t *scratch, size_t count,
                                      unsigned first, unsigned bytes)
{
	uint32_t counts[4][DIGITS];
	memset(counts, 0, bytes * sizeof counts[0]);
	for (size_t i = 0; i < count; i++)
		for (unsigned b = 0; b < bytes; b++)
			counts[b][values[i] >> 8 * (first + b) & 255]++;
	uint64_t *from = values, *to = scratch;
	for (unsigned b = 0; b < bytes; b++) {
		const unsigned shift = 8 * (first + b);
		if (counts[b][from[0] >> shift & 255] == count)
			continue;
		to_positions(counts[b]);
		for (size_t i = 0; i < count; i++)
			to[counts[b][from[i] >> shift & 255]++] = from[i];
		uint64_t *swap = from;
		from = to;
		to = swap;
	}
	return from;
}

uint64_t *ipset_sort_u64(uint64_t *values, uint64_t *scratch, size_t count, unsigned first,
                         unsigned bytes)
{
	if (count == 0)
		return values;
	if (bytes <= 1)
		return sort_by_bytes(values, scratch, count, first, 1);
	if (bytes == 2)
		return sort_by_bytes(values, scratch, count, first, 2);
	if (bytes == 3)
		return sort_by_bytes(values, scratch, count, first, 3);
	return sort_by_bytes(values, scratch, count, first, 4);
}

void ipset_sort_keyed(struct ipset_keyed *values, struct ipset_keyed *scratch, size_t count)
{
	uint64_t difference = 0;
	for (size_t i = 1; i < count; i++)
		difference |= values[i].key ^ values[0].key;
	struct ipset_keyed *from = values, *to = scratch;
	for (unsigned shift = 0; shift < 64; shift += 8) {
		if ((difference >> shift & 255) == 0)
			continue;
		uint32_t counts[DIGITS] = { 0 };
		for (size_t i = 0; i < count; i++)
			counts[from[i].key >> shift & 255]++;
		to_positions(counts);
		for (size_t i = 0; i < count; i++)
			to[counts[from[i].key >> shift & 255]++] = from[i];
		struct ipset_keyed *swap = from;
		from = to;
		to = swap;
	}
	if (from != values)
		memcpy(values, from, count * sizeof *values);
}
