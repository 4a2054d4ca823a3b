// SPDX-License-Identifier: MIT
// Private to mine/: transactions in the form in which they are mined, and the step from those that
// contain a set to those that contain one item more (a conditional database).
//
// In both, infrequent items are gone, items are small numbers (ranks) in a fixed order, and equal
// transactions are one with their weights added (T. Uno, M. Kiyomi and H. Arimura, FIMI 2004).
#pragma once

#include "mine/search.h"

struct projection_row {
	uint32_t start, end;  // in the ranks
	uint64_t weight;      // packed
};

struct projection {
	uint64_t support;  // of what contains the set, packed
	// Ranks are 0 .. item_count-1. The candidates come first: they may be added to the set from
	// here. The others only stand in the transactions.
	uint32_t item_count, candidate_count;
	uint32_t *items;     // [item_count] by rank: the item
	uint64_t *supports;  // [item_count] by rank, packed
	uint32_t *before;    // [item_count] by rank: the rank in the projection before this one
	// Items that all of it has: those before and those behind the item that was added last, in the
	// order of ranks; and their ranks in the projection before this one.
	uint32_t *perfect, *perfect_before;
	uint32_t perfect_count, perfect_behind_count;
	// Merged transactions that have any candidate. Each has its ranks ascending.
	uint32_t count;
	struct projection_row *rows;
	uint32_t *ranks;
	// By rank, which transactions have it; filled by projection_index().
	uint32_t *where_starts;  // [item_count + 1]
	uint32_t *where;
	// For steps from here, by rank, [item_count]: counts, which are zero between the steps, and
	// what a rank becomes, which is DATABASE_NONE between them.
	uint64_t *counts;
	uint32_t *becomes;
	uint32_t *touched;  // [item_count + 1]
};
enum { DATABASE_NONE = UINT32_MAX };

// What is done with items that all transactions of the step have.
enum projection_form {
	DATABASE_WHOLE,  // they stay
	DATABASE_EXACT,  // they are set aside
	// They are set aside. Of transactions that are equal in their candidates, the other items
	// are cut down to those that they have in common: enough to see whether all have one.
	DATABASE_CLOSED,
	// They are set aside, and what is no candidate is left out.
	DATABASE_BELOW,
};

// All from the arena of the search. False: the search is at its end.
//
// Ranks by support, descending; of equal support, by item. Perfect items are set aside unless the
// search is one that multiplies them out.
bool projection_prepare(struct search *, const struct transactions *, struct projection *out);
bool projection_index(struct search *, struct projection *);
// Those that contain `rank`, which is a candidate, too, in two steps: which items they have, and how
// often; then the transactions themselves, for who goes on from there. Candidates are those before
// `rank`. `from` has been indexed.
bool projection_of_item(struct search *, const struct projection *from, uint32_t rank,
                        enum projection_form, struct projection *out);
bool projection_fill(struct search *, const struct projection *from, uint32_t rank,
                     enum projection_form, struct projection *out);
