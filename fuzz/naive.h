// SPDX-License-Identifier: MIT
// The host-days of a capture, counted in plain loops: what ingest/ and analyse/
// are held against. Shares with them only the reading and decoding of frames.
#pragma once

#include "ingest/ingest.h"

struct naive_host {
	int32_t day;
	uint32_t source;
	uint64_t packets[HOST_KINDS], matched[FINGERPRINTS_MAX];
	uint64_t first_ns, last_ns;
	uint64_t port_packets;  // SYNs whose destination port is known: all of them
};

struct naive {
	struct naive_host *hosts;  // ascending by day and source
	size_t count;
	uint64_t frames[KIND_COUNT];
	size_t rows;  // packets, of flows such as stand for several
	bool is_open, is_damaged;
};

// Counts the capture at `path`; `telescope` may be NULL. At most FRAMES_MAX frames
// are looked at: false if there are more.
enum { NAIVE_FRAMES_MAX = 20000 };
bool naive_count(const char *path, const struct zone *, const struct telescope *telescope,
                 const struct fingerprint_set *, struct naive *out);
void naive_done(struct naive *);
