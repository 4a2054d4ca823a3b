// SPDX-License-Identifier: MIT
// For tests: reads a simulated capture back with a parser of its own, and counts it
// by the definitions, in another way than truth.c: sightings are listed, sorted
// and walked.
#pragma once

#include "base/buffer.h"
#include "base/cursor.h"

struct seen {
	uint64_t time_us;
	struct span ip;    // empty: no IPv4
	struct span body;  // behind the IPv4 header
	uint32_t source, destination, seq;
	uint16_t ip_id, source_port, destination_port, window;
	uint8_t ttl, tos, protocol, tcp_flags;
	bool is_later_fragment;
	bool is_syn;
	bool has_kernel_options;  // SACK-permitted, timestamp or window scale
};

// The packets of a capture, one after the other. False at its end; *is_good
// becomes false if lengths contradict each other.
struct seen_reader {
	struct cursor cursor;
	bool is_good;
};
struct seen_reader seen_begin(struct span capture);
bool seen_next(struct seen_reader *, struct seen *);

// True if the sums of the IPv4 header, and of TCP, UDP or ICMP, are right.
bool seen_sums_are_right(const struct seen *);

// The table that `hotaru survey` prints; gap_days < 0 is no limit.
void recount(struct span capture, int offset_s, int gap_days, struct buffer *out);
