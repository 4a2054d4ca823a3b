// SPDX-License-Identifier: MIT
#include "analyse/attacks/thresholds.h"

#include <math.h>

#define INTERNET 4294967296.0
#define SLASH_8 (UINT64_C(1) << 24)

static uint64_t scale(uint64_t number, uint64_t addresses)
{
	const double scaled = ceil((double)number * (double)addresses / (double)SLASH_8);
	return scaled > ATTACK_SCALED_LEAST ? (uint64_t)scaled : ATTACK_SCALED_LEAST;
}

struct attack_thresholds attack_thresholds_scaled(const struct attack_thresholds *t,
                                                  uint64_t addresses)
{
	struct attack_thresholds scaled = *t;
	scaled.packets = scale(t->packets, addresses);
	scaled.per_minute = scale(t->per_minute, addresses);
	return scaled;
}

double attack_rate(double per_minute, uint64_t addresses)
{
	return per_minute / 60 * (INTERNET / (double)addresses);
}

// ---- the interval

// The density of the gamma distribution of shape a.
static double gamma_density(double a, double x)
{
	return exp((a - 1) * log(x) - x - lgamma(a));
}

// Its distribution up to x, or beyond: whichever sum is the shorter one. The series, and the continued fraction in
// the form of Lentz (Abramowitz and Stegun 6.5.29, 6.5.31).
static double gamma_below_by_series(double a, double x)
{
	double term = 1 / a, sum = term;
	for (double n = a + 1; term > sum * 1e-17; n++) {
		term *= x / n;
		sum += term;
	}
	return sum * x * gamma_density(a, x);
}

static double gamma_beyond_by_fraction(double a, double x)
{
	double b = x + 1 - a, c = 1e300, d = 1 / b, product = d, change = 2;
	for (double n = 1; fabs(change - 1) > 1e-16 && n < 1e6; n++) {
		const double numerator = -n * (n - a);
		b += 2;
		d = 1 / (numerator * d + b);
		c = b + numerator / c;
		change = c * d;
		product *= change;
	}
	return product * x * gamma_density(a, x);
}

static double gamma_below(double a, double x)
{
	return x < a + 1 ? gamma_below_by_series(a, x) : 1 - gamma_beyond_by_fraction(a, x);
}

// Wilson and Hilferty: a cube of a normal one. Of large shapes nothing better is needed.
static double quantile_near(double a, double z)
{
	const double root = 1 - 1 / (9 * a) + z / (3 * sqrt(a));
	return root > 0.01 ? a * root * root * root : a * 1e-6;
}

// Where the distribution has reached `share`, by Newton's method; z is the quantile of a normal one.
static double gamma_quantile(double a, double share, double z)
{
	enum { STEPS = 12 };
	static const double near_enough = 1e7;
	double x = quantile_near(a, z);
	for (unsigned i = 0; a < near_enough && i < STEPS; i++) {
		const double step = (gamma_below(a, x) - share) / gamma_density(a, x);
		x = x - step > x / 10 ? x - step : x / 10;
		if (fabs(step) < x * 1e-13)
			break;
	}
	return x;
}

struct attack_interval attack_interval(uint64_t count)
{
	static const double tail = 0.025, z = 1.959963984540054;
	const double n = (double)count;
	return (struct attack_interval){
		.lower = count == 0 ? 0 : gamma_quantile(n, tail, -z),
		.upper = gamma_quantile(n + 1, 1 - tail, z),
	};
}

// ---- the fullest minute

enum { SLOTS_A_MINUTE = 60 / BURST_SLOT_S };

// Slots of the last minute, the oldest first.
struct minute {
	uint64_t slots[SLOTS_A_MINUTE], packets[SLOTS_A_MINUTE];
	unsigned count;
	uint64_t sum;
};

static void minute_add(struct minute *m, uint64_t slot, uint64_t packets)
{
	unsigned gone = 0, kept = 0;
	while (gone < m->count && m->slots[gone] + SLOTS_A_MINUTE <= slot)
		m->sum -= m->packets[gone++];
	for (; gone < m->count; gone++, kept++) {
		m->slots[kept] = m->slots[gone];
		m->packets[kept] = m->packets[gone];
	}
	m->slots[kept] = slot;
	m->packets[kept] = packets;
	m->count = kept + 1;
	m->sum += packets;
}

struct attack_peak attack_peak(const struct burst *burst)
{
	struct burst_slots slots = burst_slots_read(burst);
	struct minute minute = { .count = 0 };
	struct attack_peak peak = { .packets = 0 };
	uint64_t slot, packets;
	while (burst_slots_next(&slots, &slot, &packets)) {
		minute_add(&minute, slot, packets);
		if (minute.sum > peak.packets)
			peak = (struct attack_peak){ minute.sum, minute.slots[0] * BURST_SLOT_NS };
	}
	if (peak.at_ns < burst->first_ns)
		peak.at_ns = burst->first_ns;
	return peak;
}
