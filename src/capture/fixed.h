// SPDX-License-Identifier: MIT
// What formats whose records all have the same length have in common. They have no
// magic number either, and are told by their first records.
#pragma once

#include "capture/reader.h"

enum {
	FIXED_RECORDS_MIN = 4,  // fewer do not tell a format from chance
	FIXED_RECORDS_TO_LOOK_AT = 32,
};

// Whether a record captured at `seconds` can stand behind one of `previous_s` (0: there
// is none): in the years of such files, at most 2 seconds earlier or an hour later.
static inline bool fixed_can_follow(uint64_t seconds, uint64_t previous_s)
{
	const uint64_t since_1990 = 631152000, until_2100 = 4102444800;
	if (seconds < since_1990 || seconds > until_2100)
		return false;
	return previous_s == 0 || (seconds + 2 >= previous_s && seconds <= previous_s + 3600);
}

// Brings a record of `length` bytes into the window. False at the end.
static inline bool fixed_fetch(struct stream *stream, size_t length)
{
	const uint64_t offset = stream_offset(stream);
	if (stream_need(stream, length))
		return true;
	if (cursor_left(&stream->window) > 0)
		stream_break_off(stream, offset, "a record");
	return false;
}
