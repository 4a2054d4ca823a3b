// SPDX-License-Identifier: MIT
// The sink that makes host-days, in bounded memory.
//
// Packets become records in a pool of fixed size, partitioned by the high bits
// of the source so that each part fits the cache. When the pool is full every
// part is sorted and aggregated into blocks of host-days, by as many threads as there
// are; when the blocks outgrow their share of memory they go to a spill file.
// At the end the blocks of each day and part are merged, so that days come out
// in ascending order, and sources within them. Neither the order of packets nor
// the memory nor the threads make a difference to what comes out.
#pragma once

#include "ingest/ingest.h"

struct host_day_sink;

struct host_day_sink *host_day_sink_new(const struct ingest_options *, struct error *error);
void host_day_sink_free(struct host_day_sink *);  // accepts NULL; removes the spill file

// What an ingest puts into its list.
struct packet_sink *host_day_sink_entry(struct host_day_sink *);

// Who gets the host-days when the sink is finished next.
void host_day_sink_hand_to(struct host_day_sink *, struct host_day_receiver *);
