// SPDX-License-Identifier: MIT
#include "analyse/survey/revisions.h"

#include <math.h>
#include <stdlib.h>

// ---- what a row said then

// The first so many days were final in the view that ended on day `end`.
static uint32_t final_then(const struct survey *s, size_t family, uint32_t end)
{
	uint32_t known = 0;
	for (uint32_t i = end + 1; i > 1; i--) {
		known += survey_is_known(s, family, i - 1);
		if (known > s->gap_days)
			return i;
	}
	return 1;
}

// Without a gap: each silence that is longer than `age` and was going on made one more recovered on its first
// day, and one less active on all of its days.
static struct survey_then without_gap(const struct survey *s, size_t family, uint32_t day,
                                      size_t age)
{
	const struct survey_family *f = &s->families[family];
	const uint32_t row = day - survey_past_first(s->day_count);
	struct survey_then then = { f->days[day].recovered, f->days[day].active };
	for (size_t class = age; class < SURVEY_AGES; class ++) {
		then.recovered += f->silences.begun[class][row];
		for (uint32_t i = 0; i <= row; i++)
			then.active -= f->silences.begun[class][i];
		for (uint32_t i = 0; i <= row + survey_ages[age]; i++)
			then.active += f->silences.ended[class][i];
	}
	return then;
}

struct survey_then survey_row_then(const struct survey *s, size_t family, uint32_t day, size_t age)
{
	const struct survey_day *days = s->families[family].days;
	if (s->gap_days == SURVEY_GAP_NONE)
		return without_gap(s, family, day, age);
	const uint32_t final = final_then(s, family, day + survey_ages[age]);
	const struct survey_day *last = &days[day < final ? day : final - 1];
	return (struct survey_then){
		.recovered = day < final ? days[day].recovered : 0,
		.active = days[day].cumulative_new - last->cumulative_recovered,
	};
}

// ---- all views

struct changes {
	double values[REVISION_VIEWS];
	size_t count;
};

static void add(struct changes *c, uint64_t then, uint64_t now)
{
	if (then > 0)
		c->values[c->count++] = ((double)now - (double)then) / (double)then;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static struct revision_change summarise(struct changes *c)
{
	if (c->count < REVISION_VIEWS_MIN)
		return (struct revision_change){ .is_known = false };
	qsort(c->values, c->count, sizeof *c->values, by_value);
	const double least = c->values[0], greatest = c->values[c->count - 1];
	return (struct revision_change){
		.is_known = true,
		.median = (c->values[(c->count - 1) / 2] + c->values[c->count / 2]) / 2,
		.most = fabs(least) > fabs(greatest) ? least : greatest,
	};
}

static bool is_view(const struct survey *s, size_t family, uint32_t end)
{
	return s->has_data[end] && survey_is_known(s, family, end);
}

static struct revision revision_of(const struct survey *s, size_t family, size_t age)
{
	const uint32_t days = survey_ages[age], last = s->day_count - 1;
	struct revision out = { .views = 0 };
	struct changes active = { .count = 0 }, recovered = { .count = 0 };
	for (uint32_t i = 0; i < REVISION_VIEWS && i + REVISION_SETTLED_DAYS <= last; i++) {
		const uint32_t end = last - REVISION_SETTLED_DAYS - i, day = end - days;
		if (end <= days || !is_view(s, family, end) || !survey_is_known(s, family, day))
			continue;
		const struct survey_day *now = &s->families[family].days[day];
		const struct survey_then then = survey_row_then(s, family, day, age);
		out.views++;
		add(&active, then.active, now->active);
		if (survey_is_change_known(s, family, day))
			add(&recovered, then.recovered, now->recovered);
	}
	out.active = summarise(&active);
	out.recovered = summarise(&recovered);
	return out;
}

void revisions_make(const struct survey *s, size_t family, struct revision out[SURVEY_AGES])
{
	for (size_t age = 0; age < SURVEY_AGES; age++)
		out[age] = s->day_count > 0 ? revision_of(s, family, age)
		                            : (struct revision){ .views = 0 };
}
