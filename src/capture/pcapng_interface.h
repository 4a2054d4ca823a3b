// SPDX-License-Identifier: MIT
// An interface of a pcapng section: what kind of frames it gives, and how its
// clock counts.
#pragma once

#include "capture/reader.h"

struct pcapng_interface {
	uint16_t link_type;
	uint8_t time_digits;
	uint32_t snapshot_length;  // 0: no limit
	// Nanoseconds = (time / divisor * multiplier >> shift) + offset. The divisor is
	// 1 unless the clock counts parts of a nanosecond; then the rest is neutral.
	uint64_t divisor, multiplier;
	uint8_t shift;
	int64_t offset_s;
	int32_t offset_ns;  // beside it
};

// An option of a block: code (2), length (2), value padded to 4 bytes.
struct pcapng_option {
	uint16_t code;
	struct span value;
};

// The next one. False at the end, or, then the cursor is short, where they contradict themselves.
static inline bool pcapng_next_option(bool is_big_endian, struct cursor *c,
                                      struct pcapng_option *out)
{
	enum { OPTION_HEADER = 4, OPTION_END = 0 };
	if (cursor_left(c) == 0)
		return false;
	const struct span header = cursor_take(c, OPTION_HEADER);
	if (c->is_short)
		return false;
	out->code = reader_u16(is_big_endian, header, 0);
	if (out->code == OPTION_END)
		return false;
	const uint16_t length = reader_u16(is_big_endian, header, 2);
	out->value = cursor_take(c, length);
	cursor_take(c, -(unsigned)length % 4);
	return !c->is_short;
}

// For frames of an interface that nothing describes: link type unknown, clock in
// microseconds.
extern const struct pcapng_interface pcapng_interface_unknown;

// Reads the body of an interface description block. False if it contradicts itself.
bool pcapng_interface_read(bool is_big_endian, struct span body, struct pcapng_interface *out);

// Times before 1970 become 0, times after 2554 the last that 64 bits can hold.
uint64_t pcapng_interface_clamp(__int128 time_ns);

static inline uint64_t pcapng_interface_time(const struct pcapng_interface *i, uint64_t time)
{
	if (i->divisor != 1)
		time /= i->divisor;
	const unsigned __int128 time_ns = (unsigned __int128)time * i->multiplier >> i->shift;
	if ((i->offset_s | i->offset_ns) == 0 && time_ns <= UINT64_MAX)
		return (uint64_t)time_ns;
	return pcapng_interface_clamp((__int128)time_ns + (__int128)i->offset_s * 1000000000 +
	                              i->offset_ns);
}
