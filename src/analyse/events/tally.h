// SPDX-License-Identifier: MIT
// How often numbers come, exactly, to say later which of them are at the top. Memory: half a MiB, and 8 bytes for each
// number from 65,536 on: of packets that are counted there cannot be many.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TALLY_SMALL = 65536 };
struct tally {
	uint64_t *small;  // [TALLY_SMALL], how often each came
	uint64_t *large;  // all that came
	size_t large_count, large_room;
	uint64_t total;
};

// False: no memory. The caller calls tally_done().
bool tally_init(struct tally *);
void tally_done(struct tally *);  // accepts zeros
bool tally_add(struct tally *, uint64_t value);

// The least value such that it or more came in at most `share` of all cases, or in one. UINT64_MAX: there is none, as the
// largest came too often. Sorts what it has.
uint64_t tally_top(struct tally *, double share);
