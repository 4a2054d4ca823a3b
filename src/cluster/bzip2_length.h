// SPDX-License-Identifier: MIT
// How long bzip2 of level 9 makes some bytes, without making them: for the distance of two answers nothing else is
// wanted. The same number as that of libbz2, whose sorting is made for large blocks and which finds codes anew that
// it has already: of short texts it takes three to five times as long, of long ones less.
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

// Of more bytes libbz2 is as fast. Up to 700,000 would be right: they are one block, whatever they are.
enum { BZIP2_LENGTH_MAX = 10000 };

// One for each thread: it keeps its memory from one call to the next.
struct bzip2_room;
struct bzip2_room *bzip2_room_new(size_t length_max);  // up to 700,000; NULL: no memory
void bzip2_room_free(struct bzip2_room *);             // accepts NULL

// Of `length_max` bytes at most.
uint32_t bzip2_length(struct bzip2_room *, const uint8_t *bytes, size_t length);
