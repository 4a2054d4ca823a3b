// SPDX-License-Identifier: MIT
// Whom to tell: the sources of some families over some days, each with when, how much, to which
// ports, and where it is. The addresses of the telescope, which are held too, have no way in here: a
// notice has no destination.
#pragma once

#include "analyse/source_merge.h"

struct place_atlas;

enum { NOTICE_PORTS_MAX = 16 };

struct notice_port {
	uint16_t port;
	uint64_t packets;
};

// One source and one family, over all days asked for.
struct notice {
	uint32_t source;
	size_t family;  // index into the families asked for
	uint32_t days;  // on which it was seen
	// Of all packets of the source on those days, as no others are kept.
	uint64_t first_ns, last_ns;
	uint64_t packets;  // SYNs that match
	// Where they went: most packets first, of as many the lower port. Beyond NOTICE_PORTS_MAX the
	// others are only counted.
	struct notice_port ports[NOTICE_PORTS_MAX];
	size_t port_count;
	uint32_t ports_seen;
	// On the last day it was seen (place/place.h); PLACE_UNKNOWN without an atlas.
	uint32_t country, network;
};

struct notices_request {
	struct day_range window;
	const unsigned *families;  // bits of fingerprints
	size_t family_count;
	bool without_floods;            // one forged packet is no infection
	struct place_atlas *countries;  // NULL: nobody knows
	struct place_atlas *networks;
	// False: no more is wanted, which is no failure.
	bool (*each)(void *context, const struct notice *);
	void *context;
};

struct notices_left_out {
	uint64_t own;      // sources that are addresses of the telescope
	uint64_t special;  // sources that no host of the Internet can have (ipset_is_special())
	struct floods_left_out floods;
};

// Calls `each` by source, then family. Memory: that of the merge, 1 MiB, and the places met.
bool notices_find(struct holdings *, const struct notices_request *, struct notices_left_out *out,
                  struct error *error) MUST_CHECK;
