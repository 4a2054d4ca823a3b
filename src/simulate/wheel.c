// SPDX-License-Identifier: MIT
#include "simulate/wheel.h"

#include "base/memory.h"

#include <assert.h>
#include <string.h>

#define CHUNK_NONE UINT32_MAX

// An empty bag looks as if its first chunk, which is none, were full.
static const struct wheel_bag bag_empty = { .first = CHUNK_NONE, .count = WHEEL_CHUNK_HOSTS };

bool wheel_init(struct wheel *w)
{
	*w = (struct wheel){ .unused = CHUNK_NONE };
	w->bags = memory_new(WHEEL_SLOTS, sizeof *w->bags);
	if (w->bags == NULL)
		return false;
	for (size_t slot = 0; slot < WHEEL_SLOTS; slot++)
		w->bags[slot] = bag_empty;
	return true;
}

void wheel_done(struct wheel *w)
{
	memory_free(w->bags);
	memory_free(w->chunks);
}

bool wheel_reserve(struct wheel *w, uint32_t hosts)
{
	const uint32_t capacity = hosts / WHEEL_CHUNK_HOSTS + WHEEL_SLOTS + 1;
	if (capacity <= w->chunk_capacity)
		return true;
	struct wheel_chunk *chunks = memory_resize(w->chunks, capacity, sizeof *chunks);
	if (chunks == NULL)
		return false;
	w->chunks = chunks;
	for (; w->chunk_capacity < capacity; w->chunk_capacity++) {
		chunks[w->chunk_capacity].next = w->unused;
		w->unused = w->chunk_capacity;
	}
	return true;
}

void wheel_put(struct wheel *w, uint64_t slot, uint32_t host)
{
	if (slot < w->now)
		slot = w->now;
	if (slot >= w->now + WHEEL_SLOTS)
		slot = w->now + WHEEL_SLOTS - 1;
	struct wheel_bag *bag = &w->bags[slot % WHEEL_SLOTS];
	if (bag->count == WHEEL_CHUNK_HOSTS) {
		const uint32_t fresh = w->unused;
		assert(fresh != CHUNK_NONE);
		w->unused = w->chunks[fresh].next;
		w->chunks[fresh].next = bag->first;
		*bag = (struct wheel_bag){ .first = fresh };
	}
	w->chunks[bag->first].hosts[bag->count++] = host;
}

size_t wheel_take(struct wheel *w, uint32_t hosts[WHEEL_CHUNK_HOSTS])
{
	struct wheel_bag *bag = &w->bags[w->now % WHEEL_SLOTS];
	const uint32_t taken = bag->first;
	if (taken == CHUNK_NONE)
		return 0;
	struct wheel_chunk *chunk = &w->chunks[taken];
	const size_t count = bag->count;
	memcpy(hosts, chunk->hosts, count * sizeof *hosts);
	*bag = (struct wheel_bag){ .first = chunk->next, .count = WHEEL_CHUNK_HOSTS };
	chunk->next = w->unused;
	w->unused = taken;
	return count;
}
