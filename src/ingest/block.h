// SPDX-License-Identifier: MIT
// Blocks: host-days of one day and one part of the sources, packed into one
// string of bytes, in memory or in the spill file. A block holds the lengths of
// its columns as varints, then the columns.
#pragma once

#include "base/disk.h"
#include "hostday/hostday.h"
#include "ingest/ingest.h"

struct block {
	int32_t day;
	uint32_t run;      // of which condensing; blocks of one run do not overlap
	uint64_t base_ns;  // begin of the day
	uint64_t host_count;
	uint32_t first_source, last_source;
	uint8_t *bytes;   // NULL: spilled
	uint64_t offset;  // in the spill file
	size_t length;
};

struct block_list {
	struct block *blocks;
	size_t count, capacity;
	uint32_t run;  // of blocks that are added
};

// Packs the columns into a new block at the end of the list. False: no memory.
bool block_list_add(struct block_list *, int32_t day, const struct host_columns *);
void block_list_done(struct block_list *);

// A block being read. If it was spilled its bytes are read back first.
struct block_stream {
	struct host_stream stream;
	struct host_batch batch;
	struct host_reader reader;
	uint8_t *loaded;
};
bool block_stream_open(struct block_stream *, const struct block *, struct disk *disk,
                       struct disk_file *spill, struct error *error) MUST_CHECK;
void block_stream_done(struct block_stream *);
