// SPDX-License-Identifier: MIT
// A hash table with open addressing, half full at most. Its keys are small numbers that hotaru
// itself gave, so that nobody can choose them to meet.
#include "analyse/pair_counts.h"

#include "base/memory.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 1024 };

static struct pair_count *slot_of(const struct pair_counts *c, uint32_t group, uint32_t place)
{
	const uint64_t key = (uint64_t)group << 32 | place;
	size_t at = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (c->capacity - 1);
	while (c->slots[at].count > 0 &&
	       (c->slots[at].group != group || c->slots[at].place != place))
		at = (at + 1) & (c->capacity - 1);
	return &c->slots[at];
}

static bool grow(struct pair_counts *c)
{
	struct pair_counts next = { .capacity = c->capacity == 0 ? FIRST_CAPACITY : c->capacity * 2,
		                    .used = c->used };
	next.slots = memory_new(next.capacity, sizeof *next.slots);
	if (next.slots == NULL)
		return false;
	for (size_t i = 0; i < c->capacity; i++)
		if (c->slots[i].count > 0)
			*slot_of(&next, c->slots[i].group, c->slots[i].place) = c->slots[i];
	memory_free(c->slots);
	*c = next;
	return true;
}

bool pair_counts_add(struct pair_counts *c, uint32_t group, uint32_t place, uint64_t count)
{
	if (c->used * 2 >= c->capacity && !grow(c))
		return false;
	struct pair_count *cell = slot_of(c, group, place);
	c->used += cell->count == 0;
	*cell = (struct pair_count){ group, place, cell->count + count };
	return true;
}

size_t pair_counts_pack(struct pair_counts *c)
{
	size_t count = 0;
	for (size_t i = 0; i < c->capacity; i++)
		if (c->slots[i].count > 0)
			c->slots[count++] = c->slots[i];
	return count;
}

static int by_group_and_count(const void *a, const void *b)
{
	const struct pair_count *one = a, *other = b;
	if (one->group != other->group)
		return one->group < other->group ? -1 : 1;
	if (one->count != other->count)
		return one->count > other->count ? -1 : 1;
	return (one->place > other->place) - (one->place < other->place);
}

size_t pair_counts_by_group(struct pair_counts *counts, size_t *first, size_t groups)
{
	const size_t count = pair_counts_pack(counts);
	if (count > 0)
		qsort(counts->slots, count, sizeof *counts->slots, by_group_and_count);
	for (size_t group = 0, at = 0; first != NULL && group <= groups; group++) {
		while (at < count && counts->slots[at].group < group)
			at++;
		first[group] = at;
	}
	return count;
}

void pair_counts_done(struct pair_counts *c)
{
	memory_free(c->slots);
	*c = (struct pair_counts){ .slots = NULL };
}
