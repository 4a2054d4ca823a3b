// SPDX-License-Identifier: MIT
// Private to projection.c and prepare.c: writing transactions, those that are equal into one.
#pragma once

#include "mine/projection.h"

struct projection_merger {
	struct projection *into;
	bool is_closed;  // DATABASE_CLOSED
	// private
	uint32_t *slots;  // a hash table of rows
	uint32_t mask;
	uint32_t *behind;  // by row: where its items begin that are no candidates
	uint32_t used;     // of the ranks
};

// Room for `most` transactions of `ranks` items altogether; `into` and `is_closed` are set. The ranks
// are taken last, so that what is not used can be given back.
bool projection_merge_start(struct search *, struct projection_merger *, uint32_t most,
                            size_t ranks);

// Takes the `count` ranks that were written behind the last that were taken; the first are candidates.
void projection_merge(struct projection_merger *, uint32_t count, uint32_t candidates,
                      uint64_t weight);
static inline uint32_t *projection_merge_room(struct projection_merger *m)
{
	return m->into->ranks + m->used;
}

void projection_sort_ranks(uint32_t *ranks, uint32_t count);
