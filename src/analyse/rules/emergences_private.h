// SPDX-License-Identifier: MIT
// Private to emergences: candidates, from the rules of the days (emergences.c), and what they were on the
// days before (emergences_past.c).
#pragma once

#include "analyse/rules/emergences.h"
#include "analyse/rules/item_sets.h"

// A set of items that may be new on a day.
struct candidate {
	int32_t day;
	bool has_unknown;
	size_t position;  // of the rule in the list of the day
	struct header_rule rule;
	struct header_item *items;  // of the rule: antecedent, then consequent
	size_t item_count;
	double p_value;  // the least of the rules of the set
	bool is_productive;
	// Numbers of the sets that lie in it and of which a rule was found on the day, too; of `sets`,
	// then of queries.
	uint32_t *inner;
	size_t inner_count;
	// Numbers of queries: of the set; [i * item_count + k] is what is left of it without items i
	// and k. With i = k that is without one; of two items nothing is left, and nobody asks.
	uint32_t set, *parts;
};

// Ascending by day and position.
struct candidates {
	struct candidate *list;
	size_t count, room;
};

// Hands out those that are new; false is a failure. `are_all`: there were no other candidates, and there will be none.
// *out_has_enough: nobody wants more.
bool emergences_judge(struct holdings *, const struct emergences_request *,
                      const struct item_sets *sets, const struct candidates *, bool are_all,
                      bool *out_has_enough, struct error *error) MUST_CHECK;
bool emergences_is_past(const struct emergences_request *, int32_t past, int32_t day);
bool emergences_is_recent(int32_t past, int32_t day);
// More than EMERGENCE_SURGE_TIMES as many.
bool emergences_is_surge(uint64_t now, uint64_t then);
