// SPDX-License-Identifier: MIT
// Maximal sets where at most 64 items are left: the same search as in maximal.c, on words.
//
// Sets that were found are words as well. A step knows those of before that contain its set, and
// which were found since it began: these contain it anyway.
#include "mine/maximal_private.h"

#include "base/memory.h"

#include <string.h>

struct maximal_walk {
	struct search *search;
	struct narrow_items items;
	struct path path;
	struct known_sets *known;
	uint32_t *joined;
	uint64_t *found;  // in the order in which they were found
	size_t found_count, found_capacity;
	uint64_t supports[NARROW_TABLE_MAX], subsets[NARROW_TABLE_MAX];
};

struct maximal_state {
	struct narrow n;
	uint64_t set, candidates;
	uint64_t supports[NARROW_ITEMS];  // by bit, of candidates
	uint64_t *known;                  // sets of before that contain `set`
	size_t known_count, found_before;
};

// The newest first: they are the most alike.
static bool is_known(const struct maximal_walk *w, const struct maximal_state *state, uint64_t set)
{
	size_t at = w->found_count, left = state->known_count;
	while (at > state->found_before && (set & ~w->found[at - 1]) != 0)
		at--;
	const bool is_found = at > state->found_before;
	while (!is_found && left > 0 && (set & ~state->known[left - 1]) != 0)
		left--;
	w->search->result.work += w->found_count - at + state->known_count - left;
	return is_found || left > 0;
}

static bool find(struct maximal_walk *w, uint64_t set, uint64_t support)
{
	struct search *s = w->search;
	const struct path found = { w->joined, path_with_bits(w->path, &w->items, set, w->joined) };
	if (!path_hand_out(s, found, support) ||
	    (w->known != NULL && !known_sets_add(w->known, found)) ||
	    !search_list_room(s, (void **)&w->found, &w->found_capacity, w->found_count + 1,
	                      sizeof *w->found))
		return false;
	w->found[w->found_count++] = set;
	return true;
}

// ---- the table of the first candidates

static void table_fill(struct maximal_walk *w, const struct narrow *n, const uint8_t *order,
                       unsigned bits)
{
	const size_t size = (size_t)1 << bits;
	memset(w->supports, 0, size * sizeof *w->supports);
	for (uint32_t t = 0; t < n->count; t++) {
		const size_t at = narrow_table_at(n->masks[t], order, bits);
		w->supports[at] += n->weights[t];
	}
	narrow_table_subsets(order, bits, w->subsets);
	for (size_t bit = 1; bit < size; bit *= 2)
		for (size_t block = 0; block < size; block += 2 * bit)
			for (size_t at = block; at < block + bit; at++)
				w->supports[at] += w->supports[at + bit];
}

static bool is_maximal_there(const struct maximal_walk *w, size_t at, unsigned bits, uint64_t least)
{
	for (unsigned b = 0; b < bits; b++)
		if ((at >> b & 1) == 0 && support_all(w->supports[at | (size_t)1 << b]) >= least)
			return false;
	return true;
}

// From the whole down, so that what is found first is not a part of what comes later. The empty one is
// not asked: one candidate at least can be added to it.
static bool table_walk(struct maximal_walk *w, const struct maximal_state *state,
                       const uint8_t *order, unsigned bits)
{
	const uint64_t least = w->search->request->support_min;
	if (!search_work(w->search, state->n.count + (UINT64_C(1) << bits)))
		return false;
	table_fill(w, &state->n, order, bits);
	for (size_t at = ((size_t)1 << bits) - 1; at > 0; at--)
		if (support_all(w->supports[at]) >= least && is_maximal_there(w, at, bits, least) &&
		    !is_known(w, state, state->set | w->subsets[at]) &&
		    !find(w, state->set | w->subsets[at], w->supports[at]))
			return false;
	return true;
}

// ---- the walk

static bool walk_from(struct maximal_walk *w, const struct maximal_state *state);

// Of the sets that the step knows, those that contain `set`.
static bool keep_known(struct maximal_walk *w, const struct maximal_state *from,
                       struct maximal_state *next)
{
	const size_t news = w->found_count - from->found_before;
	next->found_before = w->found_count;
	next->known = search_room(w->search, from->known_count + news, sizeof *next->known);
	if (next->known == NULL || !search_work(w->search, from->known_count + news))
		return false;
	size_t kept = 0;
	for (size_t i = 0; i < from->known_count; i++) {
		next->known[kept] = from->known[i];
		kept += (next->set & ~from->known[i]) == 0;
	}
	for (size_t i = from->found_before; i < w->found_count; i++) {
		next->known[kept] = w->found[i];
		kept += (next->set & ~w->found[i]) == 0;
	}
	next->known_count = kept;
	arena_trim(&w->search->arena, next->known, kept, sizeof *next->known);
	return true;
}

// One candidate more; `before` are those that may still be added.
static bool visit(struct maximal_walk *w, const struct maximal_state *from, unsigned bit,
                  uint64_t before)
{
	struct search *s = w->search;
	const uint64_t with = UINT64_C(1) << bit;
	struct narrow having;
	uint64_t common;
	if (!narrow_select(s, &from->n, with, &having, &common))
		return false;
	struct maximal_state next = { .set = from->set | with | (common & before) };
	before &= ~common;
	narrow_count(s, &having, before, next.supports);
	next.candidates = narrow_frequent(s, before, next.supports);
	if (next.candidates == 0)
		return is_known(w, from, next.set) || find(w, next.set, from->supports[bit]);
	if (is_known(w, from, next.set | next.candidates))
		return true;
	return keep_known(w, from, &next) &&
	       narrow_merge(s, &having, next.candidates, next.candidates, &next.n) &&
	       walk_from(w, &next);
}

static bool walk_from(struct maximal_walk *w, const struct maximal_state *state)
{
	uint8_t order[NARROW_ITEMS];
	const unsigned count = narrow_order(state->candidates, state->supports, order);
	const unsigned bits = narrow_table_bits(&state->n, count);
	uint64_t before = state->candidates;
	bool goes_on = true;
	for (unsigned i = count; goes_on && i > bits; i--) {
		// Whatever is left is in a set that is known.
		if (is_known(w, state, state->set | before))
			return true;
		const struct arena_mark mark = arena_mark(&w->search->arena);
		before &= ~(UINT64_C(1) << order[i - 1]);
		goes_on = visit(w, state, order[i - 1], before);
		arena_release(&w->search->arena, mark);
	}
	return goes_on &&
	       (is_known(w, state, state->set | before) || table_walk(w, state, order, bits));
}

static bool walk_all(struct maximal_walk *w, const struct projection *from, uint32_t rank,
                     const struct projection *d)
{
	struct search *s = w->search;
	narrow_name(d, &w->items);
	struct maximal_state state = { .candidates = w->items.candidates };
	memcpy(state.supports, w->items.supports, sizeof state.supports);
	if (w->known != NULL) {
		state.known = search_room(s, known_sets_most(w->known, w->path),
		                          sizeof *state.known);
		if (state.known == NULL)
			return false;
		state.known_count = known_sets_bits(w->known, w->path, &w->items, state.known);
		if (is_known(w, &state, state.candidates))
			return true;
	}
	return narrow_fill(s, from, rank, d, &w->items, &state.n) && walk_from(w, &state);
}

bool maximal_narrow(struct search *s, const struct projection *from, uint32_t rank,
                    const struct projection *d, struct path path, struct known_sets *known)
{
	struct maximal_walk *w = search_room(s, 1, sizeof *w);
	if (w == NULL)
		return false;
	*w = (struct maximal_walk){ .search = s, .path = path, .known = known };
	w->joined = search_room(s, (size_t)path.count + NARROW_ITEMS, sizeof *w->joined);
	const bool goes_on = w->joined != NULL && walk_all(w, from, rank, d);
	memory_free(w->found);
	s->lists_bytes -= w->found_capacity * sizeof *w->found;
	return goes_on;
}
