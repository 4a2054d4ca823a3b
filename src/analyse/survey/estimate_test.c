// SPDX-License-Identifier: MIT
// The estimators against a truth that is known: Poisson counts of sources whose rates are all the
// same, or differ in ways that are known. What doc/estimates.md says of bias and of how often the
// intervals hold the truth is measured here.
#include "analyse/survey/estimate.h"

#include "base/random.h"
#include "base/test.h"

#include <math.h>

enum { SEED = 20160920 };

static struct source_counts counts_of(uint64_t once, uint64_t twice, uint64_t thrice, uint64_t many)
{
	const struct source_counts c = {
		.sending = { [0] = many, [1] = once, [2] = twice, [3] = thrice },
		.sources = once + twice + thrice + many,
		.packets = once + 2 * twice + 3 * thrice + 100 * many
	};
	return c;
}

static bool is_near(double a, double b)
{
	return fabs(a - b) < 1e-6 * (1 + fabs(b));
}

TEST(chao1_by_hand)
{
	const struct source_counts c = counts_of(10, 5, 0, 20);
	const struct estimate e = estimate_make(&c);
	CHECK(e.is_known && is_near(e.chao1, 35 + 10 * 9 / 12.0));
	const double variance = 7.5 + 10 * 361 / 144.0 + 100 * 5 * 81 / 5184.0;
	const double factor = exp(1.959963985 * sqrt(log(1 + variance / 7.5 / 7.5)));
	CHECK(is_near(e.chao1_low, floor(35 + 7.5 / factor)) && e.chao1_low >= 35);
	CHECK(is_near(e.chao1_high, ceil(35 + 7.5 * factor)));
}

TEST(rates_by_hand)
{
	// Rates of 2 * (50 + 1) / 100 and 3 * (20 + 1) / 50; then 4 * (0 + 1) / 20 for the third.
	const struct source_counts c = counts_of(100, 50, 20, 7);
	const struct estimate e = estimate_make(&c);
	const double sum = 100 / (1 - exp(-1.02)) + 50 / (1 - exp(-1.26)) + 20 / (1 - exp(-0.2)) +
	                   7;
	CHECK(is_near(e.sources, sum) && is_near(e.seen_probability, 177 / sum));
	CHECK(is_near(e.slow_rate, 1.02));
	CHECK(e.sources_low <= e.sources && e.sources_low >= 177 && e.sources_high > e.sources);
}

TEST(few_sources_are_not_known)
{
	const struct source_counts few = counts_of(4, 3, 1, 1), enough = counts_of(4, 3, 1, 2);
	const struct source_counts none = { .sources = 0 };
	CHECK(!estimate_make(&few).is_known && estimate_make(&few).sources <= 0);
	CHECK(!estimate_make(&none).is_known && estimate_make(&enough).is_known);
}

static bool is_sane(const struct estimate *e, double seen)
{
	return e->is_known && isfinite(e->sources) && isfinite(e->chao1) &&
	       isfinite(e->sources_high) && isfinite(e->chao1_high) && e->slow_rate > 0 &&
	       e->sources >= seen && e->chao1 >= seen && e->sources_low >= seen &&
	       e->chao1_low >= seen && e->sources_low <= e->sources &&
	       e->sources_high >= e->sources && e->chao1_low <= e->chao1 &&
	       e->chao1_high >= e->chao1 && e->seen_probability > 0 && e->seen_probability <= 1;
}

TEST(corners_make_sense)
{
	static const uint64_t cases[][4] = {
		{ 10, 0, 0, 0 },         { 1000000, 0, 0, 0 }, { 0, 10, 0, 0 },  { 0, 0, 0, 10 },
		{ 1, 0, 0, 9 },          { 1, 9, 0, 0 },       { 9, 1, 0, 0 },   { 0, 0, 1000, 0 },
		{ 0, 0, 0, 10000000 },   { 2, 0, 0, 8 },       { 5, 0, 100, 0 }, { 0, 1, 0, 1000 },
		{ UINT32_MAX, 1, 1, 1 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct source_counts c = counts_of(cases[i][0], cases[i][1], cases[i][2],
		                                         cases[i][3]);
		const struct estimate e = estimate_make(&c);
		CHECK(is_sane(&e, (double)c.sources));
		if (!is_sane(&e, (double)c.sources))
			printf("case %zu: %g [%g, %g], %g [%g, %g]\n", i, e.sources, e.sources_low,
			       e.sources_high, e.chao1, e.chao1_low, e.chao1_high);
	}
	// Where all were seen a hundred times, nobody is missing.
	const struct source_counts all = counts_of(0, 0, 0, 5000);
	const struct estimate e = estimate_make(&all);
	CHECK(is_near(e.sources, 5000) && is_near(e.sources_high, 5000));
	CHECK(is_near(e.chao1_high, 5000) && is_near(e.seen_probability, 1));
}

// Packets of one source: inversion, fine for rates up to some hundred.
static uint64_t poisson(struct random *dice, double rate)
{
	double left = random_unit(dice), share = exp(-rate);
	uint64_t k = 0;
	while (left >= share && k < 10000) {
		left -= share;
		share *= rate / (double)++k;
	}
	return k;
}

static double normal(struct random *dice)
{
	const double radius = sqrt(-2 * log(1 - random_unit(dice)));
	return radius * cos(6.283185307179586 * random_unit(dice));
}

enum kind_of_rates { EQUAL, SPREAD_50, EXPONENTIAL, LOG_NORMAL, TWO_KINDS };

static double draw_rate(struct random *dice, enum kind_of_rates kind, double mean)
{
	switch (kind) {
	case EQUAL: break;
	case SPREAD_50: return mean * (0.5 + random_unit(dice));
	case EXPONENTIAL: return -mean * log(1 - random_unit(dice));
	case LOG_NORMAL: return mean * exp(normal(dice) - 0.5);
	case TWO_KINDS: return random_below(dice, 10) > 0 ? mean : 20 * mean;
	}
	return mean;
}

// What came out of many days with the same truth.
struct trial {
	double seen, sources, chao1;                // means, as shares of the truth
	double sources_hits, chao1_hits, too_high;  // shares of the days
};

static struct trial try(enum kind_of_rates kind, double mean, unsigned truth, unsigned days)
{
	struct random dice = random_from(SEED);
	struct trial t = { .seen = 0 };
	unsigned known = 0;
	for (unsigned d = 0; d < days; d++) {
		struct source_counts c = { .sources = 0 };
		for (unsigned i = 0; i < truth; i++) {
			const uint64_t packets = poisson(&dice, draw_rate(&dice, kind, mean));
			if (packets > 0)
				source_counts_add(&c, packets);
		}
		const struct estimate e = estimate_make(&c);
		if (!e.is_known)
			continue;
		CHECK(is_sane(&e, (double)c.sources));
		known++;
		t.seen += (double)c.sources / truth;
		t.sources += e.sources / truth;
		t.chao1 += e.chao1 / truth;
		t.sources_hits += e.sources_low <= truth && truth <= e.sources_high;
		t.chao1_hits += e.chao1_low <= truth && truth <= e.chao1_high;
		t.too_high += e.sources_low > truth || e.chao1_low > truth;
	}
	double *const values[] = { &t.seen,         &t.sources,    &t.chao1,
		                   &t.sources_hits, &t.chao1_hits, &t.too_high };
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		*values[i] /= known;
	printf("| %s | %g | %u | %.2f | %.3f | %.2f | %.3f | %.2f | %.2f |\n",
	       (const char *const[]){ "equal", "spread 50 %", "exponential", "log-normal",
	                              "90 % slow" }[kind],
	       mean, truth, t.seen, t.sources, t.sources_hits, t.chao1, t.chao1_hits, t.too_high);
	return t;
}

TEST(sources_of_equal_rates_are_estimated_without_bias)
{
	static const double means[] = { 0.3, 1, 2, 3, 5 };
	static const unsigned truths[] = { 100, 2000 };
	printf("seed %d\n| rates | mean | truth | seen | by rates | holds | Chao1 | holds | above |\n",
	       SEED);
	for (size_t m = 0; m < sizeof means / sizeof *means; m++)
		for (size_t n = 0; n < 2; n++) {
			const unsigned truth = truths[n];
			const struct trial t = try(EQUAL, means[m], truth, 400);
			const double bias = truth < 1000 ? 0.11 : 0.02;
			CHECK(fabs(t.sources - 1) < bias && fabs(t.chao1 - 1) < bias);
			CHECK(t.sources_hits > (truth < 1000 ? 0.85 : 0.92));
			CHECK(t.chao1_hits > (truth < 1000 ? 0.85 : 0.92));
		}
}

TEST(sources_that_differ_are_at_least_so_many)
{
	static const struct {
		enum kind_of_rates kind;
		double mean, least;
	} cases[] = { { SPREAD_50, 0.5, 0.92 }, { SPREAD_50, 2, 0.96 },   { EXPONENTIAL, 0.5, 0.6 },
		      { EXPONENTIAL, 2, 0.76 }, { LOG_NORMAL, 0.5, 0.6 }, { LOG_NORMAL, 2, 0.8 },
		      { TWO_KINDS, 0.3, 0.83 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct trial t = try(cases[i].kind, cases[i].mean, 2000, 200);
		CHECK(t.sources > t.seen && t.chao1 > t.seen);
		CHECK(t.sources < 1.01 && t.chao1 < 1.01 && t.too_high < 0.05);
		CHECK(t.sources > cases[i].least && t.chao1 > cases[i].least);
	}
}

TEST_MAIN
