// SPDX-License-Identifier: MIT
// Time sequenced headers (TSH) of NLANR's traces. Every record is 44 bytes, big-endian:
//    0  seconds (4); interface (1); microseconds (3)
//    8  IPv4 header without its options (20)
//   28  the first 16 bytes behind the IPv4 header and its options
// FR+ is the same.
//
// A header with options is handed out without what follows it, because the options in
// between are not there.
//
// There is no magic number. A file is taken for TSH if its first 32 records (at least
// 4) all have an IPv4 header in order of time.
#include "base/memory.h"
#include "capture/fixed.h"

enum { RECORD = 44, IP_AT = 8, IP_HEADER = 20, IP_AND_MORE = 36, LINKTYPE_IPV4 = 228 };

static uint32_t microseconds(struct span record)
{
	return span_u32(record, 4) & 0xffffff;
}

static bool is_record(struct span record)
{
	const uint8_t first = span_u8(record, IP_AT);
	const unsigned header_length = (first & 15u) * 4;
	return first >> 4 == 4 && header_length >= IP_HEADER &&
	       span_u16(record, IP_AT + 2) >= header_length && microseconds(record) < 1000000;
}

static bool tsh_recognise(struct span head)
{
	struct cursor c = cursor_over(head);
	uint64_t previous_s = 0;
	unsigned records = 0;
	while (records < FIXED_RECORDS_TO_LOOK_AT && cursor_left(&c) >= RECORD &&
	       !fixed_is_over(&c)) {
		const struct span record = cursor_take(&c, RECORD);
		if (!is_record(record) ||
		    !reader_can_follow(span_u32(record, 0), previous_s, FIXED_AHEAD_MAX))
			return false;
		previous_s = span_u32(record, 0);
		records++;
	}
	return records >= FIXED_RECORDS_MIN;
}

static void *tsh_open(struct stream *stream)
{
	(void)stream;             // there is no file header,
	return memory_new(1, 1);  // and nothing to remember; but NULL would mean no memory
}

static size_t tsh_next(void *state, struct stream *stream, struct frame *frames, size_t frames_max)
{
	(void)state;
	size_t count = 0;
	if (!fixed_fetch(stream, RECORD))
		return 0;
	while (count < frames_max && cursor_left(&stream->window) >= RECORD &&
	       !fixed_is_over(&stream->window)) {
		const struct span record = cursor_take(&stream->window, RECORD);
		const bool has_options = (span_u8(record, IP_AT) & 15) > IP_HEADER / 4;
		frames[count++] = (struct frame){
			.time_ns = (uint64_t)span_u32(record, 0) * 1000000000 +
			           (uint64_t)microseconds(record) * 1000,
			.length_wire = span_u16(record, IP_AT + 2),
			.link_type = LINKTYPE_IPV4,
			.time_digits = 6,
			.captured = { record.bytes + IP_AT, has_options ? IP_HEADER : IP_AND_MORE },
		};
	}
	return count;
}

const struct reader_format reader_tsh = {
	.name = "tsh",
	.recognise = tsh_recognise,
	.open = tsh_open,
	.close = memory_free,
	.next = tsh_next,
};
