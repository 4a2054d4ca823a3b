// SPDX-License-Identifier: MIT
// Private to generators*.c: the walk, and the generators so far.
#pragma once

#include "mine/path.h"

enum { GENERATOR_EMPTY = 0 };

// The generators so far are a tree: a node is a set that is its parent's with one more item. A node's
// number is its place in the list; GENERATOR_EMPTY is the empty set.
struct known_generators {
	struct search *search;
	struct known_generator {
		uint32_t parent, item;
		uint32_t support;
	} * list;
	size_t count, capacity;
	uint32_t *slots;  // a hash table of numbers; 0: free
	size_t slot_count, slot_capacity;
};

bool generators_add(struct known_generators *, uint32_t parent, uint32_t item, uint32_t support,
                    uint32_t *number);
void generators_done(struct known_generators *);

struct generator_walk {
	struct search *search;
	struct known_generators known;
	bool is_all;  // no set is refused
	// The set, as it grew, and its nodes: nodes[i] is that of the first i items.
	uint32_t *path, *nodes;
	uint32_t count;
	uint32_t *sorted;  // the set, ascending
	// Items that everything so far has without having been chosen, ascending.
	struct path perfect;
	struct extension *extensions;  // room for all
};

// Whether the walk's set and `item` are a generator, and if so, the set has it from now on, until
// generators_leave(). The set itself is one, and has a higher support. False with the search at its
// end: no room.
bool generators_enter(struct generator_walk *, uint32_t item, uint32_t support);
void generators_leave(struct generator_walk *);
static inline bool generators_may_grow(const struct generator_walk *w)
{
	const size_t most = w->search->request->items_max;
	return most == 0 || w->count < most;
}
// Hands the set out.
bool generators_hand_out(struct generator_walk *, uint64_t support, size_t extensions);

// All sets below the step from `from` to `d` (as narrow_fill() has it), which has at most 64 items.
bool generators_narrow(struct generator_walk *, const struct projection *from, uint32_t rank,
                       const struct projection *d);
