// SPDX-License-Identifier: MIT
// Private to the local engine: rows of places and prefixes. Whatever `top` leaves out is one row
// "other", so that the sources of an answer always add up to all of them, and shares are of all. A
// `top` of 0: all.
#pragma once

#include "answer/rows.h"
#include "analyse/where/where.h"

void write_places(struct rows *, const struct places *, uint64_t top);
void write_places_by_prefix(struct rows *, const struct prefixes *, uint64_t top);
// The `top` countries, and of each the `top` networks.
void write_networks_per_country(struct rows *, const struct places *, uint64_t top);
// The ranking of each port beside those of the others.
void write_places_across(struct rows *, const struct places *, uint64_t top);
// The fullest, with the sum so far, and no "other".
void write_prefixes(struct rows *, const struct prefixes *, uint64_t top);
