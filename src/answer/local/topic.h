// SPDX-License-Identifier: MIT
// Private to the local engine: what a topic is, and what topics share.
#pragma once

#include "answer/local/local.h"
#include "answer/rows.h"
#include "analyse/floods.h"
#include "holdings/holdings.h"

// What a topic works with while it answers.
struct answering {
	struct holdings *holdings;
	struct place_atlas *countries, *networks;
	const struct limits *limits;
};

// Answers all inquiries of its topic, of which there is at least one.
typedef bool topic_answer(const struct answering *, struct inquiry *const *list, size_t count,
                          struct error *error);
topic_answer answer_survey;
topic_answer answer_rules;

// The caveats of what was left out because of floods, as the question wants to know it.
bool floods_caveats(struct inquiry *, const struct floods_left_out *,
                    struct error *error) MUST_CHECK;
// Adds one with these numbers to the caveats of the inquiry.
bool add_caveat(struct inquiry *, const struct caveat *, struct error *error) MUST_CHECK;
