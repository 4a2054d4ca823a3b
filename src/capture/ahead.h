// SPDX-License-Identifier: MIT
// Blocks of content that a thread of its own decompresses ahead of who reads them.
//
// The thread calls content_read() just as the reader would, always for a whole block,
// so that a capture gives the same with and without it. As long as it runs the content
// is its own; it ends with the last block, and after ahead_stop().
//
// Memory: up to as many blocks as fit into the budget, AHEAD_BLOCKS_MIN at least; more
// than those are allocated only as the thread gets ahead, and what was read last is
// written to next, so that a large budget does not wear out the cache.
#pragma once

#include "capture/content.h"

enum {
	AHEAD_BLOCK = 256 * 1024,
	AHEAD_FRONT = 64 * 1024,
	AHEAD_BLOCKS_MIN = 4,
};

struct ahead_block {
	struct content_piece piece;
	uint8_t *bytes;            // begin at a page; the AHEAD_FRONT bytes before are the reader's
	struct ahead_block *next;  // private
};

struct ahead;

// NULL if there is no memory or no thread to be had; nothing was read then.
struct ahead *ahead_begin(struct content *, uint64_t memory_bytes);

// The next block, which is waited for. Not to be called after the last, nor after
// ahead_stop(). Belongs to the caller until it is given back.
struct ahead_block *ahead_take(struct ahead *);
void ahead_give_back(struct ahead *, struct ahead_block *);

// Ends the thread, also where it waits for a pipe.
void ahead_stop(struct ahead *);

// Stops, and frees all blocks that are not with the caller; accepts NULL.
void ahead_end(struct ahead *);
