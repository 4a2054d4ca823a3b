// SPDX-License-Identifier: MIT
// Private to fingerprint/: those of FINGERPRINT_TOOLS.
#pragma once

#include "fingerprint/fingerprint.h"

// Masscan before November 2023, by the rule of a telescope suite: window 1024, no options, a TTL of 200 at least.
static inline uint32_t tools_is_large_scale_scan(const struct packet *p)
{
	enum { WINDOW = 1024, TTL_MIN = 200 };
	return (p->window == WINDOW) & (p->options == 0) & (p->ttl >= TTL_MIN);
}

// Sets the bits of a SYN, and KNOWN_TOOLS where there is one. `is_known`: its IP identification is that of ZMap or masscan,
// and then it is none of those that are told by a shape that these two have, too.
void tools_match(struct packet *, bool is_known);
