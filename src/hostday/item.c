// SPDX-License-Identifier: MIT
// Item sets: sorted values with packet counts, capped by hash as hostday.h says.
#include "hostday/hostday_private.h"

#include "base/memory.h"
#include "ipset/ipset.h"

#include <stdlib.h>

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

// Sorted values -> values and counts, in place of the set at the end of the items.
static uint32_t count_runs(const uint32_t *values, size_t count, struct item *out)
{
	uint32_t distinct = 0;
	for (size_t i = 0; i < count;) {
		size_t end = i + 1;
		while (end < count && values[end] == values[i])
			end++;
		out[distinct++] = (struct item){ .packets = end - i, .value = values[i] };
		i = end;
	}
	return distinct;
}

// Keeps the `kept` items with the smallest hashes. No two values share a hash,
// so the hash of rank `kept` divides them. `hashes` and `scratch` have room for `count`.
static void keep_sample(struct item *items, uint32_t count, uint32_t kept, uint32_t *hashes,
                        uint32_t *scratch)
{
	for (uint32_t i = 0; i < count; i++)
		hashes[i] = item_hash(items[i].value);
	ipset_sort_u32(hashes, scratch, count);
	const uint32_t limit = hashes[kept - 1];
	uint32_t to = 0;
	for (uint32_t i = 0; i < count; i++)
		if (item_hash(items[i].value) <= limit)
			items[to++] = items[i];
	assert(to == kept);
}

// Enters the items at the end as the set of the field.
static void enter(struct host_day *h, unsigned field, uint32_t count, bool is_sampled)
{
	h->sets[field] = (struct item_set){ .begin = (uint32_t)h->item_count,
		                            .count = count,
		                            .is_sampled = is_sampled };
	h->item_count += count;
}

static bool all_equal(const uint32_t *values, size_t count)
{
	uint32_t difference = 0;
	for (size_t i = 1; i < count; i++)
		difference |= values[i] ^ values[0];
	return difference == 0;
}

bool item_set_build(struct host_day *h, unsigned field, uint32_t *values, uint32_t *scratch,
                    size_t count)
{
	if (!host_day_reserve(h, count + 1))
		return false;
	struct item *items = h->items + h->item_count;
	// Most fields of most sources have one value: no sort for them.
	if (count > 0 && all_equal(values, count)) {
		items[0] = (struct item){ .packets = count, .value = values[0] };
		enter(h, field, 1, false);
		return true;
	}
	ipset_sort_u32(values, scratch, count);
	const uint32_t distinct = count_runs(values, count, items);
	const uint32_t values_max = field_info(field)->values_max;
	if (distinct > values_max)
		keep_sample(items, distinct, values_max, values, scratch);
	enter(h, field, distinct > values_max ? values_max : distinct, distinct > values_max);
	return true;
}

static int by_value(const void *a, const void *b)
{
	const uint32_t x = ((const struct item *)a)->value, y = ((const struct item *)b)->value;
	return (x > y) - (x < y);
}

bool item_set_build_weighted(struct host_day *h, unsigned field, struct item *from, size_t count,
                             uint32_t *values, uint32_t *scratch)
{
	if (!host_day_reserve(h, count + 1))
		return false;
	struct item *items = h->items + h->item_count;
	uint32_t distinct = 0;
	if (count > 0)
		qsort(from, count, sizeof *from, by_value);
	for (size_t i = 0; i < count; i++) {
		if (distinct > 0 && items[distinct - 1].value == from[i].value)
			items[distinct - 1].packets += from[i].packets;
		else
			items[distinct++] = from[i];
	}
	const uint32_t values_max = field_info(field)->values_max;
	if (distinct > values_max)
		keep_sample(items, distinct, values_max, values, scratch);
	enter(h, field, distinct > values_max ? values_max : distinct, distinct > values_max);
	return true;
}

static struct item_set set_of(const struct host_day *h, unsigned field)
{
	return h->fields_mask >> field & 1 ? h->sets[field] : (struct item_set){ .count = 0 };
}

// Ports have no more values than their cap, so that only small sets are cut.
static void enter_merged(struct host_day *h, unsigned field, uint32_t count, bool is_sampled)
{
	enum { MERGED_MAX = 2 * FIELD_SAMPLE_MAX };
	const uint32_t values_max = field_info(field)->values_max;
	if (count <= values_max) {
		enter(h, field, count, is_sampled);
		return;
	}
	uint32_t hashes[MERGED_MAX], scratch[MERGED_MAX];
	assert(values_max <= FIELD_SAMPLE_MAX && count <= MERGED_MAX);
	keep_sample(h->items + h->item_count, count, values_max, hashes, scratch);
	enter(h, field, values_max, true);
}

bool item_set_merge(struct host_day *h, unsigned field, const struct host_day *a,
                    const struct host_day *b)
{
	const struct item_set x = set_of(a, field), y = set_of(b, field);
	if (!host_day_reserve(h, (size_t)x.count + y.count + 1))
		return false;
	struct item *to = h->items + h->item_count;
	uint32_t i = 0, k = 0, count = 0;
	while (i < x.count && k < y.count) {
		const struct item left = a->items[x.begin + i], right = b->items[y.begin + k];
		const bool takes_left = left.value <= right.value;
		const bool takes_right = right.value <= left.value;
		to[count++] = (struct item){
			.value = takes_left ? left.value : right.value,
			.packets = (takes_left ? left.packets : 0) +
			           (takes_right ? right.packets : 0),
		};
		i += takes_left;
		k += takes_right;
	}
	while (i < x.count)
		to[count++] = a->items[x.begin + i++];
	while (k < y.count)
		to[count++] = b->items[y.begin + k++];
	enter_merged(h, field, count, x.is_sampled || y.is_sampled);
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
