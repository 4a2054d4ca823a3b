// SPDX-License-Identifier: MIT
// Groups of sources that behave alike. Of the events that a request is about, sources are of one group if
//
//   * they sent to the same set of ports (and protocols), all of it equal,
//   * for the same fingerprints count: what their headers have in common (hostday/evidence.h, event by event), and
//   * they began together: in the order of their first packets each began within the time-out after another.
//
// So a group is what one tool did from many addresses at a time, or many devices with one bot. It is exact: no
// threshold makes chains of sources that differ in what they do.
#pragma once

#include "analyse/events/events.h"

enum { GROUP_PORTS = 8 };
struct source_group {
	uint64_t first_ns, begun_ns,
		last_ns;  // first packet; of the last source to begin; last packet
	uint64_t packets;
	uint32_t sources;
	uint32_t source;  // the lowest address
	uint32_t fingerprints;
	uint32_t port_count;
	uint32_t ports[GROUP_PORTS];  // the first: protocol << 16 | port, ascending
};

struct source_groups {
	struct source_group *list;  // by sources descending, then source
	size_t count;
	uint64_t sources, grouped;  // that have events, that are in a group
};

// Groups of `sources_min` >= 2 and more. Memory: 64 bytes for each source that has an event and 80 for each
// group; a request for events of at least 10 packets bounds the sources to a tenth of the packets. Two passes. The caller calls
// source_groups_done().
bool source_groups_find(struct holdings *, const struct events_request *, uint64_t sources_min,
                        struct source_groups *out, struct error *error) MUST_CHECK;
void source_groups_done(struct source_groups *);  // accepts zeros
