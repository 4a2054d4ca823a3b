// SPDX-License-Identifier: MIT
// Honeypots joined with the rules of the day: which association rules (header_rules.h) those are targets of that came to a
// honeypot and that the telescope saw the same day. What a family of strings and a rule have in common is how the
// family's packets look.
//
// Rules are those of one day by itself, found among all of its sources, not only honeypots'; a source is a target of
// a rule if it used every value of it on the day (rule_match.h).
#pragma once

#include "analyse/rules/header_rules.h"
#include "analyse/variants/join.h"
#include "base/buffer.h"

struct join_rules {
	// By row of the join, those with the most sources first, of equal ones that which the day lists first; `place` is
	// the number of a rule.
	struct pair_counts counts;
	size_t *first;  // [rows + 1]: where those of the row begin
	bool *is_known;  // [rows]: false: a floor dropped values, or the telescope does not know the day
	struct buffer texts;    // of rules that have targets, each with a zero byte behind it
	struct buffer offsets;  // size_t by number of the rule
};

// Of the rows in these days. Of the request the window is that of each day anew, and nobody is called. Mines each day
// that has a row and that the telescope knows, and reads its host-days once more. Memory: that of mining, 8 bytes for each
// rule of a day, and the texts of those that have targets.
bool join_rules_find(struct holdings *, const struct join *, const struct honeypot_sighting *,
                     size_t count, struct day_range days,
                     const struct header_rules_request *request, struct join_rules *out,
                     struct error *error) MUST_CHECK;
void join_rules_done(struct join_rules *);  // accepts one of zeros

// "window=5840&dport=23 => ttl=50"
const char *join_rules_text(const struct join_rules *, uint32_t rule);
