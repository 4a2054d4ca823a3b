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

// What a day is by itself, whatever was told before: at once, and over several days.
struct verdict {
	enum change at_once, slowly;
	double deviations;
};

static struct verdict judge(const struct change_days *d, const uint32_t *sources, uint32_t day,
                            struct past *out)
{
	struct verdict v = { CHANGE_NONE, CHANGE_NONE, 0 };
	const struct past p = past_of(d, sources, day);
	const double now = sources[day];
	*out = p;
	if (!d->is_known[day] || p.known < CHANGES_DATA_DAYS)
		return (struct verdict){ CHANGE_UNKNOWN, CHANGE_UNKNOWN, 0 };
	v.deviations = deviations(now, p.most);
	if (now >= CHANGES_SOURCES && now > CHANGES_NEW_TIMES * p.most)
		v.at_once = CHANGE_NEW;
	else if (now >= CHANGES_SOURCES && now > CHANGES_GROWN_TIMES * p.most &&
	         v.deviations > CHANGES_DEVIATIONS)
		v.at_once = CHANGE_GROWN;
	if (p.known_older < CHANGES_DATA_DAYS)
		return v;
	const double grown = deviations(now, p.most_older), gone = deviations(p.least_older, now);
	if (now >= CHANGES_SOURCES && now > CHANGES_SLOW_TIMES * p.most_older &&
	    grown > CHANGES_DEVIATIONS) {
		v.slowly = now > CHANGES_NEW_TIMES * p.most_older ? CHANGE_NEW : CHANGE_GROWN;
		v.deviations = fmax(v.deviations, grown);
	} else if (d->is_whole[day] && p.least_older >= CHANGES_SOURCES &&
	           now * CHANGES_GONE_TIMES < p.least_older && gone > CHANGES_DEVIATIONS) {
		v.slowly = CHANGE_GONE;
		v.deviations = gone;
	}
	return v;
}

// Whether a day of the past told as much: what is new has grown, too.
static bool was_told(const struct change_days *d, const uint32_t *sources, uint32_t day,
                     enum change change)
{
	struct past ignored;
	for (uint32_t i = first_past_day(day); i < day; i++) {
		const struct verdict v = judge(d, sources, i, &ignored);
		const bool is_new = v.at_once == CHANGE_NEW || v.slowly == CHANGE_NEW;
		const bool is_grown = v.at_once == CHANGE_GROWN || v.slowly == CHANGE_GROWN;
		if (change == CHANGE_GONE  ? v.slowly == CHANGE_GONE
		    : change == CHANGE_NEW ? is_new
		                           : is_new || is_grown)
			return true;
	}
	return false;
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
	struct changed c = { .change = v.at_once,
		             .sources = sources[day],
		             .deviations = v.deviations };
	const bool is_more = c.change == CHANGE_NONE ||
	                     (c.change == CHANGE_GROWN && v.slowly == CHANGE_NEW);
	if (is_more && v.slowly != CHANGE_NONE && !was_told(d, sources, day, v.slowly))
		c.change = v.slowly;
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
