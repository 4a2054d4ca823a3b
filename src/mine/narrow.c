// SPDX-License-Identifier: MIT
#include "mine/narrow.h"

#include <string.h>

enum { PLACE_NONE = UINT32_MAX };

void narrow_name(const struct projection *d, struct narrow_items *out)
{
	uint8_t ranks[NARROW_ITEMS];
	for (uint32_t rank = 0; rank < d->item_count; rank++) {
		uint32_t at = rank;
		for (; at > 0 && d->items[ranks[at - 1]] > d->items[rank]; at--)
			ranks[at] = ranks[at - 1];
		ranks[at] = (uint8_t)rank;
	}
	out->candidates = out->others = 0;
	for (uint32_t bit = 0; bit < d->item_count; bit++) {
		const uint32_t rank = ranks[bit];
		out->items[bit] = d->items[rank];
		out->bit_of[rank] = (uint8_t)bit;
		out->supports[bit] = d->supports[rank];
		if (rank < d->candidate_count)
			out->candidates |= UINT64_C(1) << bit;
		else
			out->others |= UINT64_C(1) << bit;
	}
}

// ---- merging

struct merger {
	struct narrow *into;
	uint32_t *slots;
	unsigned shift;
	uint64_t merged;
};

// For `most` transactions. The slots stand behind, so that they can be given back.
static bool merger_start(struct search *s, struct merger *m, uint32_t most)
{
	unsigned bits = 2;
	while ((UINT64_C(1) << bits) < most + (uint64_t)most / 2)
		bits++;
	m->shift = 64 - bits;
	m->into->count = 0;
	m->into->masks = search_room(s, most, sizeof *m->into->masks);
	m->into->weights = search_room(s, most, sizeof *m->into->weights);
	m->slots = search_room(s, (size_t)1 << bits, sizeof *m->slots);
	if (m->into->masks == NULL || m->into->weights == NULL || m->slots == NULL)
		return false;
	memset(m->slots, 0xff, sizeof *m->slots << bits);
	return true;
}

static inline void merger_add(struct merger *m, uint64_t mask, uint64_t weight)
{
	struct narrow *n = m->into;
	const uint64_t key = mask & m->merged, slots = (UINT64_C(1) << (64 - m->shift)) - 1;
	if (key == 0)
		return;
	uint64_t at = key * UINT64_C(0x9e3779b97f4a7c15) >> m->shift;
	for (; m->slots[at] != PLACE_NONE; at = (at + 1) & slots) {
		const uint32_t place = m->slots[at];
		if ((n->masks[place] & m->merged) != key)
			continue;
		n->masks[place] &= mask;
		n->weights[place] += weight;
		return;
	}
	m->slots[at] = n->count;
	n->masks[n->count] = mask;
	n->weights[n->count++] = weight;
}

// bits[] by rank; what is behind `last` has none.
static uint64_t mask_of(const struct projection *from, struct projection_row row,
                        const uint64_t *bits, uint32_t last)
{
	uint64_t mask = 0;
	for (uint32_t i = row.start; i < row.end && from->ranks[i] <= last; i++)
		mask |= bits[from->ranks[i]];
	return mask;
}

bool narrow_fill(struct search *s, const struct projection *from, uint32_t rank,
                 const struct projection *d, const struct narrow_items *items, struct narrow *out)
{
	const bool is_whole = from == d;
	const uint32_t begin = is_whole ? 0 : from->where_starts[rank];
	const uint32_t end = is_whole ? from->count : from->where_starts[rank + 1];
	struct merger m = { .into = out, .merged = items->candidates };
	if (!merger_start(s, &m, end - begin))
		return false;
	// The counts are not in use now, and all zero: each becomes the bit of its rank for a while.
	uint64_t *bits = from->counts;
	uint32_t last = 0;
	for (uint32_t r = 0; r < d->item_count; r++) {
		last = is_whole ? r : d->before[r];
		bits[last] = UINT64_C(1) << items->bit_of[r];
	}
	for (uint32_t w = begin; w < end; w++) {
		const struct projection_row row = from->rows[is_whole ? w : from->where[w]];
		merger_add(&m, mask_of(from, row, bits, last), row.weight);
	}
	for (uint32_t r = 0; r < d->item_count; r++)
		bits[is_whole ? r : d->before[r]] = 0;
	return true;
}

bool narrow_merge(struct search *s, const struct narrow *from, uint64_t kept, uint64_t merged,
                  struct narrow *out)
{
	struct merger m = { .into = out, .merged = merged };
	if (!merger_start(s, &m, from->count))
		return false;
	for (uint32_t t = 0; t < from->count; t++)
		merger_add(&m, from->masks[t] & kept, from->weights[t]);
	return true;
}

bool narrow_select(struct search *s, const struct narrow *from, uint64_t with, struct narrow *out,
                   uint64_t *common)
{
	uint64_t *masks = search_room(s, from->count, sizeof *masks);
	uint64_t *weights = search_room(s, from->count, sizeof *weights);
	if (masks == NULL || weights == NULL || !search_work(s, from->count))
		return false;
	// Whether one is written over by the next is not to be foreseen: no branch depends on it.
	uint32_t count = 0;
	uint64_t all = UINT64_MAX;
	for (uint32_t t = 0; t < from->count; t++) {
		const uint64_t mask = from->masks[t];
		const bool has = (mask & with) == with;
		masks[count] = mask;
		weights[count] = from->weights[t];
		count += has;
		all &= has ? mask : UINT64_MAX;
	}
	*out = (struct narrow){ count, masks, weights };
	*common = all;
	return true;
}

void narrow_count(struct search *s, const struct narrow *n, uint64_t counted,
                  uint64_t supports[NARROW_ITEMS])
{
	uint64_t looked_at = 0;
	memset(supports, 0, NARROW_ITEMS * sizeof supports[0]);
	for (uint32_t t = 0; t < n->count; t++)
		for (uint64_t left = n->masks[t] & counted; left != 0; left &= left - 1) {
			supports[__builtin_ctzll(left)] += n->weights[t];
			looked_at++;
		}
	s->result.work += looked_at;
}

uint64_t narrow_frequent(const struct search *s, uint64_t bits,
                         const uint64_t supports[NARROW_ITEMS])
{
	uint64_t frequent = 0;
	for (uint64_t left = bits; left != 0; left &= left - 1) {
		const int bit = __builtin_ctzll(left);
		if (support_all(supports[bit]) >= s->request->support_min)
			frequent |= UINT64_C(1) << bit;
	}
	return frequent;
}

unsigned narrow_order(uint64_t bits, const uint64_t supports[NARROW_ITEMS],
                      uint8_t order[NARROW_ITEMS])
{
	unsigned count = 0;
	for (uint64_t left = bits; left != 0; left &= left - 1) {
		const uint8_t bit = (uint8_t)__builtin_ctzll(left);
		const uint32_t support = support_all(supports[bit]);
		unsigned at = count++;
		for (; at > 0 && support_all(supports[order[at - 1]]) < support; at--)
			order[at] = order[at - 1];
		order[at] = bit;
	}
	return count;
}

unsigned narrow_table_bits(const struct narrow *n, unsigned candidates)
{
	unsigned bits = candidates < 2 ? candidates : 2;
	while (bits < candidates && bits < NARROW_TABLE_BITS_MAX &&
	       (UINT64_C(2) << bits) <= 2 * (uint64_t)n->count)
		bits++;
	return bits;
}

void narrow_table_subsets(const uint8_t *order, unsigned bits, uint64_t subsets[NARROW_TABLE_MAX])
{
	subsets[0] = 0;
	for (unsigned b = 0; b < bits; b++)
		for (size_t at = 0; at < (size_t)1 << b; at++)
			subsets[at | (size_t)1 << b] = subsets[at] | UINT64_C(1) << order[b];
}
