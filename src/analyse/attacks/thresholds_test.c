// SPDX-License-Identifier: MIT
// Intervals by mpmath 1.3, as quantiles of the gamma distribution with 40 digits.
#include "analyse/attacks/thresholds.h"

#include "base/random.h"
#include "base/test.h"

#include <math.h>
#include <string.h>

TEST(intervals_are_those_of_the_gamma_distribution)
{
	static const struct {
		uint64_t count;
		double lower, upper;
	} all[] = {
		{ 0, 0, 3.68887945411394 },
		{ 1, 0.0253178079842899, 5.5716433909389 },
		{ 2, 0.242209278543965, 7.22468766772396 },
		{ 5, 1.62348639011842, 11.6683320793227 },
		{ 10, 4.79538869613243, 18.3903560420178 },
		{ 30, 20.2408740214209, 42.8268653948077 },
		{ 100, 81.3639912509231, 121.626793792426 },
		{ 1000, 938.973018407695, 1063.9521360163 },
		{ 12345, 12128.1809078991, 12564.7222069133 },
		{ 1000000, 998040.983340294, 1001961.91194543 },
		{ 100000000, 99980401.3073247, 100019601.587079 },
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		const struct attack_interval got = attack_interval(all[i].count);
		CHECK(fabs(got.lower - all[i].lower) <= 1e-9 * all[i].lower);
		CHECK(fabs(got.upper - all[i].upper) <= 1e-9 * all[i].upper);
	}
}

TEST(intervals_hold_their_count_and_grow)
{
	struct attack_interval before = attack_interval(0);
	for (uint64_t count = 1; count < UINT64_MAX / 3; count += 1 + count / 7) {
		const struct attack_interval i = attack_interval(count);
		const double n = (double)count;
		CHECK(i.lower < n && n < i.upper && i.lower > before.lower &&
		      i.upper > before.upper);
		before = i;
	}
}

// The published floor: 30 packets a minute are 128 a second in a /8, 171 in a /9 and a /10, 32,768 in a /16.
TEST(rates_are_those_of_the_method)
{
	CHECK(attack_rate(30, 1 << 24) == 128);
	CHECK(fabs(attack_rate(30, (1 << 23) + (1 << 22)) - 512.0 / 3) < 1e-9);
	CHECK(attack_rate(30, 1 << 16) == 32768);
	CHECK(attack_rate(30, 1 << 12) == 524288);
}

TEST(thresholds_are_scaled_down_to_chance_and_up)
{
	static const struct attack_thresholds normal = { ATTACK_PACKETS, ATTACK_SECONDS,
		                                         ATTACK_PER_MINUTE, ATTACK_SILENCE_S };
	static const struct {
		uint64_t addresses, packets, per_minute;
	} all[] = { { 1 << 24, 25, 30 }, { 1 << 25, 50, 60 }, { 1 << 23, 13, 15 },
		    { 1 << 22, 10, 10 }, { 1 << 16, 10, 10 }, { 1, 10, 10 } };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		const struct attack_thresholds t = attack_thresholds_scaled(&normal,
		                                                            all[i].addresses);
		CHECK(t.packets == all[i].packets && t.per_minute == all[i].per_minute);
		CHECK(t.seconds == ATTACK_SECONDS && t.silence_s == ATTACK_SILENCE_S);
	}
}

// What the least is chosen by: 8,640 P(Poisson(1) >= 10).
TEST(the_least_is_seen_by_chance_on_one_day_in_a_thousand)
{
	double term = exp(-1), below = 0;
	for (unsigned k = 0; k < ATTACK_SCALED_LEAST; k++) {
		below += term;
		term /= k + 1;
	}
	CHECK(8640 * (1 - below) < 0.001 &&
	      8640 * (1 - below + term * ATTACK_SCALED_LEAST) > 0.0009);
}

// ---- the fullest minute, against every minute that there is

enum { SLOTS = 80 };

static struct burst burst_of(const uint64_t packets[SLOTS], uint64_t first_slot,
                             struct buffer *bytes)
{
	struct burst b = { .first_ns = first_slot * BURST_SLOT_NS + 7 };
	uint64_t last = first_slot;
	*bytes = buffer_up_to(4096);
	for (uint64_t i = 0; i < SLOTS; i++) {
		if (packets[i] == 0)
			continue;
		buffer_varint(bytes, first_slot + i - last);
		buffer_varint(bytes, packets[i]);
		last = first_slot + i;
		b.packets += packets[i];
	}
	b.slots = buffer_span(bytes);
	return b;
}

static void check_peak(struct random *dice, unsigned emptiness)
{
	const uint64_t first = UINT64_C(147000000) + random_below(dice, 1000);
	uint64_t packets[SLOTS] = { 1 + random_below(dice, 9) }, most = 0, at = 0;
	struct buffer bytes;
	for (size_t i = 1; i < SLOTS; i++)
		packets[i] = random_below(dice, emptiness) == 0 ? random_below(dice, 20) : 0;
	for (int begin = -5; begin < SLOTS; begin++) {
		uint64_t sum = 0, begins_at = UINT64_MAX;
		for (int i = begin < 0 ? 0 : begin; i < begin + 6 && i < SLOTS; i++) {
			sum += packets[i];
			if (packets[i] > 0 && begins_at == UINT64_MAX)
				begins_at = first + (uint64_t)i;
		}
		if (sum > most) {
			most = sum;
			at = begins_at;
		}
	}
	const struct burst burst = burst_of(packets, first, &bytes);
	const struct attack_peak peak = attack_peak(&burst);
	const uint64_t at_ns = at * BURST_SLOT_NS;
	CHECK(peak.packets == most);
	CHECK(peak.at_ns == (at_ns > burst.first_ns ? at_ns : burst.first_ns));
	buffer_done(&bytes);
}

TEST(the_fullest_minute_is_that_of_all_minutes)
{
	struct random dice = random_from(20);
	for (unsigned i = 0; i < 2000; i++)
		check_peak(&dice, 1 + i % 12);
}

TEST_MAIN
