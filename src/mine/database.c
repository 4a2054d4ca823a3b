// SPDX-License-Identifier: MIT
// The step down. Each transaction is looked at twice: once to count, once to be written anew; a hash
// table finds those that have become equal.
#include "mine/database.h"

#include "mine/transactions_private.h"

#include <stdlib.h>
#include <string.h>

enum { NONE = DATABASE_NONE, SORT_SMALL = 24 };

bool database_index(struct search *s, struct database *d)
{
	size_t total = 0;
	for (uint32_t t = 0; t < d->count; t++)
		total += d->ends[t] - d->starts[t];
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
		for (uint32_t i = d->starts[t]; i < d->ends[t]; i++)
			ahead[d->ranks[i] + 1]++;
	for (uint32_t rank = 1; rank <= d->item_count; rank++)
		ahead[rank] += ahead[rank - 1];
	for (uint32_t t = 0; t < d->count; t++)
		for (uint32_t i = d->starts[t]; i < d->ends[t]; i++)
			d->where[ahead[d->ranks[i]]++] = t;
	return true;
}

// ---- merging

struct merger {
	struct database *into;
	uint32_t *slots;
	uint32_t mask;
	uint32_t *behind;  // where the items of each transaction begin that are no candidates
	uint32_t used;     // of the ranks
	bool is_closed;
};

// For `most` transactions of `ranks` items altogether. The ranks are taken last, so that what is not
// used can be given back.
static bool merger_start(struct search *s, struct merger *m, uint32_t most, size_t ranks)
{
	struct database *into = m->into;
	size_t slots = 4;
	while (slots < most + (size_t)most / 2)
		slots *= 2;
	m->mask = (uint32_t)(slots - 1);
	into->count = 0;
	into->starts = search_room(s, most, sizeof *into->starts);
	into->ends = search_room(s, most, sizeof *into->ends);
	into->weights = search_room(s, most, sizeof *into->weights);
	m->slots = search_room(s, slots, sizeof *m->slots);
	m->behind = search_room(s, most, sizeof *m->behind);
	into->ranks = search_room(s, ranks, sizeof *into->ranks);
	if (into->starts == NULL || into->ends == NULL || into->weights == NULL ||
	    into->ranks == NULL || m->slots == NULL || m->behind == NULL)
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

// Cuts what stands behind the candidates of transaction `t` down to what `ranks` has, too.
static void intersect(struct merger *m, uint32_t t, const uint32_t *ranks, uint32_t count)
{
	struct database *d = m->into;
	uint32_t left = m->behind[t], at = 0;
	for (uint32_t i = m->behind[t]; i < d->ends[t]; i++) {
		while (at < count && ranks[at] < d->ranks[i])
			at++;
		if (at < count && ranks[at] == d->ranks[i])
			d->ranks[left++] = d->ranks[i];
	}
	d->ends[t] = left;
}

// Takes the `count` ranks that stand at `used`, of which the first are candidates.
static void merger_add(struct merger *m, uint32_t count, uint32_t candidates, uint64_t weight)
{
	struct database *d = m->into;
	const uint32_t *written = d->ranks + m->used;
	const uint32_t compared = m->is_closed ? candidates : count;
	uint32_t at = hash_of(written, compared) & m->mask;
	for (; m->slots[at] != NONE; at = (at + 1) & m->mask) {
		const uint32_t t = m->slots[at];
		const uint32_t there = (m->is_closed ? m->behind[t] : d->ends[t]) - d->starts[t];
		if (there != compared ||
		    memcmp(d->ranks + d->starts[t], written, compared * sizeof *written) != 0)
			continue;
		d->weights[t] += weight;
		if (m->is_closed)
			intersect(m, t, written + compared, count - compared);
		return;
	}
	m->slots[at] = d->count;
	m->behind[d->count] = m->used + candidates;
	d->starts[d->count] = m->used;
	m->used += count;
	d->ends[d->count] = m->used;
	d->weights[d->count++] = weight;
}

// ---- the first one

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

static bool multiplies_out(const struct mine_wish *wish)
{
	return wish->kind == MINE_ALL;
}

// Gives ranks to what is frequent; rank_of[] by number.
static bool rank_items(struct search *s, const struct transactions *from, struct database *d,
                       uint32_t *rank_of)
{
	struct numbered *frequent = search_room(s, from->item_count, sizeof *frequent);
	if (frequent == NULL)
		return false;
	uint32_t count = 0;
	memset(rank_of, 0xff, from->item_count * sizeof *rank_of);
	for (size_t i = 0; i < from->item_slot_count; i++) {
		const struct item_slot *at = &from->item_slots[i];
		if (at->all >= s->wish->support_min && at->all > 0)
			frequent[count++] = (struct numbered){ at->place - 1, at->item,
				                               support_pack((struct support){
								       at->all, at->marked }) };
	}
	if (count > 0)
		qsort(frequent, count, sizeof *frequent, compare_numbered);
	uint32_t perfect = 0;
	while (!multiplies_out(s->wish) && perfect < count &&
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

static int compare_ranks(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static void sort_ranks(uint32_t *ranks, uint32_t count)
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

static uint32_t write_frequent(const struct transaction *t, const uint32_t *rank_of, uint32_t *out)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < t->count; i++)
		if (rank_of[t->numbers[i]] != NONE)
			out[count++] = rank_of[t->numbers[i]];
	sort_ranks(out, count);
	return count;
}

static bool take_all(struct search *s, const struct transactions *from, struct database *d,
                     const uint32_t *rank_of)
{
	size_t numbers = 0;
	for (size_t i = 0; i < from->count; i++)
		numbers += from->list[i].count;
	if (numbers >= NONE) {
		s->end = SEARCH_FAILED;
		return error_set(s->error, ERROR_FAILED, "too many items to mine");
	}
	struct merger m = { .into = d };
	if (!search_work(s, numbers) || !merger_start(s, &m, (uint32_t)from->count, numbers))
		return false;
	for (size_t i = 0; i < from->count; i++) {
		const struct transaction *t = &from->list[i];
		const uint32_t count = write_frequent(t, rank_of, d->ranks + m.used);
		if (count > 0)
			merger_add(&m, count, count,
			           support_pack((struct support){ t->all, t->marked }));
	}
	arena_trim(&s->arena, d->ranks, m.used, sizeof *d->ranks);
	return true;
}

bool database_prepare(struct search *s, const struct transactions *from, struct database *out)
{
	struct database d = { .support = support_pack(transactions_total(from)) };
	d.items = search_room(s, from->item_count, sizeof *d.items);
	d.supports = search_room(s, from->item_count, sizeof *d.supports);
	d.perfect = search_room(s, from->item_count, sizeof *d.perfect);
	uint32_t *rank_of = search_room(s, from->item_count, sizeof *rank_of);
	if (d.items == NULL || d.supports == NULL || d.perfect == NULL || rank_of == NULL ||
	    !rank_items(s, from, &d, rank_of) || !take_all(s, from, &d, rank_of))
		return false;
	*out = d;
	return database_index(s, out);
}

// ---- a step down

// Counts the items of all transactions that have `rank`, and notes which they are. Returns how many
// are noted.
static uint32_t count_items(struct search *s, const struct database *d, uint32_t rank)
{
	uint64_t *counts = d->counts, looked_at = 0;
	uint32_t noted = 0;
	for (uint32_t w = d->where_starts[rank]; w < d->where_starts[rank + 1]; w++) {
		const uint32_t t = d->where[w];
		const uint64_t weight = d->weights[t];
		looked_at += d->ends[t] - d->starts[t];
		for (uint32_t i = d->starts[t]; i < d->ends[t]; i++) {
			const uint32_t r = d->ranks[i];
			d->touched[noted] = r;
			noted += counts[r] == 0;
			counts[r] += weight;
		}
	}
	s->result.work += looked_at;
	return noted;
}

// Leaves those of the noted that are frequent, in ascending order; the counts of the others are
// cleared.
static uint32_t keep_frequent(const struct search *s, const struct database *d, uint32_t rank,
                              uint32_t noted)
{
	uint32_t left = 0;
	for (uint32_t i = 0; i < noted; i++) {
		const uint32_t r = d->touched[i];
		if (r != rank && support_all(d->counts[r]) >= s->wish->support_min)
			d->touched[left++] = r;
		else
			d->counts[r] = 0;
	}
	sort_ranks(d->touched, left);
	return left;
}

// Chooses what stays. Counts are clear again.
static void choose_items(const struct database *from, uint32_t rank, uint32_t frequent,
                         bool keeps_perfect, struct database *d)
{
	const uint32_t all = support_all(d->support);
	for (uint32_t i = 0; i < frequent; i++) {
		const uint32_t r = from->touched[i];
		const uint64_t support = from->counts[r];
		from->counts[r] = 0;
		if (support_all(support) == all && !keeps_perfect) {
			d->perfect[d->perfect_count++] = from->items[r];
			d->perfect_behind_count += r > rank;
			continue;
		}
		d->candidate_count += r < rank;
		d->before[d->item_count] = r;
		d->items[d->item_count] = from->items[r];
		d->supports[d->item_count++] = support;
	}
}

bool database_project(struct search *s, const struct database *from, uint32_t rank,
                      enum database_form form, struct database *out)
{
	struct database d = { .support = from->supports[rank] };
	const uint32_t frequent = keep_frequent(s, from, rank, count_items(s, from, rank));
	d.items = search_room(s, frequent, sizeof *d.items);
	d.supports = search_room(s, frequent, sizeof *d.supports);
	d.before = search_room(s, frequent, sizeof *d.before);
	// The item itself may be put there, too.
	d.perfect = search_room(s, (size_t)frequent + 1, sizeof *d.perfect);
	if (d.items == NULL || d.supports == NULL || d.before == NULL || d.perfect == NULL ||
	    !search_work(s, 0))
		return false;
	choose_items(from, rank, frequent, form == DATABASE_WHOLE, &d);
	*out = d;
	return true;
}

// One transaction; only those are kept from which a set can grow.
static void fill_one(struct merger *m, const struct database *from, uint32_t t)
{
	struct database *d = m->into;
	uint32_t *out = d->ranks + m->used, count = 0, candidates = 0;
	for (uint32_t i = from->starts[t]; i < from->ends[t]; i++) {
		const uint32_t rank = from->becomes[from->ranks[i]];
		if (rank == NONE)
			continue;
		out[count++] = rank;
		candidates += rank < d->candidate_count;
	}
	if (candidates > 0)
		merger_add(m, count, candidates, from->weights[t]);
}

bool database_fill(struct search *s, const struct database *from, uint32_t rank,
                   enum database_form form, struct database *out)
{
	const uint32_t begin = from->where_starts[rank], end = from->where_starts[rank + 1];
	struct merger m = { .into = out, .is_closed = form == DATABASE_CLOSED };
	size_t ranks = 0;
	for (uint32_t w = begin; w < end; w++)
		ranks += from->ends[from->where[w]] - from->starts[from->where[w]];
	if (!merger_start(s, &m, end - begin, ranks))
		return false;
	for (uint32_t r = 0; r < out->item_count; r++)
		from->becomes[out->before[r]] = r;
	for (uint32_t w = begin; w < end; w++)
		fill_one(&m, from, from->where[w]);
	for (uint32_t r = 0; r < out->item_count; r++)
		from->becomes[out->before[r]] = NONE;
	return database_index(s, out);
}
