// SPDX-License-Identifier: MIT
// Private to cmd/: `hotaru rules`, of which rules.c is the listing. Another way to print rules is a file
// of its own: an option in a table of its own, and one line in `ways` of rules.c.
#pragma once

#include "cmd/source.h"

struct rules_command {
	struct analysis_command analysis;
	const char *fields;
	double confidence_min, alpha;
	uint64_t support_min, items_max, consequents_max, window_days, work_millions;
	bool across, all, no_buckets;
	// What is printed in place of the listing: at most one.
	bool timeline, only_new, as_fingerprint;
	uint64_t past_days;  // --new looks back so far
	unsigned field_list[HEADER_FIELDS_MAX];
	size_t field_count;
};
extern const struct option_table rules_table;
struct rules_command rules_defaults(void);
// Reads the fields, and looks at what is out of range or contradicts itself: before anything is opened.
bool rules_check(struct rules_command *, struct error *error) MUST_CHECK;
// What to ask, without `each`; it points into the command.
struct header_rules_wish rules_wish_of(const struct rules_command *);

// What the reader of any list of rules has to know of its days.
struct rules_tally {
	uint64_t days, rules;
	uint32_t partial_days;
	uint32_t bucket_days, sample_days, unsure_days;
	uint64_t bucketed, sampled, unsure;  // sources, each on each day
};
void rules_tally_add(struct rules_tally *, const struct header_rules_day *);
// To standard error. Only a partial answer is told of in spite of --quiet.
bool rules_tally_say(struct source *, const struct rules_command *, const struct rules_tally *,
                     struct error *error) MUST_CHECK;

// "dport=23;dport=2323". The text grows with the items: it is appended to `out`.
void rules_items_text(const struct header_item *, size_t count, struct buffer *out);
