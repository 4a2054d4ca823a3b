// SPDX-License-Identifier: MIT
// Who comes to the honeypots of a simulated world, and when.
//
// Infected hosts of populations with variants scan all of IPv4, so the telescope sees a part of their packets,
// and a honeypot another one: sessions are Poisson processes of their own, for each host its packets to the telescope
// times the addresses that lead to the honeypot, in addresses of the telescope. Who is fast is seen more often by both.
//
// Which variant a host has follows from the seed, its address and the day, and the stream of random numbers is another one
// than that of packets: a capture is the same with honeypots and without.
//
// Where scanner and loader are two programs, the loader comes seconds or minutes later, from one of the addresses of
// its variant, with the password that was found. Loaders send nothing to the telescope.
#pragma once

#include "simulate/cowrie.h"
#include "simulate/visit_truth.h"
#include "simulate/world.h"

struct honeypots {
	const struct scenario *scenario;
	const struct simulate_honeypots *asked;  // NULL: there are none
	const struct zone *zone;
	uint64_t seed;
	struct random random;
	struct fixed_logs logs;
	uint64_t addresses;     // of all honeypots
	int64_t *credits;       // by crowd: milliseconds of hosts until the next hit
	struct visit *waiting;  // loaders that will come
	size_t waiting_count, waiting_capacity;
	uint32_t transports[SCENARIO_SENSORS_MAX];
	struct cowrie_log log;
	struct visit_truth truth;
};

// `asked` may be NULL: then nothing below does anything. Undone by honeypots_done() whatever this returned.
bool honeypots_init(struct honeypots *, const struct scenario *,
                    const struct simulate_honeypots *asked, const struct zone *zone, uint64_t seed,
                    struct error *error) MUST_CHECK;
void honeypots_done(struct honeypots *);

// What happens in the present slot of the world, which has been lived. At the end of a day its logs are handed on.
bool honeypots_live(struct honeypots *, const struct world *, struct error *error) MUST_CHECK;

// A host sent a packet: it is infected, however short it was.
void honeypots_note_sender(struct honeypots *, const struct host *, uint64_t time_us);

// What of the last day's sessions came after its end, and the truth.
bool honeypots_finish(struct honeypots *, int32_t last_day, struct error *error) MUST_CHECK;
