// SPDX-License-Identifier: MIT
// The hosts of all populations and what happens to them.
//
// Time is microseconds since the scenario began and passes in slots of a minute.
// A host sleeps in a wheel of slots until its next packet or the end of its
// infection, whichever comes first; so a minute costs as much as happens in it.
//
//   infected --lifetime over--> gone
//      |  ^
//    reboot  return_percent, after return_days, unless the lifetime is over
//      v  |
//    clean ------------------> gone
//
// At the start of each minute every population is brought to the number that its
// curve asks for: new hosts are infected, or some that are infected are cured.
// On the way a host gets a new address now and then (address_days, in the same
// network), and its scanner starts anew (process_days: new window and source port).
#pragma once

#include "simulate/fixed.h"
#include "simulate/scenario.h"
#include "simulate/truth.h"
#include "simulate/wheel.h"

#include <assert.h>

#define MICROSECONDS_A_SECOND UINT64_C(1000000)
#define SLOT_US (60 * MICROSECONDS_A_SECOND)
#define DAY_US (86400 * MICROSECONDS_A_SECOND)

enum {
	SLOTS_A_DAY = 24 * 60,
	WORLD_HOSTS_MAX = 1 << 24,
	WORLD_EVENTS_MAX = 1 << 24,  // in one slot
};

enum host_state { HOST_UNUSED, HOST_INFECTED, HOST_CLEAN, HOST_CURED };

struct host {
	uint64_t next_us;            // its next packet; HOST_CLEAN: its return
	uint64_t infected_until_us;  // the next reboot, or lifetime_until_us
	uint64_t lifetime_until_us;
	uint64_t address_until_us, process_until_us;
	uint32_t source;
	uint32_t rank;  // where it stands in its population's list of infected
	uint16_t window, source_port;
	struct truth_memo memo;
	uint8_t population, state;  // enum host_state
	uint8_t ttl;
	uint8_t speed_percent;  // of its population's rate
	bool has_path_mss;
};

enum { HOST_SIZE = 64 };
static_assert(sizeof(struct host) == HOST_SIZE, "a host fills a cache line");

// A population as it stands now.
struct crowd {
	const struct population *rules;
	struct fixed_lognormal lifetime;
	uint64_t gap_us;            // mean time between two packets of a host
	uint64_t hosts_millionths;  // scale of the curve
	uint16_t *networks;
	uint32_t *infected;  // host numbers
	uint32_t infected_count, infected_capacity;
};

struct world {
	const struct scenario *scenario;
	struct random random;
	struct fixed_logs logs;
	size_t crowd_count;
	struct crowd *crowds;

	struct host *hosts;  // each in a cache line of its own,
	void *hosts_block;   // in this block of memory
	uint32_t host_count, host_capacity;
	uint32_t unused;     // first host that is not used; its rank is the next one
	struct wheel wheel;  // .now is the present slot

	uint64_t *events;   // of this slot: microseconds into it << 32 | host
	uint64_t *scratch;  // as large, for sorting
	uint32_t *due;      // hosts that wake in this slot
	size_t event_count, event_capacity, due_capacity;
};

// `scale_millionths` as in struct simulate_request. *world may be undone with
// world_done() whatever this returned.
bool world_init(struct world *, const struct scenario *, uint64_t scale_millionths, uint64_t seed,
                struct error *) MUST_CHECK;
void world_done(struct world *);

// Lives through the present slot and leaves its packets in world.events, in the
// order of time. The caller then moves wheel.now on.
bool world_live(struct world *, struct error *) MUST_CHECK;
