// SPDX-License-Identifier: MIT
// A full pool of records -> pieces of host-days, part by part, on many threads.
#pragma once

#include "base/calendar.h"
#include "ingest/piece.h"
#include "ingest/pool.h"

// Room for one thread.
struct condenser;

struct condenser *condenser_new(void);
void condenser_free(struct condenser *);

// Aggregates the records of one part into pieces, at the end of the list. False: no memory.
bool condense_part(struct condenser *, const struct record_pool *, const struct record_part *,
                   const struct zone *zone, struct piece_list *out) MUST_CHECK;
