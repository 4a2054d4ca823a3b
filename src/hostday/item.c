// SPDX-License-Identifier: MIT
// Item sets: sorted values with packet counts, capped by hash as hostday.h says.
#include "hostday/hostday_private.h"

#include "base/memory.h"
#include "ipset/ipset.h"

enum { FIRST_CAPACITY = 256 };

void host_day_done(struct host_day *h)
{
	memory_free(h->items);
	h->items = NULL;
	h->item_count = h->item_capacity = 0;
}

bool host_day_reserve(struct host_day *h, size_t count)
{
	if (count <= h->item_capacity - h->item_count)
		return true;
	size_t capacity = h->item_capacity < FIRST_CAPACITY ? FIRST_CAPACITY : h->item_capacity;
	while (capacity < h->item_count + count)
		capacity *= 2;
	struct item *items = memory_resize(h->items, capacity, sizeof *items);
	if (items == NULL) {
		h->failed = true;
		return false;
	}
	h->items = items;
	h->item_capacity = capacity;
	return true;
}

// The hash of rank `rank`, counted from 1. Its upper byte is found by counting, the rest by
// sorting those that share it: few, as the hash spreads any values. `room` is for `count`.
static uint32_t hash_of_rank(const struct item *items, uint32_t count, uint32_t rank,
                             uint32_t *room)
{
	uint32_t counts[256] = { 0 }, found = 0;
	for (uint32_t i = 0; i < count; i++)
		counts[item_hash(items[i].value) >> 24]++;
	uint32_t byte = 0;
	for (; rank > counts[byte]; byte++)
		rank -= counts[byte];
	for (uint32_t i = 0; i < count; i++) {
		const uint32_t hash = item_hash(items[i].value);
		room[found] = hash;
		found += hash >> 24 == byte;
	}
	ipset_sort_u32(room, room + found, found);
	return room[rank - 1];
}

// No two values share a hash, so the hash of rank `values_max` divides them.
bool items_sample(unsigned field, struct item *items, uint32_t *count, uint32_t *room)
{
	const uint32_t values_max = field_info(field)->values_max;
	if (*count <= values_max)
		return false;
	const uint32_t limit = hash_of_rank(items, *count, values_max, room);
	uint32_t kept = 0;
	for (uint32_t i = 0; i < *count; i++) {
		const bool is_kept = item_hash(items[i].value) <= limit;
		items[kept] = items[i];
		kept += is_kept;
	}
	assert(kept == values_max);
	*count = kept;
	return true;
}

// Enters the items at the end as the set of the field.
static void enter(struct host_day *h, unsigned field, uint32_t count, bool is_sampled)
{
	h->sets[field] = (struct item_set){ .begin = (uint32_t)h->item_count,
		                            .count = count,
		                            .is_sampled = is_sampled };
	h->item_count += count;
}

static struct item_set set_of(const struct host_day *h, unsigned field)
{
	return h->fields_mask >> field & 1 ? h->sets[field] : (struct item_set){ .count = 0 };
}

// If all pieces have the same one value: its packets in all of them, otherwise 0.
static uint64_t packets_of_only_value(const struct host_day *const *pieces, size_t count,
                                      unsigned field, uint32_t *out_value)
{
	uint64_t packets = 0;
	for (size_t i = 0; i < count; i++) {
		const struct item_set set = set_of(pieces[i], field);
		if (set.count == 0 && !set.is_sampled)
			continue;
		// A sample that a floor emptied has no item to look at.
		if (set.count != 1 || set.is_sampled)
			return 0;
		const struct item *item = pieces[i]->items + set.begin;
		if (packets > 0 && item->value != *out_value)
			return 0;
		*out_value = item->value;
		packets += item->packets;
	}
	return packets;
}

// Sorts `count` items by value, and sums those of one value. How many are left. `keys` has
// room for twice as many, `scratch` for as many.
static uint32_t sum_by_value(struct item *items, size_t count, uint64_t *keys, struct item *scratch)
{
	for (size_t i = 0; i < count; i++)
		keys[i] = (uint64_t)items[i].value << 32 | i;
	keys = ipset_sort_u64(keys, keys + count, count, 4, sizeof(uint32_t));
	memcpy(scratch, items, count * sizeof *items);
	uint32_t distinct = 0;
	for (size_t i = 0; i < count; i++) {
		const struct item item = scratch[(uint32_t)keys[i]];
		if (distinct > 0 && items[distinct - 1].value == item.value)
			items[distinct - 1].packets += item.packets;
		else
			items[distinct++] = item;
	}
	return distinct;
}

bool item_set_merge(struct host_day *h, unsigned field, const struct host_day *const *pieces,
                    size_t piece_count)
{
	struct item only = { .value = 0 };
	size_t total = 0;
	bool is_sampled = false;
	for (size_t i = 0; i < piece_count; i++) {
		total += set_of(pieces[i], field).count;
		is_sampled |= set_of(pieces[i], field).is_sampled;
	}
	// Behind the items: room to sort them, for keys, and for a copy.
	if (!host_day_reserve(h, 3 * total + 1))
		return false;
	struct item *items = h->items + h->item_count;
	only.packets = packets_of_only_value(pieces, piece_count, field, &only.value);
	if (only.packets > 0) {
		items[0] = only;
		enter(h, field, 1, false);
		return true;
	}
	size_t at = 0;
	for (size_t i = 0; i < piece_count; i++) {
		const struct item_set set = set_of(pieces[i], field);
		if (set.count > 0)
			memcpy(items + at, pieces[i]->items + set.begin, set.count * sizeof *items);
		at += set.count;
	}
	uint64_t *keys = (uint64_t *)(void *)(items + total);
	uint32_t count = sum_by_value(items, total, keys, items + 2 * total);
	is_sampled |= items_sample(field, items, &count, (uint32_t *)(void *)keys);
	enter(h, field, count, is_sampled);
	return true;
}

uint64_t host_day_distinct(const struct host_day *h, unsigned field)
{
	const struct item_set set = set_of(h, field);
	if (!set.is_sampled || set.count < field_info(field)->values_max)
		return set.count;
	uint32_t largest = 0;
	for (uint32_t i = 0; i < set.count; i++) {
		const uint32_t hash = item_hash(h->items[set.begin + i].value);
		largest = hash > largest ? hash : largest;
	}
	return (uint64_t)(set.count - 1) * (UINT64_C(1) << 32) / ((uint64_t)largest + 1);
}
