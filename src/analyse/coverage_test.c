// SPDX-License-Identifier: MIT
#include "analyse/coverage.h"

#include "base/memory.h"
#include "base/random.h"
#include "store/test_store.h"

enum { DAY_S = 86400, HOUR_S = 3600, MINUTE_S = 60, FIRST = 17000 };
#define DENSE 1000000  // frames: so many that only 15 minutes matter

static struct seen_stretch span_s(uint64_t first_s, uint64_t last_s, uint64_t frames)
{
	const uint64_t begin_s = (uint64_t)FIRST * DAY_S;
	return (struct seen_stretch){ (begin_s + first_s) * NANOSECONDS_A_SECOND,
		                      (begin_s + last_s) * NANOSECONDS_A_SECOND, frames };
}

// Each a capture of which that is known.
static struct coverage count_in(const char *zone_name, struct seen_stretch *spans, size_t count,
                                uint32_t day_count)
{
	struct coverage c = { .first_day = FIRST, .day_count = day_count };
	struct coverage_capture *captures = memory_new(count + 1, sizeof *captures);
	struct zone zone;
	struct error error;
	CHECK(captures != NULL && zone_parse(zone_name, &zone, &error));
	for (size_t i = 0; i < count; i++)
		captures[i] = (struct coverage_capture){ { &spans[i], 1 }, true };
	CHECK(coverage_count(&zone, captures, count, &c, &error));
	memory_free(captures);
	return c;
}

// All of one capture.
static struct coverage count_seen(struct seen_stretch *stretches, size_t count, uint32_t day_count)
{
	struct coverage c = { .first_day = FIRST, .day_count = day_count };
	const struct coverage_capture capture = { { stretches, count }, false };
	struct zone zone;
	struct error error;
	CHECK(zone_parse("UTC", &zone, &error));
	CHECK(coverage_count(&zone, &capture, 1, &c, &error));
	return c;
}

static bool is_day(const struct coverage *c, int32_t day, uint64_t covered_s, uint32_t holes,
                   uint32_t captures)
{
	const struct coverage_day *d = coverage_on(c, day);
	const bool is_so = d != NULL && d->covered_ns == covered_s * NANOSECONDS_A_SECOND &&
	                   d->holes == holes && d->captures == captures;
	if (!is_so && d != NULL)
		printf("day %d: %g s, %u holes, %u captures\n", day,
		       (double)d->covered_ns / NANOSECONDS_A_SECOND, d->holes, d->captures);
	return is_so;
}

TEST(days_without_a_gap_are_covered)
{
	struct seen_stretch spans[] = { span_s(30, DAY_S - 7, DENSE),
		                        span_s(DAY_S + 600, 2 * DAY_S - 600, DENSE) };
	struct coverage c = count_in("UTC", spans, 2, 2);
	CHECK(is_day(&c, FIRST, DAY_S, 0, 1) && is_day(&c, FIRST + 1, DAY_S, 0, 1));
	CHECK(coverage_status(&c.days[0]) == COVERED && coverage_share(&c.days[0]) >= 1);
	CHECK(coverage_on(&c, FIRST - 1) == NULL && coverage_on(&c, FIRST + 2) == NULL);
	coverage_done(&c);
}

TEST(fifteen_minutes_are_a_hole_and_less_is_none)
{
	struct seen_stretch spans[] = { span_s(HOUR_S + 15 * MINUTE_S, 20 * HOUR_S, DENSE),
		                        span_s(0, HOUR_S, DENSE),
		                        span_s(20 * HOUR_S + 15 * MINUTE_S - 1, DAY_S, DENSE) };
	struct coverage c = count_in("UTC", spans, 3, 1);
	CHECK(is_day(&c, FIRST, DAY_S - 15 * MINUTE_S, 1, 3));
	CHECK(coverage_status(&c.days[0]) == COVERED_PARTLY);
	coverage_done(&c);
}

TEST(a_day_without_a_span_is_missing)
{
	struct seen_stretch spans[] = { span_s(0, HOUR_S, DENSE),
		                        span_s(2 * DAY_S + HOUR_S, 3 * DAY_S, DENSE) };
	struct coverage c = count_in("UTC", spans, 2, 3);
	CHECK(is_day(&c, FIRST, HOUR_S, 1, 1) && is_day(&c, FIRST + 1, 0, 1, 0));
	// Its last moment is the first of the day after it, which is none of the store.
	CHECK(is_day(&c, FIRST + 2, DAY_S - HOUR_S, 1, 1));
	CHECK(coverage_status(&c.days[1]) == COVERED_MISSING);
	coverage_done(&c);
	c = count_in("UTC", NULL, 0, 1);
	CHECK(is_day(&c, FIRST, 0, 1, 0));
	coverage_done(&c);
}

TEST(sparse_telescopes_are_silent_for_longer)
{
	// A frame in twenty minutes on average: silence of 200 minutes is no hole.
	struct seen_stretch spans[] = { span_s(0, 4 * HOUR_S, 13),
		                        span_s(4 * HOUR_S + 199 * MINUTE_S, 9 * HOUR_S, 6),
		                        span_s(9 * HOUR_S + 200 * MINUTE_S, 24 * HOUR_S, 36) };
	struct coverage c = count_in("UTC", spans, 3, 1);
	CHECK(c.silence_ns / NANOSECONDS_A_SECOND == 12000);
	CHECK(is_day(&c, FIRST, DAY_S - 200 * MINUTE_S, 1, 3));
	coverage_done(&c);
	// But half a day always is one.
	struct seen_stretch few[] = { span_s(0, 12 * HOUR_S, 2), span_s(18 * HOUR_S, DAY_S, 2) };
	c = count_in("UTC", few, 2, 1);
	CHECK(is_day(&c, FIRST, 18 * HOUR_S, 1, 2));
	coverage_done(&c);
}

TEST(one_wrong_clock_does_not_make_silence_longer)
{
	struct seen_stretch spans[] = { span_s(0, HOUR_S, DENSE),
		                        span_s(HOUR_S, 2 * HOUR_S, DENSE),
		                        { 0, (uint64_t)(FIRST + 9) * DAY_S * NANOSECONDS_A_SECOND,
		                          10 } };
	struct coverage c = count_in("UTC", spans, 3, 1);
	CHECK(c.silence_ns == 900 * NANOSECONDS_A_SECOND);
	CHECK(is_day(&c, FIRST, DAY_S, 0, 3));
	coverage_done(&c);
}

// Ten minutes of one day, and a frame that a wrong clock put onto the next: nothing between was seen.
TEST(a_wrong_clock_sees_its_own_moment)
{
	struct seen_stretch seen[] = { span_s(HOUR_S, HOUR_S + 600, 1000),
		                       span_s(DAY_S + 12 * HOUR_S, DAY_S + 12 * HOUR_S, 1) };
	struct coverage c = count_seen(seen, 2, 2);
	CHECK(is_day(&c, FIRST, 600, 2, 1) && is_day(&c, FIRST + 1, 0, 2, 1));
	CHECK(text_equal(coverage_known_by(&c.days[0]), "frames"));
	coverage_done(&c);
	// Of a capture of which only its first and its last frame are known, nobody can say.
	struct seen_stretch span[] = { span_s(HOUR_S, DAY_S + 12 * HOUR_S, 1001) };
	c = count_in("UTC", span, 1, 2);
	CHECK(is_day(&c, FIRST, 23 * HOUR_S, 1, 1) && is_day(&c, FIRST + 1, 12 * HOUR_S, 1, 1));
	CHECK(text_equal(coverage_known_by(&c.days[1]), "spans"));
	coverage_done(&c);
}

TEST(long_silence_of_a_capture_is_a_hole)
{
	struct seen_stretch seen[] = { span_s(0, 6 * HOUR_S, DENSE),
		                       span_s(8 * HOUR_S, DAY_S - 1, DENSE),
		                       span_s(DAY_S + 60, DAY_S + HOUR_S, DENSE),
		                       span_s(DAY_S + HOUR_S + 15 * MINUTE_S, 2 * DAY_S, DENSE) };
	struct coverage c = count_seen(seen, 4, 2);
	CHECK(is_day(&c, FIRST, 22 * HOUR_S, 1, 1));
	CHECK(is_day(&c, FIRST + 1, DAY_S - 15 * MINUTE_S, 1, 1));
	coverage_done(&c);
}

// Its own rate says what is long: 20 minutes between frames make 200; another capture's makes no
// difference.
TEST(sparse_captures_are_silent_for_longer)
{
	enum { FRAMES = 40 };
	struct seen_stretch sparse[FRAMES], dense = span_s(0, HOUR_S, DENSE);
	for (unsigned i = 0; i < FRAMES; i++) {
		const uint64_t at_s = i * 20 * MINUTE_S + (i < 20 ? 0 : 170 * MINUTE_S) +
		                      (i < 30 ? 0 : 240 * MINUTE_S);
		sparse[i] = span_s(at_s, at_s, 1);
	}
	const struct coverage_capture captures[] = { { { sparse, FRAMES }, false },
		                                     { { &dense, 1 }, false },
		                                     { { &dense, 1 }, false } };
	struct coverage c = { .first_day = FIRST, .day_count = 1 };
	struct zone zone;
	struct error error;
	CHECK(zone_parse("UTC", &zone, &error));
	CHECK(coverage_count(&zone, captures, 3, &c, &error));
	// 260 minutes are more than ten times the mean of all others; 190 less than that of the rest.
	const uint64_t end_s = sparse[FRAMES - 1].last_ns / NANOSECONDS_A_SECOND -
	                       (uint64_t)FIRST * DAY_S;
	const uint64_t after_s = DAY_S - end_s;
	CHECK(c.silence_ns == 900 * NANOSECONDS_A_SECOND);
	CHECK(is_day(&c, FIRST, DAY_S - after_s - 260 * MINUTE_S, 2, 3));
	coverage_done(&c);
}

TEST(two_frames_see_between_them_up_to_six_hours)
{
	struct seen_stretch near[] = { span_s(0, 0, 1), span_s(6 * HOUR_S - 1, 6 * HOUR_S - 1, 1) };
	struct seen_stretch far[] = { span_s(0, 0, 1), span_s(6 * HOUR_S, 6 * HOUR_S, 1) };
	struct coverage c = count_seen(near, 2, 1);
	CHECK(is_day(&c, FIRST, 6 * HOUR_S - 1, 1, 1));
	coverage_done(&c);
	c = count_seen(far, 2, 1);
	CHECK(is_day(&c, FIRST, 0, 2, 1));
	coverage_done(&c);
}

TEST(days_are_as_long_as_their_zone_says)
{
	// 17111 is 2016-11-06, when New York's clocks went back an hour.
	struct zone zone;
	struct error error;
	if (!zone_parse("America/New_York", &zone, &error))
		SKIP("there is no time zone database");
	struct seen_stretch spans[] = { span_s(111 * DAY_S, 114 * DAY_S, DENSE) };
	struct coverage c = count_in("America/New_York", spans, 1, 115);
	CHECK(is_day(&c, FIRST + 111, 25 * HOUR_S, 0, 1) && is_day(&c, FIRST + 112, DAY_S, 0, 1));
	CHECK(c.days[111].length_ns == 25 * HOUR_S * NANOSECONDS_A_SECOND);
	// The day before begins at four o'clock UTC, and the span four hours earlier.
	CHECK(is_day(&c, FIRST + 110, 4 * HOUR_S, 1, 1) && is_day(&c, FIRST + 109, 0, 1, 0));
	CHECK(is_day(&c, FIRST + 113, 19 * HOUR_S, 1, 1) && is_day(&c, FIRST + 114, 0, 1, 0));
	coverage_done(&c);
}

TEST(days_that_no_moment_lies_in_have_no_length)
{
	static const int32_t firsts[] = { -1000000, 84000, 900000 };
	for (size_t i = 0; i < 3; i++) {
		struct coverage c = { .first_day = firsts[i], .day_count = 1 << 20 };
		struct seen_stretch span = span_s(0, DAY_S, DENSE);
		const struct coverage_capture capture = { { &span, 1 }, true };
		struct zone zone;
		struct error error;
		CHECK(zone_parse("UTC", &zone, &error));
		CHECK(coverage_count(&zone, &capture, 1, &c, &error));
		const struct coverage_day *last = coverage_on(&c, firsts[i] + (1 << 20) - 1);
		CHECK(last != NULL && coverage_share(last) <= 0);
		CHECK(coverage_status(last) == COVERED_MISSING);
		CHECK(i > 0 || is_day(&c, FIRST, DAY_S, 0, 1));
		coverage_done(&c);
	}
}

// Minutes as bits, against every way in which spans can lie.
TEST(random_spans_are_what_a_look_at_each_minute_says)
{
	enum { ROUNDS = 3000, DAYS = 4, MINUTES = DAYS * 1440, SPANS = 12, SEED = 17 };
	struct random dice = random_from(SEED);
	for (int round = 0; round < ROUNDS; round++) {
		static bool is_seen[MINUTES];
		struct seen_stretch spans[SPANS];
		uint32_t captures[DAYS] = { 0 };
		const size_t count = random_below(&dice, SPANS + 1);
		memset(is_seen, 0, sizeof is_seen);
		for (size_t i = 0; i < count; i++) {
			const uint32_t begin = random_below(&dice, MINUTES);
			uint32_t end = begin + random_below(&dice, 1 + random_below(&dice, 1500));
			end = end < MINUTES ? end : MINUTES - 1;
			memset(is_seen + begin, 1, end - begin);
			spans[i] = span_s((uint64_t)begin * 60, (uint64_t)end * 60, DENSE);
			for (uint32_t d = begin / 1440; d <= end / 1440; d++)
				captures[d]++;
		}
		// A span of one moment divides silence.
		static bool is_moment[MINUTES];
		memset(is_moment, 0, sizeof is_moment);
		for (size_t i = 0; i < count; i++) {
			const uint64_t minute = spans[i].first_ns / NANOSECONDS_A_SECOND / 60 -
			                        (uint64_t)FIRST * 1440;
			is_moment[minute] = true;
		}
		struct coverage c = count_in("UTC", spans, count, DAYS);
		bool is_good = true;
		for (uint32_t d = 0; d < DAYS; d++) {
			uint32_t covered = 1440, holes = 0, silent = 0;
			for (uint32_t m = d * 1440; m <= (d + 1) * 1440; m++) {
				const bool ends = m == (d + 1) * 1440 || is_seen[m] || is_moment[m];
				if (ends && silent >= 15) {
					covered -= silent;
					holes++;
				}
				silent = ends ? 0 : silent;
				silent += m < (d + 1) * 1440 && !is_seen[m];
			}
			is_good &= is_day(&c, FIRST + (int32_t)d, covered * 60, holes, captures[d]);
		}
		CHECK(is_good);
		if (!is_good)
			printf("seed %d, round %d\n", SEED, round);
		coverage_done(&c);
	}
}

TEST_MAIN
