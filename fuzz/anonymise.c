// SPDX-License-Identifier: MIT
// A packet to give away: whatever it is, it stays what it counts as, and its destination goes.
//
// Input: a packet of raw IPv4.
#include "anonymise/anonymise.h"
#include "fuzz.h"

#include <string.h>

enum { RAW = 101, ETHERNET = 1, RECORD = 16, LENGTH_MAX = 2048 };
static struct anonymiser *anonymiser;

void fuzz_setup(void)
{
	static const uint8_t key[ANONYMISE_KEY_SIZE] = { 7 };
	anonymiser = anonymiser_new(key, 0);
	REQUIRE(anonymiser != NULL);
}

void fuzz_one(struct span input)
{
	struct packet before, after;
	uint8_t record[ANONYMISE_RECORD_MAX];
	struct frame frame = { .time_ns = 1, .link_type = RAW, .captured = input };
	frame.length_wire = (uint32_t)input.length;
	if (input.length > LENGTH_MAX)
		return;
	decode_frames(&frame, 1, &before);
	if (!kind_is_packet(before.kind))
		return;
	const size_t length = anonymise_packet(anonymiser, &before, false, record);
	REQUIRE(length > RECORD && length <= sizeof record);
	frame.link_type = ETHERNET;
	frame.captured = (struct span){ record + RECORD, length - RECORD };
	decode_frames(&frame, 1, &after);
	REQUIRE(after.kind == before.kind && after.length == before.length);
	REQUIRE(after.source_port == before.source_port && after.ttl == before.ttl);
	REQUIRE(after.destination_port == before.destination_port);
	REQUIRE(after.tcp_flags == before.tcp_flags && after.window == before.window);
	REQUIRE(after.icmp_type == before.icmp_type);
	if (before.known & KNOWN_SEQ)
		REQUIRE((after.seq == after.destination) == (before.seq == before.destination));
}
