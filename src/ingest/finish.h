// SPDX-License-Identifier: MIT
// Blocks -> the sink: days side by side on all threads; in each day part by part,
// sources ascending.
#pragma once

#include "ingest/block.h"
#include "ingest/ingest.h"

struct finish {
	struct block_list *parts;  // by ascending sources; their blocks are put in order
	size_t part_count;
	struct disk *disk;
	struct disk_file *spill;
	struct ingest_sink *sink;
	unsigned threads;
};

bool finish_days(struct finish *, struct error *error) MUST_CHECK;
