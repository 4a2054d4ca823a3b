// SPDX-License-Identifier: MIT
// The infection survey: rows for days and families, and for each family the sets of its sources,
// which set_merge.c merges.
//
// Several pieces of one day need no union: an address that was seen on the day already is
// passed over.
#include "analyse/survey/lifetimes.h"
#include "analyse/survey/spells.h"

#include "base/memory.h"
#include "base/text.h"
#include "holdings/days.h"

#include <stdlib.h>
#include <string.h>

// More than a store can have whose days come from times (zone_day()).
enum { DAYS_MAX = 1 << 20 };

const uint32_t survey_ages[SURVEY_AGES] = { 0, 1, 2, 3, 5, 7, 14, 28 };

struct survey_run {
	struct holdings *holdings;
	struct survey *survey;
	const struct survey_request *request;
	// [day_count + 1]: days before the day on which nobody could see it: a family, or anything.
	uint32_t *unknown_before, *lost_before;
};

// The days of the survey; none if it has no rows.
static struct day_range days_of(const struct survey *s)
{
	return (struct day_range){ s->first_day,
		                   (int32_t)(s->first_day + (int64_t)s->day_count - 1) };
}

static bool sum_packets(struct survey_run *run, struct survey_family *family, unsigned bit,
                        struct error *error)
{
	struct held_day day = { .count = 0 };
	while (held_day_next(run->holdings, days_of(run->survey), &day))
		if (!held_day_syns(run->holdings, &day, bit,
		                   &family->days[day.day - run->survey->first_day].packets, error))
			return false;
	return true;
}

static void accumulate(struct survey_family *family, uint32_t day_count)
{
	uint64_t gained = 0, lost = 0;
	for (uint32_t i = 0; i < day_count; i++) {
		struct survey_day *day = &family->days[i];
		gained += day->new_sources + day->returned;
		lost += day->recovered;
		day->cumulative_new = gained;
		day->cumulative_recovered = lost;
		day->active = gained - lost;
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct survey_family *)a)->name,
	              ((const struct survey_family *)b)->name);
}

static bool look_at_days(struct survey *s, struct holdings *holdings, struct error *error)
{
	struct held_day day = { .count = 0 };
	for (uint32_t i = 0; i < s->day_count; i++)
		s->is_lost[i] = held_day_is_lost(holdings, s->first_day + (int32_t)i);
	while (held_day_next(holdings, days_of(s), &day)) {
		const size_t row = (size_t)(day.day - s->first_day);
		s->has_data[row] = true;
		if (!held_day_has_unknown(holdings, &day, &s->has_unknown[row], error))
			return false;
	}
	return true;
}

uint32_t survey_unknown_days(const struct survey *s)
{
	uint32_t days = 0;
	for (uint32_t i = 0; i < s->day_count; i++)
		days += s->has_unknown[i];
	return days;
}

uint32_t survey_lost_days(const struct survey *s)
{
	uint32_t days = 0;
	for (uint32_t i = 0; i < s->day_count; i++)
		days += s->is_lost[i];
	return days;
}

bool survey_is_unknown(const struct survey *s, size_t family)
{
	bool has_data = false;
	const uint32_t unknown = survey_lost_days(s) +
	                         (s->families[family].is_fingerprint ? survey_unknown_days(s) : 0);
	// None was seen, and not all days could be looked at: that is not none.
	if (s->families[family].lifetimes.spells == 0 && unknown > 0)
		return true;
	for (uint32_t i = 0; i < s->day_count; i++) {
		if (s->has_data[i] && survey_is_known(s, family, i))
			return false;
		has_data = has_data || s->has_data[i];
	}
	return has_data;
}

static bool make_rows(struct survey *s, struct holdings *holdings,
                      const struct survey_request *request, struct error *error)
{
	const size_t family_count = request->family_count;
	struct day_range days;
	if (held_days_bounds(holdings, request->window != NULL ? *request->window : all_days,
	                     &days)) {
		if ((int64_t)days.to - days.from >= DAYS_MAX)
			return error_set(error, ERROR_FAILED,
			                 "the days of the store lie too far apart");
		s->first_day = days.from;
		s->day_count = (uint32_t)(days.to - days.from) + 1;
	}
	// One day more than there is: the day after the last one takes no recoveries,
	// but arrays by length of life are indexed from 1.
	const size_t rows = (size_t)s->day_count + 1;
	s->has_data = memory_new(rows, sizeof *s->has_data);
	s->has_unknown = memory_new(rows, sizeof *s->has_unknown);
	s->is_lost = memory_new(rows, sizeof *s->is_lost);
	s->families = memory_new(family_count + 1, sizeof *s->families);
	if (s->has_data == NULL || s->has_unknown == NULL || s->is_lost == NULL ||
	    s->families == NULL)
		return error_memory(error, "the survey");
	if (!look_at_days(s, holdings, error))
		return false;
	for (size_t i = 0; i < family_count; i++) {
		struct survey_family *family = &s->families[s->family_count++];
		family->name = request->families[i];
		family->is_fingerprint = !text_equal(family->name, "*");
		family->days = memory_new(rows, sizeof *family->days);
		family->lifetimes.ended = memory_new(rows, sizeof(uint64_t));
		family->lifetimes.open = memory_new(rows, sizeof(uint64_t));
		if (family->days == NULL || family->lifetimes.ended == NULL ||
		    family->lifetimes.open == NULL)
			return error_memory(error, "the survey");
	}
	qsort(s->families, s->family_count, sizeof *s->families, by_name);
	return true;
}

// NULL: there are none.
static const uint32_t *unseen_before(const struct survey_run *run,
                                     const struct survey_family *family)
{
	const uint32_t *before = family->is_fingerprint ? run->unknown_before : run->lost_before;
	return before[run->survey->day_count] > 0 ? before : NULL;
}

// Nobody has recovered before the first day. Of another it is known who has as soon as more days than the gap
// were looked at from it on.
static uint32_t count_final(const struct survey *s, const uint32_t *unknown_before)
{
	uint32_t known = 0;
	for (uint32_t i = s->day_count; i > 1; i--) {
		known += unknown_before == NULL || unknown_before[i] == unknown_before[i - 1];
		if (known > s->gap_days)
			return i;
	}
	return s->day_count > 0;
}

// Counts the sightings of all days with a counter for each thread.
static bool count_sightings(struct survey_run *run, struct survey_family *family, unsigned bit,
                            void **counters, struct error *error)
{
	const struct survey *s = run->survey;
	const unsigned threads = pool_threads(run->request->threads);
	const struct spell_calendar calendar = {
		.day_count = s->day_count,
		.gap_days = s->gap_days,
		.unknown_before = unseen_before(run, family),
	};
	struct set_merge merge = { .visitor = &spell_counter_visitor,
		                   .states = counters,
		                   .threads = threads,
		                   .first_day = s->first_day };
	for (unsigned i = 0; i < threads; i++)
		if ((counters[i] = spell_counter_new(&calendar)) == NULL)
			return error_memory(error, "the survey");
	const bool ok = s->day_count == 0 ||
	                (set_merge_open(&merge, run->holdings, days_of(s).to, bit, error) &&
	                 set_merge_run(&merge, error));
	for (unsigned i = 0; ok && i < threads; i++)
		spell_counter_add(counters[i], family);
	set_merge_close(&merge);
	return ok;
}

static bool survey_family(struct survey_run *run, struct survey_family *family, struct error *error)
{
	void *counters[POOL_THREADS_MAX] = { NULL };
	unsigned bit;
	if (!holdings_family(run->holdings, family->name, &bit, error) ||
	    !sum_packets(run, family, bit, error))
		return false;
	const bool ok = count_sightings(run, family, bit, counters, error);
	for (size_t i = 0; i < POOL_THREADS_MAX; i++)
		spell_counter_free(counters[i]);
	if (!ok)
		return false;
	accumulate(family, run->survey->day_count);
	family->final_days = family->lifetimes.spells == 0
	                             ? run->survey->day_count
	                             : count_final(run->survey, unseen_before(run, family));
	lifetimes_summarise(&family->lifetimes, run->survey->day_count);
	return true;
}

static bool count_unknown(struct survey_run *run, const struct survey *s, struct error *error)
{
	run->unknown_before = memory_new((size_t)s->day_count + 1, sizeof *run->unknown_before);
	run->lost_before = memory_new((size_t)s->day_count + 1, sizeof *run->lost_before);
	if (run->unknown_before == NULL || run->lost_before == NULL)
		return error_memory(error, "the survey");
	for (uint32_t i = 0; i < s->day_count; i++) {
		run->lost_before[i + 1] = run->lost_before[i] + s->is_lost[i];
		run->unknown_before[i + 1] = run->unknown_before[i] +
		                             (s->has_unknown[i] || s->is_lost[i]);
	}
	return true;
}

bool survey_run(struct holdings *holdings, const struct survey_request *request, struct survey *out,
                struct error *error)
{
	struct survey survey = { .gap_days = request->gap_days };
	struct survey_run run = { .holdings = holdings, .survey = &survey, .request = request };
	bool ok = make_rows(&survey, holdings, request, error) &&
	          count_unknown(&run, &survey, error);
	for (size_t i = 0; ok && i < survey.family_count; i++)
		ok = survey_family(&run, &survey.families[i], error);
	memory_free(run.unknown_before);
	memory_free(run.lost_before);
	if (!ok) {
		survey_done(&survey);
		return false;
	}
	*out = survey;
	return true;
}

void survey_done(struct survey *s)
{
	for (size_t i = 0; i < s->family_count; i++) {
		memory_free(s->families[i].days);
		memory_free(s->families[i].lifetimes.ended);
		memory_free(s->families[i].lifetimes.open);
	}
	memory_free(s->families);
	memory_free(s->has_data);
	memory_free(s->has_unknown);
	memory_free(s->is_lost);
	*s = (struct survey){ .family_count = 0 };
}
