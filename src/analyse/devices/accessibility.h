// SPDX-License-Identifier: MIT
// On which ports the sources that attacked a port answer: figure 5 of the study of infected devices by T. Kasama
// and D. Inoue (2017), "share of the sources of attacked port A that were open on port B".
//
// Hosts of A are all sources that sent a SYN to A on the days, whether anybody asked them or not, as in the study,
// where all were asked. A host is accessible on B if it answered there, or speaks TLS, when it was asked: on one
// of the days, or up to 30 days after the last of them (the study asked three days later; addresses
// move on). How many hosts were never asked is counted beside.
#pragma once

#include "analyse/source_merge.h"

enum { ACCESSIBILITY_DAYS_AFTER = 30, ACCESSIBILITY_PORTS_MAX = 256 };

struct accessibility_request {
	struct day_range days;
	unsigned family;        // HOLDINGS_ALL_SYNS: all
	bool without_floods;    // source-days that are flood suspects are none
	const uint16_t *ports;  // attacked ones, at most ACCESSIBILITY_PORTS_MAX
	size_t port_count;      // 0: those that hosts were asked on
};

struct accessibility {
	uint16_t attacked[ACCESSIBILITY_PORTS_MAX], probed[ACCESSIBILITY_PORTS_MAX];  // ascending
	size_t attacked_count, probed_count;
	uint64_t hosts[ACCESSIBILITY_PORTS_MAX];  // by attacked
	uint64_t accessible[ACCESSIBILITY_PORTS_MAX]
			   [ACCESSIBILITY_PORTS_MAX];  // [attacked][probed]
	// Sources that attacked any of the ports; those of them that were asked on none.
	uint64_t sources, never_asked;
	size_t ports_left_out;  // that hosts were asked on: those with the fewest answers
	struct day_range
		asked;  // the first and last day on which any host was; from > to: no response has a time
	struct floods_left_out floods;
};

// Once through the responses for their ports, then once through responses and host-days side by side, so
// memory does not depend on how many there are; where nobody was asked host-days are not read.
bool accessibility_find(struct holdings *, const struct accessibility_request *,
                        struct accessibility *out, struct error *error) MUST_CHECK;
