// SPDX-License-Identifier: MIT
// Stretches in which frames were seen, against frames that are sorted.
#include "ingest/gather.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"

#include <assert.h>
#include <string.h>

enum { MINUTE_S = 60, DAY_S = 86400 };
#define SECOND_NS NANOSECONDS_A_SECOND
#define BEGIN_S (UINT64_C(17000) * DAY_S)

static struct zone zone_of(const char *name)
{
	struct zone zone;
	struct error error;
	CHECK(zone_parse(name, &zone, &error));
	return zone;
}

static void see(struct gatherer *g, uint64_t time_ns)
{
	const struct seen_stretch one = { time_ns, time_ns, 1 };
	CHECK(gather_add(g, &one));
}

static bool is_stretch(const struct gatherer *g, size_t i, uint64_t first_ns, uint64_t last_ns,
                       uint64_t frames)
{
	const struct seen_stretch *s = &g->seen.stretches[i];
	return i < g->seen.count && s->first_ns == first_ns && s->last_ns == last_ns &&
	       s->frames == frames;
}

TEST(a_quarter_of_an_hour_parts_stretches)
{
	const struct zone zone = zone_of("UTC");
	const uint64_t at = BEGIN_S * SECOND_NS, quarter = 15 * MINUTE_S * SECOND_NS;
	struct gatherer g = { .zone = NULL };
	gather_begin(&g, &zone);
	see(&g, at);
	see(&g, at + quarter - 1);
	see(&g, at + 2 * quarter - 1);
	see(&g, at + 3 * quarter - 2);
	gather_sort(&g);
	CHECK(g.seen.count == 2 && is_stretch(&g, 0, at, at + quarter - 1, 2));
	CHECK(is_stretch(&g, 1, at + 2 * quarter - 1, at + 3 * quarter - 2, 2));
	gather_begin(&g, &zone);
	gather_sort(&g);
	CHECK(g.seen.count == 0);
	gather_done(&g);
}

TEST(days_part_them_as_the_zone_has_them)
{
	const struct zone zone = zone_of("+09:00");
	const uint64_t midnight = (BEGIN_S + (DAY_S - 9 * 3600)) * SECOND_NS;
	struct gatherer g = { .zone = NULL };
	gather_begin(&g, &zone);
	see(&g, midnight);
	see(&g, midnight - 1);
	see(&g, midnight + 1);
	see(&g, 0);
	see(&g, UINT64_MAX);
	see(&g, UINT64_MAX);
	gather_sort(&g);
	CHECK(g.seen.count == 4 && is_stretch(&g, 3, UINT64_MAX, UINT64_MAX, 2));
	see(&g, UINT64_MAX - 1);
	gather_sort(&g);
	CHECK(g.seen.count == 4 && is_stretch(&g, 0, 0, 0, 1));
	CHECK(is_stretch(&g, 1, midnight - 1, midnight - 1, 1));
	CHECK(is_stretch(&g, 2, midnight, midnight + 1, 2));
	CHECK(is_stretch(&g, 3, UINT64_MAX - 1, UINT64_MAX, 3));
	gather_done(&g);
}

static int by_time(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

// Whether the stretches are those of the times, of which there is one a frame; sorts them.
static bool are_of(const struct gatherer *g, uint64_t *times, size_t count)
{
	size_t next = 0;
	qsort(times, count, sizeof *times, by_time);
	for (size_t begin = 0, end; begin < count; begin = end) {
		const int32_t day = zone_day(g->zone, times[begin]).day;
		for (end = begin + 1; end < count && times[end] - times[end - 1] < g->silence_ns &&
		                      zone_day(g->zone, times[end]).day == day;)
			end++;
		if (!is_stretch(g, next++, times[begin], times[end - 1], end - begin))
			return false;
	}
	return next == g->seen.count;
}

TEST(order_makes_no_difference)
{
	enum { ROUNDS = 300, FRAMES = 3000, SEED = 5 };
	static uint64_t times[FRAMES];
	const struct zone zone = zone_of("-03:30");
	struct random dice = random_from(SEED);
	struct gatherer g = { .zone = NULL };
	bool is_good = true;
	for (int round = 0; round < ROUNDS && is_good; round++) {
		const size_t count = random_below(&dice, FRAMES);
		const uint32_t spread_s = 1 + random_below(&dice, 40 * DAY_S);
		gather_begin(&g, &zone);
		for (size_t i = 0; i < count; i++) {
			times[i] = (BEGIN_S + random_below(&dice, spread_s)) * SECOND_NS;
			see(&g, times[i]);
		}
		gather_sort(&g);
		is_good = are_of(&g, times, count);
		CHECK(is_good && g.silence_ns == SEEN_SILENCE_S * SECOND_NS);
	}
	gather_done(&g);
}

// From all the time there is: no capture makes more stretches than there is room for.
TEST(of_random_times_longer_silence_parts_stretches)
{
	enum { FRAMES = 1000000, SEED = 6 };
	const struct zone zone = zone_of("UTC");
	struct random dice = random_from(SEED);
	struct gatherer g = { .zone = NULL };
	uint64_t *times = memory_new(FRAMES, sizeof *times);
	assert(times != NULL);
	gather_begin(&g, &zone);
	for (size_t i = 0; i < FRAMES; i++) {
		times[i] = random_u64(&dice) % (UINT64_C(7258118400) * SECOND_NS);
		see(&g, times[i]);
	}
	gather_sort(&g);
	CHECK(g.seen.count <= SEEN_STRETCHES_MAX && g.seen.count > 80000);
	CHECK(g.silence_ns > SEEN_SILENCE_S * SECOND_NS && are_of(&g, times, FRAMES));
	memory_free(times);
	gather_done(&g);
}

TEST(what_it_had_no_memory_for_is_said)
{
	const struct zone zone = zone_of("UTC");
	struct gatherer g = { .zone = NULL };
	const struct seen_stretch one = { 5, 5, 1 };
	gather_begin(&g, &zone);
	memory_fail_at(1);
	CHECK(!gather_add(&g, &one));
	memory_fail_at(0);
	CHECK(gather_add(&g, &one));
	gather_sort(&g);
	CHECK(g.seen.count == 1);
	gather_done(&g);
}

TEST_MAIN
