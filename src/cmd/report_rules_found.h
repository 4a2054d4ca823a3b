// SPDX-License-Identifier: MIT
// Private to cmd/: the lives of rules, and what emerged, as the report shows them until it asks questions.
// All accept being done when half filled, or not at all.
#pragma once

#include "analyse/rules/emergences.h"
#include "analyse/rules/rule_lives.h"
#include "cmd/rules.h"
#include "place/place.h"

// What to ask, without `each`; it points into the command.
struct header_rules_request report_rules_request_of(const struct rules_command *);

struct report_rules_totals {
	uint64_t days, rules;
	uint64_t partial_days, bucket_days, sample_days, unsure_days, unknown_days;
	size_t antecedents_whole;            // on all partial days
	uint64_t bucketed, sampled, unsure;  // sources, on each day anew
};
void report_rules_totals_add(struct report_rules_totals *, const struct header_rules_day *);

// The listing as CSV has it; false: the table has failed.
enum { RULES_COLUMNS = 15 };
extern const struct column report_rules_columns[RULES_COLUMNS];
bool report_rules_write_day(struct table *, const struct header_rules_day *);

// `rules --timeline`.
struct report_rules_timeline_found {
	const struct rules_command *command;
	struct report_rules_totals totals;
	struct floods_left_out left_out;
	struct rule_lives lives;
	size_t count;                  // of the lives that are shown
	struct rule_targets *targets;  // [count]
	struct rule_query *queries;    // private
};
bool report_rules_timeline_find(struct store *, const struct rules_command *,
                                struct report_rules_timeline_found *out,
                                struct error *error) MUST_CHECK;
enum { RULES_TIMELINE_COLUMNS = 10 };
extern const struct column report_rules_timeline_columns[RULES_TIMELINE_COLUMNS];
void report_rules_timeline_write(struct table *, const struct report_rules_timeline_found *);
void report_rules_timeline_done(struct report_rules_timeline_found *);

// Where the targets of one emergence are: places by their number, most sources first.
struct report_rules_place {
	uint64_t sources;
	uint32_t place;
};
struct report_rules_places {
	struct report_rules_place *list;
	size_t count, room;
};

// Places of one kind.
struct report_rules_where {
	struct place_atlas *atlas;
	bool is_known;  // there are databases, and sources are addresses
	struct report_rules_places
		*list;  // [count]: by number of the emergence; those beyond have none
	size_t count;
	struct place_range range;  // private: of the address that was looked up last
	int32_t range_day;
	bool has_range;
};

// `rules --new`. It stays where it is.
struct report_rules_news_found {
	const struct rules_command *command;
	const struct store *store;
	struct report_rules_totals totals;
	struct emergences_totals days;
	struct emerged_list found;
	bool has_networks;                   // set before: networks are looked up, too
	struct report_rules_where where[2];  // by enum place_kind
	bool is_out_of_memory;               // private
};
bool report_rules_news_find(const struct dataset *, const struct rules_command *,
                            struct report_rules_news_found *out, struct error *error) MUST_CHECK;
enum { RULES_NEWS_COLUMNS = 14 };
extern const struct column report_rules_news_columns[RULES_NEWS_COLUMNS];
void report_rules_news_write(struct table *, const struct report_rules_news_found *);
void report_rules_news_done(struct report_rules_news_found *);
// The places of an emergence; NULL: nobody knows.
const struct report_rules_places *report_rules_news_places(const struct report_rules_news_found *,
                                                           enum place_kind, size_t emergence);
