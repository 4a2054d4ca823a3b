// SPDX-License-Identifier: MIT
// Private to mine/: the supports of all frequent sets, in a table of the minimal generators only.
//
// Every set is in the same transactions as some generator inside it, its *class*. That of a set with
// one item more is found from the class alone: if the sets X and C are in the same transactions, so
// are X + y and C + y. Generators therefore have links: item -> the class of the generator with that
// item. A set is looked up item by item, from the empty set on, in as many steps as it has items,
// however many sets there are that are no generators.
//
// The table is complete: what it does not have is not frequent. Where work or memory do not suffice for
// sets of any length, it is complete for as long ones as they suffice for.
#pragma once

#include "mine/itemsets.h"

enum { TABLE_EMPTY = 0, TABLE_NONE = UINT32_MAX };

struct table_link {
	uint32_t item, to;
};

struct table_set {
	struct support support;
	size_t items_at, links_at;  // in `items`, `links`
	uint32_t count, link_count;
	uint32_t same;  // its class: itself, if it is a generator
};

struct support_table {
	struct table_set *sets;  // TABLE_EMPTY is the empty one
	uint32_t *items;         // ascending in each set
	uint32_t *without;       // parallel to `items`, of generators: the set without the item
	struct table_link *links;
	uint32_t *order;  // all sets, those of few items first; then as they came
	size_t count, item_count, link_count;
	// Sets have at most so many items, and links are there for antecedents, which have one item
	// less. Less than was asked for: the table was cut down to it.
	size_t items_max;
	bool is_cut;
	bool lacks_room;  // with more memory it might not have been
	uint64_t work;
	// private
	size_t set_room, item_room, link_room;
	uint32_t *slots;  // of numbers + 1; while it is being made
	size_t slot_count;
	size_t bytes, bytes_max;
};

struct table_request {
	uint64_t support_min;
	size_t items_max;   // of antecedent and consequent together; 0: no limit
	uint64_t work_max;  // 0: no limit
	size_t bytes_max;   // that the table may take, with its mining
};

// The caller calls support_table_done().
bool support_table_mine(const struct transactions *, const struct table_request *,
                        struct support_table *out, struct error *error) MUST_CHECK;
void support_table_done(struct support_table *);  // accepts zeros

// The class of the generator with the item, which it does not have. TABLE_NONE: it is not frequent.
uint32_t support_table_with(const struct support_table *, uint32_t generator, uint32_t item);
// The same for several items.
uint32_t support_table_with_all(const struct support_table *, uint32_t generator,
                                const uint32_t *items, size_t count);

static inline const uint32_t *support_table_items(const struct support_table *t, uint32_t set)
{
	// A table of nothing but the empty set has no items, and nothing is added to NULL.
	return t->items == NULL ? NULL : t->items + t->sets[set].items_at;
}

static inline struct support support_table_of(const struct support_table *t, uint32_t set)
{
	return t->sets[set].support;
}
