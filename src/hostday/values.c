// SPDX-License-Identifier: MIT
// The values of one field that vary, of all sources of a slice: gathered as keys of source and
// value, and sorted. A few of one source are sorted where they are; all others together by the
// bytes in which values differ, and dealt back to their sources.
#include "hostday/slice.h"

#include "base/memory.h"

enum { FEW = 16 };

static void free_keys(struct aggregator *a)
{
	memory_free(a->keys);
	memory_free(a->scratch);
	memory_free(a->items);
	a->keys = a->scratch = NULL;
	a->items = NULL;
	a->capacity = 0;
}

static void free_pairs(struct aggregator *a)
{
	memory_free(a->packets);
	memory_free(a->pairs);
	memory_free(a->pairs_scratch);
	a->packets = NULL;
	a->pairs = a->pairs_scratch = NULL;
	a->pair_capacity = 0;
}

void values_done(struct aggregator *a)
{
	free_keys(a);
	free_pairs(a);
}

bool values_reserve(struct aggregator *a, size_t count)
{
	if (count > a->capacity) {
		free_keys(a);
		a->keys = memory_room(count * sizeof *a->keys);
		a->scratch = memory_room(count * sizeof *a->scratch);
		a->items = memory_room(count * sizeof *a->items);
		if (a->keys == NULL || a->scratch == NULL || a->items == NULL)
			return false;
		a->capacity = count;
	}
	if (a->has_flows && count > a->pair_capacity) {
		free_pairs(a);
		a->packets = memory_room(count * sizeof *a->packets);
		a->pairs = memory_room(count * sizeof *a->pairs);
		a->pairs_scratch = memory_room(count * sizeof *a->pairs_scratch);
		if (a->packets == NULL || a->pairs == NULL || a->pairs_scratch == NULL)
			return false;
		a->pair_capacity = count;
	}
	return true;
}

static inline uint64_t *gather_all(const struct record *const *records, const struct source *s,
                                   uint64_t key, size_t offset, unsigned width, uint64_t *to)
{
	for (uint32_t i = s->begin; i < s->end; i++)
		*to++ = key | value_at(records[i], offset, width);
	return to;
}

// The values of those records that know the field.
static inline uint64_t *gather_known(const struct record *const *records, const struct source *s,
                                     uint64_t key, const struct field_info *info, uint64_t *to)
{
	for (uint32_t i = s->begin; i < s->end; i++) {
		*to = key | value_at(records[i], info->offset, info->width);
		to += (records[i]->known & info->known) == info->known;
	}
	return to;
}

static uint64_t *gather_uniform(const struct record *const *records, const struct source *s,
                                uint64_t key, const struct field_info *info, uint64_t *to)
{
	if (!s->is_known || !has_field(records[s->begin], info))
		return gather_known(records, s, key, info, to);
	if (info->width == 2)
		return gather_all(records, s, key, info->offset, 2, to);
	if (info->width == 1)
		return gather_all(records, s, key, info->offset, 1, to);
	return gather_all(records, s, key, info->offset, 4, to);
}

// The values of those records that have the field; `packets` is only filled for flows.
static uint64_t *gather_mixed(const struct aggregator *a, const struct record *const *records,
                              const struct source *s, uint64_t key, unsigned field, uint64_t *to)
{
	const struct field_info *info = field_info(field);
	const bool is_matched = field >= FIELD_MATCHED_PORT && field < FIELD_PAIR;
	const uint32_t matched = is_matched ? UINT32_C(1) << (field - FIELD_MATCHED_PORT) : 0;
	const bool is_of_pairs = field >= FIELD_PAIR;
	const uint32_t end = is_of_pairs ? s->pairs_end : s->end;
	for (uint32_t i = is_of_pairs ? s->end : s->begin; i < end; i++) {
		const struct record *r = records[i];
		if (!has_field(r, info) || (r->fingerprints & matched) != matched)
			continue;
		if (a->has_flows)
			a->packets[to - a->keys] = record_packets(r);
		*to++ = key | value_at(r, info->offset, info->width);
	}
	return to;
}

static void insertion_sort(uint64_t *keys, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const uint64_t key = keys[i];
		size_t at = i;
		for (; at > 0 && keys[at - 1] > key; at--)
			keys[at] = keys[at - 1];
		keys[at] = key;
	}
}

static size_t count_distinct(const uint64_t *keys, size_t count)
{
	size_t distinct = count > 0;
	for (size_t i = 1; i < count; i++)
		distinct += keys[i] != keys[i - 1];
	return distinct;
}

// Of very many values only the sample of those with the smallest hashes stays, and it is a
// waste to sort the others. So those are taken whose hashes are below what some multiple of the
// sample is expected to have. If their values are more than the sample, it is among them:
// they are sorted, and how many they are is returned. Otherwise SIZE_MAX: nothing has changed.
static size_t thin_out(uint64_t *keys, size_t count, unsigned field, uint64_t *scratch)
{
	enum { ENOUGH = 4, MUCH_MORE = 4 };
	const struct field_info *info = field_info(field);
	const uint64_t possible = UINT64_C(1) << 8 * info->width;
	const uint64_t distinct_max = count < possible ? count : possible;
	if (distinct_max < (uint64_t)info->values_max * ENOUGH * MUCH_MORE)
		return SIZE_MAX;
	const uint64_t limit = (uint64_t)info->values_max * ENOUGH * (UINT64_C(1) << 32) /
	                       distinct_max;
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		scratch[kept] = keys[i];
		kept += item_hash((uint32_t)keys[i]) < limit;
	}
	if (kept > count / 2)
		return SIZE_MAX;
	const uint64_t *sorted = ipset_sort_u64(scratch, scratch + kept, kept, 0, info->width);
	if (count_distinct(sorted, kept) <= info->values_max)
		return SIZE_MAX;
	memcpy(keys, sorted, kept * sizeof *keys);
	return kept;
}

// Gathers the keys of all sources whose values of the field vary. Few of one source are sorted
// at once; how many others there are, which are copied to `scratch` too.
static size_t gather(struct aggregator *a, const struct record *const *records, unsigned field)
{
	size_t count = 0, many = 0;
	for (size_t i = 0; i < a->source_count; i++) {
		const struct source *s = &a->sources[i];
		a->begins[i] = a->next[i] = (uint32_t)count;
		if (!(s->varied >> field & 1))
			continue;
		const uint64_t key = (uint64_t)i << 32;
		uint64_t *begin = a->keys + count, *end;
		end = s->is_uniform && !a->has_flows && field < FIELD_MATCHED_PORT
		              ? gather_uniform(records, s, key, field_info(field), begin)
		              : gather_mixed(a, records, s, key, field, begin);
		const size_t gathered = (size_t)(end - begin);
		const size_t thinned = a->has_flows ? SIZE_MAX
		                                    : thin_out(begin, gathered, field,
		                                               a->scratch + many);
		count += thinned != SIZE_MAX ? thinned : gathered;
		if (thinned != SIZE_MAX)
			continue;
		if (gathered > FEW) {
			memcpy(a->scratch + many, begin, gathered * sizeof *begin);
			many += gathered;
		} else if (!a->has_flows) {
			insertion_sort(begin, gathered);
		}
	}
	a->begins[a->source_count] = (uint32_t)count;
	return many;
}

// Sorts `count` keys in `scratch` by value, and deals them back to their sources.
static void sort_many(struct aggregator *a, size_t count, unsigned width)
{
	const uint64_t *sorted = ipset_sort_u64(a->scratch, (uint64_t *)(void *)a->items, count, 0,
	                                        width);
	for (size_t i = 0; i < count; i++)
		a->keys[a->next[sorted[i] >> 32]++] = sorted[i];
}

static void sort_flows(struct aggregator *a)
{
	const size_t count = a->begins[a->source_count];
	for (size_t i = 0; i < count; i++)
		a->pairs[i] = (struct ipset_keyed){ .key = a->keys[i], .index = (uint32_t)i };
	ipset_sort_keyed(a->pairs, a->pairs_scratch, count);
}

// The bytes of the values that sorting has to look at.
static unsigned differing_bytes(const struct aggregator *a, const struct field_info *info)
{
	struct record different;
	memcpy(&different, &a->different, sizeof different);
	const uint32_t bits = value_at(&different, info->offset, info->width);
	return bits == 0 ? 1 : (39 - (unsigned)__builtin_clz(bits)) / 8;
}

void values_sort(struct aggregator *a, const struct record *const *records, unsigned field)
{
	const size_t many = gather(a, records, field);
	if (a->has_flows)
		sort_flows(a);
	else
		sort_many(a, many, differing_bytes(a, field_info(field)));
}

// Sorted keys -> values and counts.
static uint32_t items_of_keys(const uint64_t *keys, size_t count, struct item *out)
{
	uint32_t distinct = 0;
	for (size_t i = 0; i < count;) {
		size_t end = i + 1;
		while (end < count && keys[end] == keys[i])
			end++;
		out[distinct++] = (struct item){ .packets = end - i, .value = (uint32_t)keys[i] };
		i = end;
	}
	return distinct;
}

static uint32_t items_of_flows(const struct aggregator *a, size_t begin, size_t end,
                               struct item *out)
{
	uint32_t distinct = 0;
	for (size_t i = begin; i < end; i++) {
		const struct item item = { .packets = a->packets[a->pairs[i].index],
			                   .value = (uint32_t)a->pairs[i].key };
		if (distinct > 0 && out[distinct - 1].value == item.value)
			out[distinct - 1].packets += item.packets;
		else
			out[distinct++] = item;
	}
	return distinct;
}

void values_write(struct aggregator *a, size_t source, unsigned field)
{
	const size_t begin = a->begins[source], end = a->begins[source + 1];
	uint32_t count = a->has_flows ? items_of_flows(a, begin, end, a->items)
	                              : items_of_keys(a->keys + begin, end - begin, a->items);
	const bool is_sampled = items_sample(field, a->items, &count,
	                                     (uint32_t *)(void *)a->scratch);
	host_columns_add_items(&a->columns, field, a->items, count, is_sampled);
}
