// SPDX-License-Identifier: MIT
// One packet as a pcap record: 16 bytes of record header, Ethernet, IPv4 and
// what is in it, with correct checksums. All numbers in host order.
#pragma once

#include "simulate/scenario.h"

enum { CRAFT_SIZE_MAX = 16 + 14 + 20 + 28 + SCENARIO_PAYLOAD_MAX };

struct sketch {
	uint64_t time_us;  // since the Unix epoch
	uint32_t source, destination;
	uint32_t seq, ack;
	uint16_t source_port, destination_port;
	uint16_t window, ip_id;
	uint16_t payload_bytes;  // UDP, ICMP echo, fragment: that many zeros
	uint8_t send;            // enum send
	uint8_t options;         // enum tcp_options
	uint8_t ttl, tos;
};

// Writes at most CRAFT_SIZE_MAX bytes and returns how many.
size_t craft_packet(const struct sketch *, uint8_t *out);
