// SPDX-License-Identifier: MIT
// A full pool of records -> blocks of host-days, part by part, on many threads.
#pragma once

#include "base/calendar.h"
#include "ingest/block.h"
#include "ingest/pool.h"

// Room for one thread.
struct condenser;

struct condenser *condenser_new(void);
void condenser_free(struct condenser *);

// Aggregates the records of one part into blocks, at the end of the list; all
// of them are of run out->run. False: no memory.
bool condense_part(struct condenser *, const struct record_pool *, const struct record_part *,
                   const struct zone *zone, struct block_list *out) MUST_CHECK;
