// SPDX-License-Identifier: MIT
// Ports, counted over host-days: how many packets went to each, and from how many sources.
//
// Of ports a host-day keeps all, so that these counts are exact. Each field of ports
// (PORT_FIELDS) is counted on its own. Room is taken in pages of 256 ports when the first of
// them is seen: 4 KiB each, 1 MiB a field at most, and next to nothing for a quiet day.
#pragma once

#include "base/cursor.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum { PORTS = 65536 };

struct port_count {
	uint32_t port;
	uint64_t packets, sources;  // no packets: it was not seen
};

struct host_day;
struct port_counts;
struct port_counts *port_counts_new(void);     // NULL: no memory
void port_counts_free(struct port_counts *);   // accepts NULL
void port_counts_clear(struct port_counts *);  // and gives the room back

// Counts a host-day, which no other call may have counted: in those of `fields` (bit FIELD_x)
// that it has and that are of ports. It is a source of those that match a fingerprint if `counted` has the
// bit (host_day_counted()); packets count in any case. False: no memory.
bool port_counts_add(struct port_counts *, const struct host_day *, uint64_t fields,
                     uint32_t counted) MUST_CHECK;
// Counts all host-days of a whole column of the field, one of our own making, as sources. False: no memory.
bool port_counts_add_column(struct port_counts *, unsigned field, struct span column) MUST_CHECK;
// Takes over what was counted elsewhere. False: no memory.
bool port_counts_put(struct port_counts *, unsigned field, const struct port_count *) MUST_CHECK;

struct port_count port_counts_at(const struct port_counts *, unsigned field, uint32_t port);
// The first port from `port` on that was seen. False: there is none.
bool port_counts_from(const struct port_counts *, unsigned field, uint32_t port,
                      struct port_count *out) MUST_CHECK;
