// SPDX-License-Identifier: MIT
// Private to store/: the sets of sources of a segment while it is written, side by side, in bounded memory.
//
// A set is complete when its last source was there, but its containers are so earlier, one after the other
// (ipset.h). As soon as those of all sets take `memory` bytes, they go into a file beside the segment, which
// is removed in the end. The bytes of a set do not depend on it.
#pragma once

#include "store/store.h"

enum { SET_WRITER_SETS = FINGERPRINTS_MAX + 1, SET_WRITER_MEMORY = 4 << 20 };

struct set_writer;

// `mask`: a bit for each set that may come. Beside a segment that is written aside, by that name. NULL: no memory.
struct set_writer *set_writer_new(struct disk *, const char *segment, uint64_t mask, size_t memory);
// Accepts NULL. The file is gone.
void set_writer_free(struct set_writer *);

// Sources of each set ascend.
void set_writer_add(struct set_writer *, unsigned set, uint32_t source);
// Puts aside what is too much: now and then, no later than after some ten thousand sources.
bool set_writer_settle(struct set_writer *, struct error *error) MUST_CHECK;

// Hands out the bytes of a set, in pieces, and forgets it.
typedef bool set_writer_take(void *context, struct span bytes, struct error *error);
bool set_writer_finish(struct set_writer *, unsigned set, set_writer_take *take, void *context,
                       struct error *error) MUST_CHECK;
