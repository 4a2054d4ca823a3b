// SPDX-License-Identifier: MIT
// Records in a pool of fixed size, partitioned by the high bits of the source.
//
// A part is a chain of chunks. The pool never grows: when it has no chunk left,
// record_pool_add() says no and the pool has to be emptied.
#pragma once

#include "hostday/hostday.h"

enum { POOL_PART_BITS = 9, POOL_PARTS = 1 << POOL_PART_BITS, POOL_CHUNK = 64 };
#define POOL_NO_CHUNK UINT32_MAX

struct record_part {
	uint32_t first, last;  // chunks; POOL_NO_CHUNK: empty
	uint32_t fill;         // records in the last chunk
	uint32_t count;
};

struct record_pool {
	struct record *records;  // chunk c begins at records[c * POOL_CHUNK]
	uint32_t *next;          // chunk behind chunk c
	uint32_t chunk_count, chunks_used;
	struct record_part parts[POOL_PARTS];
};

bool record_pool_init(struct record_pool *, uint64_t bytes);
void record_pool_done(struct record_pool *);
void record_pool_clear(struct record_pool *);
// Clears it, and takes no memory until it is filled again.
void record_pool_rest(struct record_pool *);

bool record_pool_add_chunk(struct record_pool *, struct record_part *);

static inline struct record_part *record_pool_part(struct record_pool *pool, uint32_t source)
{
	return &pool->parts[source >> (32 - POOL_PART_BITS)];
}

// Room for one more record of that source; NULL if the pool is full.
static inline struct record *record_pool_add(struct record_pool *pool, uint32_t source)
{
	struct record_part *part = record_pool_part(pool, source);
	if (part->fill == POOL_CHUNK && !record_pool_add_chunk(pool, part))
		return NULL;
	part->count++;
	struct record *record = &pool->records[(size_t)part->last * POOL_CHUNK + part->fill++];
	// The lines of the next but one, which will be written when this part comes again.
	__builtin_prefetch(record + 2, 1);
	return record;
}
