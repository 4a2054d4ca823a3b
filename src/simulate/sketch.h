// SPDX-License-Identifier: MIT
// What a host sends when it is its turn: the headers, and which families they
// were meant for.
#pragma once

#include "simulate/craft.h"
#include "simulate/world.h"

// Fills `out`, all but its time, and returns a bit for each enum family.
unsigned sketch_packet(struct world *, const struct host *, struct sketch *out);
