// SPDX-License-Identifier: MIT
// Private to cmd/: `hotaru rules`, of which rules.c is the listing. Another way to print rules is a
// file of its own: its option is a flag here and in `options` of rules.c, and it is one line in `ways`.
#pragma once

#include "cmd/dataset.h"

struct rules_command {
	struct analysis_command analysis;
	const char *fields;
	double confidence_min, alpha;
	uint64_t support_min, items_max, consequents_max, window_days, work_millions;
	bool across, all, no_buckets;
	// What is printed in place of the listing: at most one, but for --new --as-fingerprint.
	bool timeline, only_new, as_fingerprint;
	uint64_t top;        // of --timeline; 0: all
	uint64_t past_days;  // of --new; 0: as many as are usual
	unsigned field_list[HEADER_FIELDS_MAX];
	size_t field_count;
};
enum { RULES_TOP_MAX = 100000 };
extern const struct option_table rules_timeline_table, rules_new_table, rules_fingerprint_table;
struct rules_command rules_defaults(void);
// Reads the fields, and looks at what is out of range or contradicts itself: before anything is
// opened.
bool rules_check(struct rules_command *, struct error *error) MUST_CHECK;
// What to ask, without `each`; it points into the command.
struct header_rules_request rules_request_of(const struct rules_command *);
// Refuses days on which there is no packet.
bool rules_days_check(const struct store *, const struct rules_command *,
                      struct error *error) MUST_CHECK;

// What the reader of any list of rules has to know of its days.
struct rules_totals {
	uint64_t days, rules;
	uint64_t partial_days, bucket_days, sample_days, unsure_days, unknown_days;
	size_t antecedents_whole;            // on all partial days
	uint64_t bucketed, sampled, unsure;  // sources, on each day anew
};
void rules_totals_add(struct rules_totals *, const struct header_rules_day *);
// To standard error; with --quiet only what is missing in the answer.
void rules_totals_say(const struct rules_command *, const struct rules_totals *,
                      const struct floods_left_out *);

// Appends "dport=23;dport=2323".
void rules_items_text(const struct header_item *, size_t count, struct buffer *out);

// The same as a cell.
void rules_write_items(struct table *, const struct header_item *, size_t count);
// Two cells: Mirai hosts, and their share.
void rules_write_mirai(struct table *, uint64_t sources, uint64_t mirai_sources, bool is_unknown);

// The ways to print rules: each does all that is left to do with a store that is open.
typedef bool rules_way(struct dataset *, const struct rules_command *, struct error *);
rules_way rules_timeline, rules_new, rules_fingerprint;

// The listing as CSV has it; false: the table has failed.
enum { RULES_COLUMNS = 15 };
extern const struct column rules_columns[RULES_COLUMNS];
bool rules_write_day(struct table *, const struct header_rules_day *);
