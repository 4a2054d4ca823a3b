// SPDX-License-Identifier: MIT
// Fisher's exact test against exact rational arithmetic, and against values that were computed with
// 60 digits.
#include "mine/fisher.h"

#include "base/random.h"
#include "base/test.h"

#include <math.h>

__extension__ typedef unsigned __int128 u128;

struct known {
	struct fisher counts;
	double p;
};

// By mpmath 1.3: logarithms of gamma and sums of terms, all with 60 digits. The first three can be
// found with a pencil: 17/70, and so on.
static const struct known table[] = {
	{ { 3, 4, 4, 8 }, 2.4285714285714285714e-1 },
	{ { 10, 12, 12, 24 }, 1.6644749785145531545e-3 },
	{ { 1, 9, 11, 20 }, 9.9999404620147654203e-1 },
	{ { 950, 1000, 200000, 300000 }, 4.1614838819080304145e-107 },
	{ { 990, 1000, 270000, 300000 }, 1.2483467644793224811e-32 },
	{ { 1000, 1000, 299000, 300000 }, 3.5278475947023970109e-2 },
	{ { 39000, 40000, 250000, 300000 }, 0 },
	{ { 37000, 40000, 280000, 300000 }, 9.9999999999927132426e-1 },
	{ { 37400, 40000, 280000, 300000 }, 7.6783653812889380249e-2 },
	{ { 1200, 1300, 90000, 100000 }, 2.3000112307796999356e-3 },
	{ { 900, 1000, 901000, 1000000 }, 5.6853753977281660081e-1 },
	{ { 23000, 25000, 250000, 280000 }, 1.1358313562906852419e-51 },
	{ { 22400, 25000, 250000, 280000 }, 4.6764472353660118479e-2 },
	{ { 5000000, 7000000, 7100000, 10000000 }, 0 },
	{ { 4971000, 7000000, 7100000, 10000000 }, 6.4261881681887156681e-2 },
	{ { 4969000, 7000000, 7100000, 10000000 }, 9.3594303495193352503e-1 },
	{ { 2501000, 5000000, 5000000, 10000000 }, 1.0306502124044116046e-1 },
	{ { 2505000, 5000000, 5000000, 10000000 }, 1.2750083088267794765e-10 },
	{ { 2515000, 5000000, 5000000, 10000000 }, 1.4233471533023233486e-80 },
	{ { 2499000, 5000000, 5000000, 10000000 }, 8.971617220784847864e-1 },
	{ { 2528500, 5000000, 5000000, 10000000 }, 6.9648913339003694016e-285 },
	{ { 130, 1000, 5000, 10000000 }, 2.1312678615646078445e-264 },
	{ { 7000, 20000, 70000, 3000000 }, 0 },
	{ { 2000000, 5000000, 5000000, 10000000 }, 1.0 },
	{ { 100, 100, 3000000, 10000000 }, 5.1478259478100399536e-53 },
	{ { 150, 1000, 5000, 10000000 }, 0 },
	{ { 3, 3, 20, 10000000 }, 6.8400020520004788001e-18 },
	{ { 1000, 2000, 1500, 3000 }, 5.1544646220640960634e-1 },
	{ { 1030, 2000, 1500, 3000 }, 1.1142865479828611459e-2 },
	{ { 16, 17, 33, 64 }, 2.7068657992641818637e-5 },
	{ { 15, 16, 32, 63 }, 4.9505246168360973123e-5 },
	{ { 1, 1, 1, 1000000 }, 1.0e-6 },
	{ { 1, 2, 3, 9000000 }, 6.6666659259258436214e-7 },
	{ { 2, 2, 3, 9000000 }, 7.4074082304527663466e-14 },
	{ { 123456, 234567, 3456789, 8765432 }, 0 },
	{ { 92600, 234567, 3456789, 8765432 }, 3.4322499615293986411e-1 },
	{ { 94000, 234567, 3456789, 8765432 }, 8.1056659056600127885e-11 },
};

static bool is_near(double p, double expected, double relative)
{
	return fabs(p - expected) <= relative * expected;
}

TEST(values_of_sixty_digits)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const double p = fisher_greater(&table[i].counts);
		CHECK(is_near(p, table[i].p, 1e-12));
		if (!is_near(p, table[i].p, 1e-12))
			printf("line %zu of the table: %.17g, not %.17g, off by %.3g\n", i, p,
			       table[i].p, p / table[i].p - 1);
	}
}

enum { TOTAL_MAX = 40 };
static uint64_t choose[TOTAL_MAX + 1][TOTAL_MAX + 1];

static void fill_choose(void)
{
	for (unsigned n = 0; n <= TOTAL_MAX; n++)
		for (unsigned k = 0; k <= n; k++)
			choose[n][k] = k == 0 || k == n ? 1
			                                : choose[n - 1][k - 1] + choose[n - 1][k];
}

// As a fraction of whole numbers.
static double naive(const struct fisher *f)
{
	u128 above = 0;
	for (uint64_t both = f->both; both <= f->first && both <= f->second; both++)
		if (f->second - both <= f->total - f->first)
			above += (u128)choose[f->first][both] *
			         choose[f->total - f->first][f->second - both];
	return (double)((long double)above / (long double)choose[f->total][f->second]);
}

TEST(every_table_of_few)
{
	unsigned bad = 0;
	fill_choose();
	for (uint64_t total = 0; total <= TOTAL_MAX; total++)
		for (uint64_t first = 0; first <= total; first++)
			for (uint64_t second = 0; second <= total; second++)
				for (uint64_t both = 0; both <= first && both <= second; both++) {
					const struct fisher f = { both, first, second, total };
					if (second - both <= total - first)
						bad += !is_near(fisher_greater(&f), naive(&f),
						                1e-14);
				}
	CHECK(bad == 0);
	if (bad > 0)
		printf("%u tables are wrong\n", bad);
}

// Whichever of two properties is called the first; and one more is less likely.
TEST(symmetric_and_falling)
{
	struct random random = random_from(6);
	for (int i = 0; i < 3000; i++) {
		const uint32_t total = 1 + random_below(&random, 1u << random_below(&random, 23));
		struct fisher f = { .total = total,
			            .first = random_below(&random, total + 1),
			            .second = random_below(&random, total + 1) };
		const uint64_t most = f.first < f.second ? f.first : f.second,
			       least = f.first + f.second > total ? f.first + f.second - total : 0;
		f.both = least + random_below(&random, (uint32_t)(most - least + 1));
		const struct fisher turned = { f.both, f.second, f.first, f.total },
				    more = { f.both + 1, f.first, f.second, f.total };
		const double p = fisher_greater(&f);
		CHECK(p >= 0 && p <= 1);
		CHECK(is_near(fisher_greater(&turned), p, 1e-12));
		if (f.both < most)
			CHECK(fisher_greater(&more) <= p);
	}
}

// More than any telescope has sources; nothing overflows.
TEST(huge_counts)
{
	const uint64_t huge = INT64_MAX;
	CHECK(fisher_greater(&(struct fisher){ 1, 1, 1, huge }) < 1.1e-19);
	CHECK(fisher_greater(&(struct fisher){ huge, huge, huge, huge }) == 1);
	CHECK(fisher_greater(&(struct fisher){ 0, huge, 0, huge }) == 1);
	CHECK(fisher_greater(&(struct fisher){ 1000, huge / 2, 1000, huge }) < 1e-300);
	CHECK(fisher_greater(&(struct fisher){ 100, huge / 2, 100, huge }) > 0x0.999p-100);
}

// Bits that gcc and clang agree on, whatever they optimize.
TEST(same_bytes_everywhere)
{
	CHECK(fisher_greater(&(struct fisher){ 22400, 25000, 250000, 280000 }) ==
	      0x1.7f1834ebf5128p-5);
	CHECK(fisher_greater(&(struct fisher){ 1030, 2000, 1500, 3000 }) == 0x1.6d212168e85d7p-7);
	CHECK(fisher_greater(&(struct fisher){ 990, 1000, 270000, 300000 }) ==
	      0x1.03457fab92898p-106);
}

TEST_MAIN
