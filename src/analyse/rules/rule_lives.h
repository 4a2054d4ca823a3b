// SPDX-License-Identifier: MIT
// Rules in time: on which days each was found.
#pragma once

#include "analyse/rules/header_rules.h"

// The life of a rule: the days on which it was found.
struct rule_life {
	struct header_item *items;  // antecedent, then consequent
	size_t antecedent_count, consequent_count;
	int32_t first_day, last_day, peak_day;  // the first day with the highest number
	uint32_t days;                          // on which it was found
	uint64_t peak_sources;                  // target sources then
	// By day of rule_lives: targets where the rule was found, else 0; and its confidence.
	uint64_t *sources, *mirai_sources, *mirai_any_port_sources;
	double *confidences;
	double peak_confidence;  // on the peak day
};

struct rule_lives {
	int32_t first_day;
	uint32_t day_count;  // 0: there is no day
	bool *has_data;      // [day_count]
	bool *has_unknown;   // [day_count]: SYNs of flows
	// Lost days have no data.
	struct rule_life *list;  // peak descending, then first day, then items
	size_t count;
	uint32_t partial_days;
};

void rule_lives_done(struct rule_lives *);

// For who listens to the rules of each day, maybe with others: rule_lives_take() is the `each` of a listener, with
// the collector as its context, and rule_lives_end() hands over what came.
struct rule_lives_collector;
bool rule_lives_begin(const struct holdings *, struct day_range window,
                      struct rule_lives_collector **out, struct error *error) MUST_CHECK;
bool rule_lives_take(void *collector, const struct header_rules_day *);
bool rule_lives_end(struct rule_lives_collector *, struct rule_lives *out,
                    struct error *error) MUST_CHECK;
void rule_lives_collector_free(struct rule_lives_collector *);  // accepts NULL
