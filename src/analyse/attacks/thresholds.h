// SPDX-License-Identifier: MIT
// What counts as an attack, how strong it was, and what a telescope can see of attacks at all. Pure functions.
//
// A victim of a flood whose sources are forged at random answers addresses all over the Internet. A telescope of N
// addresses gets N / 2^32 of the answers: what it sees in a minute times 2^32 / N is what the victim sent.
// The rule is the published method's (Moore, Voelker, Savage: Inferring Internet Denial-of-Service Activity, 2001;
// the defaults are those of CAIDA's corsaro): at least 25 packets, 60 s from the first to the last, and 30 in some
// minute, and 300 s without any end it.
#pragma once

#include "burst/burst.h"

struct attack_thresholds {
	uint64_t packets;
	uint64_t seconds;     // from the first packet to the last
	uint64_t per_minute;  // in the fullest minute
	uint64_t
		silence_s;  // a packet later than that begins another attack; BURST_SILENCE_S or more
};

enum {
	ATTACK_PACKETS = 25,
	ATTACK_SECONDS = 60,
	ATTACK_PER_MINUTE = 30,
	ATTACK_SILENCE_S = 300,
};

// The defaults are for a telescope of a /8. Scaled to one of `addresses`, packets and packets a minute are to it as the
// defaults are to a /8, rounded up, but never fewer than these: of who sends one packet a minute all day long, as
// many in one of the 8,640 minutes that begin every 10 s are seen by chance on one day in a thousand
// (8,640 P(Poisson(1) >= 10) = 0.001).
enum { ATTACK_SCALED_LEAST = 10 };
struct attack_thresholds attack_thresholds_scaled(const struct attack_thresholds *,
                                                  uint64_t addresses);

// Packets a second that a victim sent of which so many came in a minute. `addresses` is not 0.
double attack_rate(double per_minute, uint64_t addresses);

// The interval that a Poisson mean is in with 95 % of which `count` were seen: Garwood's, exact (Biometrika 28,
// 1936). Right to 1e-9 of it.
struct attack_interval {
	double lower, upper;
};
struct attack_interval attack_interval(uint64_t count);

// The fullest minute: BURST_SLOT_S after BURST_SLOT_S, minutes begin at multiples of 10 s of UTC. Of equal ones the first.
struct attack_peak {
	uint64_t packets;
	uint64_t at_ns;  // of its packets the first slot, but never before the first packet
};
struct attack_peak attack_peak(const struct burst *);
