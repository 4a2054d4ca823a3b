// SPDX-License-Identifier: MIT
// Private to caveats: what writes the line of a kind. They are declared where not in caveats.c itself.
#pragma once

#include "answer/caveat.h"
#include "cmd/atlas.h"

enum { LINE_SIZE = ATLAS_NOTE_SIZE + 8 };

typedef void caveat_words(const struct caveat *, char line[LINE_SIZE]);

// What stands behind a number of them, if it is not one.
static inline const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

// caveats_attacks.c
caveat_words caveat_attacks, caveat_bursts_unknown;

// caveats_origin.c
caveat_words caveat_simulated, caveat_hashed, caveat_damaged, caveat_far_days,
	caveat_captures_go_on, caveat_lost_days, caveat_lost_day, caveat_capture_damaged,
	caveat_packets_lost, caveat_no_drops, caveat_logged;

// caveats_events.c
caveat_words caveat_events, caveat_no_events, caveat_big_scanners, caveat_source_groups;

// caveats_around.c
caveat_words caveat_around;
