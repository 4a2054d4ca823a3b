// SPDX-License-Identifier: MIT
#include "analyse/coverage.h"

#include "base/memory.h"
#include "base/text.h"
#include "holdings/days.h"

#include <stdlib.h>

// As in a survey: more than a store can have whose days come from times.
enum { DAYS_MAX = 1 << 20 };

enum { SILENCE_MAX_S = 6 * 3600, SILENCE_INTERVALS = 10 };

const char *const coverage_status_names[] = { "covered", "partly", "missing", "lost" };

static int by_first(const void *a, const void *b)
{
	const struct seen_stretch *x = a, *y = b;
	return (x->first_ns > y->first_ns) - (x->first_ns < y->first_ns);
}

static int by_number(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

// ---- one capture: the times between its frames

// Those that are not long: how many, and what they add up to.
struct between {
	uint64_t count, sum_ns;
	uint64_t long_ns;  // from here on they are long silences
};

static uint64_t gap_before(const struct capture_seen *seen, size_t i)
{
	const struct seen_stretch *s = &seen->stretches[i];
	return s->first_ns > s[-1].last_ns ? s->first_ns - s[-1].last_ns : 0;
}

static bool is_long(uint64_t gap_ns, const struct between *shorter)
{
	if (gap_ns < SEEN_SILENCE_S * NANOSECONDS_A_SECOND)
		return false;
	return shorter->count == 0 ? gap_ns >= SILENCE_MAX_S * NANOSECONDS_A_SECOND
	                           : gap_ns / SILENCE_INTERVALS >= shorter->sum_ns / shorter->count;
}

// `gaps` has room for one more than there are stretches.
static struct between look_between(const struct capture_seen *seen, uint64_t *gaps)
{
	struct between b = { .long_ns = UINT64_MAX };
	size_t count = 0;
	for (size_t i = 0; i < seen->count; i++) {
		const struct seen_stretch *s = &seen->stretches[i];
		b.count += s->frames - (s->frames > 0);
		b.sum_ns += s->last_ns - s->first_ns;
		if (i > 0)
			b.sum_ns += gaps[count++] = gap_before(seen, i);
	}
	b.count += count;
	if (count > 0)
		qsort(gaps, count, sizeof *gaps, by_number);
	while (count > 0) {
		const uint64_t longest = gaps[--count];
		const struct between shorter = { b.count - 1, b.sum_ns - longest, longest };
		if (!is_long(longest, &shorter))
			break;
		b = shorter;
	}
	return b;
}

// ---- all captures

// What they saw, and what of their silence is normal.
struct sight {
	struct seen_stretch *spans;
	uint64_t *intervals;  // the mean one of each capture that has two frames
	uint64_t *gaps;       // for look_between()
	size_t span_count, interval_count;
};

static bool make_room(struct sight *s, const struct coverage_capture *captures, size_t count,
                      struct error *error)
{
	size_t all = 0, most = 0;
	for (size_t i = 0; i < count; i++) {
		all += captures[i].seen.count;
		most = captures[i].seen.count > most ? captures[i].seen.count : most;
	}
	s->spans = memory_new(all + 1, sizeof *s->spans);
	s->intervals = memory_new(count + 1, sizeof *s->intervals);
	s->gaps = memory_new(most + 1, sizeof *s->gaps);
	return (s->spans != NULL && s->intervals != NULL && s->gaps != NULL) ||
	       error_memory(error, "the coverage");
}

static void sight_done(struct sight *s)
{
	memory_free(s->spans);
	memory_free(s->intervals);
	memory_free(s->gaps);
}

static void look_at(struct sight *s, const struct capture_seen *seen)
{
	const struct between between = look_between(seen, s->gaps);
	if (between.count > 0)
		s->intervals[s->interval_count++] = between.sum_ns / between.count;
	for (size_t i = 0; i < seen->count; i++)
		if (i > 0 && gap_before(seen, i) < between.long_ns)
			s->spans[s->span_count - 1].last_ns = seen->stretches[i].last_ns;
		else
			s->spans[s->span_count++] = seen->stretches[i];
}

// The median, so that one capture with a wrong clock in it makes no difference.
static uint64_t tolerate_silence(struct sight *s)
{
	qsort(s->intervals, s->interval_count, sizeof *s->intervals, by_number);
	const uint64_t middle = s->interval_count > 0 ? s->intervals[s->interval_count / 2] : 0;
	const uint64_t least = SEEN_SILENCE_S * NANOSECONDS_A_SECOND;
	const uint64_t most = SILENCE_MAX_S * NANOSECONDS_A_SECOND;
	return middle > most / SILENCE_INTERVALS    ? most
	       : middle * SILENCE_INTERVALS > least ? middle * SILENCE_INTERVALS
	                                            : least;
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
static void count_day(const struct seen_stretch *spans, size_t count, size_t *next,
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
static size_t join(struct seen_stretch *spans, size_t count)
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

// Notes a capture on days, which are differences for now, and may wrap; the sums do not.
static void note_capture(struct coverage *c, int64_t from, int64_t to, bool is_span)
{
	if (to < from || to < 0 || from >= (int64_t)c->day_count)
		return;
	struct coverage_day *first = &c->days[from > 0 ? from : 0];
	first->captures++;
	first->spans += is_span;
	if (to + 1 < (int64_t)c->day_count) {
		c->days[to + 1].captures--;
		c->days[to + 1].spans -= is_span;
	}
}

// Captures by day, each once.
static void count_captures(const struct zone *zone, const struct coverage_capture *captures,
                           size_t count, struct coverage *c)
{
	for (size_t i = 0; i < count; i++) {
		int64_t counted = INT64_MIN;
		for (size_t k = 0; k < captures[i].seen.count; k++) {
			const struct seen_stretch *s = &captures[i].seen.stretches[k];
			const int64_t from = (int64_t)zone_day(zone, s->first_ns).day -
			                     c->first_day;
			const int64_t to = (int64_t)zone_day(zone, s->last_ns).day - c->first_day;
			note_capture(c, from > counted ? from : counted + 1, to,
			             captures[i].is_span);
			counted = to > counted ? to : counted;
		}
	}
	for (uint32_t i = 1; i < c->day_count; i++) {
		c->days[i].captures += c->days[i - 1].captures;
		c->days[i].spans += c->days[i - 1].spans;
	}
}

static void count_days(const struct zone *zone, const struct seen_stretch *spans, size_t count,
                       struct coverage *c)
{
	struct day_span day = zone_span_of_day(zone, c->first_day);
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

bool coverage_count(const struct zone *zone, const struct coverage_capture *captures, size_t count,
                    struct coverage *in_out, struct error *error)
{
	struct coverage c = *in_out;
	struct sight sight = { .span_count = 0 };
	c.days = memory_new((size_t)c.day_count + 1, sizeof *c.days);
	if (c.days == NULL)
		return error_memory(error, "the coverage");
	if (!make_room(&sight, captures, count, error)) {
		sight_done(&sight);
		memory_free(c.days);
		return false;
	}
	for (size_t i = 0; i < count; i++)
		look_at(&sight, &captures[i].seen);
	c.silence_ns = tolerate_silence(&sight);
	count_captures(zone, captures, count, &c);
	qsort(sight.spans, sight.span_count, sizeof *sight.spans, by_first);
	count_days(zone, sight.spans, join(sight.spans, sight.span_count), &c);
	sight_done(&sight);
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

// Captures without a frame saw nothing. `spans` has room for one of each.
static size_t list_captures(const struct holdings_captures *captures, struct coverage_capture *list,
                            struct seen_stretch *spans)
{
	size_t count = 0;
	for (size_t i = 0; i < captures->count; i++) {
		const struct holdings_capture *c = &captures->list[i];
		if (c->ledger == NULL || c->first_ns > c->last_ns)
			continue;
		spans[count] = (struct seen_stretch){ c->first_ns, c->last_ns,
			                              ingest_ledger_total(c->ledger) };
		const bool is_span = c->seen == NULL || c->seen->count == 0;
		list[count] = (struct coverage_capture){
			is_span ? (struct capture_seen){ &spans[count], 1 } : *c->seen, is_span
		};
		count++;
	}
	return count;
}

static bool count_all(struct holdings *holdings, struct coverage *c, struct error *error)
{
	struct holdings_captures *captures;
	if (!holdings_open_captures(holdings, &captures, error))
		return false;
	struct coverage_capture *list = memory_new(captures->count + 1, sizeof *list);
	struct seen_stretch *spans = memory_new(captures->count + 1, sizeof *spans);
	bool ok = (list != NULL && spans != NULL) || error_memory(error, "captures");
	if (ok)
		ok = coverage_count(holdings_about(holdings).zone, list,
		                    list_captures(captures, list, spans), c, error);
	memory_free(list);
	memory_free(spans);
	holdings_close_captures(captures);
	return ok;
}

bool coverage_make(struct holdings *holdings, struct coverage *out, struct error *error)
{
	struct coverage c = { .day_count = 0 };
	struct day_range days;
	if (held_days_bounds(holdings, all_days, &days)) {
		if ((int64_t)days.to - days.from >= DAYS_MAX)
			return error_set(error, ERROR_FAILED,
			                 "the days of the store lie too far apart");
		c.first_day = days.from;
		c.day_count = (uint32_t)(days.to - days.from) + 1;
	}
	if (!count_all(holdings, &c, error))
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

const char *coverage_known_by(const struct coverage_day *d)
{
	return d->spans > 0 ? "spans" : "frames";
}
