// SPDX-License-Identifier: MIT
// Maximal itemsets: closed sets that no frequent item can be added to.
//
// They are reached as the closed sets are, but other items stay in the transactions with their exact
// counts, since one that is frequent with the set makes it not maximal.
#include "mine/database.h"

#include <string.h>

struct path {
	const uint32_t *items;  // ascending
	uint32_t count;
};

static bool walk_from(struct search *s, const struct database *d, struct path path);

// The path, with these items, ascending.
static bool join(struct search *s, struct path path, const uint32_t *added, uint32_t count,
                 struct path *out)
{
	uint32_t *items = search_room(s, (size_t)path.count + count, sizeof *items);
	if (items == NULL)
		return false;
	if (path.count > 0)
		memcpy(items, path.items, path.count * sizeof *items);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = path.count + i;
		for (; at > 0 && items[at - 1] > added[i]; at--)
			items[at] = items[at - 1];
		items[at] = added[i];
	}
	*out = (struct path){ items, path.count + count };
	return true;
}

static bool hand_out(struct search *s, struct path path, uint64_t support)
{
	const size_t most = s->wish->items_max;
	if (path.count == 0 || (most != 0 && path.count > most))
		return true;
	const struct itemset set = { .items = path.items,
		                     .count = path.count,
		                     .support = support_unpack(support) };
	return search_found(s, &set);
}

static bool visit(struct search *s, const struct database *from, uint32_t rank, struct path path)
{
	struct database d;
	if (!database_project(s, from, rank, DATABASE_EXACT, &d))
		return false;
	if (d.perfect_behind_count > 0)
		return true;
	// The item itself is part of what closes it; there is room, since it is no longer counted.
	d.perfect[d.perfect_count++] = from->items[rank];
	struct path closed;
	if (!join(s, path, d.perfect, d.perfect_count, &closed) ||
	    (d.item_count == 0 && !hand_out(s, closed, d.support)))
		return false;
	const size_t most = s->wish->items_max;
	if (d.candidate_count == 0 || (most != 0 && closed.count >= most))
		return true;
	return database_fill(s, from, rank, DATABASE_EXACT, &d) && walk_from(s, &d, closed);
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

bool search_maximal(struct search *s, const struct database *d)
{
	struct path path;
	return join(s, (struct path){ 0 }, d->perfect, d->perfect_count, &path) &&
	       (d->item_count > 0 || hand_out(s, path, d->support)) && walk_from(s, d, path);
}
