// SPDX-License-Identifier: MIT
#include "store/floor.h"

#include "base/memory.h"

enum { VALUES = 65536 };

struct floor_counts {
	uint32_t sources[FIELD_DESTINATION][VALUES];
};

static bool applies(unsigned field)
{
	return (FLOOR_COLUMNS & COLUMN_BIT(COLUMN_FIELD + field)) != 0;
}

struct floor_counts *floor_counts_new(void)
{
	return memory_new(1, sizeof(struct floor_counts));
}

void floor_counts_free(struct floor_counts *counts)
{
	memory_free(counts);
}

void floor_counts_add(struct floor_counts *counts, const struct host_day *h)
{
	for (unsigned field = 0; field < FIELD_DESTINATION; field++) {
		if (!applies(field) || !(h->fields_mask >> field & 1))
			continue;
		const struct item_set set = h->sets[field];
		for (uint32_t i = set.begin; i < set.begin + set.count; i++)
			counts->sources[field][h->items[i].value & (VALUES - 1)]++;
	}
}

void floor_drop(const struct floor_counts *counts, uint32_t floor, struct host_day *h)
{
	for (unsigned field = 0; field < FIELD_DESTINATION; field++) {
		if (!applies(field) || !(h->fields_mask >> field & 1))
			continue;
		struct item_set *set = &h->sets[field];
		uint32_t to = set->begin;
		for (uint32_t i = set->begin; i < set->begin + set->count; i++)
			if (counts->sources[field][h->items[i].value & (VALUES - 1)] >= floor)
				h->items[to++] = h->items[i];
		set->count = to - set->begin;
	}
}
