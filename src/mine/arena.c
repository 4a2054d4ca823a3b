// SPDX-License-Identifier: MIT
#include "mine/arena.h"

#include "base/memory.h"

enum { ALIGNMENT = 16, BLOCK_MIN = 256 << 10 };

static size_t rounded(size_t bytes)
{
	return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void drop_blocks(struct arena *a, unsigned from)
{
	while (a->block_count > from) {
		struct arena_block *last = &a->blocks[--a->block_count];
		a->bytes -= last->size;
		memory_free(last->bytes);
	}
}

void arena_done(struct arena *a)
{
	drop_blocks(a, 0);
	*a = (struct arena){ .maximum = a->maximum };
}

// A block of at least `bytes` behind those that are there; a quarter of them all, so that there
// are never many.
static bool add_block(struct arena *a, size_t bytes)
{
	size_t size = a->bytes / 4 > BLOCK_MIN ? rounded(a->bytes / 4) : BLOCK_MIN;
	if (a->maximum != 0 && (a->bytes >= a->maximum || size > a->maximum - a->bytes))
		size = bytes;
	if (size < bytes)
		size = bytes;
	if (a->block_count == ARENA_BLOCKS_MAX ||
	    (a->maximum != 0 && (a->bytes > a->maximum || size > a->maximum - a->bytes))) {
		a->is_full = true;
		return false;
	}
	uint8_t *room = size >= MEMORY_LARGE_PAGE ? memory_large(size) : memory_room(size);
	if (room == NULL)
		return false;
	a->blocks[a->block_count++] = (struct arena_block){ room, size };
	a->bytes += size;
	return true;
}

void *arena_take(struct arena *a, size_t count, size_t size)
{
	if (size != 0 && count > (SIZE_MAX - ALIGNMENT) / size)
		return NULL;
	const size_t bytes = rounded(count * size);
	if (a->block_count == 0 || bytes > a->blocks[a->current].size - a->used) {
		const unsigned next = a->block_count == 0 ? 0 : a->current + 1;
		if (next < a->block_count && a->blocks[next].size < bytes)
			drop_blocks(a, next);
		if (next == a->block_count && !add_block(a, bytes))
			return NULL;
		a->current = next;
		a->used = 0;
	}
	uint8_t *taken = a->blocks[a->current].bytes + a->used;
	a->used += bytes;
	return taken;
}

void arena_trim(struct arena *a, void *taken, size_t count, size_t size)
{
	a->used = (size_t)((uint8_t *)taken - a->blocks[a->current].bytes) + rounded(count * size);
}
