// SPDX-License-Identifier: MIT
// Closed itemsets by prefix-preserving closure extension (T. Uno, T. Asai, Y. Uchida and H. Arimura,
// DS 2004; T. Uno, M. Kiyomi and H. Arimura, FIMI 2004).
//
// A closed set is reached from exactly one other: add an item, close it, and accept the result only
// if the closure brought no item in that comes behind the one that was added. So nothing has to be
// remembered but the way down.
//
// Branches are walked from the last item on. Each then learns which of the items before it are
// frequent with it, and that is what a branch has to know of the items behind its own: only the items
// before it have to be counted.
#include "mine/closed_private.h"

#include "base/memory.h"

#include <string.h>

enum { NONE = UINT32_MAX, PAIRS_MAX = 4 << 20 };

// Two items that are frequent together: in a chain for each item, those that come behind it.
struct pair {
	uint32_t behind, next;
};

struct closed_walk {
	struct search *search;
	struct pair *pairs;  // of all steps down to the present one
	size_t pair_count, pair_capacity;
};

struct step {
	const struct projection *d;
	struct path path;
	uint32_t *chains;   // by candidate: its first pair
	bool *is_rejected;  // an item behind is in all that has it
	bool has_pairs;     // of all candidates so far, and there is nothing but candidates
};

static bool walk_from(struct closed_walk *w, const struct projection *d, struct path path);

// ---- pairs

static bool note_pair(struct closed_walk *w, struct step *step, uint32_t candidate, uint32_t behind)
{
	if (w->pair_count == PAIRS_MAX)
		step->has_pairs = false;
	if (!step->has_pairs)
		return true;
	if (!search_list_room(w->search, (void **)&w->pairs, &w->pair_capacity, w->pair_count + 1,
	                      sizeof *w->pairs))
		return false;
	w->pairs[w->pair_count] = (struct pair){ behind, step->chains[candidate] };
	step->chains[candidate] = (uint32_t)w->pair_count++;
	return true;
}

// What the step to `rank` says of the items before it.
static bool note_pairs(struct closed_walk *w, struct step *step, uint32_t rank,
                       const struct projection *d)
{
	const uint64_t *supports = step->d->supports;
	for (uint32_t i = 0; i < d->candidate_count + d->perfect_count; i++) {
		const bool is_perfect = i >= d->candidate_count;
		const uint32_t before = is_perfect ? d->perfect_before[i - d->candidate_count]
		                                   : d->before[i];
		const uint64_t both = is_perfect ? d->support : d->supports[i];
		if (before > rank)
			continue;
		if (support_all(both) == support_all(supports[before]))
			step->is_rejected[before] = true;
		else if (!note_pair(w, step, before, rank))
			return false;
	}
	return true;
}

// Items behind `rank` that are frequent with it join the others of `d`. How often is not said: nobody
// asks.
static bool add_behind(struct closed_walk *w, const struct step *step, uint32_t rank,
                       struct projection *d)
{
	struct search *s = w->search;
	uint32_t behind = 0;
	for (uint32_t p = step->chains[rank]; p != NONE; p = w->pairs[p].next)
		behind++;
	const size_t count = (size_t)d->item_count + behind;
	uint32_t *items = search_room(s, count, sizeof *items);
	uint32_t *before = search_room(s, count, sizeof *before);
	uint64_t *supports = search_room(s, count, sizeof *supports);
	if (items == NULL || before == NULL || supports == NULL)
		return false;
	memcpy(items, d->items, d->item_count * sizeof *items);
	memcpy(before, d->before, d->item_count * sizeof *before);
	memcpy(supports, d->supports, d->item_count * sizeof *supports);
	// The chain begins with the last pair that was noted, and so ascends.
	for (uint32_t p = step->chains[rank]; p != NONE; p = w->pairs[p].next) {
		before[d->item_count] = w->pairs[p].behind;
		items[d->item_count] = step->d->items[w->pairs[p].behind];
		supports[d->item_count++] = 0;
	}
	d->items = items;
	d->before = before;
	d->supports = supports;
	return true;
}

// ---- the walk

static bool visit(struct closed_walk *w, struct step *step, uint32_t rank)
{
	struct search *s = w->search;
	const struct projection *from = step->d;
	const bool has_pairs = step->has_pairs;
	struct projection d;
	if (!projection_of_item(s, from, rank, has_pairs ? DATABASE_BELOW : DATABASE_CLOSED, &d) ||
	    !note_pairs(w, step, rank, &d))
		return false;
	if (d.perfect_behind_count > 0)
		return true;
	// The item itself is part of what closes it; there is room for it.
	d.perfect[d.perfect_count++] = from->items[rank];
	struct path closed;
	if (!path_join(s, step->path, d.perfect, d.perfect_count, &closed) ||
	    !path_hand_out(s, closed, d.support))
		return false;
	const size_t most = s->request->items_max;
	if (d.candidate_count == 0 || (most != 0 && closed.count >= most))
		return true;
	if (has_pairs && !add_behind(w, step, rank, &d))
		return false;
	if (d.item_count <= NARROW_ITEMS)
		return closed_narrow(s, from, rank, &d, closed);
	return projection_fill(s, from, rank, DATABASE_CLOSED, &d) && walk_from(w, &d, closed);
}

static bool walk_from(struct closed_walk *w, const struct projection *d, struct path path)
{
	struct search *s = w->search;
	const size_t pairs_before = w->pair_count;
	struct step step = { .d = d,
		             .path = path,
		             .has_pairs = d->candidate_count == d->item_count };
	step.chains = search_room(s, d->candidate_count, sizeof *step.chains);
	step.is_rejected = search_room(s, d->candidate_count, sizeof *step.is_rejected);
	if (step.chains == NULL || step.is_rejected == NULL || !search_down(s))
		return false;
	memset(step.chains, 0xff, d->candidate_count * sizeof *step.chains);
	memset(step.is_rejected, 0, d->candidate_count * sizeof *step.is_rejected);
	bool goes_on = true;
	for (uint32_t rank = d->candidate_count; goes_on && rank > 0; rank--) {
		const struct arena_mark mark = arena_mark(&s->arena);
		if (!step.is_rejected[rank - 1])
			goes_on = visit(w, &step, rank - 1);
		arena_release(&s->arena, mark);
	}
	w->pair_count = pairs_before;
	search_up(s);
	return goes_on;
}

bool search_closed(struct search *s, const struct projection *d)
{
	struct path path;
	if (!path_join(s, (struct path){ 0 }, d->perfect, d->perfect_count, &path) ||
	    !path_hand_out(s, path, d->support))
		return false;
	if (d->item_count <= NARROW_ITEMS)
		return closed_narrow(s, d, 0, d, path);
	struct closed_walk w = { .search = s };
	const bool goes_on = walk_from(&w, d, path);
	memory_free(w.pairs);
	return goes_on;
}
