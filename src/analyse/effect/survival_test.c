// SPDX-License-Identifier: MIT
// The numbers are those that the package survival 3.5-3 for R prints of the same times.
#include "analyse/effect/survival.h"

#include "base/test.h"

#include <math.h>

enum { TIMES = 120 };

struct group {
	uint64_t ended[TIMES], left[TIMES];
};

static struct survival_times times_of(const struct group *g)
{
	return (struct survival_times){ g->ended, g->left, TIMES };
}

static bool is_near(double a, double b)
{
	return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-9;
}

static const unsigned one_times[] = { 0, 0, 1, 1, 1, 2, 3, 3, 5, 5, 5, 8, 9, 9, 13, 13 };
static const unsigned one_ended[] = { 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1 };
static const unsigned two_times[] = { 1, 2, 2, 4, 4, 4, 6, 7, 10, 12, 12 };
static const unsigned two_ended[] = { 1, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1 };

static void add(struct group *g, unsigned time, unsigned ended)
{
	(ended ? g->ended : g->left)[time]++;
}

static struct group first_group(void)
{
	struct group g = { { 0 }, { 0 } };
	for (size_t i = 0; i < 16; i++)
		add(&g, one_times[i], one_ended[i]);
	return g;
}

static struct group second_group(void)
{
	struct group g = { { 0 }, { 0 } };
	for (size_t i = 0; i < 11; i++)
		add(&g, two_times[i], two_ended[i]);
	return g;
}

struct expected {
	unsigned time;
	double survival, error, log_log[2], log[2];
};

TEST(a_curve_with_its_bands)
{
	static const struct expected all[] = {
		{ 0,
		  0.9375,
		  0.0605153647844909,
		  { 0.6323454417389038, 0.990953141744666 },
		  { 0.8260882654054922, 1 } },
		{ 1,
		  0.803571428571428,
		  0.1018712717753123,
		  { 0.5060170569568772, 0.932199440840597 },
		  { 0.6267798063575224, 1 } },
		{ 2,
		  0.730519480519480,
		  0.1158796819686656,
		  { 0.4294883000912224, 0.889888593607757 },
		  { 0.5353141920567810, 0.996907459837803 } },
		{ 3,
		  0.584415584415584,
		  0.1308912671889040,
		  { 0.2963494944327412, 0.788810063980465 },
		  { 0.3767719849659507, 0.906494083785647 } },
		{ 5,
		  0.438311688311688,
		  0.1328229096337680,
		  { 0.1836596981436016, 0.669344546106417 },
		  { 0.2420142216004910, 0.793825812549906 } },
		{ 8,
		  0.350649350649351,
		  0.1320552178546226,
		  { 0.1200882508883069, 0.595620174896957 },
		  { 0.1676134655431198, 0.733562585275586 } },
		{ 9,
		  0.175324675324675,
		  0.1097466654850327,
		  { 0.0295257869809433, 0.422904896324875 },
		  { 0.0514070673762934, 0.597947779294605 } },
		{ 13, 0, NAN, { NAN, NAN }, { NAN, NAN } },
	};
	const struct group g = first_group();
	const struct survival_times s = times_of(&g);
	struct survival_point log_log[TIMES], log[TIMES];
	survival_curve(&s, SURVIVAL_LOG_LOG, log_log);
	survival_curve(&s, SURVIVAL_LOG, log);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		const struct survival_point *a = &log_log[all[i].time], *b = &log[all[i].time];
		CHECK(is_near(a->survival, all[i].survival) && is_near(a->error, all[i].error));
		CHECK(is_near(a->lower, all[i].log_log[0]) && is_near(a->upper, all[i].log_log[1]));
		CHECK(is_near(b->lower, all[i].log[0]) && is_near(b->upper, all[i].log[1]));
	}
	CHECK(is_near(log_log[4].survival, log_log[3].survival));
}

static void check_median(const struct group *g, enum survival_bands bands, double median,
                         double lower, double upper)
{
	const struct survival_times s = times_of(g);
	struct survival_median m;
	struct error error;
	CHECK(survival_median(&s, bands, &m, &error));
	CHECK(is_near(m.median, median) && is_near(m.lower, lower) && is_near(m.upper, upper));
}

TEST(medians_and_their_intervals)
{
	const struct group one = first_group();
	check_median(&one, SURVIVAL_LOG_LOG, 5, 2, 9);
	check_median(&one, SURVIVAL_LOG, 5, 3, NAN);
	const struct group quarters = { .ended = { [1] = 1, [2] = 1, [3] = 1, [4] = 1 } };
	check_median(&quarters, SURVIVAL_LOG_LOG, 2.5, 1, NAN);
	const struct group half = { .ended = { [1] = 1, [2] = 1 }, .left = { [3] = 1, [4] = 1 } };
	check_median(&half, SURVIVAL_LOG_LOG, 3, 1, NAN);
	const struct group late = { .ended = { [2] = 1, [3] = 1 }, .left = { [1] = 1, [4] = 1 } };
	check_median(&late, SURVIVAL_LOG_LOG, 3, 2, NAN);
	check_median(&late, SURVIVAL_LOG, 3, 2, NAN);
	const struct group never = { .ended = { [1] = 1, [2] = 1 },
		                     .left = { [3] = 1, [4] = 1, [9] = 1 } };
	check_median(&never, SURVIVAL_LOG_LOG, NAN, 1, NAN);
	const struct group at_once = { .ended = { [5] = 2 } };
	check_median(&at_once, SURVIVAL_LOG_LOG, 5, NAN, NAN);
	const struct group nobody = { .left = { [5] = 2 } };
	check_median(&nobody, SURVIVAL_LOG_LOG, NAN, NAN, NAN);
	const struct group many = { .ended = { [2] = 300, [10] = 200, [40] = 150 },
		                    .left = { [10] = 100, [40] = 50, [100] = 200 } };
	check_median(&many, SURVIVAL_LOG_LOG, 25, 10, 40);
}

static bool is_test(struct survival_test test, unsigned degrees, double chi_square, double p)
{
	return test.degrees == degrees && is_near(test.chi_square, chi_square) &&
	       is_near(test.p, p);
}

TEST(groups_compared)
{
	const struct group one = first_group(), two = second_group();
	const struct survival_times both[] = { times_of(&one), times_of(&two) };
	CHECK(is_test(survival_log_rank(both, 2, 1), 1, 0.0804436529648134, 0.776697084073472));
	struct group three[3] = { first_group() };
	for (size_t i = 0; i < 11; i++)
		add(&three[i < 4 ? 1 : 2], two_times[i], two_ended[i]);
	const struct survival_times all[] = { times_of(&three[0]), times_of(&three[1]),
		                              times_of(&three[2]) };
	CHECK(is_test(survival_log_rank(all, 3, 1), 2, 8.42985945616933, 0.0147733598829068));
}

TEST(strata_add_up)
{
	struct group g[2][2] = { { { { 0 }, { 0 } } } };
	struct survival_times s[4];
	for (size_t i = 0; i < 16; i++)
		add(&g[i % 2][0], one_times[i], one_ended[i]);
	for (size_t i = 0; i < 11; i++)
		add(&g[i < 10 ? 1 - i % 2 : 0][1], two_times[i], two_ended[i]);
	for (size_t i = 0; i < 4; i++)
		s[i] = times_of(&g[i / 2][i % 2]);
	CHECK(is_test(survival_log_rank(s, 2, 2), 1, 0.101884358983016, 0.749579941767827));
}

TEST(nothing_to_compare)
{
	const struct group one = first_group(), none = { { 0 }, { 0 } };
	const struct survival_times s[] = { times_of(&one), times_of(&none) };
	CHECK(is_test(survival_log_rank(s, 2, 1), 0, 0, 1));
	CHECK(is_test(survival_log_rank(s, 1, 1), 0, 0, 1));
	const struct survival_times same[] = { times_of(&one), times_of(&one) };
	CHECK(is_test(survival_log_rank(same, 2, 1), 1, 0, 1));
}

// Odd and even degrees of freedom above two.
TEST(more_groups_than_two)
{
	struct group g[5] = { { { 0 }, { 0 } } };
	struct survival_times s[5];
	for (unsigned i = 0; i < 5; i++) {
		for (unsigned t = 0; t < 8; t++)
			add(&g[i], t * (i + 2) % 23, (t + i) % 3 != 0);
		s[i] = times_of(&g[i]);
	}
	CHECK(is_test(survival_log_rank(s, 5, 1), 4, 1.038709703952754, 0.9038706214409528));
	CHECK(is_test(survival_log_rank(s, 4, 1), 3, 0.7408993148121273, 0.8635444136725257));
}

TEST_MAIN
