// SPDX-License-Identifier: MIT
// The gap that suits a telescope: how long a source may be silent before it counts as recovered.
//
// A gap has to be as long as the telescope may overlook a device that is still there, and as short as daily work
// can wait for: nobody recovers before it is over. Of the two questions the telescope's size answers the first
// for all devices alike (gap_of_size()), and is asked alone where its answer is at most GAP_SHORT_DAYS, from a /18 on: it
// stays the same from day to day, and with it what was final. A smaller telescope sees so little that the answer
// is weeks to years, 895 days for a /24. There the data bounds it: how long were those silent who came back?
//
//	a silence     days between two sightings of a source of SYNs that follow each other, at least one day
//	is counted    if it ended within GAP_MOST_DAYS, and began so early that the data would have shown any other
//	              of up to GAP_MOST_DAYS end: so that young data does not know short ones only
//	the gap       the least number of days that 99 % of them did not exceed, rounded up to whole weeks, so that it
//	              does not move with every day; at most GAP_MOST_DAYS, and as long as that where fewer than
//	              GAP_SILENCES_MIN were counted, as nobody knows; never more than the size asks for
//
// All sources are looked at, not those of a family, so that tables of some families go with those of others. Days
// are calendar days: one that is lost or has no data makes a silence longer and the gap never shorter. Four weeks
// are as long as anybody waits for a number, and as far back as `--revisions` and what is new look. A device that
// is silent for longer than the gap counts as recovered, and as returned when it is seen again.
#pragma once

#include "base/error.h"

#include <stdint.h>

struct holdings;

enum { GAP_SHORT_DAYS = 14, GAP_MOST_DAYS = 28, GAP_SILENCES_MIN = 1000, GAP_OF_100 = 99 };

// The gap by size alone: the least whole number of days within which a telescope of so many addresses sees a
// device that sends one packet a second, to addresses that it draws at random, with a probability of 99 %. Of n
// addresses it sees a share n / 2^32 of the packets, so that a silence of T days has the probability
// exp(-86,400 T n / 2^32), and T = ln(100) 2^32 / (86,400 n): 1 day for a /8, 4 for a /16, 14 for a /18, 56 for
// a /20, 895 for a /24. The formula is that of D. Moore, C. Shannon, G. M. Voelker and S. Savage, "Network
// Telescopes: Technical Report", CAIDA tr-2004-04 (2004). 0 addresses: 0, as nobody knows.
uint32_t gap_of_size(uint64_t addresses);

struct gap {
	uint32_t days;  // SURVEY_GAP_NONE: no day has data, or nobody said what the telescope is
	uint64_t addresses;  // of the smallest telescope that a day with data had; 0: none
	uint32_t size_days;  // that its size asks for
	// Of the silences, where they were asked; else 0.
	uint64_t silences;
	uint32_t silence_days;  // that 99 % did not exceed; 0: too few of them
};

// Looks at no host-day but of sets that have to be made, and where the size says enough at nothing.
bool gap_find(struct holdings *, unsigned threads, struct gap *out, struct error *error) MUST_CHECK;
