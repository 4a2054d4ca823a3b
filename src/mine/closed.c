// SPDX-License-Identifier: MIT
// Closed itemsets by prefix-preserving closure extension (T. Uno, T. Asai, Y. Uchida and H. Arimura,
// DS 2004; T. Uno, M. Kiyomi and H. Arimura, FIMI 2004).
//
// A closed set is reached from exactly one other: add an item, close it, and accept the result only
// if the closure brought no item in that comes behind the one that was added. So nothing has to be
// remembered but the way down.
#include "mine/closed_private.h"

static bool walk_from(struct search *s, const struct database *d, struct path path);

static bool visit(struct search *s, const struct database *from, uint32_t rank, struct path path)
{
	struct database d;
	if (!database_project(s, from, rank, DATABASE_CLOSED, &d))
		return false;
	if (d.perfect_behind_count > 0)
		return true;
	// The item itself is part of what closes it; there is room, since it is no longer counted.
	d.perfect[d.perfect_count++] = from->items[rank];
	struct path closed;
	if (!path_join(s, path, d.perfect, d.perfect_count, &closed) ||
	    !path_hand_out(s, closed, d.support))
		return false;
	const size_t most = s->wish->items_max;
	if (d.candidate_count == 0 || (most != 0 && closed.count >= most))
		return true;
	if (d.item_count <= NARROW_ITEMS)
		return closed_narrow(s, from, rank, &d, closed);
	return database_fill(s, from, rank, DATABASE_CLOSED, &d) && walk_from(s, &d, closed);
}

static bool walk_from(struct search *s, const struct database *d, struct path path)
{
	if (!search_down(s))
		return false;
	bool goes_on = true;
	for (uint32_t rank = 0; goes_on && rank < d->candidate_count; rank++) {
		const struct arena_mark mark = arena_mark(&s->arena);
		goes_on = visit(s, d, rank, path);
		arena_release(&s->arena, mark);
	}
	search_up(s);
	return goes_on;
}

bool search_closed(struct search *s, const struct database *d)
{
	struct path path;
	if (!path_join(s, (struct path){ 0 }, d->perfect, d->perfect_count, &path) ||
	    !path_hand_out(s, path, d->support))
		return false;
	return d->item_count <= NARROW_ITEMS ? closed_narrow(s, d, 0, d, path)
	                                     : walk_from(s, d, path);
}
