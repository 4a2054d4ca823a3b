// SPDX-License-Identifier: MIT
#include "store/floor.h"

#include "base/memory.h"

enum { VALUES = 65536 };

struct floor_counts {
	uint32_t sources[FIELD_DESTINATION][VALUES];
};

bool floor_applies(unsigned field)
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
		if (!floor_applies(field) || !(h->fields_mask >> field & 1))
			continue;
		const struct item *items = h->items + h->sets[field].begin;
		for (uint32_t i = 0; i < h->sets[field].count; i++)
			counts->sources[field][items[i].value & (VALUES - 1)]++;
	}
}

void floor_drop(const struct floor_counts *counts, uint32_t floor, struct host_day *h)
{
	for (unsigned field = 0; field < FIELD_DESTINATION; field++) {
		if (!floor_applies(field) || !(h->fields_mask >> field & 1))
			continue;
		struct item *items = h->items + h->sets[field].begin;
		uint32_t kept = 0;
		for (uint32_t i = 0; i < h->sets[field].count; i++)
			if (counts->sources[field][items[i].value & (VALUES - 1)] >= floor)
				items[kept++] = items[i];
		h->sets[field].count = kept;
	}
}
