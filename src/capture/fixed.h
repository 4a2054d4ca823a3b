// SPDX-License-Identifier: MIT
// What formats whose records all have the same length have in common. They have no
// magic number either, and are told by their first records.
#pragma once

#include "capture/reader.h"

enum {
	FIXED_RECORDS_MIN = 4,  // fewer do not tell a format from chance
	FIXED_RECORDS_TO_LOOK_AT = 32,
	FIXED_AHEAD_MAX = 3600,  // seconds from one record to the next
};

// Whether a capture of another format begins where a record could.
static inline bool fixed_is_over(const struct cursor *c)
{
	return reader_begins((struct span){ c->at, cursor_left(c) });
}

// Brings a record of `length` bytes into the window. False at the end.
static inline bool fixed_fetch(struct stream *stream, size_t length)
{
	const uint64_t offset = stream_offset(stream);
	const bool is_there = stream_need(stream, length);
	if (fixed_is_over(&stream->window)) {
		stream_damage(stream, offset, "another capture begins");
		return false;
	}
	if (is_there)
		return true;
	if (cursor_left(&stream->window) > 0)
		stream_break_off(stream, offset, "a record");
	return false;
}
