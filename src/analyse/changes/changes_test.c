// SPDX-License-Identifier: MIT
// The rule of changes.h at each of its borders, and that it is quiet where nothing but chance is at work.
#include "analyse/changes/changes.h"

#include "base/random.h"
#include "base/test.h"

enum { DAYS = 90, LAST = DAYS - 1 };

struct course {
	bool is_known[DAYS], is_whole[DAYS];
	uint64_t totals[DAYS];
	uint32_t sources[DAYS];
	struct change_days days;
};

// So many on every day, all of them known and whole. It stays where it is.
static void steady(struct course *c, uint32_t sources)
{
	for (uint32_t i = 0; i < DAYS; i++) {
		c->is_known[i] = c->is_whole[i] = true;
		c->totals[i] = 10000;
		c->sources[i] = sources;
	}
	c->days = (struct change_days){ DAYS, c->is_known, c->is_whole, NULL };
}

static enum change on(const struct course *c, uint32_t day)
{
	return change_on(&c->days, c->sources, day).change;
}

// What the last day is, with so many sources.
static enum change last(struct course *c, uint32_t sources)
{
	c->sources[LAST] = sources;
	return on(c, LAST);
}

TEST(new_is_more_than_three_times_as_many)
{
	struct course c;
	steady(&c, 0);
	CHECK(last(&c, 9) == CHANGE_NONE && last(&c, 10) == CHANGE_NEW);
	steady(&c, 3);  // 2 (sqrt(18.375) - sqrt(3.375)) = 4.90, and of 19 5.13
	CHECK(last(&c, 18) == CHANGE_NONE && last(&c, 19) == CHANGE_NEW);
	steady(&c, 6);  // 20 and more than three times as many, as for ports
	CHECK(last(&c, 19) == CHANGE_NONE && last(&c, 20) == CHANGE_NEW);
	steady(&c, 10);
	CHECK(last(&c, 30) != CHANGE_NEW && last(&c, 31) == CHANGE_NEW);
	const struct changed changed = change_on(&c.days, c.sources, LAST);
	CHECK(changed.sources == 31 && changed.usual == 10 && changed.most == 10);
	c.sources[LAST - 28] = 11;
	CHECK(last(&c, 33) != CHANGE_NEW && last(&c, 34) == CHANGE_NEW);
	c.sources[LAST - 28] = 10;
	c.sources[LAST - 29] = 100;
	CHECK(last(&c, 31) == CHANGE_NEW);
}

TEST(grown_is_a_quarter_more_and_more_than_chance)
{
	struct course c;
	steady(&c, 1000);
	CHECK(last(&c, 1250) == CHANGE_NONE && last(&c, 1251) == CHANGE_GROWN);
	steady(&c, 100);  // 2 (sqrt(154.375) - sqrt(100.375)) = 4.81, and of 157 5.05
	CHECK(last(&c, 154) == CHANGE_NONE && last(&c, 157) == CHANGE_GROWN);
	steady(&c, 10);  // 3 times as many, and still less than 5 deviations
	CHECK(last(&c, 30) == CHANGE_NONE);
}

TEST(what_takes_days_to_grow_is_told_on_the_first_day)
{
	struct course c;
	steady(&c, 0);
	for (uint32_t i = 0; i < 6; i++)  // 2 5 9 13 17 21: never more than three times as many
		c.sources[LAST - 5 + i] = (uint32_t[]){ 2, 5, 9, 13, 17, 21 }[i];
	CHECK(on(&c, LAST - 3) == CHANGE_NONE);
	CHECK(on(&c, LAST - 2) == CHANGE_NEW);
	CHECK(on(&c, LAST - 1) == CHANGE_NONE && on(&c, LAST) == CHANGE_NONE);
	steady(&c, 300);
	for (uint32_t i = 0; i < 6; i++)
		c.sources[LAST - 5 + i] = 330 + 30 * i;  // 330 360 390 420 450 480
	CHECK(on(&c, LAST - 3) == CHANGE_NONE);
	CHECK(on(&c, LAST - 2) == CHANGE_GROWN);  // 1.4 times; 1.3 times are 4.87 deviations
	CHECK(on(&c, LAST - 1) == CHANGE_NONE && on(&c, LAST) == CHANGE_NONE);
	CHECK(last(&c, 563) == CHANGE_GROWN);  // a quarter above all of them: told again
}

// Half as many again each week, for five weeks: told once. Then it begins to double.
TEST(steady_growth_is_told_once_and_again_when_it_doubles)
{
	struct course c;
	double sources = 1000;
	unsigned told = 0;
	steady(&c, 1000);
	for (uint32_t i = 40; i < DAYS; i++)
		c.sources[i] = (uint32_t)(sources *= i < 75 ? 1.06 : 1.13);
	for (uint32_t i = 0; i < 75; i++)
		told += on(&c, i) == CHANGE_GROWN;
	CHECK(told == 1 && on(&c, 43) == CHANGE_GROWN);
	for (uint32_t i = 75; i < DAYS; i++)
		told += on(&c, i) == CHANGE_GROWN;
	CHECK(told == 2);
}

// A second growth, so many days after the first, of which 1.25 times as many are seen for 7 more.
static enum change second_growth(uint32_t later)
{
	struct course c;
	steady(&c, 1000);
	for (uint32_t i = 50; i < DAYS; i++)
		c.sources[i] = i < 50 + later - 1 ? 1300 : i < 50 + later ? 1600 : 1700;
	return on(&c, 50 + later);
}

TEST(a_step_is_told_again_after_14_days)
{
	CHECK(second_growth(21) == CHANGE_NONE);
	CHECK(second_growth(22) == CHANGE_GROWN);
}

TEST(gone_is_a_tenth_of_what_was_always_there)
{
	struct course c;
	steady(&c, 40);
	CHECK(last(&c, 4) == CHANGE_NONE && last(&c, 3) == CHANGE_GONE);
	CHECK(change_on(&c.days, c.sources, LAST).usual == 40);
	c.sources[LAST - 1] = 0;
	CHECK(on(&c, LAST - 1) == CHANGE_GONE && on(&c, LAST) == CHANGE_NONE);
	c.sources[LAST - 1] = 40;
	c.is_whole[LAST] = false;
	CHECK(on(&c, LAST) == CHANGE_NONE);
	c.is_whole[LAST] = true;
	c.sources[LAST - 20] = 19;
	CHECK(last(&c, 0) == CHANGE_NONE);
	c.sources[LAST - 20] = 20;
	CHECK(last(&c, 0) == CHANGE_GONE);
}

TEST(seven_days_have_to_be_known)
{
	struct course c;
	steady(&c, 0);
	for (uint32_t i = 0; i < DAYS; i++)
		c.is_known[i] = i >= LAST - 6;
	CHECK(last(&c, 1000) == CHANGE_UNKNOWN && change_days_known(&c.days, LAST) == 6);
	c.is_known[LAST - 7] = true;
	CHECK(last(&c, 1000) == CHANGE_NEW && change_days_known(&c.days, LAST) == 7);
	c.sources[LAST - 3] = 1000;  // but if nobody knows of that day, it says nothing
	CHECK(last(&c, 1000) == CHANGE_NONE);
	c.is_known[LAST - 3] = false;
	c.is_known[LAST - 8] = true;
	CHECK(last(&c, 1000) == CHANGE_NEW);
	c.is_known[LAST] = false;
	CHECK(on(&c, LAST) == CHANGE_UNKNOWN);
	CHECK(on(&c, 0) == CHANGE_UNKNOWN);
}

TEST(places_are_news_by_their_share)
{
	struct course c;
	steady(&c, 100);
	c.totals[LAST] = 100000;
	CHECK(last(&c, 1000) == CHANGE_NEW);
	c.days.totals = c.totals;
	CHECK(last(&c, 1000) == CHANGE_NONE);  // ten times as many, like everything else
	CHECK(last(&c, 3001) == CHANGE_NEW);
	steady(&c, 0);
	CHECK(last(&c, 19) == CHANGE_NEW);
	c.days.totals = c.totals;  // sources of a network come together
	CHECK(last(&c, 19) == CHANGE_NONE && last(&c, 20) == CHANGE_NEW);
	steady(&c, 100);
	c.days.totals = c.totals;
	c.totals[LAST] = 100;  // what halves for all does not grow for one
	CHECK(last(&c, 120) == CHANGE_NONE);
	CHECK(last(&c, 1) == CHANGE_NONE && last(&c, 0) == CHANGE_NONE);
}

// Counts as random as packets: a sum of many rare things.
static uint32_t poisson(struct random *dice, uint32_t mean)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < 20 * mean; i++)
		count += random_below(dice, 20) == 0;
	return count;
}

TEST(chance_alone_is_quiet)
{
	static const uint32_t means[] = { 1, 5, 12, 20, 60, 300 };
	struct random dice = random_from(14);
	unsigned told = 0;
	struct course c;
	for (unsigned round = 0; round < 120; round++) {
		steady(&c, 0);
		for (uint32_t i = 0; i < DAYS; i++)
			c.sources[i] = poisson(&dice, means[round % 6]);
		for (uint32_t i = 0; i < DAYS; i++)
			told += on(&c, i) != CHANGE_NONE && on(&c, i) != CHANGE_UNKNOWN;
	}
	CHECK(told == 0);
}

TEST_MAIN
