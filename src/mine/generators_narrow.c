// SPDX-License-Identifier: MIT
// Generators where at most 64 items are left: the same walk as in generators.c, on words. The order of
// the candidates stays that of their ranks, whatever they are down here, or subsets would not come
// before supersets.
#include "mine/generators_private.h"

#include <string.h>

struct narrow_walk {
	struct generator_walk *walk;
	struct narrow_items items;
	uint8_t order[NARROW_ITEMS];  // bits by rank
	uint32_t count;
};

struct narrow_state {
	struct narrow n;
	uint64_t support;            // packed
	uint64_t candidates, items;  // frequent with the set; the candidates are among the items
	uint64_t perfect;            // what was set aside down here
	uint64_t supports[NARROW_ITEMS];  // by bit, of the items
};

static size_t list_extensions(const struct narrow_walk *w, const struct narrow_state *state)
{
	struct extension *out = w->walk->extensions;
	const struct path perfect = w->walk->perfect;
	const struct support all = support_unpack(state->support);
	uint32_t next = 0;
	for (uint64_t left = state->items | state->perfect; left != 0; left &= left - 1) {
		const int bit = __builtin_ctzll(left);
		const uint32_t item = w->items.items[bit];
		for (; next < perfect.count && perfect.items[next] < item; next++)
			*out++ = (struct extension){ perfect.items[next], all };
		const bool has = state->items >> bit & 1;
		*out++ = (struct extension){ item,
			                     has ? support_unpack(state->supports[bit]) : all };
	}
	for (; next < perfect.count; next++)
		*out++ = (struct extension){ perfect.items[next], all };
	return (size_t)(out - w->walk->extensions);
}

static bool walk_from(struct narrow_walk *w, const struct narrow_state *state);

// The walk's set has `bit` as its last item. `before` are those that may still be added.
static bool step(struct narrow_walk *w, const struct narrow_state *from, unsigned bit,
                 uint64_t before)
{
	struct search *s = w->walk->search;
	const uint64_t with = UINT64_C(1) << bit;
	const bool grows = before != 0 && generators_may_grow(w->walk);
	struct narrow_state next = { .support = from->supports[bit], .perfect = from->perfect };
	if (!grows && !s->request->wants_extensions)
		return generators_hand_out(w->walk, next.support, 0);
	struct narrow having;
	uint64_t common;
	if (!narrow_select(s, &from->n, with, &having, &common))
		return false;
	// Whoever wants no extensions need not know of more than what may be added.
	const uint64_t asked = s->request->wants_extensions ? from->items & ~with : before;
	narrow_count(s, &having, asked, next.supports);
	next.items = narrow_frequent(s, asked, next.supports);
	if (!w->walk->is_all) {
		next.perfect |= common & next.items;
		next.items &= ~common;
	}
	next.candidates = next.items & before;
	const size_t extensions = s->request->wants_extensions ? list_extensions(w, &next) : 0;
	if (!generators_hand_out(w->walk, next.support, extensions))
		return false;
	if (!grows || next.candidates == 0)
		return true;
	return narrow_merge(s, &having, next.items, next.items, &next.n) && walk_from(w, &next);
}

static bool walk_from(struct narrow_walk *w, const struct narrow_state *state)
{
	struct search *s = w->walk->search;
	uint64_t before = 0;
	for (uint32_t i = 0; i < w->count; i++) {
		const uint8_t bit = w->order[i];
		if ((state->candidates >> bit & 1) == 0)
			continue;
		// One that is refused would be so in every larger set: it is no candidate there.
		if (generators_enter(w->walk, w->items.items[bit],
		                     support_all(state->supports[bit]))) {
			const struct arena_mark mark = arena_mark(&s->arena);
			if (!step(w, state, bit, before))
				return false;
			arena_release(&s->arena, mark);
			generators_leave(w->walk);
			before |= UINT64_C(1) << bit;
		} else if (s->end != SEARCH_GOES_ON) {
			return false;
		}
	}
	return true;
}

bool generators_narrow(struct generator_walk *walk, const struct projection *from, uint32_t rank,
                       const struct projection *d)
{
	struct narrow_walk w = { .walk = walk, .count = d->candidate_count };
	narrow_name(d, &w.items);
	memcpy(w.order, w.items.bit_of, d->candidate_count);
	struct narrow_state state = { .support = d->support, .candidates = w.items.candidates };
	state.items = w.items.candidates | w.items.others;
	memcpy(state.supports, w.items.supports, d->item_count * sizeof *state.supports);
	// Here all of their items tell transactions apart.
	struct narrow_items exact = w.items;
	exact.candidates = state.items;
	return narrow_fill(walk->search, from, rank, d, &exact, &state.n) && walk_from(&w, &state);
}
