// SPDX-License-Identifier: MIT
// Sorts the records of a part by day and source, then aggregates them. Sorting first keeps
// every later step on memory that is next to each other, and makes the output ascending for free.
#include "ingest/condense.h"

#include "base/memory.h"
#include "ipset/ipset.h"

// Days are signed; as keys they must ascend too.
#define DAY_OFFSET (INT64_C(1) << 31)

struct condenser {
	struct aggregator *aggregator;
	struct piece_builder piece;
	uint64_t *keys, *scratch;
	const struct record **records;  // in the order of the keys
	size_t capacity;
};

struct condenser *condenser_new(size_t slab_bytes)
{
	struct condenser *c = memory_new(1, sizeof *c);
	if (c == NULL)
		return NULL;
	c->piece.bytes = buffer_up_to(SIZE_MAX);
	piece_room_init(&c->piece.room, slab_bytes);
	c->aggregator = aggregator_new();
	if (c->aggregator == NULL) {
		condenser_free(c);
		return NULL;
	}
	return c;
}

void condenser_free(struct condenser *c)
{
	if (c == NULL)
		return;
	aggregator_free(c->aggregator);
	buffer_done(&c->piece.bytes);
	piece_room_clear(&c->piece.room);
	memory_free(c->keys);
	memory_free(c->scratch);
	memory_free(c->records);
	memory_free(c);
}

void condenser_drop_pieces(struct condenser *c)
{
	piece_room_clear(&c->piece.room);
}

static bool reserve(struct condenser *c, size_t count)
{
	if (count <= c->capacity)
		return true;
	memory_free(c->keys);
	memory_free(c->scratch);
	memory_free(c->records);
	c->keys = memory_room(count * sizeof *c->keys);
	c->scratch = memory_room(count * sizeof *c->scratch);
	c->records = memory_room(count * sizeof(struct record *));
	c->capacity = count;
	if (c->keys != NULL && c->scratch != NULL && c->records != NULL)
		return true;
	c->capacity = 0;
	return false;
}

// By day and then by source. Keys are half key and half the record's number: 8 bytes to move
// instead of 16. As the sort is stable, it is done by source first, and by day if there are
// several, which mostly differ in one byte.
static void sort(struct condenser *c, const struct record_pool *pool,
                 const struct record_part *part)
{
	enum { KEY_AT = 4, DAY_BYTES = 4 };
	// The others are those of all sources of the part.
	enum { SOURCE_BYTES = (32 - POOL_PART_BITS + 7) / 8 };
	const int32_t day = pool->records[(size_t)part->first * POOL_CHUNK].day;
	bool has_days = false;
	size_t count = 0;
	for (uint32_t chunk = part->first; chunk != POOL_NO_CHUNK; chunk = pool->next[chunk]) {
		const uint32_t fill = chunk == part->last ? part->fill : POOL_CHUNK;
		const struct record *records = &pool->records[(size_t)chunk * POOL_CHUNK];
		// Chunks lie anywhere: while one is read, the next is fetched.
		const struct record *ahead =
			chunk == part->last
				? records
				: &pool->records[(size_t)pool->next[chunk] * POOL_CHUNK];
		for (uint32_t i = 0; i < fill; i++) {
			__builtin_prefetch(&ahead[i]);
			c->keys[count++] = (uint64_t)records[i].source << 32 |
			                   (chunk * POOL_CHUNK + i);
			has_days |= records[i].day != day;
		}
	}
	assert(count == part->count);
	uint64_t *sorted = ipset_sort_u64(c->keys, c->scratch, count, KEY_AT, SOURCE_BYTES);
	if (has_days) {
		for (size_t i = 0; i < count; i++) {
			const uint32_t index = (uint32_t)sorted[i];
			const int64_t record_day = pool->records[index].day + DAY_OFFSET;
			sorted[i] = (uint64_t)record_day << 32 | index;
		}
		sorted = ipset_sort_u64(sorted, sorted == c->keys ? c->scratch : c->keys, count,
		                        KEY_AT, DAY_BYTES);
	}
	for (size_t i = 0; i < count; i++)
		c->records[i] = &pool->records[(uint32_t)sorted[i]];
}

bool condense_part(struct condenser *c, const struct record_pool *pool,
                   const struct record_part *part, const struct zone *zone, struct piece_list *out)
{
	if (!reserve(c, part->count))
		return false;
	sort(c, pool, part);
	for (size_t begin = 0; begin < part->count;) {
		const struct host_day_batch *days;
		size_t day_count;
		const size_t taken = aggregate(c->aggregator, zone, c->records + begin,
		                               part->count - begin, &days, &day_count);
		if (taken == 0)
			return false;
		for (size_t d = 0; d < day_count; d++)
			if (!piece_builder_add(&c->piece, &days[d]))
				return false;
		begin += taken;
		const bool is_enough = c->piece.bytes.length >= PIECE_BYTES_ENOUGH;
		if ((is_enough || begin == part->count) && !piece_builder_end(&c->piece, out))
			return false;
	}
	return true;
}
