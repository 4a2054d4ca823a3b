// SPDX-License-Identifier: MIT
#include "simulate/fixed.h"

#include "base/test.h"

enum { DRAWS = 200000 };

TEST(root_is_rounded_down)
{
	CHECK(fixed_root(0) == 0);
	CHECK(fixed_root(1) == 1);
	CHECK(fixed_root(99) == 9);
	CHECK(fixed_root(100) == 10);
	CHECK(fixed_root(UINT64_MAX) == UINT32_MAX);
}

TEST(multiply_agrees_with_wide_arithmetic)
{
	struct random random = random_from(1);
	for (int i = 0; i < 10000; i++) {
		const uint64_t a = random_u64(&random) >> (15 + random_below(&random, 45));
		const uint32_t b_q24 = random_u32(&random) >> 2;
		const uint64_t exact = (uint64_t)(((unsigned __int128)a * b_q24) >> 24);
		const uint64_t got = fixed_multiply_q24(a, b_q24);
		// Large numbers lose their 16 lowest bits, which are microseconds of days.
		CHECK(got <= exact && exact - got <= (a >> 32 == 0 ? 0 : b_q24 >> 8));
	}
}

TEST(exponential_has_mean_one_and_its_quantiles)
{
	struct fixed_logs logs;
	struct random random = random_from(2);
	uint64_t sum = 0, below_median = 0, above_three = 0;
	fixed_logs_init(&logs);
	for (int i = 0; i < DRAWS; i++) {
		const uint32_t x_q24 = fixed_exponential_q24(&logs, &random);
		sum += x_q24;
		below_median += x_q24 < 11629080;  // ln 2
		above_three += x_q24 > 3u << 24;
	}
	const double mean = (double)sum / DRAWS / (1 << 24);
	CHECK(mean > 0.99 && mean < 1.01);
	CHECK((double)below_median > DRAWS * 0.49 && (double)below_median < DRAWS * 0.51);
	CHECK((double)above_three > DRAWS * 0.0473 && (double)above_three < DRAWS * 0.0523);
}

static void check_lognormal(uint64_t median_s, uint64_t mean_s)
{
	struct fixed_lognormal l;
	struct random random = random_from(median_s ^ mean_s);
	uint64_t sum = 0, below_median = 0;
	fixed_lognormal_init(&l, median_s, mean_s);
	for (int i = 0; i < DRAWS; i++) {
		const uint64_t duration_s = fixed_lognormal_s(&l, &random);
		sum += duration_s;
		below_median += duration_s < median_s;
	}
	const double mean = (double)sum / DRAWS;
	CHECK(mean > (double)mean_s * 0.94 && mean < (double)mean_s * 1.06);
	CHECK((double)below_median > DRAWS * 0.49 && (double)below_median < DRAWS * 0.51);
}

TEST(lognormal_has_the_median_and_mean_asked_for)
{
	check_lognormal(86400, 86401);
	check_lognormal(86400, 2 * 86400);
	check_lognormal(18 * 86400, 38 * 86400);
	check_lognormal(200000000, 300000000);
}

TEST(lognormal_of_equal_mean_and_median_is_constant)
{
	struct fixed_lognormal l;
	struct random random = random_from(3);
	fixed_lognormal_init(&l, 315360000, 315360000);
	for (int i = 0; i < 1000; i++)
		CHECK(fixed_lognormal_s(&l, &random) == 315360000);
}

// The numbers themselves, so that another machine or compiler would be noticed.
TEST(draws_are_the_same_everywhere)
{
	struct fixed_logs logs;
	struct fixed_lognormal l;
	struct random random = random_from(4);
	fixed_logs_init(&logs);
	fixed_lognormal_init(&l, 1000000, 3000000);
	uint64_t mixed = 0;
	for (int i = 0; i < 1000; i++) {
		mixed = mixed * 31 + fixed_exponential_q24(&logs, &random);
		mixed = mixed * 31 + fixed_lognormal_s(&l, &random);
	}
	CHECK(mixed == UINT64_C(0x49ac94c59fb9cbe4));
}

TEST_MAIN
