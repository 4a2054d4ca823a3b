// SPDX-License-Identifier: MIT
// Whether a count of sources of a day is news against the days before: the rule, on plain numbers.
//
// A day is compared with those of the 28 before it that are known; if fewer than 7 are, nobody knows what is
// new. Of a subject (a family, a port, a country, a network) with n sources on the day, m is the most on any of
// those, and `older` the most on any of those but the last 7, which it may take to grow:
//
//	new    n > 3 m and more than chance, or n > 3 m and n >= 20, as for ports (ports.h); or n > 3 older and more
//	       than chance
//	grown  n > 1.25 m, or n > 1.25 older; and more than chance
//	gone   10 n < least of those but the last 7, of which at least 20 were there on each; and more than chance
//
// More than chance than m: 2 (sqrt(n + 3/8) - sqrt(m + 3/8)) > 5. That is the difference in standard deviations of
// Poisson counts, after Anscombe (Biometrika 35, 1948); as m is the most, or the least, of many days, counts that
// scatter more than that have moved it themselves. Where nobody was before, it is 10 sources.
//
// What is so against all but the last 7 days holds for several days. It has steps, of 1.25, 2 and 3 times as many,
// and a step is told on the first day: where none of the 14 days before came as far. What is at 1.25 for weeks, as it
// goes on growing, is told when it begins to double. What jumps again above all of the 28 days is told again.
//
// When everything grows, so does every country: places are news by their share. Counts of the past are raised in
// proportion to all sources, as far as there are more on the day, before they are compared; for what is gone
// lowered, as far as there are fewer. Sources of a network come together, so that below 20 of a place are no news,
// however many more than by chance. On a day that was not captured as a whole nothing is gone.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	CHANGES_PAST_DAYS = 28,
	CHANGES_DATA_DAYS = 7,
	CHANGES_RECENT_DAYS = 7,
	CHANGES_SOURCES = 20,
	CHANGES_NEW_TIMES = 3,
	CHANGES_DOUBLED_TIMES = 2,
	CHANGES_GONE_TIMES = 10,
	CHANGES_DEVIATIONS = 5,
	CHANGES_TOLD_DAYS = 14,
	// Days before a day that say what is told on it: the past of those that may have told it.
	CHANGES_LOOK_BACK = CHANGES_PAST_DAYS + CHANGES_TOLD_DAYS,
};
#define CHANGES_GROWN_TIMES 1.25

// UNKNOWN: the day itself is, or too few before it are known.
enum change { CHANGE_NONE, CHANGE_NEW, CHANGE_GROWN, CHANGE_GONE, CHANGE_UNKNOWN };

// What the subjects of one kind have in common, by day.
struct change_days {
	uint32_t count;
	const bool *is_known;  // [count]
	const bool *is_whole;  // [count]: captured as a whole
	const uint64_t *
		totals;  // [count]: of all subjects, which are places, and told by their share; NULL: by number
};

struct changed {
	enum change change;
	uint64_t sources;
	uint64_t usual, most;  // the median, and the most, of the known days before
	double deviations;     // how far from what it is compared with: for the order
};

// Of the subject with so many sources by day, on the day of that number.
struct changed change_on(const struct change_days *, const uint32_t *sources, uint32_t day);

// How many of the past days of a day are known.
uint32_t change_days_known(const struct change_days *, uint32_t day);
