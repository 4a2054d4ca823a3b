// SPDX-License-Identifier: MIT
// Private to analyse/: what one thread counts while it walks sightings of one family, one /16
// at a time over all days. Counts of several threads add up to those of one.
#pragma once

#include "analyse/set_merge.h"

enum { TALLY_ADDRESSES = 65536 };

// Day numbers count from the first day of the survey and stay below this.
#define TALLY_NEVER UINT32_C(0x80000000)

struct tally_day {
	uint64_t sources, new_sources, returned, recovered;
};

// What the days of a family are like.
struct tally_calendar {
	uint32_t day_count;
	uint32_t gap_days;
	// [day_count + 1]: days before the day on which nobody could see it; NULL: there are none.
	const uint32_t *unknown_before;
};

struct tally {
	struct tally_calendar calendar;
	struct tally_day *days;  // [day_count + 1]
	uint64_t *ended, *open;  // [day_count + 1]: spells by length
	uint64_t sources;
	uint32_t last[TALLY_ADDRESSES];   // last sighting; TALLY_NEVER: not seen in this /16
	uint32_t first[TALLY_ADDRESSES];  // first sighting of the current spell
	uint16_t values[TALLY_ADDRESSES];
	uint16_t touched[TALLY_ADDRESSES];
	uint32_t touched_count;
};

// NULL: no memory.
struct tally *tally_new(const struct tally_calendar *);
void tally_free(struct tally *);  // accepts NULL

// What a walk shows a tally. An address that was seen on a day already, in another segment of it,
// counts once. At the end of a /16 its spells are at their end, or open.
extern const struct walk_visitor tally_visitor;
// Adds the counts to the family.
void tally_add(const struct tally *, struct survey_family *);
