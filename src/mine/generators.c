// SPDX-License-Identifier: MIT
// Minimal generators, and all frequent sets with their extensions.
//
// Sets grow by items of lower rank, and branches are walked in ascending order of rank. So all
// subsets of a set come before it: of a subset, take the first item, from the highest rank down, in
// which it differs from the set; it has a lower one there, or is at its end. A set is a generator
// if each of its immediate subsets is one and has a higher support (every subset of a generator is
// one): these are looked up among the generators so far.
#include "mine/generators_private.h"

#include <stdlib.h>
#include <string.h>

static int compare_extensions(const void *a, const void *b)
{
	const struct extension *x = a, *y = b;
	return (x->item > y->item) - (x->item < y->item);
}

static size_t list_extensions(struct generator_walk *w, const struct projection *d)
{
	size_t count = 0;
	const struct support all = support_unpack(d->support);
	for (uint32_t i = 0; i < w->perfect.count; i++)
		w->extensions[count++] = (struct extension){ w->perfect.items[i], all };
	for (uint32_t rank = 0; rank < d->item_count; rank++)
		w->extensions[count++] = (struct extension){ d->items[rank],
			                                     support_unpack(d->supports[rank]) };
	if (count > 0)
		qsort(w->extensions, count, sizeof *w->extensions, compare_extensions);
	return count;
}

static bool walk_from(struct generator_walk *w, const struct projection *d);

// The walk's set has `rank` as its last item.
static bool step(struct generator_walk *w, const struct projection *from, uint32_t rank)
{
	struct search *s = w->search;
	const enum projection_form form = !s->request->wants_extensions ? DATABASE_BELOW
	                                  : w->is_all                   ? DATABASE_WHOLE
	                                                                : DATABASE_EXACT;
	const bool grows = rank > 0 && generators_may_grow(w);
	struct projection d = { .support = from->supports[rank] };
	if (!grows && !s->request->wants_extensions)
		return generators_hand_out(w, d.support, 0);
	if (!projection_of_item(s, from, rank, form, &d) ||
	    !path_join(s, w->perfect, d.perfect, d.perfect_count, &w->perfect))
		return false;
	const size_t extensions = s->request->wants_extensions ? list_extensions(w, &d) : 0;
	if (!generators_hand_out(w, d.support, extensions))
		return false;
	if (!grows || d.candidate_count == 0)
		return true;
	if (d.item_count <= NARROW_ITEMS)
		return generators_narrow(w, from, rank, &d);
	return projection_fill(s, from, rank, form, &d) && walk_from(w, &d);
}

static bool walk_from(struct generator_walk *w, const struct projection *d)
{
	struct search *s = w->search;
	if (!search_down(s))
		return false;
	const struct path perfect = w->perfect;
	bool goes_on = true;
	for (uint32_t rank = 0; goes_on && rank < d->candidate_count; rank++) {
		if (!generators_enter(w, d->items[rank], support_all(d->supports[rank]))) {
			goes_on = s->end == SEARCH_GOES_ON;
			continue;
		}
		const struct arena_mark mark = arena_mark(&s->arena);
		goes_on = step(w, d, rank);
		w->perfect = perfect;
		arena_release(&s->arena, mark);
		generators_leave(w);
	}
	search_up(s);
	return goes_on;
}

static bool start(struct generator_walk *w, const struct projection *d)
{
	struct search *s = w->search;
	const size_t items = (size_t)d->item_count + d->perfect_count;
	w->path = search_room(s, items, sizeof *w->path);
	w->nodes = search_room(s, items + 1, sizeof *w->nodes);
	w->sorted = search_room(s, items, sizeof *w->sorted);
	w->extensions = search_room(s, items, sizeof *w->extensions);
	return s->end == SEARCH_GOES_ON &&
	       path_join(s, (struct path){ 0 }, d->perfect, d->perfect_count, &w->perfect) &&
	       generators_add(&w->known, GENERATOR_EMPTY, 0, support_all(d->support), &w->nodes[0]);
}

bool search_extensions(struct search *s, const struct projection *d)
{
	struct generator_walk w = { .search = s,
		                    .known = { .search = s },
		                    .is_all = s->request->kind == MINE_ALL };
	const bool goes_on = start(&w, d) &&
	                     (d->item_count <= NARROW_ITEMS ? generators_narrow(&w, d, 0, d)
	                                                    : walk_from(&w, d));
	generators_done(&w.known);
	return goes_on;
}
