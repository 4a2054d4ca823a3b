// SPDX-License-Identifier: MIT
// The step down. Each transaction is looked at twice: once to count, once to be written anew.
#include "mine/projection_merge.h"

#include <string.h>

enum { NONE = DATABASE_NONE };

bool projection_index(struct search *s, struct projection *d)
{
	size_t total = 0;
	for (uint32_t t = 0; t < d->count; t++)
		total += d->rows[t].end - d->rows[t].start;
	d->where_starts = search_room(s, (size_t)d->item_count + 2, sizeof *d->where_starts);
	d->where = search_room(s, total, sizeof *d->where);
	d->counts = search_room(s, d->item_count, sizeof *d->counts);
	d->becomes = search_room(s, d->item_count, sizeof *d->becomes);
	d->touched = search_room(s, (size_t)d->item_count + 1, sizeof *d->touched);
	if (d->where_starts == NULL || d->where == NULL || d->counts == NULL ||
	    d->becomes == NULL || d->touched == NULL)
		return false;
	memset(d->counts, 0, d->item_count * sizeof *d->counts);
	memset(d->becomes, 0xff, d->item_count * sizeof *d->becomes);
	// Counted one place ahead, so that filling leaves each start where it belongs.
	uint32_t *ahead = d->where_starts + 1;
	memset(d->where_starts, 0, ((size_t)d->item_count + 2) * sizeof *d->where_starts);
	for (uint32_t t = 0; t < d->count; t++)
		for (uint32_t i = d->rows[t].start; i < d->rows[t].end; i++)
			ahead[d->ranks[i] + 1]++;
	for (uint32_t rank = 1; rank <= d->item_count; rank++)
		ahead[rank] += ahead[rank - 1];
	for (uint32_t t = 0; t < d->count; t++)
		for (uint32_t i = d->rows[t].start; i < d->rows[t].end; i++)
			d->where[ahead[d->ranks[i]]++] = t;
	return true;
}

// ---- a step down

// Counts the items below `end_rank` of all transactions that have `rank`, and notes which they are.
// Returns how many are noted.
static uint32_t count_items(struct search *s, const struct projection *d, uint32_t rank,
                            uint32_t end_rank)
{
	uint64_t *counts = d->counts, looked_at = 0;
	uint32_t noted = 0;
	for (uint32_t w = d->where_starts[rank]; w < d->where_starts[rank + 1]; w++) {
		const struct projection_row row = d->rows[d->where[w]];
		for (uint32_t i = row.start; i < row.end && d->ranks[i] < end_rank; i++) {
			const uint32_t r = d->ranks[i];
			looked_at++;
			d->touched[noted] = r;
			noted += counts[r] == 0;
			counts[r] += row.weight;
		}
	}
	s->result.work += looked_at;
	return noted;
}

// Leaves those of the noted that are frequent, in ascending order; the counts of the others are
// cleared.
static uint32_t keep_frequent(const struct search *s, const struct projection *d, uint32_t rank,
                              uint32_t noted)
{
	uint32_t left = 0;
	for (uint32_t i = 0; i < noted; i++) {
		const uint32_t r = d->touched[i];
		if (r != rank && support_all(d->counts[r]) >= s->request->support_min)
			d->touched[left++] = r;
		else
			d->counts[r] = 0;
	}
	projection_sort_ranks(d->touched, left);
	return left;
}

// Chooses what stays. Counts are clear again.
static void choose_items(const struct projection *from, uint32_t rank, uint32_t frequent,
                         bool keeps_perfect, struct projection *d)
{
	const uint32_t all = support_all(d->support);
	for (uint32_t i = 0; i < frequent; i++) {
		const uint32_t r = from->touched[i];
		const uint64_t support = from->counts[r];
		from->counts[r] = 0;
		if (support_all(support) == all && !keeps_perfect) {
			d->perfect[d->perfect_count] = from->items[r];
			d->perfect_before[d->perfect_count++] = r;
			d->perfect_behind_count += r > rank;
			continue;
		}
		d->candidate_count += r < rank;
		d->before[d->item_count] = r;
		d->items[d->item_count] = from->items[r];
		d->supports[d->item_count++] = support;
	}
}

bool projection_of_item(struct search *s, const struct projection *from, uint32_t rank,
                        enum projection_form form, struct projection *out)
{
	struct projection d = { .support = from->supports[rank] };
	const uint32_t end_rank = form == DATABASE_BELOW ? rank : NONE;
	const uint32_t noted = count_items(s, from, rank, end_rank);
	const uint32_t frequent = keep_frequent(s, from, rank, noted);
	d.items = search_room(s, frequent, sizeof *d.items);
	d.supports = search_room(s, frequent, sizeof *d.supports);
	d.before = search_room(s, frequent, sizeof *d.before);
	// The item itself may be put there, too.
	d.perfect = search_room(s, (size_t)frequent + 1, sizeof *d.perfect);
	d.perfect_before = search_room(s, frequent, sizeof *d.perfect_before);
	if (s->end != SEARCH_GOES_ON || !search_work(s, 0))
		return false;
	choose_items(from, rank, frequent, form == DATABASE_WHOLE, &d);
	*out = d;
	return true;
}

// One transaction; only those are kept from which a set can grow.
static void fill_one(struct projection_merger *m, const struct projection *from, uint32_t t)
{
	struct projection *d = m->into;
	uint32_t *out = d->ranks + m->used, count = 0, candidates = 0;
	const struct projection_row row = from->rows[t];
	for (uint32_t i = row.start; i < row.end; i++) {
		const uint32_t rank = from->becomes[from->ranks[i]];
		if (rank == NONE)
			continue;
		out[count++] = rank;
		candidates += rank < d->candidate_count;
	}
	if (candidates > 0)
		projection_merge(m, count, candidates, row.weight);
}

bool projection_fill(struct search *s, const struct projection *from, uint32_t rank,
                     enum projection_form form, struct projection *out)
{
	const uint32_t begin = from->where_starts[rank], end = from->where_starts[rank + 1];
	struct projection_merger m = { .into = out, .is_closed = form == DATABASE_CLOSED };
	size_t ranks = 0;
	for (uint32_t w = begin; w < end; w++)
		ranks += from->rows[from->where[w]].end - from->rows[from->where[w]].start;
	if (!projection_merge_start(s, &m, end - begin, ranks))
		return false;
	for (uint32_t r = 0; r < out->item_count; r++)
		from->becomes[out->before[r]] = r;
	for (uint32_t w = begin; w < end; w++)
		fill_one(&m, from, from->where[w]);
	for (uint32_t r = 0; r < out->item_count; r++)
		from->becomes[out->before[r]] = NONE;
	return projection_index(s, out);
}
