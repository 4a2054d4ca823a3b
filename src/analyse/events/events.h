// SPDX-License-Identifier: MIT
// Scan events, from bursts (burst/burst.h): what a source sent to a port, with silences up to the time-out, whatever days
// and captures it is in.
//
// They come by source, protocol, port and time, one after the other, so that memory does not grow with them: a block of
// bursts for each piece of a day, and what one event has (its destinations, exactly).
#pragma once

#include "analyse/burst_range.h"
#include "analyse/events/event.h"

// Any more would join what has nothing in common but the address.
enum { EVENT_TIMEOUT_MAX_S = 30 * 86400 };

struct event {
	uint64_t first_ns, last_ns;
	uint64_t packets;
	uint64_t destinations;  // 0: not known
	uint64_t telescope;     // addresses of the largest on its days; 0: not known
	uint32_t source;
	uint32_t
		fingerprints;  // bits of those that it counts for, by hostday/evidence.h, its SYNs taken together
	int32_t day;  // of the first packet
	uint16_t port;
	uint8_t protocol;  // IP's number; ICMP has echo requests alone
	bool is_unknown;   // all SYNs came as flows, which do not tell
};

enum event_protocol { EVENT_TCP, EVENT_UDP, EVENT_ICMP, EVENT_PROTOCOLS };
extern const uint8_t event_protocol_numbers[EVENT_PROTOCOLS];

struct events_request {
	struct day_range days;  // on which events begin; they are found as a whole
	uint64_t timeout_s;     // BURST_SILENCE_S to EVENT_TIMEOUT_MAX_S
	uint64_t packets_min;   // events of fewer are left out
	uint64_t destinations_min;
	bool leaves_out[EVENT_PROTOCOLS];
	const uint16_t *ports;  // count 0: any
	size_t port_count;
};

// Gets each event in turn.
typedef bool event_take(void *context, const struct event *, struct error *);
bool events_each(struct holdings *, const struct events_request *, event_take *take, void *context,
                 struct error *error) MUST_CHECK;
