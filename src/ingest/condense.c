// SPDX-License-Identifier: MIT
// Sorts the records of a part by (day, source) through 16-byte keys, then
// aggregates each run of equal keys. Sorting first keeps every later step on
// memory that is next to each other, and makes the output ascending for free.
#include "ingest/condense.h"

#include "base/memory.h"
#include "ipset/ipset.h"

// Days are signed; as keys they must ascend too.
#define DAY_OFFSET (INT64_C(1) << 31)

struct condenser {
	struct aggregator aggregator;
	struct host_day host;
	struct host_columns columns;
	struct ipset_keyed *keys, *scratch;
	const struct record **records;  // in the order of the keys
	size_t capacity;
};

struct condenser *condenser_new(void)
{
	struct condenser *c = memory_new(1, sizeof *c);
	if (c != NULL)
		host_columns_init(&c->columns, 0, SIZE_MAX);
	return c;
}

void condenser_free(struct condenser *c)
{
	if (c == NULL)
		return;
	aggregator_done(&c->aggregator);
	host_day_done(&c->host);
	host_columns_done(&c->columns);
	memory_free(c->keys);
	memory_free(c->scratch);
	memory_free(c->records);
	memory_free(c);
}

static bool reserve(struct condenser *c, size_t count)
{
	if (count <= c->capacity)
		return true;
	memory_free(c->keys);
	memory_free(c->scratch);
	memory_free(c->records);
	c->keys = memory_new(count, sizeof *c->keys);
	c->scratch = memory_new(count, sizeof *c->scratch);
	c->records = memory_new(count, sizeof(struct record *));
	c->capacity = count;
	if (c->keys != NULL && c->scratch != NULL && c->records != NULL)
		return true;
	c->capacity = 0;
	return false;
}

static void sort(struct condenser *c, const struct record_pool *pool,
                 const struct record_part *part)
{
	size_t count = 0;
	for (uint32_t chunk = part->first; chunk != POOL_NO_CHUNK; chunk = pool->next[chunk]) {
		const uint32_t fill = chunk == part->last ? part->fill : POOL_CHUNK;
		for (uint32_t i = 0; i < fill; i++) {
			const uint32_t index = chunk * POOL_CHUNK + i;
			const struct record *record = &pool->records[index];
			c->keys[count++] = (struct ipset_keyed){
				.key = (uint64_t)(record->day + DAY_OFFSET) << 32 | record->source,
				.index = index,
			};
		}
	}
	assert(count == part->count);
	ipset_sort_keyed(c->keys, c->scratch, count);
	for (size_t i = 0; i < count; i++)
		c->records[i] = &pool->records[c->keys[i].index];
}

bool condense_part(struct condenser *c, const struct record_pool *pool,
                   const struct record_part *part, const struct zone *zone, struct block_list *out)
{
	if (!reserve(c, part->count))
		return false;
	sort(c, pool, part);
	for (size_t begin = 0, end; begin < part->count; begin = end) {
		const struct record *first = c->records[begin];
		for (end = begin + 1; end < part->count && c->keys[end].key == c->keys[begin].key;
		     end++)
			;
		if (c->columns.host_count == 0)
			host_columns_reset(&c->columns, zone_day(zone, first->time_ns).begin_ns);
		if (!host_day_aggregate(&c->aggregator, c->records + begin, end - begin, &c->host))
			return false;
		host_columns_add(&c->columns, &c->host);
		if (end == part->count || c->records[end]->day != first->day ||
		    c->columns.host_count == INGEST_BATCH_HOSTS ||
		    c->columns.item_count >= INGEST_BATCH_ITEMS) {
			if (!block_list_add(out, first->day, &c->columns))
				return false;
			host_columns_reset(&c->columns, 0);
		}
	}
	return true;
}
