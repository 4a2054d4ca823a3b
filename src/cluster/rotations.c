// SPDX-License-Identifier: MIT
// Rotations are put into buckets by their first byte and sorted by the five behind it, as numbers that have the
// place of the rotation in their low bits. What is equal until then is a group, and groups are sorted by which group
// their members come to some bytes further on, twice as many each time (Larsson and Sadakane 1999).
#include "cluster/rotations.h"

#include "base/memory.h"

#include <string.h>

enum { PLACE_BITS = 24, PLACE_MASK = (1 << PLACE_BITS) - 1, SORTED = 6, PAD = 9, RUN = 12 };

struct group {
	uint32_t begin, end;
};

struct rotations {
	uint8_t *bytes;         // and as many again as rotations look beyond the end
	uint64_t *keys, *room;  // [length]
	uint32_t *ranks;        // [length]: by where it begins: where its group stands in the order
	struct group *groups, *next;  // of two and more
};

struct rotations *rotations_new(size_t length_max)
{
	struct rotations *r = length_max <= ROTATIONS_MAX ? memory_new(1, sizeof *r) : NULL;
	if (r == NULL)
		return NULL;
	r->bytes = memory_room(length_max + PAD);
	r->keys = memory_room((length_max + 1) * sizeof *r->keys);
	r->room = memory_room((length_max + 1) * sizeof *r->room);
	r->ranks = memory_room((length_max + 1) * sizeof *r->ranks);
	r->groups = memory_room((length_max / 2 + 1) * sizeof *r->groups);
	r->next = memory_room((length_max / 2 + 1) * sizeof *r->next);
	if (r->bytes != NULL && r->keys != NULL && r->room != NULL && r->ranks != NULL &&
	    r->groups != NULL && r->next != NULL)
		return r;
	rotations_free(r);
	return NULL;
}

void rotations_free(struct rotations *r)
{
	if (r == NULL)
		return;
	memory_free(r->bytes);
	memory_free(r->keys);
	memory_free(r->room);
	memory_free(r->ranks);
	memory_free(r->groups);
	memory_free(r->next);
	memory_free(r);
}

uint8_t *rotations_bytes(struct rotations *r)
{
	return r->bytes;
}

// ---- sorting numbers

static void sort_run(uint64_t *a, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++) {
		const uint64_t key = a[i];
		uint32_t k = i;
		for (; k > 0 && a[k - 1] > key; k--)
			a[k] = a[k - 1];
		a[k] = key;
	}
}

// Without a branch that depends on which is less: nobody can guess it.
static void merge_runs(const uint64_t *a, const uint64_t *middle, const uint64_t *end,
                       uint64_t *restrict out)
{
	const uint64_t *b = middle;
	while (a < middle && b < end) {
		const bool is_b = *b < *a;
		*out++ = is_b ? *b : *a;
		a += !is_b;
		b += is_b;
	}
	memcpy(out, a, (size_t)(middle - a) * sizeof *out);
	memcpy(out + (middle - a), b, (size_t)(end - b) * sizeof *out);
}

// Short runs, then ever longer ones: whoever chose the bytes cannot make it slow.
static void sort(uint64_t *a, uint32_t count, uint64_t *room)
{
	for (uint32_t i = 0; i < count; i += RUN)
		sort_run(a + i, count - i < RUN ? count - i : RUN);
	for (uint32_t width = RUN; width < count; width *= 2) {
		uint32_t i = 0;
		for (; i + width < count; i += 2 * width) {
			const uint32_t end = count - i < 2 * width ? count : i + 2 * width;
			merge_runs(a + i, a + i + width, a + end, room + i);
		}
		if (i < count)
			memcpy(room + i, a + i, (count - i) * sizeof *a);
		memcpy(a, room, count * sizeof *a);
	}
}

// ---- rotations

static void wrap(uint8_t *bytes, uint32_t length)
{
	for (uint32_t i = 0; i < PAD; i++)
		bytes[length + i] =
			bytes[i];  // in bytes of one, two, ... it is written just before
}

static uint64_t big_endian(const uint8_t *bytes)
{
	uint64_t number = 0;
	for (unsigned i = 0; i < sizeof number; i++)
		number = number << 8 | bytes[i];
	return number;
}

// By their first six bytes.
static void sort_beginnings(struct rotations *r, uint32_t length, uint32_t begins[257])
{
	uint32_t next[256];
	memset(begins, 0, 257 * sizeof *begins);
	for (uint32_t i = 0; i < length; i++)
		begins[r->bytes[i] + 1]++;
	for (unsigned byte = 0; byte < 256; byte++) {
		begins[byte + 1] += begins[byte];
		next[byte] = begins[byte];
	}
	for (uint32_t i = 0; i < length; i++)
		r->keys[next[r->bytes[i]]++] = big_endian(r->bytes + i + 1) >>
		                                       PLACE_BITS << PLACE_BITS |
		                               i;
	for (unsigned byte = 0; byte < 256; byte++)
		if (begins[byte + 1] - begins[byte] > 1)
			sort(r->keys + begins[byte], begins[byte + 1] - begins[byte], r->room);
}

// Of keys[begin .. end - 1], which are in order, notes the ranks, and appends the groups of those that are equal.
static uint32_t note_groups(struct rotations *r, uint32_t begin, uint32_t end, struct group *groups,
                            uint32_t count)
{
	const uint64_t *keys = r->keys;
	for (uint32_t i = begin; i < end;) {
		uint32_t k = i;
		for (; k < end && keys[k] >> PLACE_BITS == keys[i] >> PLACE_BITS; k++)
			r->ranks[keys[k] & PLACE_MASK] = i;
		if (k - i > 1)
			groups[count++] = (struct group){ i, k };
		i = k;
	}
	return count;
}

// Sorts a group of which all members agree in `known` bytes by as many again.
static void sort_group(struct rotations *r, struct group g, uint32_t known, uint32_t length)
{
	for (uint32_t i = g.begin; i < g.end; i++) {
		const uint32_t place = (uint32_t)(r->keys[i] & PLACE_MASK);
		const uint32_t behind = place < length - known ? place + known
		                                               : place - (length - known);
		r->keys[i] = (uint64_t)r->ranks[behind] << PLACE_BITS | place;
	}
	sort(r->keys + g.begin, g.end - g.begin, r->room);
}

void rotations_last(struct rotations *r, uint32_t length, uint8_t *last)
{
	uint32_t begins[257], count = 0;
	wrap(r->bytes, length);
	sort_beginnings(r, length, begins);
	for (unsigned byte = 0; byte < 256; byte++)
		count = note_groups(r, begins[byte], begins[byte + 1], r->groups, count);
	// Rotations that agree in all bytes are the same, in any order.
	for (uint32_t known = SORTED; count > 0 && known < length; known *= 2) {
		struct group *const groups = r->groups;
		uint32_t left = 0;
		for (uint32_t i = 0; i < count; i++) {
			sort_group(r, groups[i], known, length);
			left = note_groups(r, groups[i].begin, groups[i].end, r->next, left);
		}
		r->groups = r->next;
		r->next = groups;
		count = left;
	}
	for (uint32_t i = 0; i < length; i++) {
		const uint32_t place = (uint32_t)(r->keys[i] & PLACE_MASK);
		last[i] = r->bytes[place > 0 ? place - 1 : length - 1];
	}
}
