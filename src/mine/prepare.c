// SPDX-License-Identifier: MIT
// What mining makes of the transactions first: infrequent items dropped, the others recoded by
// frequency, equal transactions merged. Those whose rarest item is the same come to stand together,
// because the step down to that item looks at them in a row.
#include "mine/projection_merge.h"
#include "mine/transactions_private.h"

#include <stdlib.h>
#include <string.h>

enum { NONE = DATABASE_NONE };

struct numbered {
	uint32_t number, item;
	uint64_t support;
};

static int compare_numbered(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;
	const uint32_t of_x = support_all(x->support), of_y = support_all(y->support);
	return of_x != of_y ? (of_x < of_y) - (of_x > of_y)
	                    : (x->item > y->item) - (x->item < y->item);
}

static bool multiplies_out(const struct mine_request *request)
{
	return request->kind == MINE_ALL;
}

// Gives ranks to what is frequent; rank_of[] by number.
static bool rank_items(struct search *s, const struct transactions *from, struct projection *d,
                       uint32_t *rank_of)
{
	struct numbered *frequent = search_room(s, from->item_count, sizeof *frequent);
	if (frequent == NULL)
		return false;
	uint32_t count = 0;
	memset(rank_of, 0xff, from->item_count * sizeof *rank_of);
	for (size_t i = 0; i < from->item_slot_count; i++) {
		const struct item_slot *at = &from->item_slots[i];
		if (at->all >= s->request->support_min && at->all > 0)
			frequent[count++] = (struct numbered){ at->place - 1, at->item,
				                               support_pack((struct support){
								       at->all, at->marked }) };
	}
	if (count > 0)
		qsort(frequent, count, sizeof *frequent, compare_numbered);
	uint32_t perfect = 0;
	while (!multiplies_out(s->request) && perfect < count &&
	       support_all(frequent[perfect].support) == support_all(d->support))
		d->perfect[perfect] = frequent[perfect].item, perfect++;
	d->perfect_count = perfect;
	d->item_count = d->candidate_count = count - perfect;
	for (uint32_t rank = 0; rank < d->item_count; rank++) {
		const struct numbered *at = &frequent[perfect + rank];
		d->items[rank] = at->item;
		d->supports[rank] = at->support;
		rank_of[at->number] = rank;
	}
	return true;
}

static uint32_t write_frequent(const struct transaction *t, const uint32_t *rank_of, uint32_t *out)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < t->count; i++)
		if (rank_of[t->numbers[i]] != NONE)
			out[count++] = rank_of[t->numbers[i]];
	projection_sort_ranks(out, count);
	return count;
}

// The rows by their last, and so rarest, item.
static bool put_together(struct search *s, const struct projection *from, uint32_t ranks,
                         struct projection *d)
{
	uint32_t *places = search_room(s, (size_t)d->item_count + 1, sizeof *places);
	d->count = from->count;
	d->rows = search_room(s, from->count, sizeof *d->rows);
	d->ranks = search_room(s, ranks, sizeof *d->ranks);
	if (places == NULL || d->rows == NULL || d->ranks == NULL)
		return false;
	memset(places, 0, ((size_t)d->item_count + 1) * sizeof *places);
	for (uint32_t t = 0; t < from->count; t++)
		places[from->ranks[from->rows[t].end - 1] + 1]++;
	for (uint32_t rank = 1; rank < d->item_count; rank++)
		places[rank] += places[rank - 1];
	for (uint32_t t = 0; t < from->count; t++)
		d->rows[places[from->ranks[from->rows[t].end - 1]]++] = from->rows[t];
	uint32_t used = 0;
	for (uint32_t t = 0; t < d->count; t++) {
		struct projection_row *row = &d->rows[t];
		const uint32_t count = row->end - row->start;
		memcpy(d->ranks + used, from->ranks + row->start, count * sizeof *d->ranks);
		row->start = used;
		row->end = used += count;
	}
	return true;
}

static bool take_all(struct search *s, const struct transactions *from, struct projection *d,
                     const uint32_t *rank_of)
{
	struct projection merged = *d;
	size_t numbers = 0;
	for (size_t i = 0; i < from->count; i++)
		numbers += from->list[i].count;
	if (numbers >= NONE) {
		s->end = SEARCH_FAILED;
		return error_set(s->error, ERROR_FAILED, "too many items to mine");
	}
	struct projection_merger m = { .into = &merged };
	if (!search_work(s, numbers) ||
	    !projection_merge_start(s, &m, (uint32_t)from->count, numbers))
		return false;
	for (size_t i = 0; i < from->count; i++) {
		const struct transaction *t = &from->list[i];
		const uint32_t count = write_frequent(t, rank_of, projection_merge_room(&m));
		if (count > 0)
			projection_merge(&m, count, count,
			                 support_pack((struct support){ t->all, t->marked }));
	}
	arena_trim(&s->arena, merged.ranks, m.used, sizeof *merged.ranks);
	return put_together(s, &merged, m.used, d);
}

bool projection_prepare(struct search *s, const struct transactions *from, struct projection *out)
{
	struct projection d = { .support = support_pack(transactions_total(from)) };
	d.items = search_room(s, from->item_count, sizeof *d.items);
	d.supports = search_room(s, from->item_count, sizeof *d.supports);
	d.perfect = search_room(s, from->item_count, sizeof *d.perfect);
	uint32_t *rank_of = search_room(s, from->item_count, sizeof *rank_of);
	if (d.items == NULL || d.supports == NULL || d.perfect == NULL || rank_of == NULL ||
	    !rank_items(s, from, &d, rank_of) || !take_all(s, from, &d, rank_of))
		return false;
	*out = d;
	return projection_index(s, out);
}
