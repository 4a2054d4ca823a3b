// SPDX-License-Identifier: MIT
// Big scanners, by the three published definitions (Anand, Kallitsis, Sippe, Dainotti: Aggressive Internet-Wide Scanners:
// Network Impact and Longitudinal Characterization, CoNEXT 2023, arXiv 2305.07193), of the events that a request is about:
//
//   dispersion  an event of the source reached at least a tenth of the telescope's addresses
//   volume      an event of the source has so many packets that at most `quantile` of all events have as many
//   ports       on some day events of the source began at so many ports that of all sources and days with an event at
//               most `quantile` have as many; a port of TCP and the same of UDP are two
//
// Where `quantile` of all is less than one, one may be big. Nobody is where the largest are too many that are equal:
// of scans of one packet each none is large.
#pragma once

#include "analyse/events/events.h"

#define BIG_DISPERSION_SHARE 0.1
#define BIG_QUANTILE 0.0001

enum big_definition { BIG_DISPERSION, BIG_VOLUME, BIG_PORTS, BIG_DEFINITIONS };
extern const char *const big_definition_names[BIG_DEFINITIONS];

struct big_scanner {
	uint32_t source;
	unsigned definitions;  // bit of each that it meets
	uint64_t first_ns, last_ns, events, packets;
	// The most that an event has; of the telescope 0: not known.
	uint64_t event_packets, event_destinations, telescope;
	uint64_t ports;  // the most on a day
};

// From which on they are big; UINT64_MAX: nobody is.
struct big_limits {
	uint64_t events, source_days;  // that there are
	uint64_t packets, ports;
};

// Gets each big scanner, by address. Two passes over the events. Memory: that of events, 1 MiB, and 8 bytes for each day
// from the first to the last and each event of 65,536 packets and more.
typedef bool big_take(void *context, const struct big_scanner *, struct error *);
bool big_scanners_find(struct holdings *, const struct events_request *, double quantile,
                       big_take *take, void *context, struct big_limits *out,
                       struct error *error) MUST_CHECK;
