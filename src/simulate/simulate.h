// SPDX-License-Identifier: MIT
// A telescope with known truth: packets of populations of infected devices,
// scanners and victims, and what `hotaru survey` must say about them.
//
// The same scenario, scale, seed and days give the same bytes on every machine:
// all decisions are integer arithmetic on one stream of random numbers. Frames carry
// decode_simulated_mac, so that simulated traffic is known wherever it turns up.
//
// Nothing is accidental: a value that is drawn at random steers clear of every
// fingerprint, so that what was meant is what the definitions find. The truth
// is counted from what was meant, in plain loops, and shares no code with analyse/.
//
// Memory: about 80 bytes for each host that is active or will return (at most
// 2^24 of them), 20 for each packet of the busiest minute (at most 2^24), and for
// the truth, where it is asked for, 51 to 102 for each source and family ever
// seen in half a year, half as much again while that table grows.
#pragma once

#include "base/buffer.h"
#include "base/calendar.h"
#include "base/error.h"

struct response_receiver;
struct scenario;

// The text of a built-in scenario ("mirai-2016"); NULL if there is none of that name.
const char *simulate_builtin(const char *name);

enum { SIMULATE_SCENARIO_SIZE_MAX = 256 * 1024 };

// Reads a scenario from text; `name` stands in front of errors, as in
// "NAME:12: ...". The caller frees *out.
bool simulate_scenario_read(const char *name, struct span text, struct scenario **out,
                            struct error *error) MUST_CHECK;

// Accepts NULL.
void simulate_scenario_free(struct scenario *);

// Devices that are asked what they are (devices.h): the sources of one day, of populations that have
// models. A source of several is of the first that was seen.
struct simulate_devices {
	int32_t day;                               // UTC, since 1970; it has to be simulated
	const struct response_receiver *receiver;  // in ascending order of addresses and ports
	struct buffer *truth;  // NULL, or where the CSV table "address,model,ports" goes
};

// Honeypots of the same world (honeypots.h), their logs and the truth about them. Each table is NULL, or where it goes:
//   sessions  time,sensor,session,source,country,protocol,family,tokens,role,stage,failed,logins,commands,downloads
//   variants  day,family,country,sources,sessions: what hotaru variants has to find, in the zone's days
//   infected  day,country,population,family,infected,sources: hosts at noon, UTC, and addresses that they had
struct simulate_honeypots {
	bool is_old_form;  // of 2017
	// The log of a honeypot of one day, UTC, in the order of time.
	bool (*write)(void *context, const char *sensor, int32_t day, struct span lines,
	              struct error *error);
	void *context;
	struct buffer *sessions, *variants, *infected;
};

// Appends where addresses are in the scenario's world: a table of ranges, first,last,country.
void simulate_countries(const struct scenario *, struct buffer *out);

#define SIMULATE_SCALE_ONE UINT64_C(1000000)
#define SIMULATE_SCALE_MAX (100 * SIMULATE_SCALE_ONE)

struct simulate_request {
	const struct scenario *scenario;
	uint64_t scale_millionths;  // 1 to SIMULATE_SCALE_MAX
	uint64_t seed;
	uint64_t days;            // only the first so many; 0: all
	const struct zone *zone;  // of the truth's days
	bool has_gap;             // false: no limit
	uint64_t gap_days;
	const struct simulate_devices *devices;      // NULL: nobody is asked
	const struct simulate_honeypots *honeypots;  // NULL: there are none
	// NULL, or where the CSV table of floods goes that `hotaru attacks` has to find, up to first_port.
	struct buffer *floods;
};

// The days of a scenario that a request simulates, UTC.
struct simulate_days {
	int32_t first, last;
};
struct simulate_days simulate_days(const struct simulate_request *);

// A piece of the capture: whole packet records of one UTC day, in the order of time.
struct simulate_chunk {
	struct span bytes;
	int32_t day;
	uint64_t packets;  // written up to here, this chunk included
};

struct simulate_sink {
	bool (*write)(void *context, const struct simulate_chunk *, struct error *);
	void *context;
};

struct simulate_totals {
	uint64_t packets, bytes, hosts_max;
};

// What a capture file begins with, before the first chunk: pcap, little-endian,
// microseconds, snapshot length 65535, Ethernet.
enum { SIMULATE_HEADER_SIZE = 24 };
extern const uint8_t simulate_header[SIMULATE_HEADER_SIZE];

// Simulates, hands the packets to the sink and, unless `truth` is NULL, appends the
// CSV table that `hotaru survey` must print. Fails if the sink does, if there is
// no memory, or if the scenario asks for more than the limits above.
bool simulate_run(const struct simulate_request *, const struct simulate_sink *,
                  struct buffer *truth, struct simulate_totals *, struct error *) MUST_CHECK;
