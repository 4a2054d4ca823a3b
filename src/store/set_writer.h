// SPDX-License-Identifier: MIT
// Private to store/: the sets of a segment while it is written, in bounded memory.
//
// As sources ascend, all sets grow /16 by /16, and what is done of them is not looked at again before the segment
// ends. So when the containers of all sets together pass SET_WRITER_ROOM they go to a file aside, and each set is
// put together from there when its turn has come, piece by piece. A day of few sources makes no file. Memory: that
// room, a container at hand and at most 64 KiB * 7 of heads for each set, 16 bytes for each set and each time that
// the room was full.
#pragma once

#include "store/segment.h"

// A set for each fingerprint, and one of all sources with SYNs.
enum { SETS = FINGERPRINTS_MAX + 1, SET_ALL = FINGERPRINTS_MAX };
enum { SET_WRITER_ROOM = 1 << 20 };

struct set_writer;
// Of the first `fingerprint_count` fingerprints, the one of what is unknown, and all. The file aside is NAME.spill:
// one that a killed writer left is garbage of the store. NULL: no memory.
struct set_writer *set_writer_new(struct disk *, const char *name, uint32_t fingerprint_count);
void set_writer_free(struct set_writer *);  // accepts NULL; removes the file aside

// Enters a source, larger than the one before, in the sets whose bits are set.
bool set_writer_add(struct set_writer *, uint64_t sets, uint32_t source,
                    struct error *error) MUST_CHECK;
// After the last source, once a set: hands on its bytes in their order, in pieces.
typedef bool set_receiver(void *context, struct span bytes, struct error *error);
bool set_writer_end(struct set_writer *, unsigned set, set_receiver *each, void *context,
                    struct error *error) MUST_CHECK;
