// SPDX-License-Identifier: MIT
// Victims of floods with forged sources, from what they answered (backscatter): bursts of a victim and protocol
// (burst/burst.h) that are not further apart than the silence are an attack, whatever days and captures they are in, if
// they reach the thresholds (thresholds.h).
//
// What does not show: only floods whose sources are forged at random over all of the Internet leave answers
// everywhere. Reflection does not, and the floods of Mirai's bots came, by default, from their own addresses: that
// there is no attack here says nothing. ICMP errors are rate limited where they come from, so that floods of UDP were larger
// than they look. The rate is an estimate: the minute is the fullest of many, which chance makes a bit
// fuller, and a victim that is overwhelmed answers less than it gets.
#pragma once

#include "analyse/attacks/thresholds.h"
#include "analyse/burst_range.h"
#include "holdings/holdings.h"

struct place_atlas;

struct attack {
	uint64_t first_ns, last_ns, peak_ns;
	uint64_t packets, mismatches, max_per_minute;
	uint64_t telescope;  // addresses on the day of the peak; 0: not known
	uint64_t addresses;  // of the telescope that answers came to; 0: not known
	uint64_t ports;      // of the victim
	uint32_t victim;
	uint32_t networks;          // different upper halves of these addresses
	uint32_t country, network;  // numbers in the atlases
	int32_t day;                // of the start
	uint16_t first_port;
	uint8_t protocol;  // IP's number
	bool has_port;
};

struct attacks_request {
	struct attack_thresholds thresholds;
	bool is_scaled;         // to the telescope on the day of the peak, where it is known
	struct day_range days;  // on which attacks start; they are found as a whole
	struct place_atlas *countries, *networks;  // NULL: nobody knows
};

struct attacks {
	struct attack *list;  // by start, victim, protocol
	size_t count;
	struct bursts_kept kept;  // of the days of the request
	struct telescope_range telescope;
};

// Memory: a block of bursts for each piece of a day, what one attack has, and 112 bytes for each attack that is found,
// of which there is at most one for each thresholds.packets that were kept. The caller calls attacks_done().
bool attacks_find(struct holdings *, const struct attacks_request *, struct attacks *out,
                  struct error *error) MUST_CHECK;
void attacks_done(struct attacks *);  // accepts zeros
