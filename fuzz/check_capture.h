// SPDX-License-Identifier: MIT
// What holds of every file that is read as a capture, whatever is in it.
#pragma once

#include "base/cursor.h"

// The frames of a file in one row of bytes: what two readings are compared by.
struct reading {
	uint8_t *bytes;
	size_t length, frames;
	bool is_open;     // it is a capture
	bool is_damaged;  // and ended in damage
};

// Reads the file in slot 0, at most `frames_max` frames at a time.
struct reading reading_of(struct span file, size_t frames_max);
void reading_done(struct reading *);

// Reads the file in several ways and compares them.
void check_capture(struct span file);
