// SPDX-License-Identifier: MIT
// Private to mine/: room by depth. What was taken last is given back first, and the blocks stay for
// the next time, so that a search asks the heap some dozens of times and not at every step.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARENA_BLOCKS_MAX = 64 };

struct arena {
	size_t maximum;  // bytes of all blocks; 0: no limit
	size_t bytes;    // of all blocks now
	bool is_full;    // the limit stood in the way, not the heap
	// private
	struct arena_block {
		uint8_t *bytes;
		size_t size;
	} blocks[ARENA_BLOCKS_MAX];
	unsigned block_count, current;
	size_t used;  // of the current block
};

struct arena_mark {
	unsigned current;
	size_t used;
};

static inline struct arena arena_up_to(size_t maximum)
{
	return (struct arena){ .maximum = maximum };
}

void arena_done(struct arena *);  // accepts zeros

// Room for `count` items of `size` bytes, not zeroed, good for every type. NULL: no room.
void *arena_take(struct arena *, size_t count, size_t size);

// Gives back the end of what was taken last.
void arena_trim(struct arena *, void *taken, size_t count, size_t size);

static inline struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){ a->current, a->used };
}

// Gives back all that was taken since.
static inline void arena_release(struct arena *a, struct arena_mark mark)
{
	a->current = mark.current;
	a->used = mark.used;
}
