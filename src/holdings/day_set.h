// SPDX-License-Identifier: MIT
// The sources of a day that count for a family. For most families it is the sets of the pieces together;
// where it takes evidence (hostday/evidence.h), a day of several pieces has to be looked at as a whole.
#pragma once

#include "holdings/days.h"
#include "ipset/ipset.h"

// Whether the sets of the pieces of the day together are the day's.
bool day_set_is_of_pieces(const struct held_day *, unsigned family);

// The day's set from its host-days, /16 by /16, ascending. Memory: that of the host-days (holdings_open_hosts()).
struct day_set;
bool day_set_open(struct holdings *, const struct held_day *, unsigned family, struct day_set **out,
                  struct error *error) MUST_CHECK;
void day_set_close(struct day_set *);  // accepts NULL
// Goes to the first source, which may take all of the day; once, before anything else.
bool day_set_begin(struct day_set *, struct error *error) MUST_CHECK;
// The next /16 that has a source; IPSET_KEYS at the end.
uint32_t day_set_key(const struct day_set *);
// The sources of that /16, written to `to`, and goes on to the next one.
enum { DAY_SET_BYTES = 8192 };
bool day_set_next(struct day_set *, uint8_t to[DAY_SET_BYTES], struct ipset_container *out,
                  struct error *error) MUST_CHECK;
