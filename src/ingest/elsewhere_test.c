// SPDX-License-Identifier: MIT
// What went elsewhere against a naive count; which prefixes are found where somebody has them.
#include "ingest/elsewhere.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"

#include <assert.h>

enum { MAX = 8 };

static struct elsewhere *e;
static struct elsewhere_prefix found[MAX];

static void begin(void)
{
	elsewhere_free(e);
	e = elsewhere_new();
	assert(e != NULL);
}

static uint64_t range_of(unsigned bits)
{
	return UINT64_C(1) << (32 - bits);
}

// Packets to random addresses of a prefix.
static void spread(struct random *dice, uint32_t first, unsigned bits, uint64_t packets)
{
	for (uint64_t i = 0; i < packets; i++)
		elsewhere_add(e, first + (uint32_t)random_below(dice, (uint32_t)range_of(bits)), 1);
}

static bool is_prefix(size_t i, uint32_t first, unsigned bits, uint64_t packets)
{
	const bool same = found[i].first == first && found[i].bits == bits &&
	                  found[i].packets == packets;
	if (!same)
		printf("prefix %zu is %08x/%u with %llu\n", i, found[i].first, found[i].bits,
		       (unsigned long long)found[i].packets);
	return same;
}

TEST(nothing_went_nowhere)
{
	begin();
	CHECK(elsewhere_prefixes(e, found, MAX) == 0);
}

// Whatever its length, and however many packets there are.
TEST(one_telescope_is_found)
{
	struct random dice = random_from(14);
	for (unsigned bits = 8; bits <= 24; bits++)
		for (uint64_t packets = 300; packets <= 300000; packets *= 10) {
			const uint32_t first = UINT32_C(0xcb007100) &
			                       ~(uint32_t)(range_of(bits) - 1);
			begin();
			spread(&dice, first, bits, packets);
			CHECK(elsewhere_prefixes(e, found, MAX) == 1);
			CHECK(is_prefix(0, first, bits, packets));
		}
}

// Neither what strays beside them nor what lies between makes them another.
TEST(several_are_found_apart)
{
	struct random dice = random_from(15);
	begin();
	spread(&dice, 0xc0000200, 24, 30000);
	spread(&dice, 0xc6330000, 16, 60000);
	elsewhere_add(e, 0xc6320001, 1);
	elsewhere_add(e, 0xc0000300, 1);
	elsewhere_add(e, 0x01020304, 8);
	CHECK(elsewhere_prefixes(e, found, MAX) == 2);
	CHECK(is_prefix(0, 0xc6330000, 16, 60000) && is_prefix(1, 0xc0000200, 24, 30000));
	CHECK(elsewhere_prefixes(e, found, 1) == 1 && is_prefix(0, 0xc6330000, 16, 60000));
}

// A quarter of a prefix is not all of it.
TEST(a_hole_is_no_part)
{
	struct random dice = random_from(16);
	begin();
	spread(&dice, 0xc6330000, 17, 40000);
	spread(&dice, 0xc633c000, 18, 20000);
	CHECK(elsewhere_prefixes(e, found, MAX) == 2);
	CHECK(is_prefix(0, 0xc6330000, 17, 40000) && is_prefix(1, 0xc633c000, 18, 20000));
}

// Flows stand for several packets, and for none.
TEST(packets_count_as_many)
{
	begin();
	elsewhere_add(e, 0xc0000201, 0);
	elsewhere_add(e, 0xc0000201, 5000000000);
	elsewhere_add(e, 0xc0000202, 7);
	CHECK(elsewhere_prefixes(e, found, MAX) == 1 && is_prefix(0, 0xc0000200, 24, 5000000007));
}

// Of more networks than there are pages, whatever comes: counts stay exact, and what has no page has 16 bits.
TEST(memory_is_bounded)
{
	struct random dice = random_from(17);
	begin();
	for (uint32_t network = 0; network < 4096; network++)
		elsewhere_add(e, network << 20 | 1, 1);
	CHECK(e->page_count == ELSEWHERE_PAGES && elsewhere_packets(e) == 4096);
	spread(&dice, 0xfff00000, 16, 100000);
	spread(&dice, 0x00100000, 24, 100000);
	CHECK(elsewhere_prefixes(e, found, MAX) == 2);
	CHECK(is_prefix(0, 0x00100000, 24, 100001) && is_prefix(1, 0xfff00000, 16, 100001));
}

// Every packet of a prefix that is listed, and no other.
TEST(counts_are_those_of_a_naive_look)
{
	struct random dice = random_from(18);
	enum { PACKETS = 20000 };
	static uint32_t all[PACKETS];
	begin();
	for (size_t i = 0; i < PACKETS; i++) {
		const uint32_t base = (uint32_t)random_below(&dice, 6) * UINT32_C(0x1f3a5c77);
		all[i] = base ^ (uint32_t)random_below(&dice, (uint32_t)range_of(8 + base % 24));
		elsewhere_add(e, all[i], 1);
	}
	const size_t count = elsewhere_prefixes(e, found, MAX);
	CHECK(count > 1);
	for (size_t i = 0; i < count; i++) {
		uint64_t packets = 0;
		for (size_t p = 0; p < PACKETS; p++)
			packets += ((uint64_t)all[p] ^ found[i].first) < range_of(found[i].bits);
		CHECK(packets == found[i].packets);
		CHECK(i == 0 || found[i - 1].packets >= packets);
	}
	elsewhere_free(e);
	e = NULL;
}

TEST_MAIN
