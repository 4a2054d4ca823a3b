// SPDX-License-Identifier: MIT
// Private to the local engine: what a topic is, and what topics share.
#pragma once

#include "answer/local/local.h"
#include "answer/rows.h"
#include "analyse/floods.h"
#include "analyse/near_days.h"
#include "holdings/holdings.h"

// What a topic works with while it answers.
struct answering {
	struct holdings *holdings;
	struct place_atlas *countries, *networks;
	const struct limits *limits;
	struct day_range near;  // days that are not far
	const struct label_rules *label_rules;
	const struct host_labels *label_table;
};

// Answers all inquiries of its topic, of which there is at least one.
typedef bool topic_answer(const struct answering *, struct inquiry *const *list, size_t count,
                          struct error *error);
topic_answer answer_survey;
topic_answer answer_gap;
topic_answer answer_source_days;
topic_answer answer_ports;
topic_answer answer_where;
topic_answer answer_rules;
topic_answer answer_notices;
topic_answer answer_captures;
topic_answer answer_coverage;
topic_answer answer_changes;
topic_answer answer_around;
topic_answer answer_responses;
topic_answer answer_accessibility;
topic_answer answer_devices;
topic_answer answer_effect;
topic_answer answer_events;
topic_answer answer_attacks;
topic_answer answer_sessions;
topic_answer answer_variants;
topic_answer answer_join;
topic_answer answer_logged;

// Answers inquiries that are alike, and so have a result in common, with one call each.
bool answer_alike(const struct answering *, struct inquiry *const *list, size_t count,
                  bool (*is_alike)(const struct question *, const struct question *),
                  topic_answer *answer, struct error *error) MUST_CHECK;
bool asks_same_families(const struct question *, const struct question *);

// Whether all names are fingerprints: asked before anything is received.
bool are_families_known(const struct answering *, const struct question *,
                        struct error *error) MUST_CHECK;

// The caveats of what was left out because of floods, as the question wants to know it.
bool floods_caveats(struct inquiry *, const struct floods_left_out *,
                    struct error *error) MUST_CHECK;
// Adds, if families are asked about, on how many of the question's days they are unknown.
bool unknown_families_caveat(const struct answering *, struct inquiry *,
                             struct error *error) MUST_CHECK;
// Which databases were asked about the days, if the atlas has any, and whether one is from another time
// than the days: addresses move.
bool database_caveats(struct inquiry *, const struct place_atlas *, bool is_of_networks,
                      struct day_range asked, struct error *error) MUST_CHECK;
// What captures say of all that comes from them: has_addresses, and caveats.
bool describe_captures(const struct holdings_captures *, struct description *,
                       struct error *error) MUST_CHECK;
// Adds one with these numbers to the caveats of the inquiry.
bool add_caveat(struct inquiry *, const struct caveat *, struct error *error) MUST_CHECK;
