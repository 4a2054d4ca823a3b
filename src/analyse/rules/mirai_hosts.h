// SPDX-License-Identifier: MIT
// Mirai hosts: sources more than 90 % of whose SYNs are what Mirai's released source sends. Its three
// conditions are a sequence number that is the destination, destination port 23, and a source port above
// 1024. A source that tries 2323 once in ten, as that source does, cannot have more than nine tenths of
// its SYNs on 23; so there is a second number without the condition on the port.
#pragma once

#include "hostday/hostday.h"

enum { MIRAI_HOST_PERCENT = 90, MIRAI_SOURCE_PORT_MAX = 1024 };
// What mirai_any_port_syns() reads.
#define MIRAI_HOST_COLUMNS COLUMN_BIT(COLUMN_FIELD + FIELD_SOURCE_PORT)

// The bits of the fingerprints; FINGERPRINTS_MAX: there is none.
struct mirai_bits {
	unsigned mirai, mirai_2016;
};
struct mirai_bits mirai_bits_of(const struct fingerprint_set *);

// More than MIRAI_HOST_PERCENT of the SYNs.
bool is_mirai_host(uint64_t syns, uint64_t matched);

// SYNs that meet all three conditions, as mirai-2016 does.
uint64_t mirai_2016_syns(struct mirai_bits, const struct host_day *);
// SYNs that surely meet the first and the third: at least those that match mirai without those from
// source ports up to 1024, and at least mirai_2016_syns(). That is how many there are, unless the
// source sent of both: SYNs that do not match, and SYNs from such ports. What a sample or a floor
// dropped of its source ports counts as the others do that are kept.
uint64_t mirai_any_port_syns(struct mirai_bits, const struct host_day *);
