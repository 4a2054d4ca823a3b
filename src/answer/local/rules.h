// SPDX-License-Identifier: MIT
// Private to the local engine: what the files of the topic of rules share.
//
//	rules.c            which inquiries share a mining; the listing
//	rules_timeline.c   the lives of rules
//	rules_new.c        what emerged; where its targets are
//	rules_new_rows.c   the rows of that
//	rules_rows.c       cells and caveats that several have
//
// A mining is listened to by listings, timelines and searches for what is new, each for the inquiries
// that want the same of it.
#pragma once

#include "answer/local/topic.h"
#include "analyse/rules/emergences.h"
#include "analyse/rules/rule_lives.h"
#include "place/place.h"

// An inquiry that was understood, and accepted.
struct rules_asked {
	struct inquiry *inquiry;
	const struct question *question;
	struct header_rules_request request;
	unsigned fields[HEADER_FIELDS_MAX];
	uint64_t floor;     // from which support on the days let it be answered
	int32_t floor_day;  // where the support was raised
	bool is_answered;
};

// ---- cells and caveats (rules_rows.c)

// What the reader of any list of rules has to know of its days.
struct rules_totals {
	uint64_t days, rules;
	uint64_t support_least, support_most, sources_least, sources_most;  // of the days
	bool is_by_telescope;                                               // of any day
	// The highest support with which there is a rule, where there is none; 0: not known.
	uint64_t support_listed;
	uint64_t partial_days, bucket_days, sample_days, unsure_days, unknown_days;
	size_t antecedents_whole;            // on all partial days
	uint64_t support_whole;              // not 0: looked for on all days
	uint64_t bucketed, sampled, unsure;  // sources, on each day anew
};
void rules_totals_add(struct rules_totals *, const struct header_rules_day *);
bool rules_totals_caveats(const struct rules_asked *, const struct rules_totals *,
                          const struct floods_left_out *, struct error *error) MUST_CHECK;

// Begins the rows of the answer, and says what became of its support. `schema` lives as long as the rows.
bool rules_rows_begin(struct rows *, const struct rules_asked *, struct schema *schema,
                      struct error *error) MUST_CHECK;
// Ends them, whether or not all of them came.
bool rules_rows_end(struct rows *, bool ok, struct error *error) MUST_CHECK;
// A cell: "dport=23;dport=2323".
void rules_write_items(struct rows *, const struct header_item *, size_t count);
// Two cells: Mirai hosts, and their share.
void rules_write_mirai(struct rows *, uint64_t sources, uint64_t mirai_sources, bool is_unknown);
// The same without the share.
void rules_write_mirai_sources(struct rows *, uint64_t mirai_sources, bool is_unknown);
void rules_write_one_packet(struct rows *, const struct header_rule *);

// ---- lives (rules_timeline.c)

struct rules_timeline {
	const struct rules_asked *asked;  // one of those that it is for
	struct rule_lives_collector *collector;
	struct rules_totals totals;
	struct rule_lives lives;
	size_t count;  // of the lives that anybody wants
	struct rule_query *queries;
	struct rule_targets *targets;  // [count]
};
bool rules_timeline_begin(struct rules_timeline *, const struct answering *,
                          const struct rules_asked *, struct error *error) MUST_CHECK;
bool rules_timeline_take(void *timeline, const struct header_rules_day *);
// Finds the targets of the first so many.
bool rules_timeline_end(struct rules_timeline *, const struct answering *, uint64_t top,
                        struct error *error) MUST_CHECK;
bool rules_timeline_answer(const struct rules_timeline *, const struct rules_asked *,
                           const struct floods_left_out *, struct error *error) MUST_CHECK;
void rules_timeline_done(struct rules_timeline *);  // accepts one of zeros
// Of how many rules an inquiry wants the lives.
uint64_t rules_timeline_top(const struct question *);

// ---- what emerged (rules_new.c)

// Where the targets of one rule are: places by their number, most sources first.
struct rules_place {
	uint64_t sources;
	uint32_t place;
};
struct rules_places {
	struct rules_place *list;
	size_t count, room;
};

// Places of one kind.
struct rules_where {
	struct place_atlas *atlas;  // NULL: nobody asks, or nobody knows
	struct rules_places *list;  // [count]: by number of the emergence; those beyond have none
	size_t count;
	struct place_range range;  // of the address that was looked up last
	int32_t range_day;
	bool has_range;
};

// The rows of one inquiry.
struct rules_news_rows {
	const struct rules_asked *asked;
	struct schema schema;
	struct rows rows;
};

// Emergences are written a thousand at a time: they may be very many, and each has what its targets did.
struct rules_news {
	const struct answering *answering;
	struct rules_news_rows *rows;  // [rows_count]; the inquiries that it is for
	size_t rows_count;
	struct emergences_request request;
	struct emergence_search *search;
	struct rules_totals totals;
	struct emergences_totals days_looked_at;
	struct emerged_list found;  // and not written
	uint64_t written;
	struct day_range days;  // of all that were found
	struct rules_where where[PLACE_KINDS];
	bool wants_targets;
	bool is_out_of_memory;
	struct error error;  // ERROR_NONE: none yet
};
// It stays where it is, and has room for so many inquiries.
bool rules_news_begin(struct rules_news *, const struct answering *, const struct rules_asked *,
                      size_t room, struct error *error) MUST_CHECK;
// An inquiry that it is for, all of them before the first day is taken. Its rows begin.
bool rules_news_want(struct rules_news *, const struct rules_asked *,
                     struct error *error) MUST_CHECK;
bool rules_news_take(void *news, const struct header_rules_day *);
bool rules_news_end(struct rules_news *, const struct floods_left_out *,
                    struct error *error) MUST_CHECK;
// What has to be known of the rows of an inquiry.
bool rules_news_caveats(const struct rules_news *, const struct rules_asked *,
                        struct error *error) MUST_CHECK;
// Ends all rows, as rules_rows_end() does.
bool rules_news_end_rows(struct rules_news *, bool ok, struct error *error) MUST_CHECK;
void rules_news_done(struct rules_news *);  // accepts one of zeros
// The places of one of those that were found; NULL: nobody knows.
const struct rules_places *rules_news_places(const struct rules_news *, enum place_kind,
                                             size_t emergence);

// ---- their rows (rules_new_rows.c)

// Of all that were found and not written.
bool rules_news_write(const struct rules_news *, struct rules_news_rows *,
                      struct error *error) MUST_CHECK;
