// SPDX-License-Identifier: MIT
// Private to mine/: what the steps from transactions to rules share.
//
//     support_table.h   supports of all frequent sets
//     rules_derive.c    antecedents and consequents: the rules that pass support and confidence
//     rules_measure.c   what a rule is worth by itself and against shorter ones
//     rules.c           the front, and the order
#pragma once

#include "mine/arena.h"
#include "mine/rules.h"
#include "mine/support_table.h"

// A rule on its way.
struct antecedent {
	const uint32_t *items;
	size_t count;
	uint32_t same;  // its class
	bool is_minimal;
	const uint32_t *kept;  // its items, where they stay; NULL until a rule is kept
};

struct consequent {
	uint32_t items[RULE_CONSEQUENTS_MAX];
	size_t count;
	uint32_t same;  // class of antecedent and consequent together
};

struct derivation {
	const struct rules_request *request;
	const struct support_table *table;
	struct error *error;
	struct rule *list;
	size_t count, room;
	struct arena arena;  // items of the rules
	uint64_t tested, work, work_max;
	uint64_t *supports;  // of the tests, where finds_support
	size_t supports_room;
	uint64_t support_listed;
	size_t bytes_max;  // of the list, and of the arena
	bool is_ended;     // no room or no work left
	bool lacks_room;   // it was the room
	bool is_failed;
	size_t whole;  // all antecedents of so many items have all of their rules
};

// So much work is going to be done. False: not any more.
bool derivation_work(struct derivation *, uint64_t work);
// Something is missing of antecedents of so many items.
void derivation_ends_at(struct derivation *, size_t length);

// All rules that are worth keeping. False: is_ended or is_failed.
bool derive_rules(struct derivation *);

// Against the immediate sub-rules of a minimal antecedent: the P value. False: some has the
// same confidence, or a higher one. Where only productive rules are wanted, one P value that is not
// good enough is as good as the largest.
bool measure_p_value(const struct derivation *, const struct antecedent *,
                     const struct consequent *, double *p_value);
// Everything that a rule says for itself; its supports are there.
void measure_rule(struct rule *, struct support total);
// Which rules are productive, of those that is_productive calls candidates.
bool measure_productive(struct derivation *);
// support_listed, of the same candidates, before that.
void measure_support_listed(struct derivation *);
// The highest P value that Holm's method rejects of those that are at most alpha, sorting them; negative:
// none.
double measure_holm(double *p_values, size_t count, uint64_t tests, double alpha);
// Improvement of all rules; those are dropped for which there was no work left. They are in another
// order then.
bool measure_improvement(struct derivation *);

// Less than, equal to or greater than 0: item by item.
int rule_compare_items(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count);
