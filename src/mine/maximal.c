// SPDX-License-Identifier: MIT
// Maximal itemsets: no frequent set contains them.
//
// Branches are walked from the rarest item on, so that a set comes after all that contain it and have
// a rarer item. What no candidate can be added to is maximal if it is in none of the maximal sets so
// far; and a branch of which all items together are in one of them has nothing new (the idea of
// R. Bayardo, SIGMOD 1998; of the sets so far, only those that contain the path are asked:
// K. Gouda and M. Zaki, ICDM 2001).
#include "mine/maximal_private.h"

static bool walk_from(struct search *s, const struct projection *d, struct path path,
                      struct known_sets *known);

static bool visit(struct search *s, const struct projection *from, uint32_t rank, struct path path,
                  struct known_sets *known)
{
	struct projection d;
	if (!projection_of_item(s, from, rank, DATABASE_BELOW, &d))
		return false;
	d.perfect[d.perfect_count++] = from->items[rank];
	struct path longer;
	if (!path_join(s, path, d.perfect, d.perfect_count, &longer))
		return false;
	if (d.item_count == 0)
		return known_sets_contain(known, longer) ||
		       (path_hand_out(s, longer, d.support) && known_sets_add(known, longer));
	if (d.item_count <= NARROW_ITEMS)
		return maximal_narrow(s, from, rank, &d, longer, known);
	return projection_fill(s, from, rank, DATABASE_BELOW, &d) &&
	       walk_from(s, &d, longer, known);
}

// Whether the path and all candidates up to `rank` are in a set that is known. Asked only where one
// is large enough. False, too, if the search is at its end.
static bool is_rest_known(struct search *s, const struct projection *d, struct path path,
                          uint32_t rank, const struct known_sets *known)
{
	struct path whole;
	return path.count + rank + 1 <= known->longest &&
	       path_join(s, path, d->items, rank + 1, &whole) && search_work(s, whole.count) &&
	       known_sets_contain(known, whole);
}

static bool walk_from(struct search *s, const struct projection *d, struct path path,
                      struct known_sets *known)
{
	if (!search_down(s))
		return false;
	bool goes_on = true;
	for (uint32_t rank = d->candidate_count; goes_on && rank > 0; rank--) {
		const struct arena_mark mark = arena_mark(&s->arena);
		const bool is_known = is_rest_known(s, d, path, rank - 1, known);
		goes_on = s->end == SEARCH_GOES_ON &&
		          (is_known || visit(s, d, rank - 1, path, known));
		arena_release(&s->arena, mark);
		if (is_known)
			break;
	}
	search_up(s);
	return goes_on;
}

bool search_maximal(struct search *s, const struct projection *d)
{
	struct path path;
	if (!path_join(s, (struct path){ 0 }, d->perfect, d->perfect_count, &path))
		return false;
	if (d->item_count == 0)
		return path_hand_out(s, path, d->support);
	if (d->item_count <= NARROW_ITEMS)
		return maximal_narrow(s, d, 0, d, path, NULL);
	struct known_sets known;
	if (!known_sets_start(s, d, &known))
		return false;
	const bool goes_on = walk_from(s, d, path, &known);
	known_sets_done(&known);
	return goes_on;
}
