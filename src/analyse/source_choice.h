// SPDX-License-Identifier: MIT
// What a question has: days, and the packets by which sources are chosen.
#pragma once

#include "analyse/floods.h"
#include "base/period.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Packets by which sources are chosen: SYNs, or UDP datagrams.
enum source_protocol { SOURCE_TCP, SOURCE_UDP };
#define SOURCE_ANY_PORT UINT32_MAX
enum { CHOSEN_PORTS_MAX = 64 };

// Which sources a question is about: those that, on days of the window, sent a packet of the protocol
// to one of the ports. Each counts once.
struct source_choice {
	struct day_range window;
	const char
		*family;  // of SYNs: name of a fingerprint; NULL or "*": all. UDP has no families
	enum source_protocol protocol;
	const uint16_t *ports;  // count 0: any port
	size_t port_count;      // at most CHOSEN_PORTS_MAX
	bool without_floods;    // without source-days that are flood suspects (floods.h)
	unsigned threads;       // 0 is 1; the result is the same for any number
};

// What has to be known of the days that a choice is about.
struct source_days_seen {
	int32_t first, last;    // of the window that have any packet, if there are any
	uint32_t days;          // how many they are
	uint32_t unknown_days;  // of them: those whose SYNs came as flows, which tell no families
	bool is_family;  // and a family was asked for: what it sent on those days is not counted
	uint32_t
		lost_days;  // beside those: what was seen on them is damaged, and not counted (holdings.h)
	struct floods_left_out left_out;  // if the choice is without floods
};
