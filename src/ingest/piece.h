// SPDX-License-Identifier: MIT
// Blocks are host-days of one day, packed into bytes. A piece is what one condensing made of
// one part: blocks that ascend by day and then by source, as one string of bytes, in memory or
// in the spill file. All that is kept beside it is where one is in it, so that the memory of
// packets from ever other days is bounded too.
//
// A block has varints: begin of the day in seconds, host-days, first source, distance to the
// last, mask of the columns that are not empty, their lengths; then these columns. In front
// of every block but the first of a piece stands the day, the one before it ends with.
#pragma once

#include "base/disk.h"
#include "hostday/hostday.h"

// Above it a piece ends: there may be several of one part.
enum { PIECE_BYTES_ENOUGH = 4 << 20 };

struct piece {
	uint8_t *bytes;    // NULL: spilled; in a piece_room
	uint64_t offset;   // in the spill file
	size_t length;     // at least a block
	size_t next;       // where the block stands that is read next
	int32_t next_day;  // its day, if there is one
};

struct piece_list {
	struct piece *pieces;
	size_t count, capacity;
};

// Where the pieces of one thread lie: one behind the other in slabs of large pages, because
// pages that are asked for one by one cost more than what is written to them. They are given
// back all at once.
struct piece_room {
	uint8_t **blocks;  // slabs, and pieces that are too long for one
	size_t count, capacity;
	size_t slab_bytes;
	uint8_t *at;  // in the slab at hand
	size_t left;
};

void piece_room_init(struct piece_room *, size_t slab_bytes);
// Gives all back, and begins anew.
void piece_room_clear(struct piece_room *);

// A piece that is being made.
struct piece_builder {
	struct buffer bytes;
	int32_t first_day;
	struct piece_room room;
};

// Adds a batch behind those that are there. False: no memory.
bool piece_builder_add(struct piece_builder *, const struct host_day_batch *) MUST_CHECK;
// Adds what was built, if anything, as a piece to the list, and begins anew. False: no memory.
bool piece_builder_end(struct piece_builder *, struct piece_list *) MUST_CHECK;

void piece_list_done(struct piece_list *);

static inline bool piece_has_day(const struct piece *p, int32_t day)
{
	return p->next < p->length && p->next_day == day;
}

// A block that was read. The batch is valid until block_done().
struct block {
	struct host_batch batch;
	uint8_t *loaded;  // from the spill file
	size_t length;    // of that
};

// Reads the next block, of which there must be one, and goes behind it.
bool piece_read(struct piece *, struct disk *disk, struct disk_file *spill, struct block *out,
                struct error *error) MUST_CHECK;
void block_done(struct block *);  // accepts zeros

// What to say when bytes that were spilled contradict themselves; returns false.
bool piece_damaged(struct error *error);
