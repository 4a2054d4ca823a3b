// SPDX-License-Identifier: MIT
#include "analyse/events/tally.h"

#include "base/memory.h"

#include <stdlib.h>

bool tally_init(struct tally *t)
{
	*t = (struct tally){ .small = memory_new(TALLY_SMALL, sizeof *t->small) };
	return t->small != NULL;
}

void tally_done(struct tally *t)
{
	memory_free(t->small);
	memory_free(t->large);
	*t = (struct tally){ .total = 0 };
}

bool tally_add(struct tally *t, uint64_t value)
{
	t->total++;
	if (value < TALLY_SMALL) {
		t->small[value]++;
		return true;
	}
	if (t->large_count == t->large_room) {
		const size_t room = t->large_room * 2 + 64;
		uint64_t *large = memory_resize(t->large, room, sizeof *large);
		if (large == NULL)
			return false;
		t->large = large;
		t->large_room = room;
	}
	t->large[t->large_count++] = value;
	return true;
}

static int descending(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x < y) - (x > y);
}

uint64_t tally_top(struct tally *t, double share)
{
	const double allowed = share * (double)t->total;
	const uint64_t most = allowed < 1 ? 1 : (uint64_t)allowed;
	uint64_t above = 0, top = UINT64_MAX;
	if (t->large_count > 0)
		qsort(t->large, t->large_count, sizeof *t->large, descending);
	for (size_t i = 0; i < t->large_count; i++) {
		const bool is_last = i + 1 == t->large_count || t->large[i + 1] != t->large[i];
		if (++above > most)
			return top;
		if (is_last)
			top = t->large[i];
	}
	for (size_t value = TALLY_SMALL; value-- > 0;) {
		above += t->small[value];
		if (above > most)
			return top;
		if (t->small[value] > 0)
			top = value;
	}
	return top;
}
