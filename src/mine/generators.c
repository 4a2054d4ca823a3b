// SPDX-License-Identifier: MIT
// Minimal generators, and all frequent sets with their extensions.
//
// Sets grow by items of lower rank, and branches are walked in ascending order of rank. So all
// subsets of a set come before it: of a subset, take the first item, from the highest rank down, in
// which it differs from the set; it has a lower one there, or is at its end. A set is a generator
// if each of its immediate subsets is one and has a higher support (every subset of a generator is
// one): these are looked up among the generators so far. These stand as a tree in a hash table:
// a node is known by its parent and its item.
#include "mine/database.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { ROOT = 0, NODES_MIN = 1 << 10 };

// A node's number is the place in the list; 0 is the empty set.
struct generator {
	uint32_t parent, item;
	uint32_t support;
};

struct known {
	struct generator *list;
	size_t count, capacity;
	uint32_t *slots;  // of numbers; 0: free
	size_t slot_count;
};

struct walk {
	struct search *search;
	struct known known;
	bool is_all;
	// The set, as it grew, and its nodes: nodes[i] is that of the first i items.
	uint32_t *path, *nodes;
	uint32_t count;
	uint32_t *sorted;
	// Items that everything so far has without having been chosen.
	uint32_t *perfect;
	uint32_t perfect_count;
	struct extension *extensions;
};

// ---- the generators so far

static size_t slot_of(const struct known *k, uint32_t parent, uint32_t item)
{
	uint64_t hash = ((uint64_t)parent << 32 | item) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(hash >> 20 ^ hash >> 43) & (k->slot_count - 1);
}

// ROOT: there is none.
static uint32_t known_child(const struct known *k, uint32_t parent, uint32_t item)
{
	size_t at = slot_of(k, parent, item);
	for (; k->slots[at] != 0; at = (at + 1) & (k->slot_count - 1)) {
		const struct generator *there = &k->list[k->slots[at]];
		if (there->parent == parent && there->item == item)
			return k->slots[at];
	}
	return ROOT;
}

static void known_put(struct known *k, uint32_t number)
{
	size_t at = slot_of(k, k->list[number].parent, k->list[number].item);
	while (k->slots[at] != 0)
		at = (at + 1) & (k->slot_count - 1);
	k->slots[at] = number;
}

static size_t known_bytes(size_t capacity)
{
	return capacity * (sizeof(struct generator) + 2 * sizeof(uint32_t));
}

static bool known_grow(struct search *s, struct known *k)
{
	const size_t next = k->capacity == 0 ? NODES_MIN : 2 * k->capacity;
	const size_t most = s->wish->memory_max;
	if (next > UINT32_MAX / 2 ||
	    (most != 0 && s->arena.bytes + known_bytes(next) + known_bytes(k->capacity) > most))
		return s->end = SEARCH_PARTIAL, false;
	struct generator *list = memory_resize(k->list, next, sizeof *list);
	if (list != NULL)
		k->list = list;
	uint32_t *slots = list == NULL ? NULL : memory_new(2 * next, sizeof *slots);
	if (slots == NULL)
		return s->end = SEARCH_FAILED, error_memory(s->error, "generators");
	memory_free(k->slots);
	k->slots = slots;
	k->slot_count = 2 * next;
	k->capacity = next;
	for (uint32_t i = 1; i < k->count; i++)
		known_put(k, i);
	return true;
}

static bool known_add(struct search *s, struct known *k, struct generator added, uint32_t *number)
{
	if (k->count == k->capacity && !known_grow(s, k))
		return false;
	*number = (uint32_t)k->count++;
	k->list[*number] = added;
	if (*number != ROOT)
		known_put(k, *number);
	return true;
}

// Whether the path and `item` are a generator; every immediate subset is looked up. The path alone is
// one, and its support is known to be higher.
static bool is_generator(const struct walk *w, uint32_t item, uint32_t support)
{
	for (uint32_t without = 0; without < w->count; without++) {
		uint32_t node = w->nodes[without];
		for (uint32_t i = without + 1; i <= w->count; i++) {
			const uint32_t next = i < w->count ? w->path[i] : item;
			node = known_child(&w->known, node, next);
			if (node == ROOT)
				return false;
		}
		if (w->known.list[node].support == support)
			return false;
	}
	return true;
}

// ---- handing out

static int compare_extensions(const void *a, const void *b)
{
	const struct extension *x = a, *y = b;
	return (x->item > y->item) - (x->item < y->item);
}

static size_t list_extensions(struct walk *w, const struct database *d)
{
	size_t count = 0;
	const struct support all = support_unpack(d->support);
	for (uint32_t i = 0; i < w->perfect_count; i++)
		w->extensions[count++] = (struct extension){ w->perfect[i], all };
	for (uint32_t rank = 0; rank < d->item_count; rank++)
		w->extensions[count++] = (struct extension){ d->items[rank],
			                                     support_unpack(d->supports[rank]) };
	if (count > 0)
		qsort(w->extensions, count, sizeof *w->extensions, compare_extensions);
	return count;
}

static bool hand_out(struct walk *w, const struct database *d)
{
	for (uint32_t i = 0; i < w->count; i++) {
		uint32_t at = i;
		for (; at > 0 && w->sorted[at - 1] > w->path[i]; at--)
			w->sorted[at] = w->sorted[at - 1];
		w->sorted[at] = w->path[i];
	}
	struct itemset set = { .items = w->sorted,
		               .count = w->count,
		               .support = support_unpack(d->support) };
	if (w->search->wish->wants_extensions) {
		set.extensions = w->extensions;
		set.extension_count = list_extensions(w, d);
	}
	return search_found(w->search, &set);
}

// ---- the walk

static bool walk_from(struct walk *w, const struct database *d);

// The path has `rank` as its last item.
static bool step(struct walk *w, const struct database *from, uint32_t rank)
{
	struct search *s = w->search;
	const enum database_form form = w->is_all ? DATABASE_WHOLE : DATABASE_EXACT;
	const size_t most = s->wish->items_max;
	const bool goes_deeper = rank > 0 && (most == 0 || w->count < most);
	struct database d = { .support = from->supports[rank] };
	if ((goes_deeper || s->wish->wants_extensions) &&
	    !database_project(s, from, rank, form, &d))
		return false;
	if (d.perfect_count > 0)
		memcpy(w->perfect + w->perfect_count, d.perfect,
		       d.perfect_count * sizeof *d.perfect);
	w->perfect_count += d.perfect_count;
	bool goes_on = hand_out(w, &d);
	if (goes_on && goes_deeper && d.candidate_count > 0)
		goes_on = database_fill(s, from, rank, form, &d) && walk_from(w, &d);
	w->perfect_count -= d.perfect_count;
	return goes_on;
}

static bool visit(struct walk *w, const struct database *from, uint32_t rank)
{
	struct search *s = w->search;
	const struct arena_mark mark = arena_mark(&s->arena);
	const uint32_t item = from->items[rank], support = support_all(from->supports[rank]);
	if (!w->is_all) {
		if (!search_work(s, w->count) || !is_generator(w, item, support))
			return s->end == SEARCH_GOES_ON;
		const struct generator added = { w->nodes[w->count], item, support };
		if (!known_add(s, &w->known, added, &w->nodes[w->count + 1]))
			return false;
	}
	w->path[w->count++] = item;
	const bool goes_on = step(w, from, rank);
	w->count--;
	arena_release(&s->arena, mark);
	return goes_on;
}

static bool walk_from(struct walk *w, const struct database *d)
{
	if (!search_down(w->search))
		return false;
	bool goes_on = true;
	for (uint32_t rank = 0; goes_on && rank < d->candidate_count; rank++)
		goes_on = visit(w, d, rank);
	search_up(w->search);
	return goes_on;
}

bool search_extensions(struct search *s, const struct database *d)
{
	struct walk w = { .search = s, .is_all = s->wish->kind == MINE_ALL };
	const size_t items = (size_t)d->item_count + d->perfect_count;
	w.path = search_room(s, items, sizeof *w.path);
	w.nodes = search_room(s, items + 1, sizeof *w.nodes);
	w.sorted = search_room(s, items, sizeof *w.sorted);
	w.perfect = search_room(s, items, sizeof *w.perfect);
	w.extensions = search_room(s, items, sizeof *w.extensions);
	if (w.path == NULL || w.nodes == NULL || w.sorted == NULL || w.perfect == NULL ||
	    w.extensions == NULL)
		return false;
	if (d->perfect_count > 0)
		memcpy(w.perfect, d->perfect, d->perfect_count * sizeof *d->perfect);
	w.perfect_count = d->perfect_count;
	bool goes_on = known_add(s, &w.known, (struct generator){ 0 }, &w.nodes[0]) &&
	               walk_from(&w, d);
	memory_free(w.known.list);
	memory_free(w.known.slots);
	return goes_on;
}
