// SPDX-License-Identifier: MIT
// What a capture format is to capture.c: one line in its table, one file each.
//
// A reader cuts frames in a loop of its own, so that no function pointer is
// called per frame. next() hands out what the window holds and asks for more
// only if that is not a single frame: frames stay valid until it is called again, and where the
// window ends at a pause (stream_hold()), those before it come alone. next_flows() may ask for more
// at any time, but not for a flow that the window holds.
#pragma once

#include "capture/stream.h"

struct reader_format {
	const char *name;  // "pcap"

	// Of a file that begins with `head`: STREAM_HEAD bytes or more, or all of it. A
	// format without a magic number has to be sure: a file that is refused does less
	// harm than one that is taken for something else.
	bool (*recognise)(struct span head);

	// Reads the file header; the state that the other two get. NULL if there is
	// no memory.
	void *(*open)(struct stream *);
	void (*close)(void *state);

	// Up to `frames_max` frames; 0 where the stream ends or the reader has
	// stopped it with stream_damage().
	size_t (*next)(void *state, struct stream *, struct frame *frames, size_t frames_max);

	// See capture_is_wide(), and struct capture_way; NULL: times have no fraction of their own.
	bool (*is_wide)(const void *state);
	void (*read_fractions)(void *state, enum capture_fractions);

	// What the file said of drops so far; NULL: the format cannot say anything.
	void (*drops)(const void *state, struct capture_drops *out);

	// The same as next() of a format that holds flows; `next` is NULL then.
	enum capture_content content;
	size_t (*next_flows)(void *state, struct stream *, struct flow *flows, size_t flows_max);
};

extern const struct reader_format reader_pcap, reader_pcapng, reader_snoop, reader_flowtuple;
extern const struct reader_format reader_darknet_csv, reader_erf, reader_tsh, reader_dag;

// Whether a capture of a format with a magic number begins where a record could. A reader stops
// there with stream_damage(), if it would not anyway: files are written one behind the other, and
// capture.c has the right reader go on. `window` may be short: then none does.
bool reader_begins(struct span window);

// The same of pcap alone: more than the magic number, which could be a time.
bool pcap_begins(struct span window);

// For formats without a magic number, which are told by their first records: whether a record
// captured at `seconds` can stand behind one of `previous_s` (0: there is none), in the years
// of such files, at most 2 seconds earlier (several interfaces are in no strict order) or
// `ahead_max_s` later.
static inline bool reader_can_follow(uint64_t seconds, uint64_t previous_s, uint64_t ahead_max_s)
{
	const uint64_t since_1990 = 631152000, until_2100 = 4102444800;
	if (seconds < since_1990 || seconds > until_2100)
		return false;
	return previous_s == 0 ||
	       (seconds + 2 >= previous_s && seconds <= previous_s + ahead_max_s);
}

// The LINKTYPE_ value for one that stands in a file.
uint16_t link_type_from_file(uint16_t number);

// Numbers of a file that says in which byte order it was written.
static inline uint16_t reader_u16(bool is_big_endian, struct span s, size_t at)
{
	return is_big_endian ? span_u16(s, at) : span_u16_le(s, at);
}

static inline uint32_t reader_u32(bool is_big_endian, struct span s, size_t at)
{
	return is_big_endian ? span_u32(s, at) : span_u32_le(s, at);
}

static inline uint64_t reader_u64(bool is_big_endian, struct span s, size_t at)
{
	const uint64_t first = reader_u32(is_big_endian, s, at);
	const uint64_t second = reader_u32(is_big_endian, s, at + 4);
	return is_big_endian ? first << 32 | second : second << 32 | first;
}
