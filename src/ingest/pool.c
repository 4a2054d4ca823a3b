// SPDX-License-Identifier: MIT
#include "ingest/pool.h"

#include "base/memory.h"

static size_t record_bytes(const struct record_pool *pool)
{
	return (size_t)pool->chunk_count * POOL_CHUNK * sizeof *pool->records;
}

bool record_pool_init(struct record_pool *pool, uint64_t bytes)
{
	const uint64_t chunk_bytes = POOL_CHUNK * sizeof(struct record) + sizeof(uint32_t);
	uint64_t chunks = bytes / chunk_bytes;
	// Record numbers are 32 bits wide.
	if (chunks > UINT32_MAX / POOL_CHUNK)
		chunks = UINT32_MAX / POOL_CHUNK;
	pool->chunk_count = (uint32_t)chunks;
	pool->records = memory_large(record_bytes(pool));
	pool->next = memory_new(chunks, sizeof *pool->next);
	record_pool_clear(pool);
	return pool->records != NULL && pool->next != NULL;
}

void record_pool_done(struct record_pool *pool)
{
	memory_free(pool->records);
	memory_free(pool->next);
	*pool = (struct record_pool){ .records = NULL };
}

void record_pool_clear(struct record_pool *pool)
{
	pool->chunks_used = 0;
	for (size_t i = 0; i < POOL_PARTS; i++)
		pool->parts[i] = (struct record_part){ .first = POOL_NO_CHUNK,
			                               .last = POOL_NO_CHUNK,
			                               .fill = POOL_CHUNK };
}

void record_pool_rest(struct record_pool *pool)
{
	record_pool_clear(pool);
	memory_rest(pool->records, record_bytes(pool));
}

bool record_pool_add_chunk(struct record_pool *pool, struct record_part *part)
{
	if (pool->chunks_used == pool->chunk_count)
		return false;
	const uint32_t chunk = pool->chunks_used++;
	pool->next[chunk] = POOL_NO_CHUNK;
	if (part->first == POOL_NO_CHUNK)
		part->first = chunk;
	else
		pool->next[part->last] = chunk;
	part->last = chunk;
	part->fill = 0;
	return true;
}
