// SPDX-License-Identifier: MIT
// Private to analyse/: what one thread counts of the sightings of one family, one /16 at a time over
// all days. Counts of several threads add up to those of one.
#pragma once

#include "analyse/set_merge.h"

enum { SPELL_ADDRESSES = 65536 };

// Day numbers count from the first day of the survey and stay below this.
#define SPELL_NEVER UINT32_C(0x80000000)

struct spell_day {
	uint64_t sources, new_sources, returned, recovered;
};

// What the days of a family are like.
struct spell_calendar {
	uint32_t day_count;
	uint32_t gap_days;
	// [day_count + 1]: days before the day on which nobody could see it; NULL: there are none.
	const uint32_t *unknown_before;
};

// Days after `last` and before `day` on which the family could have been seen.
static inline uint32_t spell_silent_days(const struct spell_calendar *c, uint32_t last,
                                         uint32_t day)
{
	const uint32_t days = day - last - 1;
	return c->unknown_before == NULL
	               ? days
	               : days - (c->unknown_before[day] - c->unknown_before[last + 1]);
}

// A spell has ended when enough silence was seen after it.
static inline bool spell_is_open_at_end(const struct spell_calendar *c, uint32_t last)
{
	const uint32_t silent = spell_silent_days(c, last, c->day_count);
	return c->gap_days == SURVEY_GAP_NONE ? silent == 0 : silent <= c->gap_days;
}

struct spell_counter {
	struct spell_calendar calendar;
	struct spell_day *days;  // [day_count + 1]
	uint64_t *ended, *open;  // [day_count + 1]: spells by length
	uint64_t sources;
	struct survey_silences silences;
	uint32_t last[SPELL_ADDRESSES];   // last sighting; SPELL_NEVER: not seen in this /16
	uint32_t first[SPELL_ADDRESSES];  // first sighting of the current spell
	uint16_t values[SPELL_ADDRESSES];
	uint16_t touched[SPELL_ADDRESSES];
	uint32_t touched_count;
};

// NULL: no memory.
struct spell_counter *spell_counter_new(const struct spell_calendar *);
void spell_counter_free(struct spell_counter *);  // accepts NULL

// Counts what a merge shows it. An address that was seen on a day already, in another piece of it,
// counts once. At the end of a /16 its spells have ended, or are open.
extern const struct set_visitor spell_counter_visitor;
// Adds the counts to the family.
void spell_counter_add(const struct spell_counter *, struct survey_family *);
