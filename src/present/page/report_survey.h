// SPDX-License-Identifier: MIT
// Infections by day and family, for the page. Included by present/page/report.h.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// No limit to the silence within a spell.
#define REPORT_GAP_NONE UINT32_MAX

// One family on one day, as `hotaru survey` has it.
struct report_survey_day {
	uint64_t packets, sources, new_sources, returned, recovered;
	uint64_t cumulative_new, cumulative_recovered, active;
};

// As `hotaru lifetimes` has it.
struct report_lifetimes {
	bool is_unknown;  // nothing is known of the family as a whole: its packets came as flows
	uint64_t sources, spells, open_spells;
	double mean_days, median_days;
	uint64_t p90_days;
	uint64_t kaplan_meier_median_days;  // 0: the curve stays above a half
	// [survival_count]: the share of spells that last longer than so many days, for the ages that some
	// spell has reached.
	const double *survival;
	size_t survival_count;
};

// By how much a number of the last day changed in the past, as later days came: (now - then) / then.
struct report_moved {
	bool is_known;
	double median, most;
};

struct report_survey_family {
	const char *name;
	bool is_fingerprint;             // false: all SYNs, "*"
	struct report_survey_day *days;  // [day_count]
	// The last so many days are marked as such that can still change: with a gap all that are not final;
	// without one none is final but the first, and marked are those whose `active` rose in the past by more
	// than 1 % (median), or all if nobody knows by how much.
	uint32_t open_days;
	struct report_moved active_moved, recovered_moved;
	struct report_lifetimes lifetimes;
};

struct report_survey {
	uint32_t gap_days;   // or REPORT_GAP_NONE
	int32_t first_day;   // that the page shows
	uint32_t day_count;  // to the last one, all days between included
	// So many days before the first that is shown belong to what adds up, and to who is new.
	uint32_t days_before;
	bool *has_data;     // [day_count]: some packet was seen on that day
	bool *has_unknown;  // [day_count]: SYNs of flows, which match nobody knows what
	// [day_count], or NULL: what was stored of the day is damaged, and it counts as one without data; and
	// what changed since the day before is not known, as that is lost.
	bool *is_lost, *is_change_unknown;
	struct report_survey_family *families;  // by name, ascending
	size_t family_count;
};

static inline bool report_survey_is_lost(const struct report_survey *s, uint32_t day)
{
	return s->is_lost != NULL && s->is_lost[day];
}

// Whether there were no captures of the day: a lost day had some.
static inline bool report_survey_is_missing(const struct report_survey *s, uint32_t day)
{
	return !s->has_data[day] && !report_survey_is_lost(s, day);
}

// Whether the numbers of that family and day are known; and whether those of what is new, has returned or
// recovered.
static inline bool report_survey_is_known(const struct report_survey *s, size_t family,
                                          uint32_t day)
{
	return !report_survey_is_lost(s, day) &&
	       (!s->families[family].is_fingerprint || !s->has_unknown[day]);
}
static inline bool report_survey_is_change_known(const struct report_survey *s, size_t family,
                                                 uint32_t day)
{
	return report_survey_is_known(s, family, day) &&
	       (s->is_change_unknown == NULL || !s->is_change_unknown[day]);
}

// Whether the day is one of those that are marked.
static inline bool report_survey_is_open(const struct report_survey *s, size_t family, uint32_t day)
{
	return day + s->families[family].open_days >= s->day_count;
}

// Days on which some family is unknown because of flows; and days that are lost.
uint32_t report_survey_unknown_days(const struct report_survey *);
uint32_t report_survey_lost_days(const struct report_survey *);
