// SPDX-License-Identifier: MIT
#include "analyse/changes/changes.h"

#include <math.h>
#include <stdlib.h>

// What the days before a day say of it.
struct past {
	uint32_t known, known_older;  // days: all, and those but the recent ones
	double most, most_older;      // in proportion, as far as there are more sources on the day
	double least_older;           // in proportion, as far as there are fewer
	uint64_t counts[CHANGES_PAST_DAYS];
};

static uint32_t first_past_day(uint32_t day)
{
	return day > CHANGES_PAST_DAYS ? day - CHANGES_PAST_DAYS : 0;
}

static double proportion(const struct change_days *d, uint32_t day, uint32_t past)
{
	if (d->totals == NULL || d->totals[past] == 0)
		return 1;
	return (double)d->totals[day] / (double)d->totals[past];
}

static struct past past_of(const struct change_days *d, const uint32_t *sources, uint32_t day)
{
	struct past p = { .least_older = INFINITY };
	for (uint32_t i = first_past_day(day); i < day; i++) {
		if (!d->is_known[i])
			continue;
		const double share = proportion(d, day, i);
		const double high = sources[i] * fmax(1, share), low = sources[i] * fmin(1, share);
		p.counts[p.known++] = sources[i];
		p.most = fmax(p.most, high);
		if (i + CHANGES_RECENT_DAYS >= day)
			continue;
		p.known_older++;
		p.most_older = fmax(p.most_older, high);
		p.least_older = fmin(p.least_older, low);
	}
	return p;
}

static double deviations(double more, double less)
{
	return 2 * (sqrt(more + 0.375) - sqrt(less + 0.375));
}

// By how much there are more, in steps: a step is told when it is reached.
enum step { STEP_NONE, STEP_GROWN, STEP_DOUBLED, STEP_NEW };

static enum step step_of(double now, double before)
{
	return now > CHANGES_NEW_TIMES * before       ? STEP_NEW
	       : now > CHANGES_DOUBLED_TIMES * before ? STEP_DOUBLED
	       : now > CHANGES_GROWN_TIMES * before   ? STEP_GROWN
	                                              : STEP_NONE;
}

// What a day is by itself, whatever was told before: at once, and over several days.
struct verdict {
	bool is_unknown, is_gone;
	enum step at_once, slowly;
	double deviations;
};

static bool is_chance(double more, double less)
{
	return deviations(more, less) <= CHANGES_DEVIATIONS;
}

// Few are news if that is no chance; of a place not even then, as its sources come together.
static bool is_enough(const struct change_days *d, double now)
{
	return now >= CHANGES_SOURCES || d->totals == NULL;
}

static struct verdict judge(const struct change_days *d, const uint32_t *sources, uint32_t day,
                            struct past *out)
{
	const struct past p = past_of(d, sources, day);
	const double now = sources[day];
	struct verdict v = { .deviations = deviations(now, p.most) };
	*out = p;
	if (!d->is_known[day] || p.known < CHANGES_DATA_DAYS)
		return (struct verdict){ .is_unknown = true };
	if (is_enough(d, now) && !is_chance(now, p.most))
		v.at_once = step_of(now, p.most);
	else if (now >= CHANGES_SOURCES && now > CHANGES_NEW_TIMES * p.most)
		v.at_once = STEP_NEW;
	if (p.known_older < CHANGES_DATA_DAYS)
		return v;
	if (is_enough(d, now) && !is_chance(now, p.most_older)) {
		v.slowly = step_of(now, p.most_older);
		v.deviations = fmax(v.deviations, deviations(now, p.most_older));
	}
	v.is_gone = d->is_whole[day] && p.least_older >= CHANGES_SOURCES &&
	            now * CHANGES_GONE_TIMES < p.least_older && !is_chance(p.least_older, now);
	if (v.is_gone)
		v.deviations = deviations(p.least_older, now);
	return v;
}

// Whether one of the days before came as far: `step`, or STEP_NONE, which is gone.
static bool was_told(const struct change_days *d, const uint32_t *sources, uint32_t day,
                     enum step step)
{
	struct past ignored;
	for (uint32_t i = day > CHANGES_TOLD_DAYS ? day - CHANGES_TOLD_DAYS : 0; i < day; i++) {
		const struct verdict v = judge(d, sources, i, &ignored);
		const enum step most = v.at_once > v.slowly ? v.at_once : v.slowly;
		if (step == STEP_NONE ? v.is_gone : most >= step)
			return true;
	}
	return false;
}

static enum change told_of(const struct change_days *d, const uint32_t *sources, uint32_t day,
                           const struct verdict *v)
{
	if (v->is_unknown)
		return CHANGE_UNKNOWN;
	if (v->at_once == STEP_NEW)
		return CHANGE_NEW;
	if (v->slowly != STEP_NONE && !was_told(d, sources, day, v->slowly))
		return v->slowly == STEP_NEW ? CHANGE_NEW : CHANGE_GROWN;
	if (v->at_once != STEP_NONE)
		return CHANGE_GROWN;
	return v->is_gone && !was_told(d, sources, day, STEP_NONE) ? CHANGE_GONE : CHANGE_NONE;
}

static int compare_counts(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

struct changed change_on(const struct change_days *d, const uint32_t *sources, uint32_t day)
{
	struct past p;
	const struct verdict v = judge(d, sources, day, &p);
	struct changed c = { .change = told_of(d, sources, day, &v),
		             .sources = sources[day],
		             .deviations = v.deviations };
	if (c.change == CHANGE_NONE || c.change == CHANGE_UNKNOWN)
		return c;
	qsort(p.counts, p.known, sizeof *p.counts, compare_counts);
	c.usual = p.counts[p.known / 2];
	c.most = p.counts[p.known - 1];
	return c;
}

uint32_t change_days_known(const struct change_days *d, uint32_t day)
{
	uint32_t known = 0;
	for (uint32_t i = first_past_day(day); i < day; i++)
		known += d->is_known[i];
	return known;
}
