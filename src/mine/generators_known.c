// SPDX-License-Identifier: MIT
// The generators so far, and the question whether a set is one.
#include "mine/generators_private.h"

#include "base/memory.h"

#include <string.h>

// One look at a large table is worth so many looks at items in a row.
enum { LOOK_UP_WORK = 16 };

static size_t slot_of(const struct known_generators *k, uint32_t parent, uint32_t item)
{
	uint64_t hash = ((uint64_t)parent << 32 | item) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(hash >> 20 ^ hash >> 43) & (k->slot_count - 1);
}

// GENERATOR_EMPTY: there is none.
static uint32_t child_of(const struct known_generators *k, uint32_t parent, uint32_t item)
{
	size_t at = slot_of(k, parent, item);
	for (; k->slots[at] != 0; at = (at + 1) & (k->slot_count - 1)) {
		const struct known_generator *there = &k->list[k->slots[at]];
		if (there->parent == parent && there->item == item)
			return k->slots[at];
	}
	return GENERATOR_EMPTY;
}

static void put(struct known_generators *k, uint32_t number)
{
	size_t at = slot_of(k, k->list[number].parent, k->list[number].item);
	while (k->slots[at] != 0)
		at = (at + 1) & (k->slot_count - 1);
	k->slots[at] = number;
}

static bool grow(struct known_generators *k)
{
	// The capacity of a list is what it asked for at least; a power of two is needed here.
	const size_t next = k->slot_count == 0 ? 1024 : 2 * k->slot_count;
	if (!search_list_room(k->search, (void **)&k->slots, &k->slot_capacity, next,
	                      sizeof *k->slots))
		return false;
	memset(k->slots, 0, next * sizeof *k->slots);
	k->slot_count = next;
	for (uint32_t i = 1; i < k->count; i++)
		put(k, i);
	return true;
}

bool generators_add(struct known_generators *k, uint32_t parent, uint32_t item, uint32_t support,
                    uint32_t *number)
{
	if (!search_list_room(k->search, (void **)&k->list, &k->capacity, k->count + 1,
	                      sizeof *k->list) ||
	    (2 * (k->count + 1) > k->slot_count && !grow(k)))
		return false;
	*number = (uint32_t)k->count++;
	k->list[*number] = (struct known_generator){ parent, item, support };
	if (*number != GENERATOR_EMPTY)
		put(k, *number);
	return true;
}

void generators_done(struct known_generators *k)
{
	memory_free(k->list);
	memory_free(k->slots);
}

// Every immediate subset is looked up. False, too, if the search is at its end.
static bool is_generator(const struct generator_walk *w, uint32_t item, uint32_t support)
{
	uint64_t looked_up = 0;
	bool is_one = true;
	for (uint32_t without = 0; is_one && without < w->count; without++) {
		uint32_t node = w->nodes[without];
		for (uint32_t i = without + 1; is_one && i <= w->count; i++) {
			node = child_of(&w->known, node, i < w->count ? w->path[i] : item);
			is_one = node != GENERATOR_EMPTY;
			looked_up++;
		}
		is_one = is_one && w->known.list[node].support != support;
	}
	return search_work(w->search, LOOK_UP_WORK * looked_up) && is_one;
}

bool generators_enter(struct generator_walk *w, uint32_t item, uint32_t support)
{
	if (!w->is_all &&
	    (!is_generator(w, item, support) || !generators_add(&w->known, w->nodes[w->count], item,
	                                                        support, &w->nodes[w->count + 1])))
		return false;
	path_insert(w->sorted, w->count, item);
	w->path[w->count++] = item;
	return true;
}

void generators_leave(struct generator_walk *w)
{
	path_remove(w->sorted, w->count, w->path[w->count - 1]);
	w->count--;
}

bool generators_hand_out(struct generator_walk *w, uint64_t support, size_t extensions)
{
	const struct itemset set = { .items = w->sorted,
		                     .count = w->count,
		                     .support = support_unpack(support),
		                     .extensions = extensions > 0 ? w->extensions : NULL,
		                     .extension_count = extensions };
	return search_found(w->search, &set);
}
