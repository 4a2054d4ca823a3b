// SPDX-License-Identifier: MIT
// What is held, day by day: questions are about days, however many pieces a day is held in.
#pragma once

#include "holdings/holdings.h"

// A day of which anything is held.
struct held_day {
	int32_t day;
	uint32_t floor;       // the highest of its pieces
	size_t first, count;  // its pieces, see holdings_at()
};

// Moves to the next day of the range. False: there is none. Before the first call *day is all zeros:
//
//	struct held_day day = { .count = 0 };
//	while (held_day_next(holdings, range, &day))
bool held_day_next(const struct holdings *, struct day_range range, struct held_day *day);

// How many days of the range there are.
size_t held_days_count(const struct holdings *, struct day_range range);

// Whether the day is lost; and how many days of the range are.
bool held_day_is_lost(const struct holdings *, int32_t day);
size_t lost_days_count(const struct holdings *, struct day_range range);

// The first and the last day of the range, held or lost. False: there is none.
bool held_days_bounds(const struct holdings *, struct day_range range, struct day_range *out);

// SYNs of the day that match fingerprint `family`; all SYNs for HOLDINGS_ALL_SYNS.
bool held_day_syns(struct holdings *, const struct held_day *, unsigned family, uint64_t *out,
                   struct error *error) MUST_CHECK;

// Whether SYNs of the day came as flows, which do not tell families: what families sent on the day is
// unknown then, though SYNs of other captures were asked.
bool held_day_has_unknown(struct holdings *, const struct held_day *, bool *out,
                          struct error *error) MUST_CHECK;
