// SPDX-License-Identifier: MIT
#include "cmd/days.h"

#include "base/clock.h"
#include "base/test.h"

#define GIVEN(number)                                                                              \
	{                                                                                          \
		.is_given = true, .day = (number)                                                  \
	}
#define BEFORE_LAST(number)                                                                        \
	{                                                                                          \
		.is_given = true, .from = DAY_FROM_LAST, .day = -(number)                          \
	}
#define TODAY(number)                                                                              \
	{                                                                                          \
		.is_given = true, .from = DAY_FROM_TODAY, .day = (number)                          \
	}

static const int32_t days[] = { 10, 11, 15, 16, 20 };

// Where they begin and end, over days 10, 11, 15, 16 and 20; 0, 0 if they are refused.
static struct day_range resolved(struct chosen_days c)
{
	struct zone utc;
	struct error error;
	CHECK(zone_parse("UTC", &utc, &error));
	const struct held_days held = { &utc, days, sizeof days / sizeof *days };
	if (!days_resolve(&c, &held, &error))
		return (struct day_range){ 0, 0 };
	CHECK(!days_need_data(&c));
	return days_range(&c);
}

static bool is_range(struct day_range range, int32_t from, int32_t to)
{
	return range.from == from && range.to == to;
}

TEST(days_before_the_last_one_are_calendar_days)
{
	CHECK(is_range(resolved((struct chosen_days){ .from = BEFORE_LAST(7) }), 13, INT32_MAX));
	CHECK(is_range(resolved((struct chosen_days){ .to = BEFORE_LAST(0) }), INT32_MIN, 20));
	CHECK(is_range(resolved((struct chosen_days){ BEFORE_LAST(7), BEFORE_LAST(5), 0 }), 13,
	               15));
	CHECK(is_range(resolved((struct chosen_days){ GIVEN(3), BEFORE_LAST(5), 0 }), 3, 15));
}

TEST(last_days_are_days_with_data)
{
	CHECK(is_range(resolved((struct chosen_days){ .last = 1 }), 20, INT32_MAX));
	CHECK(is_range(resolved((struct chosen_days){ .last = 3 }), 15, INT32_MAX));
	CHECK(is_range(resolved((struct chosen_days){ .last = 5 }), 10, INT32_MAX));
	CHECK(is_range(resolved((struct chosen_days){ .last = UINT64_MAX }), 10, INT32_MAX));
	CHECK(is_range(resolved((struct chosen_days){ .to = GIVEN(16), .last = 2 }), 15, 16));
	CHECK(is_range(resolved((struct chosen_days){ .to = GIVEN(14), .last = 2 }), 10, 14));
	CHECK(is_range(resolved((struct chosen_days){ .to = BEFORE_LAST(4), .last = 1 }), 16, 16));
	CHECK(is_range(resolved((struct chosen_days){ .to = GIVEN(9), .last = 2 }), INT32_MIN, 9));
}

TEST(today_is_a_day_of_the_zone)
{
	struct zone east, west;
	struct error error;
	CHECK(zone_parse("+14:00", &east, &error) && zone_parse("-12:00", &west, &error));
	struct chosen_days there = { TODAY(-1), TODAY(0), 0 }, here = there;
	const struct held_days far_east = { &east, days, 1 }, far_west = { &west, days, 1 };
	const int32_t before = zone_day(&east, clock_today_ns()).day;
	CHECK(days_resolve(&there, &far_east, &error) && days_resolve(&here, &far_west, &error));
	const int32_t after = zone_day(&east, clock_today_ns()).day;
	CHECK(there.to.day >= before && there.to.day <= after &&
	      there.from.day == there.to.day - 1);
	// 26 hours lie between them.
	CHECK(there.to.day - here.to.day >= 1 && there.to.day - here.to.day <= 3);
}

TEST(without_data_nothing_counts_from_its_last_day)
{
	struct zone utc;
	struct error error;
	CHECK(zone_parse("UTC", &utc, &error));
	const struct held_days none = { &utc, NULL, 0 };
	struct chosen_days c = { BEFORE_LAST(7), BEFORE_LAST(1), 0 }, last = { .last = 4 };
	CHECK(days_need_data(&c) && days_need_data(&last));
	CHECK(days_resolve(&c, &none, &error) && is_range(days_range(&c), INT32_MIN, INT32_MAX));
	CHECK(days_resolve(&last, &none, &error) &&
	      is_range(days_range(&last), INT32_MIN, INT32_MAX));
}

TEST(what_contradicts_itself_is_refused)
{
	struct error error;
	const struct chosen_days bad[] = {
		{ GIVEN(5), GIVEN(4), 0 },
		{ BEFORE_LAST(3), BEFORE_LAST(4), 0 },
		{ TODAY(0), TODAY(-1), 0 },
		{ .from = GIVEN(5), .last = 4 },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK(!days_check(&bad[i], &error) && error.kind == ERROR_USAGE);
		CHECK(is_range(resolved(bad[i]), 0, 0));
	}
	// This is known only when the data is.
	const struct chosen_days late = { GIVEN(15), BEFORE_LAST(6), 0 };
	CHECK(days_check(&late, &error) && is_range(resolved(late), 0, 0));
}

TEST_MAIN
