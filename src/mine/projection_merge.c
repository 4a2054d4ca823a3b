// SPDX-License-Identifier: MIT
#include "mine/projection_merge.h"

#include <stdlib.h>
#include <string.h>

enum { NONE = DATABASE_NONE, SORT_SMALL = 24 };

bool projection_merge_start(struct search *s, struct projection_merger *m, uint32_t most,
                            size_t ranks)
{
	struct projection *into = m->into;
	size_t slots = 4;
	while (slots < most + (size_t)most / 2)
		slots *= 2;
	m->mask = (uint32_t)(slots - 1);
	m->used = 0;
	into->count = 0;
	into->rows = search_room(s, most, sizeof *into->rows);
	m->slots = search_room(s, slots, sizeof *m->slots);
	m->behind = search_room(s, most, sizeof *m->behind);
	into->ranks = search_room(s, ranks, sizeof *into->ranks);
	if (into->rows == NULL || into->ranks == NULL || m->slots == NULL || m->behind == NULL)
		return false;
	memset(m->slots, 0xff, slots * sizeof *m->slots);
	return true;
}

static uint32_t hash_of(const uint32_t *ranks, uint32_t count)
{
	uint64_t hash = count;
	for (uint32_t i = 0; i < count; i++) {
		hash = (hash ^ ranks[i]) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	return (uint32_t)hash;
}

// Cuts what stands behind the candidates of a row down to what `ranks` has, too.
static void intersect(struct projection_merger *m, uint32_t t, const uint32_t *ranks,
                      uint32_t count)
{
	struct projection *d = m->into;
	uint32_t left = m->behind[t], at = 0;
	for (uint32_t i = m->behind[t]; i < d->rows[t].end; i++) {
		while (at < count && ranks[at] < d->ranks[i])
			at++;
		if (at < count && ranks[at] == d->ranks[i])
			d->ranks[left++] = d->ranks[i];
	}
	d->rows[t].end = left;
}

void projection_merge(struct projection_merger *m, uint32_t count, uint32_t candidates,
                      uint64_t weight)
{
	struct projection *d = m->into;
	const uint32_t *written = d->ranks + m->used;
	const uint32_t compared = m->is_closed ? candidates : count;
	uint32_t at = hash_of(written, compared) & m->mask;
	for (; m->slots[at] != NONE; at = (at + 1) & m->mask) {
		struct projection_row *row = &d->rows[m->slots[at]];
		const uint32_t end = m->is_closed ? m->behind[m->slots[at]] : row->end;
		if (end - row->start != compared ||
		    memcmp(d->ranks + row->start, written, compared * sizeof *written) != 0)
			continue;
		row->weight += weight;
		if (m->is_closed)
			intersect(m, m->slots[at], written + compared, count - compared);
		return;
	}
	m->slots[at] = d->count;
	m->behind[d->count] = m->used + candidates;
	d->rows[d->count++] = (struct projection_row){ m->used, m->used + count, weight };
	m->used += count;
}

static int compare_ranks(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

void projection_sort_ranks(uint32_t *ranks, uint32_t count)
{
	if (count > SORT_SMALL) {
		qsort(ranks, count, sizeof *ranks, compare_ranks);
		return;
	}
	for (uint32_t i = 1; i < count; i++) {
		const uint32_t rank = ranks[i];
		uint32_t at = i;
		for (; at > 0 && ranks[at - 1] > rank; at--)
			ranks[at] = ranks[at - 1];
		ranks[at] = rank;
	}
}
