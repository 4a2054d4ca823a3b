// SPDX-License-Identifier: MIT
// Rules in time: on which days each was found, and which of them are new.
//
// An *emergence* is a rule that passes support and confidence on a day and was not seen on any of the `past_days`
// before, of which at least `past_days_min` have data. Seen is said more easily than found: with half of
// the support and twice the exceptions (a confidence of 0.9 asks for 0.8), so that a rule that
// hovers about a threshold is not new each time it crosses it.
#pragma once

#include "analyse/header_rules.h"

enum { EMERGENCE_PAST_DAYS = 28, EMERGENCE_PAST_DAYS_MIN = 7 };

// The life of a rule: the days on which it was found.
struct rule_life {
	struct header_item *items;  // antecedent, then consequent
	size_t antecedent_count, consequent_count;
	int32_t first_day, last_day, peak_day;  // the first day with the highest number
	uint32_t days;                          // on which it was found
	uint64_t peak_sources;                  // target sources then
	uint64_t *sources,
		*mirai_sources;  // by day of rule_lives: targets where the rule was found, else 0
	double peak_confidence;  // on the peak day
};

struct rule_lives {
	int32_t first_day;
	uint32_t day_count;
	bool *has_data;          // [day_count]
	struct rule_life *list;  // peak descending, then first day, then items
	size_t count;
	uint32_t partial_days;
};

// `wish`: as for header_rules_run(), without `each`. Memory: 16 bytes for each rule and day. The
// caller calls rule_lives_done().
bool rule_lives_find(struct store *, const struct header_rules_wish *, struct rule_lives *out,
                     struct error *error) MUST_CHECK;
void rule_lives_done(struct rule_lives *);

struct emergence {
	int32_t day;
	const struct header_rule *rule;
};
struct emergences_wish {
	struct header_rules_wish
		rules;  // its window: the days to look for emergences on. `each` is not used
	uint32_t past_days, past_days_min;
	// Called for each, by day and then as header_rules_day has them; false ends the run.
	bool (*each)(void *context, const struct emergence *);
	void *context;
};
// Reads up to `past_days` before the window, too.
bool emergences_find(struct store *, const struct emergences_wish *,
                     struct error *error) MUST_CHECK;
