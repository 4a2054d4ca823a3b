// SPDX-License-Identifier: MIT
// Transactions -> association rules X => Y, and what tells a rule that means something from one that
// does not.
//
// By default only rules are found that cannot be said shorter and are no accident: X is a minimal
// generator (no part of X has the same support, or the rule would be the same without it), and the
// rule is *productive* (G. Webb, Machine Learning 68, 2007): its confidence is higher than that of
// every rule X' => Y with one item less in X, and Fisher's exact test against each of these holds
// at `alpha`, corrected by Holm's method for all tests that were made. For an X of one item the
// shorter rule is {} => Y. A test against independence alone would reject next to nothing: there
// are hundreds of thousands of transactions (W. Hämäläinen and G. Webb, Data Mining and Knowledge
// Discovery 33, 2019).
#pragma once

#include "mine/itemsets.h"

enum { RULE_CONSEQUENTS_MAX = 8 };

struct rule {
	const uint32_t *antecedent, *consequent;  // ascending, disjoint, none empty
	size_t antecedent_count, consequent_count;
	struct support support;  // of both together
	struct support antecedent_support, consequent_support;
	double confidence;  // support / antecedent_support
	double lift;        // confidence / (consequent_support / total)
	double leverage;  // support / total - antecedent_support / total * consequent_support / total
	double conviction;  // (1 - consequent_support / total) / (1 - confidence); infinite at 1
	// Confidence minus the highest confidence of any rule X' => Y, X' a proper subset of X, the
	// empty one included (R. Bayardo, R. Agrawal and D. Gunopulos, ICDE 1999). Of an X of one item:
	// minus the share of Y.
	double improvement;
	// The largest P value of Fisher's exact test against the immediate sub-rules. For each item x
	// of X, the table is of the transactions that have all of X but x, nothing is asked of the
	// others: they have x or not, and all of Y or not. P is how likely so many as have both, or
	// more, would have them if x and Y had nothing to do with each other; fisher.h says how exact.
	// 1 for an X that is not minimal: one of the tables has no transaction without x.
	double p_value;
	bool is_minimal;  // X is a minimal generator
	bool is_productive;
};

// Rules with a minimal X that pass support and confidence are tests; each has one P value, because
// it has to hold against all of its sub-rules. One whose confidence is not higher than that of each
// has failed, whatever alpha is. Holm's method rejects in ascending order of P as long as the i-th
// of m tests has P <= alpha / (m - i + 1). With is_all or without, these are the same tests.
struct rules_request {
	uint64_t support_min;    // of X and Y together; at least 1
	double confidence_min;   // from 0 to 1; (double)support / (double)antecedent_support >= it
	size_t items_max;        // of X and Y together; 0: no limit
	size_t consequents_max;  // items of Y: 1 to RULE_CONSEQUENTS_MAX
	// Every rule that passes support and confidence, as published; otherwise those that are minimal
	// and productive.
	bool is_all;
	double alpha;  // 0.05 as a rule
	// Finds the highest support, from support_min on, that a rule would be listed with (rules.support_listed). It
	// takes 8 bytes for each test.
	bool finds_support;
	uint64_t work_max;   // as in struct mine_request; 0: no limit
	uint64_t rules_max;  // that are kept at once; 0: no limit
	uint64_t bytes_max;  // that all of it may take beside the transactions; 0: RULES_BYTES
};
#define RULES_BYTES (UINT64_C(1) << 30)

struct rules {
	struct rule *list;  // support descending, then antecedent, then consequent, item by item
	size_t count;
	struct support total;
	uint64_t tested;  // tests that Holm's correction is for
	// Not the highest support of a rule in the list: with a higher support there are fewer tests, so that a rule
	// may be listed then which is not now. 0: none would be; UINT64_MAX: not known, as the list is partial.
	uint64_t support_listed;
	uint64_t work;
	// There was no room or no work left for more. Those that are here are right, with the correction
	// for the tests that were made. Shorter antecedents come first: all rules are there whose
	// antecedent has at most `antecedents_whole` items; SIZE_MAX if it is not partial.
	bool is_partial;
	bool lacks_room;  // of partial ones: with more bytes_max there may be more
	size_t antecedents_whole;
	void *room;  // private
};

// The caller calls rules_done().
bool rules_mine(const struct transactions *, const struct rules_request *, struct rules *out,
                struct error *error) MUST_CHECK;
void rules_done(struct rules *);

// Rules that were mined without is_all, with one alpha, hold those of every lower one, if they are not
// partial: these are the rules with a P value up to *out; negative: there are none.
bool rules_p_value_max(const struct rules *, double alpha, double *out,
                       struct error *error) MUST_CHECK;
