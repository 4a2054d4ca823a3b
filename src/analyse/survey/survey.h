// SPDX-License-Identifier: MIT
// The survey of infections: how many sources each family has by day, which of them are new, and how
// long they stay.
#pragma once

#include "analyse/coverage.h"
#include "analyse/rules/emergences.h"
#include "analyse/survey/estimate.h"
#include "analyse/rules/header_rules.h"
#include "analyse/notices/notices.h"
#include "analyse/ports/ports.h"
#include "analyse/rules/rule_lives.h"
#include "analyse/rules/rule_targets.h"
#include "analyse/shapes/shapes.h"
#include "analyse/source_choice.h"
#include "analyse/where/where.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct holdings;

// No limit: a source has one spell, from its first sighting to its last.
#define SURVEY_GAP_NONE UINT32_MAX

// One family on one day. The definitions are those of the published method
// (new, recovered, active by day), extended by spells: two sightings of a source belong
// to one spell if at most `gap` days without a sighting lie between them.
struct survey_day {
	uint64_t packets;               // SYNs that match
	uint64_t sources;               // distinct sources of them
	uint64_t new_sources;           // first spell of a source starts on this day
	uint64_t returned;              // later spells that start on this day
	uint64_t recovered;             // ended spells whose last sighting was the day before
	uint64_t cumulative_new;        // running sum of new_sources + returned
	uint64_t cumulative_recovered;  // running sum of recovered
	uint64_t active;                // cumulative_new - cumulative_recovered
};

// How long the spells of one family lasted, from first sighting to last, both
// days included. A spell is open (censored) if not enough silence was seen after it.
struct lifetimes {
	uint64_t sources, spells, open_spells;
	uint64_t *ended;     // [d]: ended spells of d days, 1 <= d <= day_count
	uint64_t *open;      // [d]: open spells that lasted d days so far
	double mean_days;    // over all spells as if the open ones had ended: the published method
	double median_days;  // likewise; the mean of the two middle ones for an even number
	uint32_t p90_days;   // likewise; nearest rank: the least d that 90 % do not exceed
	uint32_t kaplan_meier_median_days;  // least d with S(d) <= 1/2; 0 if the curve stays above
};

// After how many days what was said of a day is looked at again (revisions.h), and how many last days that
// takes to know.
enum { SURVEY_AGES = 8, SURVEY_PAST_DAYS = 64 };
extern const uint32_t survey_ages[SURVEY_AGES];  // 0, 1, 2, 3, 5, 7, 14, 28

// Silences that ended with a sighting on one of the past days, by survey_silence_class() of their length:
// on how many a day was the first silent one; and the one with the sighting. Days count from
// survey_past_first() on, and all before is day 0.
struct survey_silences {
	uint64_t begun[SURVEY_AGES][SURVEY_PAST_DAYS + 1], ended[SURVEY_AGES][SURVEY_PAST_DAYS + 1];
};

struct survey_family {
	const char *name;         // of the fingerprint
	bool is_fingerprint;      // false: all SYNs, "*"
	struct survey_day *days;  // [day_count]
	// The first so many days are final: no day to come changes a number of them. Without a gap, only the
	// first one, or all if nobody was seen. Of the others `recovered`, its running sum and `active` can still change.
	uint32_t final_days;
	struct survey_silences silences;  // without a gap; else zeros
	struct lifetimes lifetimes;
};

// The last of survey_ages that is less than so many days of silence, 1 or more.
static inline unsigned survey_silence_class(uint32_t days)
{
	return days <= 3    ? days - 1
	       : days <= 5  ? 3
	       : days <= 7  ? 4
	       : days <= 14 ? 5
	       : days <= 28 ? 6
	                    : 7;
}
static inline uint32_t survey_past_first(uint32_t day_count)
{
	return day_count > SURVEY_PAST_DAYS ? day_count - SURVEY_PAST_DAYS - 1 : 0;
}

struct survey {
	uint32_t gap_days;   // SURVEY_GAP_NONE: no limit
	int32_t first_day;   // of the store: the first day that has any packet
	uint32_t day_count;  // to its last one, all days between included
	bool *has_data;      // [day_count]: some packet was seen on that day
	bool *has_unknown;   // [day_count]: SYNs of flows, which match nobody knows what
	bool *is_lost;       // [day_count]: what was held of that day is damaged (holdings.h)
	struct survey_family *families;  // by name, ascending
	size_t family_count;
};

// Whether the numbers of that family and day are known. Where SYNs came as flows they are
// not, though those of other captures of the day were counted; and of a lost day nothing is. An unknown
// day is no silent one: it ends no spell, and --gap does not count it, so that a spell that touches it goes
// on if it goes on behind it. Sightings that nobody could see are missing all the same: who is new may have been
// there before.
static inline bool survey_is_known(const struct survey *s, size_t family, uint32_t day)
{
	return !s->is_lost[day] && (!s->families[family].is_fingerprint || !s->has_unknown[day]);
}

// Whether what changed since the day before is known: who is new, has returned or recovered. On the day
// behind a lost one it is not, as nobody knows on which of the two it happened. What adds up from the first
// day on, and who is active, goes on with what the other days say.
static inline bool survey_is_change_known(const struct survey *s, size_t family, uint32_t day)
{
	return survey_is_known(s, family, day) && (day == 0 || !s->is_lost[day - 1]);
}

// Days on which some family is unknown because of flows; and days that are lost.
uint32_t survey_unknown_days(const struct survey *);
uint32_t survey_lost_days(const struct survey *);
// Whether nothing is known of the family as a whole: all days are unknown or have no data, or it was not
// seen on those that are known.
bool survey_is_unknown(const struct survey *, size_t family);

struct survey_request {
	const char *const *families;  // names of fingerprints; "*" is all SYNs
	size_t family_count;
	uint32_t gap_days;
	const struct day_range *window;  // as if the store held only these days; NULL: all
	unsigned threads;                // 0 is 1; the result is the same for any number
};

// Surveys the families over the whole store. Memory is that of the rows, 2 MiB a thread, 64 MiB for
// all, and a few KiB of each piece: it does not grow with their sources, as long as there are no
// more than 4,096 pieces. The caller calls survey_done().
bool survey_run(struct holdings *holdings, const struct survey_request *request, struct survey *out,
                struct error *error) MUST_CHECK;
void survey_done(struct survey *);

// The Kaplan-Meier estimate S(d), d = 0 .. day_count: the share of spells that last
// longer than d days; open spells are censored at the day they were last seen, after the
// ends of that day (Kaplan and Meier, JASA 53, 1958). Fills out[day_count + 1].
void lifetimes_survival(const struct lifetimes *, uint32_t day_count, double *out);
