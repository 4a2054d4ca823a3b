// SPDX-License-Identifier: MIT
#include "years_model.h"

#include "base/calendar.h"
#include "base/memory.h"
#include "base/random.h"

#include <math.h>
#include <string.h>

enum { KEYS = 65536, KEYS_USED = 32768, A_KEY_MAX = 40000 };

const char *const years_families[YEARS_FAMILIES] = { "hajime", "mirai" };

// Sources of each /16: few have many. Their sum is `total`.
static bool spread(struct random *dice, uint64_t total, uint32_t *counts, struct error *error)
{
	double *weights = memory_new(KEYS, sizeof *weights);
	double low = 0, high = (double)total;
	if (weights == NULL)
		return error_memory(error, "the weights of /16s");
	// From 1.0.0.0 to 223.255.0.0.
	for (unsigned i = 0; i < KEYS_USED; i++)
		weights[256 + random_below(dice, 223 * 256)] = 1 / sqrt(1 + i);
	for (int round = 0; round < 60; round++) {
		const double times = (low + high) / 2;
		double sum = 0;
		for (unsigned key = 0; key < KEYS; key++)
			sum += fmin(A_KEY_MAX, floor(weights[key] * times));
		*(sum < (double)total ? &low : &high) = times;
	}
	uint64_t sum = 0;
	for (unsigned key = 0; key < KEYS; key++) {
		counts[key] = (uint32_t)fmin(A_KEY_MAX, floor(weights[key] * low));
		sum += counts[key];
	}
	for (unsigned key = 256; sum < total; key = key == KEYS - 1 ? 256 : key + 1)
		if (weights[key] > 0 && counts[key] < KEYS) {
			counts[key]++;
			sum++;
		}
	memory_free(weights);
	return true;
}

// Lives are log-uniform from 1 to this many days, whose mean gives the sightings asked for.
static double longest_life(const struct years_options *o)
{
	const double mean = (double)o->sightings * (double)o->days / (double)o->sources[1] / 0.8;
	double low = 1.001, high = 65000;
	for (int round = 0; round < 60; round++) {
		const double middle = (low + high) / 2;
		*((middle - 1) / log(middle) < mean ? &low : &high) = middle;
	}
	return low;
}

// Which families the next source is of, so that the numbers come out just right.
static uint8_t draw_families(struct random *dice, uint64_t left[4])
{
	const uint64_t sum = left[1] + left[2] + left[3];
	uint64_t at = (uint64_t)(random_unit(dice) * (double)sum);
	uint8_t families = 1;
	while (families < 3 && (at >= left[families] || left[families] == 0))
		at -= left[families++];
	if (left[families] == 0)
		families = left[1] > 0 ? 1 : 2;
	left[families]--;
	return families;
}

bool years_make(const struct years_options *o, struct years *out, struct error *error)
{
	struct years y = { .options = *o };
	struct random dice = random_from(o->seed);
	uint64_t left[4] = { 0, o->sources[0] - o->both, o->sources[1] - o->both, o->both };
	const uint64_t total = left[1] + left[2] + left[3];
	const double longest = longest_life(o);
	uint32_t *counts = memory_new(KEYS, sizeof *counts);
	y.sources = memory_new((size_t)total + 1, sizeof *y.sources);
	if (counts == NULL || y.sources == NULL || !spread(&dice, total, counts, error)) {
		memory_free(counts);
		years_done(&y);
		return error_memory(error, "the sources");
	}
	for (uint32_t key = 0; key < KEYS; key++)
		for (uint32_t i = 0; i < counts[key]; i++) {
			const uint32_t from = (uint32_t)((uint64_t)i * 65536 / counts[key]);
			const uint32_t to = (uint32_t)((uint64_t)(i + 1) * 65536 / counts[key]);
			const double length = exp(random_unit(&dice) * log(longest));
			y.sources[y.count++] = (struct years_source){
				.address = key << 16 | (from + random_below(&dice, to - from)),
				.first = (uint16_t)random_below(&dice, (uint32_t)o->days),
				.length = (uint16_t)length,
				.families = draw_families(&dice, left),
			};
		}
	memory_free(counts);
	*out = y;
	return true;
}

void years_done(struct years *y)
{
	memory_free(y->sources);
	y->sources = NULL;
}

struct truth_day {
	uint64_t sources, new_sources, returned, recovered;
};

struct truth {
	struct truth_day days[YEARS_FAMILIES][YEARS_DAYS_MAX + 1];
	uint64_t sources[YEARS_FAMILIES], spells[YEARS_FAMILIES], open[YEARS_FAMILIES];
	double lasted[YEARS_FAMILIES];
};

static void end_spell(struct truth *t, unsigned family, uint32_t first, uint32_t last, bool is_open)
{
	t->spells[family]++;
	t->open[family] += is_open;
	t->lasted[family] += last - first + 1;
	if (!is_open)
		t->days[family][last + 1].recovered++;
}

static void count_source(struct truth *t, const struct years *y, const struct years_source *s,
                         unsigned family, uint32_t gap)
{
	const uint32_t days = (uint32_t)y->options.days;
	uint32_t first = s->first, last = s->first;
	t->sources[family]++;
	t->days[family][first].new_sources++;
	t->days[family][first].sources++;
	for (uint32_t day = first + 1; day < days && years_is_alive(s, day); day++) {
		if (!years_is_seen(y, s, day))
			continue;
		if (gap != UINT32_MAX && day - last - 1 > gap) {
			end_spell(t, family, first, last, false);
			t->days[family][day].returned++;
			first = day;
		}
		t->days[family][day].sources++;
		last = day;
	}
	const uint32_t silent = days - 1 - last;
	end_spell(t, family, first, last, gap == UINT32_MAX ? silent == 0 : silent <= gap);
}

static void write_survey(const struct years *y, const struct truth *t, FILE *to)
{
	uint64_t gained[YEARS_FAMILIES] = { 0 }, lost[YEARS_FAMILIES] = { 0 };
	fputs("day,family,packets,sources,new,returned,recovered,cumulative_new,"
	      "cumulative_recovered,active\n",
	      to);
	for (uint32_t d = 0; d < y->options.days; d++)
		for (unsigned f = 0; f < YEARS_FAMILIES; f++) {
			const struct truth_day *day = &t->days[f][d];
			char date[CALENDAR_DAY_SIZE];
			day_format(YEARS_FIRST_DAY + (int32_t)d, date);
			gained[f] += day->new_sources + day->returned;
			lost[f] += day->recovered;
			fprintf(to, "%s,%s", date, years_families[f]);
			const uint64_t row[] = { day->sources,     day->sources,
				                 day->new_sources, day->returned,
				                 day->recovered,   gained[f],
				                 lost[f],          gained[f] - lost[f] };
			for (size_t i = 0; i < sizeof row / sizeof *row; i++)
				fprintf(to, ",%llu", (unsigned long long)row[i]);
			fputc('\n', to);
		}
}

bool years_write_truth(const struct years *y, uint32_t gap, FILE *survey, FILE *lifetimes,
                       struct error *error)
{
	struct truth *t = memory_new(1, sizeof *t);
	if (t == NULL)
		return error_memory(error, "the truth");
	for (size_t i = 0; i < y->count; i++)
		for (unsigned f = 0; f < YEARS_FAMILIES; f++)
			if (y->sources[i].families >> f & 1)
				count_source(t, y, &y->sources[i], f, gap);
	write_survey(y, t, survey);
	fputs("family,sources,spells,open_spells\n", lifetimes);
	for (unsigned f = 0; f < YEARS_FAMILIES; f++)
		fprintf(lifetimes, "%s,%llu,%llu,%llu\n", years_families[f],
		        (unsigned long long)t->sources[f], (unsigned long long)t->spells[f],
		        (unsigned long long)t->open[f]);
	memory_free(t);
	return (fflush(survey) == 0 && fflush(lifetimes) == 0) ||
	       error_errno(error, "cannot write the truth");
}
