// SPDX-License-Identifier: MIT
// The estimator by hand, at its corners, and against drawn days of which the truth is known: sources that
// scan all of IPv4 at rates of their own, a telescope and a honeypot that each get a share of it.
#include "analyse/variants/infected.h"

#include "base/random.h"
#include "base/test.h"

#include <math.h>

static bool is_near(double a, double b)
{
	return fabs(a - b) < 1e-6 * (1 + fabs(b));
}

static struct infected_sample sample_of(uint64_t unseen, unsigned once, unsigned twice,
                                        unsigned five)
{
	struct infected_sample s = { .unseen = unseen };
	for (unsigned i = 0; i < once; i++)
		infected_sample_add(&s, 1);
	for (unsigned i = 0; i < twice; i++)
		infected_sample_add(&s, 2);
	for (unsigned i = 0; i < five; i++)
		infected_sample_add(&s, 5);
	return s;
}

TEST(by_hand)
{
	const struct infected_sample s = sample_of(4, 9, 6, 30);
	const struct infected_estimate e = infected_estimate_make(1000, &s);
	const double seen = 4 + 9 / 2.0 + 6 / 3.0 + 30 / 6.0, ratio = 4 * 3 / 10.0 / seen;
	CHECK(e.is_known && is_near(e.share, 45 / 49.0) && is_near(e.sources, 1000 * (1 + ratio)));
	const double d0 = (7 / 10.0 - ratio) / seen, d1 = (-1.2 / 10 - ratio / 2) / seen;
	const double d2 = -ratio / 3 / seen, d5 = -ratio / 6 / seen;
	const double variance = 1e6 * (4 * d0 * d0 + 9 * d1 * d1 + 6 * d2 * d2 + 30 * d5 * d5) +
	                        1000 * ratio * (1 + ratio);
	const double missing = 1000 * ratio;
	const double factor = exp(1.959963985 * sqrt(log(1 + variance / missing / missing)));
	CHECK(is_near(e.low, 1000 + missing / factor) && is_near(e.high, 1000 + missing * factor));
}

TEST(a_sample_that_is_too_small_says_nothing)
{
	const struct infected_sample few = sample_of(2, 10, 7, 0), enough = sample_of(2, 10, 8, 0);
	const struct infected_sample unseen = sample_of(500, 0, 0, 0);
	CHECK(!infected_estimate_make(1000, &few).is_known);
	CHECK(infected_estimate_make(1000, &enough).is_known);
	CHECK(!infected_estimate_make(1000, &unseen).is_known);
	CHECK(infected_estimate_make(1000, &unseen).sources <= 0);
}

TEST(where_all_of_the_sample_were_seen_nobody_may_be_missing)
{
	const struct infected_sample all = sample_of(0, 0, 0, 100),
				     but_one = sample_of(1, 0, 0, 99);
	const struct infected_estimate e = infected_estimate_make(1000, &all);
	CHECK(is_near(e.sources, 1000) && is_near(e.low, 1000));
	CHECK(is_near(e.high, 1000 * (1 + 3.841458821 / 100)));
	CHECK(infected_estimate_make(1000, &but_one).high > e.high);
	CHECK(infected_estimate_make(0, &all).is_known &&
	      infected_estimate_make(0, &all).high <= 0);
}

TEST(samples_add_up)
{
	struct infected_sample a = sample_of(4, 9, 6, 30);
	const struct infected_sample b = sample_of(1, 2, 0, 7), both = sample_of(5, 11, 6, 37);
	infected_sample_join(&a, &b);
	const struct infected_estimate one = infected_estimate_make(50, &a);
	const struct infected_estimate other = infected_estimate_make(50, &both);
	CHECK(infected_sample_size(&a) == 59 && is_near(one.high, other.high));
}

static uint64_t poisson(struct random *dice, double rate)
{
	double left = random_unit(dice), share = exp(-rate);
	uint64_t k = 0;
	while (left >= share && k < 1000) {
		left -= share;
		share *= rate / (double)++k;
	}
	return k;
}

// How fast a source is, as a share of the mean: all alike, 0.5 to 1.5, or exponential.
static double draw_rate(struct random *dice, unsigned kind)
{
	return kind == 0 ? 1 : kind == 1 ? 0.5 + random_unit(dice) : -log(1 - random_unit(dice));
}

struct outcome {
	double mean;         // of the estimate, as a share of the truth
	double holds;        // how often the interval holds the truth
	double is_at_least;  // and its lower end is not above it
};

// Of the telescope `mean` packets of a source on average, of the honeypots 0.05.
static struct outcome try(unsigned kind, double mean, unsigned sources)
{
	enum { TRIALS = 300 };
	struct random dice = random_from(kind * 1000 + (uint64_t)(mean * 10));
	struct outcome out = { .mean = 0 };
	for (unsigned trial = 0; trial < TRIALS; trial++) {
		struct infected_sample s = { .unseen = 0 };
		uint64_t telescope = 0;
		for (unsigned i = 0; i < sources; i++) {
			const double rate = draw_rate(&dice, kind);
			const uint64_t packets = poisson(&dice, rate * mean);
			telescope += packets > 0;
			if (poisson(&dice, rate * 0.05) > 0)
				infected_sample_add(&s, packets);
		}
		const struct infected_estimate e = infected_estimate_make(telescope, &s);
		out.mean += e.sources / sources / TRIALS;
		out.holds += (e.low <= sources && sources <= e.high ? 1.0 : 0.0) / TRIALS;
		out.is_at_least += (e.low <= sources ? 1.0 : 0.0) / TRIALS;
	}
	return out;
}

TEST(the_truth_is_held_as_often_as_it_is_said)
{
	static const struct {
		unsigned kind, sources;
		double mean, mean_low, holds;
	} cases[] = {
		{ 0, 3000, 1, 0.97, 0.90 }, { 0, 3000, 4, 0.98, 0.88 }, { 1, 3000, 1, 0.95, 0.88 },
		{ 1, 3000, 4, 0.98, 0.88 }, { 2, 3000, 1, 0.70, 0.0 },  { 2, 3000, 4, 0.85, 0.0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct outcome o = try(cases[i].kind, cases[i].mean, cases[i].sources);
		printf("rates %u, %g packets: %.3f of the truth, held %.3f, at least %.3f\n",
		       cases[i].kind, cases[i].mean, o.mean, o.holds, o.is_at_least);
		CHECK(o.mean > cases[i].mean_low && o.mean < 1.03 && o.holds >= cases[i].holds);
		CHECK(o.is_at_least > 0.95);
	}
}

TEST_MAIN
