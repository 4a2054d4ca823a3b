// SPDX-License-Identifier: MIT
// The bursts of a range of days as one stream, in which what is not further apart than a silence is joined,
// over midnight, too.
#pragma once

#include "burst/burst.h"
#include "holdings/holdings.h"

// What is kept of bursts on some days.
struct bursts_kept {
	size_t days;        // that are held
	size_t none, part;  // of them those of which nothing is kept, and not all
	uint64_t evicted_bursts, evicted_packets;
};
struct bursts_kept bursts_kept(const struct holdings *, enum burst_form, struct day_range);

// The days to read for all that begins in the range to come whole, and to be told from what began before: in front so many
// that a silence fits, and all there are behind.
struct day_range burst_range_reach(struct day_range days, uint64_t silence_s);

// The telescope on the days that are held: addresses on the day with the fewest and the most; 0: not known.
struct telescope_range {
	uint64_t least, most;
};
struct telescope_range telescope_range(const struct holdings *, struct day_range);

// Opens them; the caller closes it. Memory: a block for each piece (burst.h), and what one burst has.
bool burst_range_open(struct holdings *, enum burst_form, struct day_range, uint64_t silence_ns,
                      struct burst_stream **out, struct error *error) MUST_CHECK;
