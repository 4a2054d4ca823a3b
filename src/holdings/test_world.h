// SPDX-License-Identifier: MIT
// For tests: a small world in which everything happens that analysis tells apart. Random packets of some
// sources over some weeks, in pieces, and in them a day without any, a day on which SYNs came as flows, a
// flood, and scanners that begin one day, with values of their own.
#pragma once

#include "holdings/test_hosts.h"

enum {
	WORLD_DAYS = 18,
	WORLD_PIECES = 3,
	WORLD_SOURCES = 70,
	WORLD_RECORDS = 11000,
	WORLD_SILENT_DAY = TEST_DAY + 3,
	WORLD_FLOWS_DAY = TEST_DAY + 5,
	WORLD_UNSEEN = 4,  // the fingerprint that nothing matched on that day: zmap
	WORLD_FLOOD_DAY = TEST_DAY + 7,
	WORLD_FLOOD = 1200,
	WORLD_NEW_DAY = TEST_DAY + 15,
	WORLD_NEW = 60,  // SYNs of the scanners, each of another source
	WORLD_NEW_PORT = 5555,
	WORLD_NEW_WINDOW = 4242,
};

static inline struct record world_flood(uint32_t number)
{
	return (struct record){ .time_ns = (uint64_t)WORLD_FLOOD_DAY * DAY_NS + DAY_NS / 3 +
		                           number * UINT64_C(1000000),
		                .day = WORLD_FLOOD_DAY,
		                .source = 0xd0000000 + number * 13,
		                .destination = 0xc6336401,
		                .destination_port = 445,
		                .kind = KIND_SYN,
		                .known = 0xfff,
		                .fingerprints = 1 };
}

static inline struct record world_scanner(struct random *dice, uint32_t number)
{
	const int32_t day = WORLD_NEW_DAY +
	                    (int32_t)random_below(dice, TEST_DAY + WORLD_DAYS - WORLD_NEW_DAY);
	return (struct record){ .time_ns = (uint64_t)day * DAY_NS + random_u64(dice) % DAY_NS,
		                .day = day,
		                .source = 0x50000000 + random_below(dice, number + 1) * 0x10001,
		                .destination = 0xc6336400 + random_below(dice, 200),
		                .destination_port = WORLD_NEW_PORT,
		                .window = WORLD_NEW_WINDOW,
		                .ttl = (uint8_t)(50 + number % 3),
		                .length = 44,
		                .tcp_flags = 2,
		                .kind = KIND_SYN,
		                .known = 0xfff,
		                .fingerprints = number % 2 == 0 ? 3 : 2 };
}

// The caller calls pile_done().
static inline struct pile world_pile(uint64_t seed)
{
	enum { NEW = 6 * WORLD_NEW, MORE = WORLD_FLOOD + NEW };
	struct random dice = random_from(seed + 1000);
	struct pile pile = pile_from(seed, WORLD_SOURCES, WORLD_DAYS, WORLD_PIECES,
	                             WORLD_RECORDS + MORE);
	for (size_t i = 0; i < WORLD_RECORDS; i++) {
		struct record *r = &pile.records[i];
		if (r->day == WORLD_SILENT_DAY) {
			r->day++;
			r->time_ns += DAY_NS;
		}
		if (r->day == WORLD_FLOWS_DAY)
			r->fingerprints &= ~(UINT32_C(1) << WORLD_UNSEEN);
		if (r->day == WORLD_FLOWS_DAY && r->kind == KIND_SYN && i % 3 == 0) {
			r->fingerprints = UINT32_C(1) << FINGERPRINT_UNKNOWN;
			r->more_packets = (uint16_t)(i % 50);
			r->known &= KNOWN_DESTINATION_PORT | KNOWN_DESTINATION;
		}
	}
	for (uint32_t i = 0; i < WORLD_FLOOD; i++)
		pile.records[WORLD_RECORDS + i] = world_flood(i);
	for (uint32_t i = 0; i < NEW; i++)
		pile.records[WORLD_RECORDS + WORLD_FLOOD + i] = world_scanner(&dice, i % WORLD_NEW);
	return pile;
}
