// SPDX-License-Identifier: MIT
// Private to cmd/: the lives of rules, and what emerged, as rules prints them and report shows them.
// Finding and writing are apart. All accept being done when half filled, or not at all.
#pragma once

#include "cmd/rules.h"
#include "place/place.h"

// `rules --timeline`.
struct rules_timeline_found {
	const struct rules_command *command;
	struct rules_totals totals;
	struct floods_left_out left_out;
	struct rule_lives lives;
	size_t count;                  // of the lives that are shown
	struct rule_targets *targets;  // [count]
	struct rule_query *queries;    // private
};
bool rules_timeline_find(struct store *, const struct rules_command *,
                         struct rules_timeline_found *out, struct error *error) MUST_CHECK;
enum { RULES_TIMELINE_COLUMNS = 10 };
extern const struct column rules_timeline_columns[RULES_TIMELINE_COLUMNS];
void rules_timeline_write(struct table *, const struct rules_timeline_found *);
void rules_timeline_done(struct rules_timeline_found *);

// Where the targets of one emergence are: places by their number, most sources first.
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
	struct place_atlas *atlas;
	bool is_known;              // there are databases, and sources are addresses
	struct rules_places *list;  // [count]: by number of the emergence; those beyond have none
	size_t count;
	struct place_range range;  // private: of the address that was looked up last
	int32_t range_day;
	bool has_range;
};

// `rules --new`. It stays where it is.
struct rules_news_found {
	const struct rules_command *command;
	const struct store *store;
	struct rules_totals totals;
	struct emergences_totals days;
	struct emerged_list found;
	bool has_networks;            // set before: networks are looked up, too
	struct rules_where where[2];  // by enum place_kind
	bool is_out_of_memory;        // private
};
bool rules_news_find(const struct dataset *, const struct rules_command *,
                     struct rules_news_found *out, struct error *error) MUST_CHECK;
enum { RULES_NEWS_COLUMNS = 14 };
extern const struct column rules_news_columns[RULES_NEWS_COLUMNS];
// Which of them a table for people has; returns how many.
size_t rules_news_columns_for_people(struct column out[RULES_NEWS_COLUMNS]);
// The table has all columns, or is one for people and has those.
void rules_news_write(struct table *, const struct rules_news_found *);
void rules_news_done(struct rules_news_found *);
// The places of an emergence; NULL: nobody knows.
const struct rules_places *rules_news_places(const struct rules_news_found *, enum place_kind,
                                             size_t emergence);
