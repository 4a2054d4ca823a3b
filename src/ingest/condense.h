// SPDX-License-Identifier: MIT
// A full pool of records -> pieces of host-days, part by part, on many threads.
#pragma once

#include "base/calendar.h"
#include "ingest/piece.h"
#include "ingest/pool.h"

// Room for one thread.
struct condenser;

// Its pieces lie in it, in slabs of that size.
struct condenser *condenser_new(size_t slab_bytes);
void condenser_free(struct condenser *);  // with all pieces
// Its pieces are not needed any more.
void condenser_drop_pieces(struct condenser *);

// Aggregates the records of one part into pieces, at the end of the list. False: no memory.
bool condense_part(struct condenser *, const struct record_pool *, const struct record_part *,
                   const struct zone *zone, struct piece_list *out) MUST_CHECK;
