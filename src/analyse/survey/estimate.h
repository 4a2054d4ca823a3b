// SPDX-License-Identifier: MIT
// What the telescope did not see: estimates of the sources that were there on a day and happened to
// send it nothing. doc/estimates.md has the formulas, what they assume, and when not to trust them.
//
// All that is known of a day is how many sources sent it one packet, how many two, and so on. Sources
// that differ in speed make both estimates too low: they say "at least", and so do their intervals.
#pragma once

#include "analyse/source_choice.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct coverage;
struct holdings;
struct survey;

// How many sources of a day sent so many packets that count.
enum { ESTIMATE_COUNTS = 64, ESTIMATE_SOURCES_MIN = 10 };
struct source_counts {
	uint64_t sending[ESTIMATE_COUNTS];  // [k]: k packets; [0]: as many as there are, or more
	uint64_t sources, packets;
};

static inline void source_counts_add(struct source_counts *c, uint64_t packets)
{
	c->sending[packets < ESTIMATE_COUNTS ? packets : 0]++;
	c->sources++;
	c->packets += packets;
}

// With intervals of 95 %, for a number of sources that is what it is. Sources from 0 packets on.
struct estimate {
	bool is_known;            // false: fewer than ESTIMATE_SOURCES_MIN sources, and zeros
	double seen_probability;  // of the sources that were there
	double sources, sources_low, sources_high;  // by the rates of the sources
	double chao1, chao1_low, chao1_high;        // Chao (1984, 1987), bias-corrected
	// Packets that the telescope expects of a source like those it saw least often, in the time
	// that it watched on the day.
	double slow_rate;
};
struct estimate estimate_make(const struct source_counts *);

// One family on one day.
struct estimate_day {
	struct estimate estimate;
	// Days of silence from the next day on after which such a slow source would have been seen
	// with probability 1 - error, with the coverage and telescope of these days; after the last
	// day that is held, whole days and the last telescope. 0: not known.
	uint64_t gone_after_days;
	// Packets a second that such a source sends to all of IPv4. 0: the telescope's size is not known.
	double slow_internet_rate;
};

// [day * family_count + family], as in the survey; days outside the window are not known.
struct estimates {
	struct estimate_day *days;
	size_t family_count;
};

struct estimate_request {
	const struct survey *survey;
	const struct coverage *coverage;
	struct day_range window;
	double error;  // that a source which is there counts as gone
};

// Reads host-days of the window. The caller calls estimates_done(). Memory: that of the rows, and what
// holdings_open_hosts() takes.
bool estimates_make(struct holdings *, const struct estimate_request *, struct estimates *out,
                    struct error *error) MUST_CHECK;
void estimates_done(struct estimates *);
static inline const struct estimate_day *estimates_on(const struct estimates *e, uint32_t day,
                                                      size_t family)
{
	return &e->days[day * e->family_count + family];
}
