// SPDX-License-Identifier: MIT
#include "analyse/effect/survival.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

static const double normal_95 = 1.959963984540054;  // 97.5 % of a normal distribution are below

// Of what is one half but for the last bits.
static const double half_tolerance = 1.4901161193847656e-8;  // 2^-26

static uint64_t all_of(const struct survival_times *s)
{
	uint64_t sum = 0;
	for (uint32_t t = 0; t < s->times; t++)
		sum += s->ended[t] + s->left[t];
	return sum;
}

// ---- the curve

// `error_of_log` is the standard error of log S.
static void set_bands(enum survival_bands bands, double error_of_log, struct survival_point *p)
{
	if (p->survival >= 1) {
		p->lower = p->upper = bands == SURVIVAL_LOG ? 1 : NAN;
	} else if (p->survival <= 0) {
		p->error = p->lower = p->upper = NAN;
	} else if (bands == SURVIVAL_LOG) {
		p->lower = p->survival * exp(-normal_95 * error_of_log);
		p->upper = fmin(1, p->survival * exp(normal_95 * error_of_log));
	} else {
		const double far = normal_95 * error_of_log / log(p->survival);
		const double at = log(-log(p->survival));
		p->lower = exp(-exp(at - far));
		p->upper = exp(-exp(at + far));
	}
}

void survival_curve(const struct survival_times *s, enum survival_bands bands,
                    struct survival_point *out)
{
	uint64_t at_risk = all_of(s);
	double survival = 1, variance = 0;  // Greenwood's sum: the variance of log S
	for (uint32_t t = 0; t < s->times; t++) {
		const double n = (double)at_risk, d = (double)s->ended[t];
		if (d > 0) {
			survival = s->ended[t] == at_risk ? 0 : survival * (1 - d / n);
			variance += d / (n * (n - d));
		}
		out[t] = (struct survival_point){ .survival = survival,
			                          .error = survival * sqrt(variance) };
		set_bands(bands, sqrt(variance), &out[t]);
		at_risk -= s->ended[t] + s->left[t];
	}
}

// ---- the median

static double value_of(const struct survival_point *p, int which)
{
	return which == 0 ? p->survival : which < 0 ? p->lower : p->upper;
}

// Where a curve comes down to one half: the curve itself (0), its lower (-1) or its upper band (1). Where it
// stays exactly there, the middle.
static double reaches_half(const struct survival_times *s, const struct survival_point *points,
                           int which)
{
	uint32_t last = 0;
	double first = NAN;
	for (uint32_t t = 0; t < s->times; t++) {
		const double value = value_of(&points[t], which);
		if (s->ended[t] + s->left[t] == 0 || isnan(value))
			continue;
		last = t;
		if (value < 0.5 - half_tolerance)
			return isnan(first) ? t : (first + t) / 2;
		if (isnan(first) && value <= 0.5 + half_tolerance)
			first = t;
	}
	return isnan(first) ? NAN : (first + last) / 2;
}

bool survival_median(const struct survival_times *s, enum survival_bands bands,
                     struct survival_median *out, struct error *error)
{
	struct survival_point *points = memory_new(s->times + 1, sizeof *points);
	if (points == NULL)
		return error_memory(error, "a survival curve");
	survival_curve(s, bands, points);
	out->median = reaches_half(s, points, 0);
	out->lower = reaches_half(s, points, -1);
	out->upper = reaches_half(s, points, 1);
	memory_free(points);
	return true;
}

// ---- the test

struct rank_sums {
	double observed[SURVIVAL_GROUPS_MAX], expected[SURVIVAL_GROUPS_MAX];
	double variance[SURVIVAL_GROUPS_MAX][SURVIVAL_GROUPS_MAX];
};

// The moments of a hypergeometric distribution: of `d` ends among `n` there, how many are of each group.
static void add_time(struct rank_sums *sums, const uint64_t *at_risk, const uint64_t *ended,
                     size_t count)
{
	double n = 0, d = 0;
	for (size_t g = 0; g < count; g++) {
		n += (double)at_risk[g];
		d += (double)ended[g];
	}
	if (d == 0)
		return;
	const double spread = n > 1 ? d * (n - d) / (n - 1) : 0;
	for (size_t g = 0; g < count; g++) {
		const double share = (double)at_risk[g] / n;
		sums->observed[g] += (double)ended[g];
		sums->expected[g] += d * share;
		for (size_t h = 0; h < count; h++)
			sums->variance[g][h] += spread * share *
			                        ((g == h ? 1 : 0) - (double)at_risk[h] / n);
	}
}

static void add_stratum(struct rank_sums *sums, const struct survival_times *groups, size_t count)
{
	uint64_t at_risk[SURVIVAL_GROUPS_MAX], ended[SURVIVAL_GROUPS_MAX];
	for (size_t g = 0; g < count; g++)
		at_risk[g] = all_of(&groups[g]);
	for (uint32_t t = 0; t < groups[0].times; t++) {
		for (size_t g = 0; g < count; g++)
			ended[g] = groups[g].ended[t];
		add_time(sums, at_risk, ended, count);
		for (size_t g = 0; g < count; g++)
			at_risk[g] -= ended[g] + groups[g].left[t];
	}
}

// x' V^-1 x, by elimination; V is overwritten. Symmetric and, but for rounding, positive.
static double quadratic_form(double v[][SURVIVAL_GROUPS_MAX], double *x, size_t count)
{
	double sum = 0;
	for (size_t i = 0; i < count; i++) {
		if (!(v[i][i] > 0))
			continue;
		for (size_t j = i + 1; j < count; j++) {
			const double factor = v[j][i] / v[i][i];
			for (size_t k = i; k < count; k++)
				v[j][k] -= factor * v[i][k];
			x[j] -= factor * x[i];
		}
		sum += x[i] * x[i] / v[i][i];
	}
	return sum;
}

// The probability of more than x by chance: chi-square with so many degrees of freedom, in closed form
// (Abramowitz and Stegun 26.4.4 and 26.4.5).
static double chi_square_tail(double x, unsigned degrees)
{
	if (degrees == 0 || !(x > 0))
		return 1;
	const bool is_odd = degrees % 2 != 0;
	double sum = is_odd ? erfc(sqrt(x / 2)) : exp(-x / 2);
	double term = is_odd ? exp(-x / 2) * sqrt(2 * x / M_PI) : exp(-x / 2) * x / 2;
	for (unsigned i = is_odd ? 3 : 4; i <= degrees; i += 2) {
		sum += term;
		term *= x / i;
	}
	return sum;
}

struct survival_test survival_log_rank(const struct survival_times *groups, size_t group_count,
                                       size_t strata)
{
	struct rank_sums sums = { .observed = { 0 } };
	double v[SURVIVAL_GROUPS_MAX][SURVIVAL_GROUPS_MAX], x[SURVIVAL_GROUPS_MAX];
	size_t kept[SURVIVAL_GROUPS_MAX], count = 0;
	for (size_t s = 0; s < strata; s++)
		add_stratum(&sums, groups + s * group_count, group_count);
	for (size_t g = 0; g < group_count; g++)
		if (sums.expected[g] > 0)
			kept[count++] = g;
	if (count < 2)
		return (struct survival_test){ .p = 1 };
	// Differences of all groups add up to nothing: the last one says nothing new.
	for (size_t i = 0; i + 1 < count; i++) {
		x[i] = sums.observed[kept[i]] - sums.expected[kept[i]];
		for (size_t j = 0; j + 1 < count; j++)
			v[i][j] = sums.variance[kept[i]][kept[j]];
	}
	struct survival_test test = { .degrees = (unsigned)count - 1 };
	test.chi_square = quadratic_form(v, x, count - 1);
	test.p = chi_square_tail(test.chi_square, test.degrees);
	return test;
}
