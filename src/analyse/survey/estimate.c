// SPDX-License-Identifier: MIT
// A. Chao, "Nonparametric estimation of the number of classes in a population" (1984), and
// "Estimating the population size for capture-recapture data with unequal catchability" (1987), for
// the lower bound and the log-normal interval; the bias-corrected form and its variance as in
// A. Chao, "Species estimation and applications" (2005). H. Robbins, "An empirical Bayes approach to
// statistics" (1956), for the rate of sources that sent k packets; for k = 1 this is D. Zelterman,
// "Robust estimation in truncated discrete distributions" (1988). D. Horvitz and D. Thompson, "A
// generalization of sampling without replacement from a finite universe" (1952), for their sum.
#include "analyse/survey/estimate.h"

#include <math.h>

// Beyond so many packets, or with fewer sources than that, a source's own count is its best rate.
enum { ROBBINS_MAX = 10, ROBBINS_SOURCES_MIN = 10 };
#define NORMAL_95 1.959963985

struct interval {
	double low, high;
};

// Of a number that is seen + unseen, where unseen is about log-normal: never below what was seen.
// Sources are whole, so the bounds are rounded outwards.
static struct interval log_normal(double seen, double unseen, double variance)
{
	if (!(unseen > 0))
		return (struct interval){ seen, seen };
	const double factor = exp(NORMAL_95 * sqrt(log1p(variance / (unseen * unseen))));
	return (struct interval){ floor(seen + unseen / factor), ceil(seen + unseen * factor) };
}

// Nobody, or one source only, was seen once: what is unseen is what sources of the mean rate leave.
static struct interval nearly_all(const struct source_counts *c)
{
	const double seen = (double)c->sources;
	const double missed = exp(-(double)c->packets / seen), share = 1 - missed;
	const double high = seen / share + NORMAL_95 * sqrt(seen * missed) / share;
	return (struct interval){ seen, ceil(high) };
}

static void make_chao1(const struct source_counts *c, struct estimate *out)
{
	const double seen = (double)c->sources, once = (double)c->sending[1],
		     twice = (double)c->sending[2], twice_1 = twice + 1;
	const double unseen = once * (once - 1) / (2 * twice_1);
	double variance = unseen;
	struct interval interval;
	if (twice > 0)
		variance += once * (2 * once - 1) * (2 * once - 1) / (4 * twice_1 * twice_1) +
		            once * once * twice * (once - 1) * (once - 1) / (4 * pow(twice_1, 4));
	else
		variance += once * (2 * once - 1) * (2 * once - 1) / 4 -
		            pow(once, 4) / (4 * (seen + unseen));
	interval = unseen > 0 ? log_normal(seen, unseen, fmax(variance, 0)) : nearly_all(c);
	out->chao1 = seen + unseen;
	out->chao1_low = interval.low;
	out->chao1_high = interval.high;
}

// What is known of the sources that sent k packets.
struct rate {
	double packets;  // that one of them is expected to send
	bool is_shared;  // from how many sent k + 1, instead of k itself
	double weight;   // so many were there for each that was seen: 1 / (1 - exp(-packets))
	double by_rate;  // derivative of the weight
};

static struct rate rate_of(const struct source_counts *c, unsigned k, bool is_shared)
{
	struct rate r = { .packets = k, .is_shared = is_shared };
	if (is_shared)
		r.packets = (k + 1) * ((double)c->sending[k + 1] + 1) / (double)c->sending[k];
	const double missed = exp(-r.packets);
	r.weight = 1 / -expm1(-r.packets);
	r.by_rate = -missed * r.weight * r.weight;
	return r;
}

// Sum of weights, and by the delta method its variance, given how many sources there are: the counts
// are multinomial, of variance f_k and less by what they share, which is the sum itself.
static void make_rates(const struct source_counts *c, struct estimate *out)
{
	double sum = (double)c->sending[0], variance = sum;
	struct rate before = { .packets = 0 };
	bool is_shared = true;
	for (unsigned k = 1; k < ESTIMATE_COUNTS; k++) {
		const uint64_t least = k == 1 ? 1 : ROBBINS_SOURCES_MIN;
		const double sources = (double)c->sending[k];
		is_shared = is_shared && k <= ROBBINS_MAX && c->sending[k] >= least;
		const struct rate rate = rate_of(c, k, is_shared);
		double slope = rate.weight;
		if (rate.is_shared)
			slope -= rate.by_rate * rate.packets;
		if (before.is_shared)
			slope += k * before.by_rate;
		sum += sources * rate.weight;
		// The one that was added above so that no rate is 0 is as uncertain as the others.
		variance += slope * slope * (sources + (before.is_shared ? 1 : 0));
		if (out->slow_rate <= 0 && sources > 0)
			out->slow_rate = rate.packets;
		before = rate;
	}
	const double seen = (double)c->sources;
	const struct interval interval = log_normal(seen, sum - seen, fmax(variance - sum, 0));
	if (out->slow_rate <= 0)
		out->slow_rate = ESTIMATE_COUNTS;
	out->sources = sum;
	out->sources_low = interval.low;
	out->sources_high = interval.high;
	out->seen_probability = seen / sum;
}

struct estimate estimate_make(const struct source_counts *c)
{
	struct estimate e = { .is_known = c->sources >= ESTIMATE_SOURCES_MIN };
	if (!e.is_known)
		return e;
	make_chao1(c, &e);
	make_rates(c, &e);
	return e;
}
