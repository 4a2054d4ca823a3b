// SPDX-License-Identifier: MIT
// Sorts the packets of one slot by their time, the upper half of each number.
#pragma once

#include <stddef.h>
#include <stdint.h>

// The upper halves are below 2^27. `scratch` has as much room as `events`.
// Those of the same moment keep their order.
void order_events(uint64_t *events, uint64_t *scratch, size_t count);
