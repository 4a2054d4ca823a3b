// SPDX-License-Identifier: MIT
// The Burrows-Wheeler transform (1994): all rotations of some bytes in their order, and of each the last byte.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ROTATIONS_MAX = 1 << 24 };  // bytes

// Keeps its memory from one call to the next. For `length_max` bytes. NULL: no memory.
struct rotations;
struct rotations *rotations_new(size_t length_max);
void rotations_free(struct rotations *);  // accepts NULL

// Where the bytes are to be before they are transformed.
uint8_t *rotations_bytes(struct rotations *);

// The last bytes of the rotations of the first `length` bytes, in order, into last[length]. Takes time of
// O(length log^2 length) at most, whatever the bytes are, and hardly more than length log length for texts.
void rotations_last(struct rotations *, uint32_t length, uint8_t *last);
