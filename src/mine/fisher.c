// SPDX-License-Identifier: MIT
// The first term of the tail, then its neighbours by their ratio until they do not count any more.
//
// The probability of a table is a product of factorials: of the margins, through those of the cells
// and of the total. Each n! is n^n / e^n * sqrt(2 pi n) * e^s(n) with a small s(n), Stirling's series.
// The powers of all of them together are e^-D, where D is the sum over the cells of
// o ln(o / e) + e - o: o is what is observed, e what is expected. No summand is negative, so that
// nothing cancels out, as it does where logarithms of factorials of millions are subtracted. (For the
// binomial distribution: C. Loader, "Fast and accurate computation of binomial probabilities", 2000.)
#include "mine/fisher.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

__extension__ typedef unsigned __int128 u128;

#define TWO_PI 6.283185307179586477
#define LN2 0.69314718055994530942
// The first has 21 zeros at its end, so that multiples of it are exact; the second is the rest.
#define LN2_HIGH 0x1.62e42feep-1
#define LN2_LOW 0x1.a39ef35793c76p-33
#define SQRT_HALF 0.70710678118654752440
#define NEGLIGIBLE 0x1p-55

// Behind the last of these Stirling's series is good enough.
enum { STIRLING_TABLE = 16 };
static const double stirling_table[STIRLING_TABLE] = {
	0,
	0.08106146679532725822,
	0.04134069595540929409,
	0.02767792568499833915,
	0.02079067210376509311,
	0.01664469118982119216,
	0.01387612882307074800,
	0.01189670994589177009,
	0.01041126526197209650,
	0.00925546218271273292,
	0.00833056343336287126,
	0.00757367548795184079,
	0.00694284010720952987,
	0.00640899418800420707,
	0.00595137011275884774,
	0.00555473355196280137,
};

// ln n! - ln(sqrt(2 pi n) n^n / e^n); of 0, whose square root is left out, 0.
static double stirling(uint64_t n)
{
	if (n < STIRLING_TABLE)
		return stirling_table[n];
	const double x = (double)n, square = x * x;
	return (1. / 12 -
	        (1. / 360 - (1. / 1260 - (1. / 1680 - 1. / 1188 / square) / square) / square) /
	                square) /
	       x;
}

static double root(uint64_t n)
{
	return n == 0 ? 1 : sqrt(TWO_PI * (double)n);
}

static double natural_log(double x)
{
	int exponent;
	double part = frexp(x, &exponent), sum = 0;
	if (part < SQRT_HALF) {
		part *= 2;
		exponent--;
	}
	const double v = (part - 1) / (part + 1), square = v * v;
	for (int i = 23; i > 1; i -= 2)
		sum = (sum + 1. / i) * square;
	return exponent * LN2 + 2 * (v + v * sum);
}

// e^x for what is not much above 0.
static double power_of_e(double x)
{
	if (x < -745)
		return 0;
	const double times = floor(x / LN2 + 0.5);
	const double rest = x - times * LN2_HIGH - times * LN2_LOW;
	double sum = 1;
	for (int i = 14; i > 0; i--)
		sum = 1 + sum * rest / i;
	return ldexp(sum, (int)times);
}

// o ln(o / e) + e - o, where `difference` is o - e, which the caller knows better.
static double deviance(double observed, double expected, double difference)
{
	if (!(observed > 0))
		return expected;
	const double v = difference / (observed + expected), square = v * v;
	if (square > 1. / 9)
		return observed * natural_log(observed / expected) - difference;
	// ln(o / e) = 2 (v + v^3 / 3 + v^5 / 5 ...), and what its first term leaves of the
	// difference is known without subtracting.
	double sum = 0, power = 1;
	for (int i = 3; power > NEGLIGIBLE; i += 2) {
		sum += power / i;
		power *= square;
	}
	return difference * v + 2 * observed * v * square * sum;
}

struct pair_counts {
	uint64_t both, first_only, second_only, neither;
};

static struct pair_counts cells_of(const struct fisher *f)
{
	return (struct pair_counts){
		.both = f->both,
		.first_only = f->first - f->both,
		.second_only = f->second - f->both,
		.neither = f->total - f->first - (f->second - f->both),
	};
}

// Of observed and expected in each cell: the same everywhere, but for its sign.
static double difference_of(const struct fisher *f)
{
	const u128 observed = (u128)f->both * f->total, expected = (u128)f->first * f->second;
	return observed > expected ? (double)(observed - expected) / (double)f->total
	                           : -((double)(expected - observed) / (double)f->total);
}

static double deviances(const struct fisher *f, const struct pair_counts *c)
{
	const double difference = difference_of(f), total = (double)f->total;
	const double first = (double)f->first / total,
		     other = (double)(f->total - f->first) / total;
	const double second = (double)f->second, third = (double)(f->total - f->second);
	return deviance((double)c->both, first * second, difference) +
	       deviance((double)c->first_only, first * third, -difference) +
	       deviance((double)c->second_only, other * second, -difference) +
	       deviance((double)c->neither, other * third, difference);
}

// How likely just this table is.
static double probability(const struct fisher *f)
{
	const struct pair_counts c = cells_of(f);
	const uint64_t first_not = f->total - f->first, second_not = f->total - f->second;
	const double exponent = stirling(f->first) + stirling(first_not) + stirling(f->second) +
	                        stirling(second_not) - stirling(f->total) - stirling(c.both) -
	                        stirling(c.first_only) - stirling(c.second_only) -
	                        stirling(c.neither) - deviances(f, &c);
	const double roots = root(f->first) / root(c.both) * (first_not > 0 ? root(first_not) : 1) /
	                     root(c.neither) * root(f->second) / root(c.first_only) *
	                     root(second_not) / root(c.second_only) / root(f->total);
	return roots * power_of_e(exponent);
}

// From this table on upwards, as a multiple of its own probability.
static double tail_above(struct pair_counts c)
{
	double sum = 1, term = 1;
	while (c.first_only > 0 && c.second_only > 0) {
		const double ratio = (double)c.first_only * (double)c.second_only /
		                     ((double)(c.both + 1) * (double)(c.neither + 1));
		term *= ratio;
		sum += term;
		// The ratios that follow are smaller still.
		if (ratio < 1 && term * ratio < NEGLIGIBLE * sum * (1 - ratio))
			break;
		c.both++, c.neither++;
		c.first_only--, c.second_only--;
	}
	return sum;
}

static double tail_below(struct pair_counts c)
{
	return tail_above((struct pair_counts){ .both = c.first_only,
	                                        .first_only = c.both,
	                                        .second_only = c.neither,
	                                        .neither = c.second_only });
}

double fisher_greater(const struct fisher *f)
{
	assert(f->both <= f->first && f->both <= f->second && f->first <= f->total &&
	       f->second - f->both <= f->total - f->first);
	struct fisher start = *f;
	if (f->both == 0 || cells_of(f).neither == 0)
		return 1;
	double p;
	if (difference_of(f) > 0) {
		p = probability(&start) * tail_above(cells_of(&start));
	} else {
		start.both--;
		p = 1 - probability(&start) * tail_below(cells_of(&start));
	}
	return p < FISHER_P_MIN ? 0 : p > 1 ? 1 : p;
}
