// SPDX-License-Identifier: MIT
// The rule against the probability that it is meant to bound, and the host-days that it is asked of.
#include "hostday/evidence.h"

#include "base/random.h"
#include "base/test.h"

enum { MIRAI, MIRAI_2016, HAJIME, HAJIME_RAW, ZMAP, MASSCAN };

// P(at least k of n match), where each does once in 65,536, from the largest term down to nothing.
static double tail(uint64_t n, uint64_t k)
{
	const double p = 1.0 / 65536;
	double none = 1, sum = 0;
	for (uint64_t i = 0; i < n; i++)
		none *= 1 - p;
	for (uint64_t i = 0; i < k; i++) {
		sum += none;
		none *= (double)(n - i) / (double)(i + 1) * (p / (1 - p));
	}
	return 1 - sum;
}

TEST(what_counts_is_less_likely_than_one_in_a_thousand)
{
	struct random r = random_from(22);
	unsigned enough = 0, doubted = 0;
	for (unsigned i = 0; i < 500; i++) {
		const uint64_t k = 1 + random_below(&r, 12), n = k + random_below(&r, 150000);
		const bool is_enough = evidence_is_enough(n, k, 1);
		CHECK(!is_enough || tail(n, k) <= 0.001);
		// What is less likely by far counts.
		CHECK(is_enough || tail(n, k) > 0.00001);
		enough += is_enough;
		doubted += !is_enough;
	}
	CHECK(enough > 50 && doubted > 50);
}

// Numbers of doc/store.md.
TEST(so_many_of_so_many)
{
	static const uint64_t most[] = { 65, 2930, 11908, 25794, 42886 };
	for (uint64_t k = 1; k <= 5; k++) {
		CHECK(evidence_is_enough(most[k - 1], k, 1));
		CHECK(!evidence_is_enough(most[k - 1] + 1, k, 1));
	}
	CHECK(!evidence_is_enough(1, 1, 2) && evidence_is_enough(2, 2, 2));
	// Real ones, and what was called so by chance.
	CHECK(evidence_is_enough(480, 480, 2) && !evidence_is_enough(1994, 1, 2) &&
	      !evidence_is_enough(37841, 1, 2) && !evidence_is_enough(9639, 2, 2));
	CHECK(evidence_is_enough(UINT64_MAX, UINT64_MAX, 2) &&
	      !evidence_is_enough(UINT64_MAX, UINT64_MAX >> 20, 2));
	// Where the sum is not looked at any more.
	CHECK(evidence_is_enough(71 * 65536 / 3, 71, 2) &&
	      !evidence_is_enough(71 * 65536 / 3 + 2, 71, 2));
	for (uint64_t n = 0; n < 20000000; n += 9973)
		CHECK(evidence_is_enough(n, 71, 2) == (3 * (double)n / 65536 <= 71));
}

static struct host_day host_of(uint64_t syns, uint32_t mask, uint64_t matched)
{
	struct host_day h = { .matched_mask = mask };
	h.packets[KIND_SYN - HOST_KIND_FIRST] = syns;
	for (unsigned f = 0; f < FINGERPRINTS_MAX; f++)
		h.matched[f] = matched;
	return h;
}

TEST(only_what_chance_meets_is_weighed)
{
	const uint32_t all = UINT32_C(0x7fffffff);
	struct host_day h = host_of(5000, all, 1);
	const uint32_t weighed = 1u << HAJIME | 1u << HAJIME_RAW | 1u << ZMAP | 1u << MASSCAN;
	CHECK(fingerprints_weighed == weighed);
	CHECK(host_day_doubted(&h) == weighed && host_day_counted(&h) == (all & ~weighed));
	h = host_of(1, all, 1);
	CHECK(host_day_doubted(&h) == (1u << ZMAP | 1u << MASSCAN));
	h = host_of(2, all, 2);
	CHECK(host_day_doubted(&h) == 0 && host_day_counted(&h) == all);
	h = host_of(5000, 1u << MIRAI, 1);
	CHECK(host_day_counted(&h) == 1u << MIRAI);
}

// Headers that nobody saw cannot match, and are none of the SYNs that chance had.
TEST(syns_of_flows_are_not_among_them)
{
	struct host_day h = host_of(10000, 1u << ZMAP | UINT32_C(1) << FINGERPRINT_UNKNOWN, 2);
	CHECK(host_day_doubted(&h) == 1u << ZMAP);
	h.matched[FINGERPRINT_UNKNOWN] = 9000;
	CHECK(host_day_doubted(&h) == 0);
}

TEST_MAIN
