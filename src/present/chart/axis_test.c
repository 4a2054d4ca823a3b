// SPDX-License-Identifier: MIT
#include "present/chart/axis.h"

#include "base/calendar.h"
#include "base/random.h"
#include "base/test.h"

#include <math.h>
#include <string.h>

TEST(number_axes_are_round)
{
	struct number_axis axis = axis_numbers(20563, 5);
	CHECK(axis.step > 4999 && axis.step < 5001 && axis.steps == 5);
	axis = axis_numbers(0, 5);
	CHECK(axis.top > 0.99 && axis.top < 1.01 && axis.steps == 1);
	axis = axis_numbers(NAN, 5);
	CHECK(axis.steps == 1);
	axis = axis_numbers(7, 5);
	CHECK(axis.top > 7.99 && axis.top < 8.01);
}

TEST(number_axes_reach_the_maximum_with_the_finest_step)
{
	struct random random = random_from(2016);
	for (int i = 0; i < 100000; i++) {
		const double maximum = floor(exp(random_unit(&random) * 44));
		const unsigned steps_max = 2 + random_below(&random, 9);
		const struct number_axis axis = axis_numbers(maximum, steps_max);
		CHECK(axis.steps >= 1 && axis.steps <= steps_max);
		CHECK(axis.top >= maximum && axis.top - axis.step < fmax(maximum, 1));
		CHECK(axis.step >= 1 && fabs(axis.top / axis.step - axis.steps) < 1e-9);
	}
}

TEST(powers_hold_what_they_are_for)
{
	struct random random = random_from(10);
	for (int i = 0; i < 100000; i++) {
		const double least = floor(exp(random_unit(&random) * 44));
		const double most = floor(least * exp(random_unit(&random) * 20));
		const struct log_axis axis = axis_powers(least, most);
		unsigned ticks = 0;
		CHECK(axis.bottom >= 1 && axis.bottom <= fmax(least, 1));
		CHECK(axis.top >= most && axis.top > axis.bottom);
		CHECK(axis.top <= 2.5 * most || axis.top <= 2 * axis.bottom);
		for (double tick = axis.bottom; tick <= axis.top;
		     tick = axis_next_power(axis, tick))
			ticks++;
		CHECK(ticks >= 2 && ticks <= 30);
	}
	const struct log_axis none = axis_powers(INFINITY, 0);
	CHECK(none.bottom >= 1 && none.top >= 10 && none.top <= 10);
}

// What holds for all ranges: ticks ascend, lie inside, have room, and the first one says its year.
static void check_dates(struct date_range range, double width_em, enum lang lang)
{
	struct date_tick ticks[AXIS_TICKS_MAX];
	const size_t count = axis_dates(range, width_em, lang, ticks);
	CHECK(count >= 1 && count <= AXIS_TICKS_MAX);
	CHECK(ticks[0].year[0] != '\0');
	for (size_t i = 0; i < count; i++) {
		CHECK(ticks[i].index < range.day_count);
		CHECK(ticks[i].label[0] != '\0');
		if (i == 0)
			continue;
		CHECK(ticks[i].index > ticks[i - 1].index);
		const double apart = (ticks[i].index - ticks[i - 1].index) * width_em /
		                     range.day_count;
		CHECK(apart > 3.0);
	}
}

TEST(date_ticks_have_room_on_every_range)
{
	struct random random = random_from(805);
	for (int i = 0; i < 5000; i++) {
		const struct date_range range = {
			.first_day = (int32_t)random_below(&random, 30000) - 5000,
			.day_count = 1 + (uint32_t)exp(random_unit(&random) * 11),
		};
		check_dates(range, 20 + random_unit(&random) * 60, i % 2 == 0 ? LANG_EN : LANG_JA);
	}
}

TEST(half_a_year_is_divided_into_months)
{
	struct date_tick ticks[AXIS_TICKS_MAX];
	const struct date_range range = { day_from_date(2016, 8, 20), 184 };
	const size_t count = axis_dates(range, 66, LANG_EN, ticks);
	CHECK(count == 6);
	CHECK(ticks[0].index == 12 && memcmp(ticks[0].label, "Sep", 4) == 0);
	CHECK(memcmp(ticks[0].year, "2016", 5) == 0 && ticks[1].year[0] == '\0');
	CHECK(memcmp(ticks[4].label, "Jan", 4) == 0 && memcmp(ticks[4].year, "2017", 5) == 0);
	CHECK(axis_dates(range, 66, LANG_JA, ticks) == 6);
	CHECK(memcmp(ticks[0].label, "9月", sizeof "9月") == 0);
	CHECK(memcmp(ticks[0].year, "2016年", sizeof "2016年") == 0);
}

TEST(weeks_begin_on_monday)
{
	struct date_tick ticks[AXIS_TICKS_MAX];
	const struct date_range range = { day_from_date(2016, 9, 1), 40 };
	CHECK(axis_dates(range, 40, LANG_EN, ticks) == 6);
	CHECK(ticks[0].index == 4 && memcmp(ticks[0].label, "Sep 5", 6) == 0);
}

TEST_MAIN
