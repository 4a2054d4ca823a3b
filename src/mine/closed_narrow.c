// SPDX-License-Identifier: MIT
// Closed sets where at most 64 items are left: the same search as in closed.c, on words.
//
// At each step the candidates are put in order of their support there. All subsets of the first of
// them, a few, are counted at once, in a table with a place for each subset: first every transaction
// is put at the place of what it has of these items; then, item by item, each place without the item
// takes up what is at the place with it. So every place comes to have the support and the closure of
// its subset. That leaves one step down for each candidate behind these.
#include "mine/closed_private.h"

#include <string.h>

struct narrow_walk {
	struct search *search;
	struct narrow_items items;
	struct path path;
	uint32_t *joined;  // room for the path and 64 more
	// The table: support, closure and the subset's own bits.
	uint64_t supports[NARROW_TABLE_MAX], closures[NARROW_TABLE_MAX], subsets[NARROW_TABLE_MAX];
};

// A step: transactions that contain `set`.
struct narrow_state {
	struct narrow n;
	uint64_t set, candidates, others;
	uint64_t supports[NARROW_ITEMS];  // by bit, of candidates
};

static bool hand_out(struct narrow_walk *w, uint64_t set, uint64_t support)
{
	const uint32_t count = path_with_bits(w->path, &w->items, set, w->joined);
	return path_hand_out(w->search, (struct path){ w->joined, count }, support);
}

// ---- the table

static void table_fill(struct narrow_walk *w, const struct narrow *n, const uint8_t *order,
                       unsigned bits)
{
	const size_t size = (size_t)1 << bits;
	memset(w->supports, 0, size * sizeof *w->supports);
	memset(w->closures, 0xff, size * sizeof *w->closures);
	for (uint32_t t = 0; t < n->count; t++) {
		const uint64_t mask = n->masks[t];
		const size_t at = narrow_table_at(mask, order, bits);
		w->supports[at] += n->weights[t];
		w->closures[at] &= mask;
	}
	narrow_table_subsets(order, bits, w->subsets);
}

static void table_sum(struct narrow_walk *w, unsigned bits)
{
	const size_t size = (size_t)1 << bits;
	for (size_t bit = 1; bit < size; bit *= 2)
		for (size_t block = 0; block < size; block += 2 * bit)
			for (size_t at = block; at < block + bit; at++) {
				w->supports[at] += w->supports[at + bit];
				w->closures[at] &= w->closures[at + bit];
			}
}

static bool table_walk(struct narrow_walk *w, const struct narrow_state *state,
                       const uint8_t *order, unsigned bits)
{
	struct search *s = w->search;
	const uint64_t relevant = state->candidates | state->others;
	if (!search_work(s, state->n.count + (UINT64_C(1) << bits)))
		return false;
	table_fill(w, &state->n, order, bits);
	table_sum(w, bits);
	for (size_t at = 1; at < (size_t)1 << bits; at++)
		if (support_all(w->supports[at]) >= s->request->support_min &&
		    (w->closures[at] & relevant) == w->subsets[at] &&
		    !hand_out(w, state->set | w->subsets[at], w->supports[at]))
			return false;
	return true;
}

// ---- the walk

static bool walk_from(struct narrow_walk *w, const struct narrow_state *state);

// One candidate more; `before` are those that may still be added.
static bool visit(struct narrow_walk *w, const struct narrow_state *from, unsigned bit,
                  uint64_t before)
{
	struct search *s = w->search;
	const uint64_t with = UINT64_C(1) << bit;
	const uint64_t others = from->others | (from->candidates & ~before & ~with);
	struct narrow having;
	uint64_t common;
	if (!narrow_select(s, &from->n, with, &having, &common))
		return false;
	if ((common & others) != 0)
		return true;
	struct narrow_state next = { .set = from->set | with | (common & before) };
	if (!hand_out(w, next.set, from->supports[bit]))
		return false;
	before &= ~common;
	narrow_count(s, &having, before | others, next.supports);
	next.candidates = narrow_frequent(s, before, next.supports);
	next.others = narrow_frequent(s, others, next.supports);
	if (next.candidates == 0)
		return true;
	return narrow_merge(s, &having, next.candidates | next.others, next.candidates, &next.n) &&
	       walk_from(w, &next);
}

static bool walk_from(struct narrow_walk *w, const struct narrow_state *state)
{
	uint8_t order[NARROW_ITEMS];
	const unsigned count = narrow_order(state->candidates, state->supports, order);
	const unsigned bits = narrow_table_bits(&state->n, count);
	if (!table_walk(w, state, order, bits))
		return false;
	uint64_t before = 0;
	bool goes_on = true;
	for (unsigned i = 0; goes_on && i < count; i++) {
		const struct arena_mark mark = arena_mark(&w->search->arena);
		if (i >= bits)
			goes_on = visit(w, state, order[i], before);
		before |= UINT64_C(1) << order[i];
		arena_release(&w->search->arena, mark);
	}
	return goes_on;
}

bool closed_narrow(struct search *s, const struct projection *from, uint32_t rank,
                   const struct projection *d, struct path path)
{
	struct narrow_walk *w = search_room(s, 1, sizeof *w);
	if (w == NULL)
		return false;
	w->search = s;
	w->path = path;
	w->joined = search_room(s, (size_t)path.count + NARROW_ITEMS, sizeof *w->joined);
	narrow_name(d, &w->items);
	struct narrow_state state = { .candidates = w->items.candidates,
		                      .others = w->items.others };
	memcpy(state.supports, w->items.supports, sizeof state.supports);
	return w->joined != NULL && narrow_fill(s, from, rank, d, &w->items, &state.n) &&
	       walk_from(w, &state);
}
