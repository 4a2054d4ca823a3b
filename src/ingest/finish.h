// SPDX-License-Identifier: MIT
// Pieces -> the receiver: day by day, part by part, sources ascending, on all threads.
#pragma once

#include "ingest/ingest.h"
#include "ingest/piece.h"

struct finish_day {
	int32_t day;
	uint64_t begin_ns;
};

struct finish {
	struct piece_list *parts;  // by ascending sources; their pieces are read to their ends
	size_t part_count;
	const struct finish_day *days;  // of all pieces, ascending
	size_t day_count;
	struct disk *disk;
	struct disk_file *spill;
	struct host_day_receiver *receiver;
	unsigned threads;
};

bool finish_days(const struct finish *, struct error *error) MUST_CHECK;
