// SPDX-License-Identifier: MIT
#include "mine/maximal_private.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static int compare_items(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

bool known_sets_start(struct search *s, const struct projection *prepared, struct known_sets *out)
{
	const uint32_t count = prepared->item_count + prepared->perfect_count;
	*out = (struct known_sets){ .search = s, .item_count = count };
	out->items = search_room(s, count, sizeof *out->items);
	out->newest = search_room(s, count, sizeof *out->newest);
	out->times = search_room(s, count, sizeof *out->times);
	if (out->items == NULL || out->newest == NULL || out->times == NULL)
		return false;
	memcpy(out->items, prepared->items, prepared->item_count * sizeof *out->items);
	memcpy(out->items + prepared->item_count, prepared->perfect,
	       prepared->perfect_count * sizeof *out->items);
	if (count > 0)
		qsort(out->items, count, sizeof *out->items, compare_items);
	memset(out->newest, 0, count * sizeof *out->newest);
	memset(out->times, 0, count * sizeof *out->times);
	return true;
}

void known_sets_done(struct known_sets *k)
{
	memory_free(k->places);
	memory_free(k->starts);
}

static uint32_t number_of(const struct known_sets *k, uint32_t item)
{
	uint32_t low = 0, high = k->item_count;
	while (high - low > 1) {
		const uint32_t middle = low + (high - low) / 2;
		if (k->items[middle] <= item)
			low = middle;
		else
			high = middle;
	}
	return low;
}

bool known_sets_add(struct known_sets *k, struct path set)
{
	struct search *s = k->search;
	if (!search_list_room(s, (void **)&k->places, &k->place_capacity,
	                      k->place_count + set.count, sizeof *k->places) ||
	    !search_list_room(s, (void **)&k->starts, &k->capacity, k->count + 2,
	                      sizeof *k->starts))
		return false;
	k->starts[k->count] = (uint32_t)k->place_count;
	for (uint32_t i = 0; i < set.count; i++) {
		const uint32_t number = number_of(k, set.items[i]);
		k->places[k->place_count++] = (struct known_place){ number, (uint32_t)k->count,
			                                            k->newest[number] };
		k->newest[number] = (uint32_t)k->place_count;
		k->times[number]++;
	}
	k->longest = set.count > k->longest ? set.count : k->longest;
	k->starts[++k->count] = (uint32_t)k->place_count;
	return true;
}

// Of the items of the path, that which is in the fewest sets; of an empty path, item_count.
static uint32_t rarest(const struct known_sets *k, struct path path)
{
	uint32_t best = k->item_count;
	for (uint32_t i = 0; i < path.count; i++) {
		const uint32_t number = number_of(k, path.items[i]);
		if (best == k->item_count || k->times[number] < k->times[best])
			best = number;
	}
	return best;
}

static bool contains(const struct known_sets *k, uint32_t set, struct path path)
{
	uint32_t next = 0, i = k->starts[set];
	for (; i < k->starts[set + 1] && next < path.count; i++)
		next += k->items[k->places[i].number] == path.items[next];
	k->search->result.work += 1 + i - k->starts[set];
	return next == path.count;
}

bool known_sets_contain(const struct known_sets *k, struct path path)
{
	const uint32_t number = rarest(k, path);
	if (number == k->item_count)
		return k->count > 0;
	for (uint32_t at = k->newest[number]; at != 0; at = k->places[at - 1].before)
		if (contains(k, k->places[at - 1].set, path))
			return true;
	return false;
}

uint32_t known_sets_most(const struct known_sets *k, struct path path)
{
	const uint32_t number = rarest(k, path);
	return number == k->item_count ? (uint32_t)k->count : k->times[number];
}

static uint64_t bits_of(const struct known_sets *k, uint32_t set, const struct narrow_items *names)
{
	const uint32_t count = (uint32_t)__builtin_popcountll(names->candidates);
	uint64_t bits = 0;
	uint32_t next = 0;
	for (uint32_t i = k->starts[set]; i < k->starts[set + 1]; i++) {
		const uint32_t item = k->items[k->places[i].number];
		while (next < count && names->items[next] < item)
			next++;
		if (next < count && names->items[next] == item)
			bits |= UINT64_C(1) << next;
	}
	k->search->result.work += 1 + k->starts[set + 1] - k->starts[set];
	return bits;
}

uint32_t known_sets_bits(const struct known_sets *k, struct path path,
                         const struct narrow_items *names, uint64_t *out)
{
	const uint32_t number = rarest(k, path);
	uint32_t count = 0;
	if (number == k->item_count) {
		for (uint32_t set = 0; set < k->count; set++)
			out[count++] = bits_of(k, set, names);
		return count;
	}
	for (uint32_t at = k->newest[number]; at != 0; at = k->places[at - 1].before)
		if (contains(k, k->places[at - 1].set, path))
			out[count++] = bits_of(k, k->places[at - 1].set, names);
	return count;
}
