// SPDX-License-Identifier: MIT
#include "analyse/coverage.h"

#include "base/memory.h"
#include "base/text.h"
#include "holdings/days.h"

#include <stdlib.h>

// As in a survey: more than a store can have whose days come from times.
enum { DAYS_MAX = 1 << 20 };

enum { SILENCE_S = 15 * 60, SILENCE_MAX_S = 6 * 3600, SILENCE_INTERVALS = 10, NOON_S = 43200 };

const char *const coverage_status_names[] = { "covered", "partly", "missing", "lost" };

static int by_first(const void *a, const void *b)
{
	const struct coverage_span *x = a, *y = b;
	return (x->first_ns > y->first_ns) - (x->first_ns < y->first_ns);
}

static int by_number(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

// The median, so that one capture with a wrong clock in it makes no difference.
static bool tolerate_silence(const struct coverage_span *spans, size_t count, uint64_t *out,
                             struct error *error)
{
	uint64_t *intervals = memory_new(count + 1, sizeof *intervals);
	size_t known = 0;
	if (intervals == NULL)
		return error_memory(error, "the coverage");
	for (size_t i = 0; i < count; i++)
		if (spans[i].frames > 1)
			intervals[known++] = (spans[i].last_ns - spans[i].first_ns) /
			                     (spans[i].frames - 1);
	qsort(intervals, known, sizeof *intervals, by_number);
	const uint64_t middle = known > 0 ? intervals[known / 2] : 0;
	const uint64_t least = SILENCE_S * NANOSECONDS_A_SECOND;
	const uint64_t most = SILENCE_MAX_S * NANOSECONDS_A_SECOND;
	memory_free(intervals);
	*out = middle > most / SILENCE_INTERVALS    ? most
	       : middle * SILENCE_INTERVALS > least ? middle * SILENCE_INTERVALS
	                                            : least;
	return true;
}

static struct day_span span_of_day(const struct zone *zone, int32_t day)
{
	const int64_t noon_s = (int64_t)day * 86400 + NOON_S;
	struct day_span span = zone_day(zone,
	                                noon_s > 0 ? (uint64_t)noon_s * NANOSECONDS_A_SECOND : 0);
	while (span.day < day && span.end_ns < UINT64_MAX)
		span = zone_day(zone, span.end_ns);
	while (span.day > day && span.begin_ns > 0)
		span = zone_day(zone, span.begin_ns - 1);
	return span;
}

static void note_stretch(struct coverage_day *out, uint64_t begin_ns, uint64_t end_ns,
                         uint64_t silence_ns)
{
	if (end_ns - begin_ns < silence_ns)
		return;
	out->covered_ns -= end_ns - begin_ns;
	out->holes++;
}

// Counts one day; spans from *next on are those that end on the day or later. They do not overlap.
static void count_day(const struct coverage_span *spans, size_t count, size_t *next,
                      const struct day_span *day, uint64_t silence_ns, struct coverage_day *out)
{
	uint64_t at = day->begin_ns;
	out->length_ns = out->covered_ns = day->end_ns - day->begin_ns;
	while (*next < count && spans[*next].last_ns < day->begin_ns)
		++*next;
	for (size_t i = *next; i < count && spans[i].first_ns < day->end_ns; i++) {
		if (spans[i].first_ns > at)
			note_stretch(out, at, spans[i].first_ns, silence_ns);
		at = spans[i].last_ns;
	}
	if (at < day->end_ns)
		note_stretch(out, at, day->end_ns, silence_ns);
}

// Joins spans that overlap, which ascend; returns how many are left.
static size_t join(struct coverage_span *spans, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && spans[i].first_ns <= spans[kept - 1].last_ns) {
			if (spans[i].last_ns > spans[kept - 1].last_ns)
				spans[kept - 1].last_ns = spans[i].last_ns;
		} else {
			spans[kept++] = spans[i];
		}
	}
	return kept;
}

// Captures by day, from what begins on the day and what has ended before.
static void count_captures(const struct zone *zone, const struct coverage_span *spans, size_t count,
                           struct coverage *c)
{
	for (size_t i = 0; i < count; i++) {
		const int64_t from = (int64_t)zone_day(zone, spans[i].first_ns).day - c->first_day;
		const int64_t to = (int64_t)zone_day(zone, spans[i].last_ns).day - c->first_day;
		if (to < 0 || from >= (int64_t)c->day_count)
			continue;
		// Differences for now, which may wrap; the sums do not.
		c->days[from > 0 ? from : 0].captures++;
		if (to + 1 < (int64_t)c->day_count)
			c->days[to + 1].captures--;
	}
	for (uint32_t i = 1; i < c->day_count; i++)
		c->days[i].captures += c->days[i - 1].captures;
}

static void count_days(const struct zone *zone, const struct coverage_span *spans, size_t count,
                       struct coverage *c)
{
	struct day_span day = span_of_day(zone, c->first_day);
	size_t next = 0;
	for (uint32_t i = 0; i < c->day_count; i++) {
		const int32_t wanted = c->first_day + (int32_t)i;
		if (day.day < wanted && day.end_ns < UINT64_MAX)
			day = zone_day(zone, day.end_ns);
		// A catalogue may name days that no moment lies in: they have no length.
		if (day.day != wanted)
			continue;
		struct day_span counted = day;
		// The last day that there can be has no end.
		if (counted.end_ns == UINT64_MAX)
			counted.end_ns = counted.begin_ns + 86400 * NANOSECONDS_A_SECOND;
		count_day(spans, count, &next, &counted, c->silence_ns, &c->days[i]);
	}
}

bool coverage_count(const struct zone *zone, struct coverage_span *spans, size_t span_count,
                    struct coverage *in_out, struct error *error)
{
	struct coverage c = *in_out;
	c.days = memory_new((size_t)c.day_count + 1, sizeof *c.days);
	if (c.days == NULL)
		return error_memory(error, "the coverage");
	if (!tolerate_silence(spans, span_count, &c.silence_ns, error)) {
		memory_free(c.days);
		return false;
	}
	count_captures(zone, spans, span_count, &c);
	if (span_count > 0)
		qsort(spans, span_count, sizeof *spans, by_first);
	count_days(zone, spans, join(spans, span_count), &c);
	*in_out = c;
	return true;
}

// Days of which nothing is held have no packet.
static void note_packets(const struct holdings *holdings, struct coverage *c)
{
	struct held_day day = { .count = 0 };
	while (held_day_next(holdings, all_days, &day))
		c->days[day.day - c->first_day].has_packets = true;
	for (uint32_t i = 0; i < c->day_count; i++)
		c->days[i].is_lost = held_day_is_lost(holdings, c->first_day + (int32_t)i);
	for (uint32_t i = 0; i < c->day_count; i++)
		if (!c->days[i].has_packets && !c->days[i].is_lost) {
			c->days[i].covered_ns = 0;
			c->days[i].holes = 1;
		}
}

// Captures without a frame saw nothing.
static bool find_spans(struct holdings *holdings, struct coverage_span **out, size_t *out_count,
                       struct error *error)
{
	struct holdings_captures *captures;
	if (!holdings_open_captures(holdings, &captures, error))
		return false;
	struct coverage_span *spans = memory_new(captures->count + 1, sizeof *spans);
	size_t count = 0;
	for (size_t i = 0; spans != NULL && i < captures->count; i++) {
		const struct holdings_capture *c = &captures->list[i];
		if (c->ledger != NULL && c->first_ns <= c->last_ns)
			spans[count++] = (struct coverage_span){ c->first_ns, c->last_ns,
				                                 ingest_ledger_total(c->ledger) };
	}
	holdings_close_captures(captures);
	*out = spans;
	*out_count = count;
	return spans != NULL || error_memory(error, "captures");
}

bool coverage_make(struct holdings *holdings, struct coverage *out, struct error *error)
{
	struct coverage c = { .day_count = 0 };
	struct day_range days;
	struct coverage_span *spans;
	size_t span_count;
	if (held_days_bounds(holdings, all_days, &days)) {
		if ((int64_t)days.to - days.from >= DAYS_MAX)
			return error_set(error, ERROR_FAILED,
			                 "the days of the store lie too far apart");
		c.first_day = days.from;
		c.day_count = (uint32_t)(days.to - days.from) + 1;
	}
	if (!find_spans(holdings, &spans, &span_count, error))
		return false;
	const bool ok = coverage_count(holdings_about(holdings).zone, spans, span_count, &c, error);
	memory_free(spans);
	if (!ok)
		return false;
	note_packets(holdings, &c);
	*out = c;
	return true;
}

void coverage_done(struct coverage *c)
{
	memory_free(c->days);
	*c = (struct coverage){ .day_count = 0 };
}

const struct coverage_day *coverage_on(const struct coverage *c, int32_t day)
{
	const int64_t index = (int64_t)day - c->first_day;
	return index >= 0 && index < (int64_t)c->day_count ? &c->days[index] : NULL;
}

double coverage_share(const struct coverage_day *d)
{
	return d->length_ns > 0 ? (double)d->covered_ns / (double)d->length_ns : 0;
}

enum coverage_status coverage_status(const struct coverage_day *d)
{
	if (d->is_lost)
		return COVERED_LOST;
	if (d->covered_ns == 0 && !d->has_packets)
		return COVERED_MISSING;
	return coverage_share(d) < COVERAGE_WHOLE ? COVERED_PARTLY : COVERED;
}
