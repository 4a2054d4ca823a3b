// SPDX-License-Identifier: MIT
// When frames of a capture were seen: stretches of time, each on one day of the zone, in which each
// frame came less than SEEN_SILENCE_S after another. Of a capture without long silence there is one a
// day: its first frame of the day and its last, and how many there are.
//
// It does not depend on the order of frames. It is bounded: of a capture with more than
// SEEN_STRETCHES_MAX stretches those of a day are joined over silence of 30 minutes, an hour and so on,
// whatever it takes. As there are 84,100 days at most, each has one of its own in the end.
#pragma once

#include "base/calendar.h"

#include <stddef.h>
#include <stdint.h>

enum { SEEN_SILENCE_S = 15 * 60, SEEN_STRETCHES_MAX = 1 << 17 };

struct seen_stretch {
	uint64_t first_ns, last_ns;  // of its frames
	uint64_t frames;             // a flow counts as the packets that it stands for
};

// Ascending; they do not overlap.
struct capture_seen {
	struct seen_stretch *stretches;
	size_t count;
};
