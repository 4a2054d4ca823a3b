// SPDX-License-Identifier: MIT
// Emergences: rules that were not there before.
//
// What is old or new is a set of values, whichever way a rule says it: (1320, 2376 => 792) is no news
// where (792, 1320 => 2376) was there. The rule. A set of values emerges on a day if
//
// * a rule of all its values is found on the day;
// * no rule of them was found on any of the 28 days before, or it has more than ten times the support
//   that it had on any of them;
// * it has more than three times the support that it had on any of these days but the last 7, which
//   may have seen it grow. At least 7 of those without the last 7 have data, or it is not known;
// * no shorter set in it has a rule that is found on the day and has grown as much, or its own
//   rule is productive: so four windows that are new together are not told as eleven sets.
//
// So what grows is told on the first day on which it is found, unless it takes longer than a week to
// triple; and what hovers about a threshold is not new each time it crosses it. A wave of infections that comes to
// a port where a few scanners have been all along is told as a surge.
//
// A rule is found here if it passes support and confidence and its confidence is higher than that of
// each rule with one value less on the left (or `is_all`). It need not be productive: what begins to
// spread has few sources on its first day, too few for a test of whether it is an accident, and that
// it was never there before is the stronger sign. Productive in the last point: P is at most alpha /
// all tests of the day (Bonferroni). Rules have one consequent. Of the days before all is counted
// exactly.
#pragma once

#include "analyse/rules/rule_targets.h"

#include <math.h>

enum {
	EMERGENCE_PAST_DAYS = 28,
	EMERGENCE_PAST_DAYS_MIN = 7,
	EMERGENCE_RECENT_DAYS = 7,
	EMERGENCE_TIMES = 3,
	EMERGENCE_SURGE_TIMES = 10,
};

struct emergence {
	int32_t day;
	bool has_unknown;  // SYNs of flows: nobody knows which of the day's sources are Mirai hosts
	// Of the rules of its items that of the highest confidence, of these the first of the day.
	const struct header_rule *rule;
	// The most support that its items had on one of the past days, and the first such day if any
	// had it.
	uint64_t most_before;
	int32_t most_before_day;
};

struct emergences_request {
	// Its window: the days to look for emergences on. Its `each`, if there is one, is called for
	// each of them all the same. `days` has to be 1.
	struct header_rules_request rules;
	uint32_t past_days, past_days_min;
	// Supports that are counted at a time, 4 bytes each, but those of one set; 0: what a command on a store may
	// take (SECURITY.md). What is found is the same.
	uint64_t supports_at_once;
	// Sets of values that are kept from day to day, and candidates; 0: likewise. What is found is the same.
	uint32_t sets_at_once;
	// Called for each, by day and then in the order of header_rules_day; false ends the run.
	bool (*each)(void *context, const struct emergence *);
	void *context;
};

struct emergences_totals {
	struct floods_left_out left_out;
	uint32_t days,
		unknown_days;  // of the window, with data or lost; lost, or too few days before have some
	uint32_t partial_days;  // with more than 10,000 sets: those with the most support
};

// The least support that can be asked for, as header_rules_floor() says it of the window and `past_days`
// before it; and refuses one below.
uint64_t emergences_floor(const struct holdings *, const struct emergences_request *,
                          int32_t *out_day);
bool emergences_check(const struct holdings *, const struct emergences_request *,
                      struct error *error) MUST_CHECK;

// Reads up to `past_days` before the window, too (those days several times, where very much may be new), and refuses a support below the floor of any of these
// days. Where a day with a floor has nothing of a set, it may have been up to one below the floor, and that
// is what growth is compared with. Memory: as header_rules_share(), and 64 MiB.
bool emergences_find(struct holdings *, const struct emergences_request *,
                     struct emergences_totals *out, struct error *error) MUST_CHECK;

// The same for who listens together with others to the rules of the days: emergence_search_take() is the
// `each` of a listener whose alpha is EMERGENCES_ALPHA, of a request with one consequent; the search is its
// context, and `left_out` what the listener got. When many have come their days before are looked at, and
// those that are new handed out; emergence_search_end() does it with the rest. The request has to outlive the search.
#define EMERGENCES_ALPHA INFINITY
struct emergence_search;
bool emergence_search_begin(struct holdings *, const struct emergences_request *,
                            struct emergence_search **out, struct error *error) MUST_CHECK;
bool emergence_search_take(void *search, const struct header_rules_day *);
bool emergence_search_end(struct emergence_search *, const struct floods_left_out *left_out,
                          struct emergences_totals *out, struct error *error) MUST_CHECK;
void emergence_search_free(struct emergence_search *);  // accepts NULL

// Some of them, each with what its targets did on its day. The rules point into the list.
struct emerged {
	struct emergence emergence;
	struct header_rule rule;
	struct header_item *items;
	struct rule_targets targets;  // with details
};
struct emerged_list {
	struct emerged *list;
	size_t count, room;
	bool is_out_of_memory;
};
// `request`: its `each` is not used. `found`: called for each target source of entry `query` of the list on
// its day, by day and then by source; NULL: nobody asks.
struct emerged_request {
	struct emergences_request emergences;
	void (*found)(void *context, size_t query, int32_t day, uint32_t source);
	void *context;
};
void emerged_list_done(struct emerged_list *);  // accepts one of zeros

// emerged_list_keep() is the `each` of an emergences_request, with a list of zeros as its
// context; emerged_list_end() when all that are wanted have come; emerged_list_targets() for what the targets did. The
// caller calls emerged_list_done(), and may begin anew.
bool emerged_list_keep(void *list, const struct emergence *);
bool emerged_list_end(struct emerged_list *, struct error *error) MUST_CHECK;
bool emerged_list_targets(struct emerged_list *, struct holdings *, const struct emerged_request *,
                          struct error *error) MUST_CHECK;
