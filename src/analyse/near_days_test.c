// SPDX-License-Identifier: MIT
#include "analyse/near_days.h"

#include "base/random.h"
#include "base/test.h"

#include <string.h>

enum { CAPTURES_MAX = 16, DAYS_MAX = 64, DAY_2016 = 17045, DAY_2096 = 46021 };
#define DAY_NS (UINT64_C(86400) * NANOSECONDS_A_SECOND)

// Captures of which days and their frames are said.
struct many {
	struct ingest_ledger ledger;
	struct holdings_capture list[CAPTURES_MAX];
	struct capture_seen seen[CAPTURES_MAX];
	struct seen_stretch stretches[CAPTURES_MAX][DAYS_MAX];
	size_t count;
};

struct day_frames {
	int32_t day;
	uint64_t frames;
};

static void add(struct many *m, const struct day_frames *days, size_t count)
{
	const size_t n = m->count++;
	for (size_t i = 0; i < count; i++) {
		const uint64_t noon_ns = (uint64_t)days[i].day * DAY_NS + DAY_NS / 2;
		m->stretches[n][i] = (struct seen_stretch){ noon_ns, noon_ns + 1, days[i].frames };
	}
	m->seen[n] = (struct capture_seen){ m->stretches[n], count };
	m->list[n] = (struct holdings_capture){ .name = "a",
		                                .ledger = &m->ledger,
		                                .seen = &m->seen[n],
		                                .first_ns = m->stretches[n][0].first_ns,
		                                .last_ns = m->stretches[n][count - 1].last_ns };
}

#define ADD(many, ...)                                                                             \
	add(many, (const struct day_frames[]){ __VA_ARGS__ },                                      \
	    sizeof(const struct day_frames[]){ __VA_ARGS__ } / sizeof(struct day_frames))

static struct day_range near_of(const struct many *m)
{
	const struct holdings_captures captures = { m->list, m->count, NULL };
	struct day_range near = { 0, 0 };
	struct zone zone;
	struct error error;
	CHECK(zone_parse("UTC", &zone, &error));
	CHECK(near_days_find(&zone, &captures, &near, &error));
	return near;
}

static bool is_near(const struct many *m, int32_t from, int32_t to)
{
	const struct day_range near = near_of(m);
	if (near.from != from || near.to != to)
		printf("near: %d to %d\n", near.from, near.to);
	return near.from == from && near.to == to;
}

static bool none_is_far(const struct many *m)
{
	return is_near(m, all_days.from, all_days.to);
}

TEST(a_bogus_time_is_far)
{
	struct many m = { .count = 0 };
	ADD(&m, { 0, 1 }, { DAY_2016, 1000 }, { DAY_2016 + 1, 3000 }, { DAY_2096, 1 });
	CHECK(is_near(&m, DAY_2016, DAY_2016 + 1));
	struct many of_few = { .count = 0 };
	ADD(&of_few, { DAY_2016, 2 }, { DAY_2096, 1 });
	CHECK(is_near(&of_few, DAY_2016, DAY_2016));
	struct many of_two = { .count = 0 };
	ADD(&of_two, { 0, 1 }, { DAY_2016, 1 });
	CHECK(is_near(&of_two, DAY_2016, DAY_2016));
	struct many random = { .count = 0 };  // a row of them, none of which makes another near
	ADD(&random, { DAY_2016, 1000 }, { DAY_2016 + 300, 3 }, { DAY_2016 + 600, 3 },
	    { DAY_2016 + 900, 3 }, { DAY_2016 + 930, 3 });
	CHECK(is_near(&random, DAY_2016, DAY_2016 + 300));
}

// Whatever it sent in 1970, and though it was in a file of its own.
TEST(a_dead_clock_is_far)
{
	struct many m = { .count = 0 };
	ADD(&m, { 0, 50000 }, { 1, 50000 }, { DAY_2016, 1000 }, { DAY_2016 + 1, 10 });
	CHECK(is_near(&m, DAY_2016, DAY_2016 + 1));
	struct many rotated = { .count = 0 };
	ADD(&rotated, { 0, 50000 });
	CHECK(none_is_far(&rotated));  // nobody knows better yet
	ADD(&rotated, { NEAR_FIRST_DAY - 1, 1 }, { NEAR_FIRST_DAY, 1 });
	CHECK(is_near(&rotated, NEAR_FIRST_DAY, NEAR_FIRST_DAY));
}

TEST(honest_captures_have_no_far_days)
{
	struct many silent = { .count = 0 };
	ADD(&silent, { DAY_2016, 100000 }, { DAY_2016 + 2000, 400 });  // the root of 100,000 is 316
	CHECK(none_is_far(&silent));
	struct many archive = { .count = 0 };
	ADD(&archive, { DAY_2016, 5000000 });
	ADD(&archive, { DAY_2016 - 3000, 1 });
	ADD(&archive, { DAY_2016 + 3000, 20 }, { DAY_2016 + 5000, 20 });
	CHECK(none_is_far(&archive));
	struct many few = { .count = 0 };  // put together by hand
	ADD(&few, { DAY_2016 - 3000, 1 }, { DAY_2016, 2 }, { DAY_2016 + 2000, 1 });
	CHECK(none_is_far(&few));
	struct many sparse = { .count = 0 };  // one frame a month, after a busy day
	struct day_frames months[40] = { { DAY_2016, 1000 } };
	for (int i = 1; i < 40; i++)
		months[i] = (struct day_frames){ DAY_2016 + i * NEAR_GROUP_DAYS, 1 };
	add(&sparse, months, 40);
	CHECK(none_is_far(&sparse));
	struct many none = { .count = 0 };
	CHECK(none_is_far(&none));
}

TEST(the_bounds_are_those_that_are_stated)
{
	struct many m = { .count = 0 };
	ADD(&m, { DAY_2016, 100 }, { DAY_2016 + NEAR_FAR_DAYS, 1 });
	CHECK(none_is_far(&m));
	m.count = 0;
	ADD(&m, { DAY_2016, 100 }, { DAY_2016 + NEAR_FAR_DAYS + 1, 9 });
	CHECK(is_near(&m, DAY_2016, DAY_2016));
	m.count = 0;
	ADD(&m, { DAY_2016, NEAR_FRAMES }, { DAY_2016 + NEAR_FAR_DAYS + 1, 3 });
	CHECK(is_near(&m, DAY_2016, DAY_2016));
	m.count = 0;
	ADD(&m, { DAY_2016, NEAR_FRAMES - 1 }, { DAY_2016 + NEAR_FARTHER_DAYS, 3 });
	CHECK(none_is_far(&m));
	m.count = 0;
	ADD(&m, { DAY_2016, NEAR_FRAMES - 1 }, { DAY_2016 + NEAR_FARTHER_DAYS + 1, 3 });
	CHECK(is_near(&m, DAY_2016, DAY_2016));
	m.count = 0;
	ADD(&m, { DAY_2016, 100 }, { DAY_2016 + NEAR_FAR_DAYS + 1, 10 });
	CHECK(none_is_far(&m));
	m.count = 0;
	ADD(&m, { DAY_2016, 100 }, { DAY_2016 + NEAR_FAR_DAYS + 1, 9 },
	    { DAY_2016 + NEAR_FAR_DAYS + 1 + NEAR_GROUP_DAYS, 1 });
	CHECK(none_is_far(&m));
	m.count = 0;
	ADD(&m, { DAY_2016, 100 }, { DAY_2016 + NEAR_FAR_DAYS + 1, 9 },
	    { DAY_2016 + NEAR_FAR_DAYS + 2 + NEAR_GROUP_DAYS, 1 });
	CHECK(is_near(&m, DAY_2016, DAY_2016));
}

// What others know is near, and what lies between.
TEST(other_captures_make_days_near)
{
	struct many m = { .count = 0 };
	ADD(&m, { DAY_2016, 1000 }, { DAY_2016 + 1000, 1 }, { DAY_2016 + 2000, 1 });
	ADD(&m, { DAY_2016 + 1500, 5 });
	CHECK(is_near(&m, DAY_2016, DAY_2016 + 1500));
	ADD(&m, { DAY_2016 + 2000, 5 });
	CHECK(none_is_far(&m));
	// So do those of which only the ends are known.
	struct many old = { .count = 0 };
	ADD(&old, { 0, 1 }, { DAY_2016, 1000 });
	old.list[0].seen = NULL;
	ADD(&old, { DAY_2016, 1000 }, { DAY_2096, 1 });
	CHECK(is_near(&old, 0, DAY_2016));
}

TEST(the_order_of_captures_makes_no_difference)
{
	enum { ROUNDS = 2000, SEED = 3 };
	struct random dice = random_from(SEED);
	size_t with_far = 0;
	for (int round = 0; round < ROUNDS; round++) {
		struct many m = { .count = 0 };
		for (uint32_t c = 1 + random_below(&dice, CAPTURES_MAX - 1); c > 0; c--) {
			struct day_frames days[DAYS_MAX];
			const size_t count = 1 + random_below(&dice, 6);
			int32_t day = (int32_t)random_below(&dice, 20000);
			for (size_t i = 0; i < count; i++) {
				const uint32_t far = random_below(&dice, 4) > 0 ? 3 : 3000;
				day += 1 + (int32_t)random_below(&dice, far);
				days[i] = (struct day_frames){ day, UINT64_C(1) << random_below(
									    &dice, 12) };
			}
			add(&m, days, count);
		}
		const struct day_range near = near_of(&m);
		with_far += near.from != all_days.from;
		for (size_t i = m.count - 1; i > 0; i--) {
			const size_t other = random_below(&dice, (uint32_t)i + 1);
			const struct holdings_capture swapped = m.list[i];
			m.list[i] = m.list[other];
			m.list[other] = swapped;
		}
		CHECK(is_near(&m, near.from, near.to));
	}
	CHECK(with_far > ROUNDS / 10 && with_far < ROUNDS);
}

TEST(far_frames_are_counted)
{
	struct many m = { .count = 0 };
	struct far_frames far = { .frames = 0 };
	struct zone zone;
	struct error error;
	CHECK(zone_parse("UTC", &zone, &error));
	ADD(&m, { 0, 3 }, { DAY_2016, 1000 }, { DAY_2096, 4 });
	ADD(&m, { DAY_2016, 1000 });
	ADD(&m, { DAY_2016, 1000 }, { DAY_2096 - 1, 1 });
	const struct day_range near = near_of(&m);
	for (size_t i = 0; i < m.count; i++)
		far_frames_add(&zone, m.list[i].seen, near, &far);
	CHECK(far.frames == 8 && far.days == 3 && far.captures == 2);
	CHECK(far.first == 0 && far.last == DAY_2096);
	CHECK(near_days_are_in_doubt(&zone, &m.seen[0]) &&
	      !near_days_are_in_doubt(&zone, &m.seen[1]));
}

static bool reaches(struct day_range wanted, int32_t from, int32_t to)
{
	const struct day_range near = { 100, 200 };
	const struct day_range got = near_days_reach(near, wanted);
	return got.from == from && got.to == to;
}

TEST(who_asks_for_days_beyond_reaches_them)
{
	const int32_t first = all_days.from, last = all_days.to;
	CHECK(reaches(all_days, 100, 200));
	CHECK(reaches((struct day_range){ 150, last }, 100, 200));
	CHECK(reaches((struct day_range){ first, 150 }, 100, 200));
	CHECK(reaches((struct day_range){ 50, last }, 50, 200));
	CHECK(reaches((struct day_range){ first, 300 }, 100, 300));
	CHECK(reaches((struct day_range){ 201, last }, 100, last));
	CHECK(reaches((struct day_range){ first, 99 }, first, 200));
	CHECK(reaches((struct day_range){ 10, 20 }, 10, 200));
	const struct day_range all = near_days_reach(all_days, (struct day_range){ 5, 6 });
	CHECK(all.from == first && all.to == last);
}

TEST_MAIN
