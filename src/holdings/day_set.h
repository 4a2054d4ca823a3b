// SPDX-License-Identifier: MIT
// The sources of a day that count for a family. For most families it is the sets of the pieces together;
// where it takes evidence (hostday/evidence.h), a day of several pieces has to be looked at as a whole.
#pragma once

#include "holdings/days.h"

// Whether the sets of the pieces of the day together are the day's.
bool day_set_is_of_pieces(const struct held_day *, unsigned family);

// The day's set, made from its host-days; the caller closes it. Memory: the set, two bytes a source or less.
bool day_set_make(struct holdings *, const struct held_day *, unsigned family,
                  struct holdings_set **out, struct error *error) MUST_CHECK;
