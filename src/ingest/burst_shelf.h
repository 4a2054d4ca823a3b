// SPDX-License-Identifier: MIT
// Private to ingest/: the runs that there are. Those in memory become one in a file when they take too much,
// those in files one of the next level when there are many; and where all take more than there is room,
// what says the least stays out.
#pragma once

#include "ingest/burst_runs.h"

enum { SHELF_SPARE_MAX = 64 };

struct burst_shelf {
	struct disk *disk;
	uint64_t memory_bytes;  // of runs in memory
	uint64_t room_bytes;    // of all
	struct burst_run *runs;
	size_t run_count, run_capacity;
	struct burst_evictions evictions;
	struct buffer spare[SHELF_SPARE_MAX];  // room of runs that were in memory
	size_t spare_count;
	unsigned files;  // made so far
};

// Adds a run, which is in memory, and tidies up. The run is the shelf's, also if it fails.
bool burst_shelf_add(struct burst_shelf *, struct burst_run *, struct error *error) MUST_CHECK;
// Room for a run in memory: that of an earlier one, if there is some.
struct buffer burst_shelf_spare(struct burst_shelf *);
// All runs become one, if there are any.
bool burst_shelf_end(struct burst_shelf *, struct error *error) MUST_CHECK;
// As new, but for disk and sizes.
void burst_shelf_clear(struct burst_shelf *);
void burst_shelf_done(struct burst_shelf *);
