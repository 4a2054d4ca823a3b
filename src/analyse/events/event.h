// SPDX-License-Identifier: MIT
// What is asked of a scan event, and estimated from it. Pure functions.
//
// A scan event is what one source sends to one port, over one protocol, until it is silent for longer than a
// time-out (Durumeric, Bailey, Halderman: An Internet-Wide View of Internet-Wide Scanning, USENIX Security 2014;
// ORION's darknet events). A telescope of N addresses gets a share p = N / 2^32 of the packets of
// who treats all addresses alike, at random: of a scanner of r packets a second one comes in T seconds with
// 1 - e^(-p r T) (Moore, Shannon, Voelker, Savage: Network Telescopes, CAIDA TR-2004-04). So how long silence has to be to mean
// anything follows from the size of the telescope.
#pragma once

#include <stdint.h>

// Packets a second, and the chance, of the published time-out: 624 s of 475,136 addresses.
#define EVENT_RATE 100.0
#define EVENT_MISS 0.001
// Where nobody knows the telescope.
enum { EVENT_TIMEOUT_S = 624 };

// Seconds for which a scan of `rate` packets a second is silent with the chance `miss`: -ln(miss) / (rate N / 2^32).
// `addresses` > 0, `rate` > 0, 0 < `miss` < 1.
double event_timeout(uint64_t addresses, double rate, double miss);

// The chance that a silence of such a scan is longer than so many seconds, so that it becomes two events.
double event_split_chance(uint64_t addresses, double rate, double seconds);

// Of k different of N addresses that were hit, two things can be said. Who asks each address once (ZMap, masscan) has
// asked k / N of the Internet: the estimate of maximum likelihood. Who draws addresses anew each time (Mirai) leaves
// e^-l of them out when it has sent l packets for each address, so that l is -ln(1 - k / N): standard occupancy. With k =
// N that has no bound: INFINITY. Both are right only of who treats all addresses alike.
double event_coverage(uint64_t destinations, uint64_t addresses);
double event_probes_per_address(uint64_t destinations, uint64_t addresses);

// Packets a second to all of IPv4: packets behind the first, over the time from first to last, over p. NAN: there is
// no such time.
double event_rate(uint64_t packets, uint64_t first_ns, uint64_t last_ns, uint64_t addresses);
