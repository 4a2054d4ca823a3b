// SPDX-License-Identifier: MIT
#include "analyse/text_pool.h"

#include "base/memory.h"

#include <string.h>
#include <sys/auxv.h>
#include <xxhash.h>

enum { CHUNK_SIZE = 1 << 20, SLOTS_MIN = 1024, TEXTS_MIN = 256, TEXTS_MAX = 1 << 30 };

struct text_chunk {
	struct text_chunk *next;
	size_t used, size;
	uint8_t bytes[];
};

static uint64_t hash_of(struct span text)
{
	const unsigned long at = getauxval(AT_RANDOM);  // 16 random bytes that every process gets
	uint64_t seed = 0;
	if (at != 0)
		memcpy(&seed, (const void *)at, sizeof seed);
	return XXH3_64bits_withSeed(text.bytes, text.length, seed);
}

int text_compare(struct span a, struct span b)
{
	const size_t common = a.length < b.length ? a.length : b.length;
	const int order = common == 0 ? 0 : memcmp(a.bytes, b.bytes, common);
	return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

// Where the text is, or the free slot where it belongs.
static uint32_t *slot_of(const struct text_pool *pool, struct span text, uint64_t hash)
{
	uint32_t at = (uint32_t)hash & (pool->slot_count - 1);
	for (;; at = (at + 1) & (pool->slot_count - 1)) {
		const uint32_t i = pool->slots[at];
		if (i == 0 ||
		    (pool->hashes[i - 1] == hash && pool->texts[i - 1].length == text.length &&
		     text_compare(pool->texts[i - 1], text) == 0))
			return &pool->slots[at];
	}
}

static bool grow_slots(struct text_pool *pool)
{
	const uint32_t count = pool->slot_count == 0 ? SLOTS_MIN : pool->slot_count * 2;
	uint32_t *slots = memory_new(count, sizeof *slots);
	if (slots == NULL)
		return false;
	memory_free(pool->slots);
	pool->slots = slots;
	pool->slot_count = count;
	for (uint32_t i = 0; i < pool->count; i++) {
		uint32_t at = (uint32_t)pool->hashes[i] & (count - 1);
		while (slots[at] != 0)
			at = (at + 1) & (count - 1);
		slots[at] = i + 1;
	}
	return true;
}

static bool grow_texts(struct text_pool *pool)
{
	const uint32_t capacity = pool->capacity == 0 ? TEXTS_MIN : pool->capacity * 2;
	struct span *texts = memory_resize(pool->texts, capacity, sizeof *texts);
	if (texts == NULL)
		return false;
	pool->texts = texts;
	uint64_t *hashes = memory_resize(pool->hashes, capacity, sizeof *hashes);
	if (hashes == NULL)
		return false;
	pool->hashes = hashes;
	pool->capacity = capacity;
	return true;
}

static uint8_t *room_for(struct text_pool *pool, size_t length)
{
	struct text_chunk *c = pool->chunks;
	if (c == NULL || length > c->size - c->used) {
		const size_t size = length > CHUNK_SIZE ? length : CHUNK_SIZE;
		c = memory_room(sizeof *c + size);
		if (c == NULL)
			return NULL;
		*c = (struct text_chunk){ .next = pool->chunks, .size = size };
		pool->chunks = c;
	}
	c->used += length;
	return c->bytes + (c->used - length);
}

bool text_pool_add(struct text_pool *pool, struct span text, uint32_t *out, struct error *error)
{
	const uint64_t hash = hash_of(text);
	if (pool->count >= pool->slot_count / 2 && (pool->count >= TEXTS_MAX || !grow_slots(pool)))
		return error_memory(error, "answers");
	uint32_t *slot = slot_of(pool, text, hash);
	if (*slot == 0) {
		uint8_t *bytes = room_for(pool, text.length);
		if (bytes == NULL || (pool->count == pool->capacity && !grow_texts(pool)))
			return error_memory(error, "answers");
		if (text.length > 0)
			memcpy(bytes, text.bytes, text.length);
		pool->hashes[pool->count] = hash;
		pool->texts[pool->count] = (struct span){ bytes, text.length };
		*slot = ++pool->count;
	}
	*out = *slot - 1;
	return true;
}

void text_pool_done(struct text_pool *pool)
{
	while (pool->chunks != NULL) {
		struct text_chunk *next = pool->chunks->next;
		memory_free(pool->chunks);
		pool->chunks = next;
	}
	memory_free(pool->texts);
	memory_free(pool->hashes);
	memory_free(pool->slots);
	*pool = (struct text_pool){ 0 };
}
