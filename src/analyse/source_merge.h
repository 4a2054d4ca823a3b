// SPDX-License-Identifier: MIT
// A k-way merge of days: their sources, one after the other in ascending order, each with all of
// its host-days. Whatever counts each source once over several days is a fold over this.
//
// Days are merged by a heap, so memory is that of one host-day a day and does not grow with the
// number of sources. Where the sets of a family answer as well, set_merge.h is faster by far.
#pragma once

#include "analyse/floods.h"
#include "analyse/source_choice.h"
#include "holdings/holdings.h"

// Which host-days are wanted: those that sent a packet of the protocol (of TCP: a SYN, that matches the
// family) to the port, on the days of the window. Of a family that is host-days that count for it
// (hostday/evidence.h).
struct source_filter {
	struct day_range window;
	unsigned family;  // bit of a fingerprint; HOLDINGS_ALL_SYNS: all SYNs. UDP has no others
	enum source_protocol protocol;
	uint32_t port;        // SOURCE_ANY_PORT: any
	bool without_floods;  // leaves flood suspects out (floods.h), and counts them
	// Bits of fingerprints: SYNs that match any of them, in place of the one family, to any port. Those
	// that match several count as often.
	uint32_t any_of;
	// Any packet of any kind, in place of all that.
	bool is_any_packet;
};

// The field of host-days that has the ports the filter asks for, and what is read for it.
unsigned source_filter_field(const struct source_filter *);
// Packets of the host-day that the filter wants; 0: it is not wanted.
uint64_t source_filter_packets(const struct source_filter *, const struct host_day *);

struct source_sighting {
	int32_t day;
	const struct host_day *host;
	uint64_t packets;  // that the filter wants
};

// One source: its host-days that pass the filter, ascending by day, at least one.
struct source_days {
	uint32_t source;
	const struct source_sighting *sightings;
	size_t count;
};

// `columns`: COLUMN_BIT()s that the caller reads, beside those that the filter needs. Without
// floods, opening reads each day once or twice more.
struct source_merge;
bool source_merge_open(struct holdings *, const struct source_filter *, uint64_t columns,
                       struct source_merge **out, struct error *error) MUST_CHECK;
// The next source, valid until the next call. False at the end (then *error is ERROR_NONE) or at a
// failure.
bool source_merge_next(struct source_merge *, struct source_days *out,
                       struct error *error) MUST_CHECK;
// What was left out so far because the filter is without floods.
struct floods_left_out source_merge_left_out(const struct source_merge *);
void source_merge_close(struct source_merge *);  // accepts NULL
