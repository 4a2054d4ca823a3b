// SPDX-License-Identifier: MIT
#include "analyse/variants/infected.h"

#include <math.h>

// Two-sided, 95 %.
#define Z 1.959963985

void infected_sample_join(struct infected_sample *s, const struct infected_sample *more)
{
	s->unseen += more->unseen;
	s->seen.sources += more->seen.sources;
	s->seen.packets += more->seen.packets;
	for (size_t k = 0; k < ESTIMATE_COUNTS; k++)
		s->seen.sending[k] += more->seen.sending[k];
}

// Sources of the sample that sent k packets; the last has those that sent more.
static double sending(const struct infected_sample *s, unsigned k)
{
	return (double)(k == 0                ? s->unseen
	                : k < ESTIMATE_COUNTS ? s->seen.sending[k]
	                                      : s->seen.sending[0]);
}

// B / A, and its variance.
struct ratio {
	double unseen, variance;
};

static struct ratio ratio_of(const struct infected_sample *s)
{
	const double h0 = sending(s, 0), h1 = sending(s, 1);
	double seen = 0, variance = 0;
	for (unsigned k = 0; k <= ESTIMATE_COUNTS; k++)
		seen += sending(s, k) / (k + 1);
	const double unseen = h0 * (h0 - 1) / (h1 + 1), ratio = unseen / seen;
	for (unsigned k = 0; k <= ESTIMATE_COUNTS; k++) {
		const double of_unseen = k == 0   ? (2 * h0 - 1) / (h1 + 1)
		                         : k == 1 ? -unseen / (h1 + 1)
		                                  : 0;
		const double slope = (of_unseen - ratio / (k + 1)) / seen;
		variance += sending(s, k) * slope * slope;
	}
	return (struct ratio){ ratio, variance };
}

static double wilson_low(double seen, double all)
{
	const double share = seen / all, square = Z * Z / all;
	const double half = Z * sqrt(share * (1 - share) / all + square / (4 * all));
	return (share + square / 2 - half) / (1 + square);
}

struct infected_estimate infected_estimate_make(uint64_t telescope, const struct infected_sample *s)
{
	const double t = (double)telescope, all = (double)infected_sample_size(s);
	struct infected_estimate e = { .is_known = false };
	if (all < INFECTED_SAMPLE_MIN || s->seen.sources == 0)
		return e;
	const struct ratio r = ratio_of(s);
	const double missing = t * r.unseen;
	e.is_known = true;
	e.share = (double)s->seen.sources / all;
	e.sources = t + missing;
	e.low = t;
	e.high = t / wilson_low((double)s->seen.sources, all);
	if (missing > 0) {
		const double variance = t * t * r.variance + missing * (1 + r.unseen);
		const double factor = exp(Z * sqrt(log(1 + variance / (missing * missing))));
		e.low = t + missing / factor;
		e.high = t + missing * factor;
	}
	return e;
}
