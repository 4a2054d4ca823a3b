// SPDX-License-Identifier: MIT
// How long spells last, from two histograms: lengths of ended spells and, so
// far, of open ones. Everything is exact, and no source is looked at again.
#include "analyse/survey/lifetimes.h"

static uint64_t of_length(const struct lifetimes *l, uint32_t days)
{
	return l->ended[days] + l->open[days];
}

// The length of the spell of that rank (1 = shortest).
static uint32_t length_at_rank(const struct lifetimes *l, uint32_t day_count, uint64_t rank)
{
	uint64_t seen = 0;
	for (uint32_t days = 1; days <= day_count; days++) {
		seen += of_length(l, days);
		if (seen >= rank)
			return days;
	}
	return day_count;
}

// The Kaplan-Meier product is kept as a fraction of doubles; the median asks only
// whether it is at most one half, with room for the rounding of the last bits.
static uint32_t kaplan_meier_median(const struct lifetimes *l, uint32_t day_count)
{
	double survival = 1;
	uint64_t at_risk = l->spells;
	for (uint32_t days = 1; days <= day_count && at_risk > 0; days++) {
		survival *= 1 - (double)l->ended[days] / (double)at_risk;
		if (survival <= 0.5 + 1e-12)
			return days;
		at_risk -= of_length(l, days);
	}
	return 0;
}

void lifetimes_summarise(struct lifetimes *l, uint32_t day_count)
{
	if (l->spells == 0)
		return;
	double sum = 0;
	for (uint32_t days = 1; days <= day_count; days++)
		sum += (double)of_length(l, days) * days;
	l->mean_days = sum / (double)l->spells;
	l->median_days = (length_at_rank(l, day_count, (l->spells + 1) / 2) +
	                  length_at_rank(l, day_count, l->spells / 2 + 1)) /
	                 2.0;
	l->p90_days = length_at_rank(l, day_count, l->spells - l->spells / 10);
	l->kaplan_meier_median_days = kaplan_meier_median(l, day_count);
}

void lifetimes_survival(const struct lifetimes *l, uint32_t day_count, double *out)
{
	double survival = 1;
	uint64_t at_risk = l->spells;
	out[0] = 1;
	for (uint32_t days = 1; days <= day_count; days++) {
		if (at_risk > 0)
			survival *= 1 - (double)l->ended[days] / (double)at_risk;
		out[days] = survival;
		at_risk -= of_length(l, days);
	}
}
