// SPDX-License-Identifier: MIT
// The snoop format (RFC 1761, link types also RFC 3827) of Solaris, and that of
// Shomiti's and Finisar's Surveyor, which has the same layout. All numbers are
// big-endian.
//
// File header, 16 bytes: "snoop", three zero bytes; version (4): 2, with Surveyor's
// own hardware 3, 4 or 5; link type (4).
// Record: length on the wire, captured length, length of the record, packets dropped
// so far, seconds, microseconds, 4 bytes each; the captured bytes; padding.
//
// Surveyor gives numbers to link types that mean others to snoop. Its records have at
// least 16 bytes of padding, snoop's fewer than 8: the first record decides, as in
// Wireshark.
#include "base/memory.h"
#include "capture/reader.h"

#include <string.h>

enum {
	FILE_HEADER = 16,
	RECORD_HEADER = 24,
	FRAME_MAX = 262144,  // as for pcap
	PADDING_MAX = 4096,
	SURVEYOR_PADDING = 16,
	VERSION_MIN = 2,
	VERSION_MAX = 5,
};

enum {
	LINKTYPE_NULL = 0,
	LINKTYPE_ETHERNET = 1,
	LINKTYPE_IEEE802_5 = 6,
	LINKTYPE_FDDI = 10,
	LINKTYPE_IP_OVER_FC = 122,
	LINKTYPE_SUNATM = 123,
	LINKTYPE_IPNET = 226,
};

struct snoop {
	uint16_t link_type;
	uint32_t drops;        // of the last record
	uint32_t fraction_ns;  // 1000, or 1 if somebody says so
	bool is_wide;  // the frames that were cut last: their fraction is more than a second
};

enum writer { ANYBODY, SNOOP, SURVEYOR };

static const struct {
	uint32_t in_file;
	enum writer writer;
	uint16_t link_type;
} link_types[] = {
	{ 0, ANYBODY, LINKTYPE_ETHERNET },   // IEEE 802.3
	{ 2, ANYBODY, LINKTYPE_IEEE802_5 },  // token ring
	{ 4, ANYBODY, LINKTYPE_ETHERNET },     { 8, ANYBODY, LINKTYPE_FDDI },
	{ 14, SNOOP, LINKTYPE_NULL },                                           // software loopback
	{ 16, SNOOP, LINKTYPE_IP_OVER_FC },    { 18, SNOOP, LINKTYPE_SUNATM },  // ATM, classical IP
	{ 0x80000005, SNOOP, LINKTYPE_IPNET }, { 10, SURVEYOR, LINKTYPE_ETHERNET },  // 100 Mbit/s
	{ 11, SURVEYOR, LINKTYPE_IEEE802_5 },  { 12, SURVEYOR, LINKTYPE_ETHERNET },  // 1 Gbit/s
	{ 13, SURVEYOR, LINKTYPE_IEEE802_5 },  { 14, SURVEYOR, LINKTYPE_IEEE802_5 },
	{ 19, SURVEYOR, LINKTYPE_ETHERNET },  // 10 Gbit/s
};

static const uint8_t magic[8] = { 's', 'n', 'o', 'o', 'p', 0, 0, 0 };

static bool snoop_recognise(struct span head)
{
	return head.length >= sizeof magic && memcmp(head.bytes, magic, sizeof magic) == 0;
}

static uint16_t find_link_type(uint32_t in_file, enum writer writer)
{
	for (size_t i = 0; i < sizeof link_types / sizeof link_types[0]; i++)
		if (link_types[i].in_file == in_file &&
		    (link_types[i].writer == ANYBODY || link_types[i].writer == writer))
			return link_types[i].link_type;
	return LINK_TYPE_UNKNOWN;
}

static enum writer find_writer(const struct stream *stream)
{
	struct cursor c = stream->window;
	const struct span header = cursor_take(&c, RECORD_HEADER);
	if (c.is_short)
		return SNOOP;
	const uint64_t least = (uint64_t)RECORD_HEADER + span_u32(header, 4) + SURVEYOR_PADDING;
	return span_u32(header, 8) >= least ? SURVEYOR : SNOOP;
}

static void *snoop_open(struct stream *stream)
{
	struct snoop *snoop = memory_new(1, sizeof *snoop);
	const uint64_t offset = stream_offset(stream);
	if (snoop == NULL)
		return NULL;
	snoop->fraction_ns = 1000;
	if (!stream_need(stream, FILE_HEADER)) {
		stream_break_off(stream, offset, "the file header");
		return snoop;
	}
	const struct span header = cursor_take(&stream->window, FILE_HEADER);
	const uint32_t version = span_u32(header, 8);
	snoop->link_type = find_link_type(span_u32(header, 12), find_writer(stream));
	if (version < VERSION_MIN || version > VERSION_MAX)
		stream_damage(stream, offset + 8,
		              "this version of snoop is unknown (2 is the usual one)");
	return snoop;
}

// Why a record cannot be; NULL if it can.
static inline const char *wrong_with(struct span header)
{
	const uint32_t captured = span_u32(header, 4), record = span_u32(header, 8);
	if (captured > FRAME_MAX)
		return "the record claims more captured bytes than a frame can have";
	if (record < RECORD_HEADER + captured)
		return "the record claims more captured bytes than it has";
	if (record > RECORD_HEADER + captured + PADDING_MAX)
		return "the record claims to be longer than its frame";
	return NULL;
}

// Cuts one frame out of the window. False, and nothing taken, if it is not there
// as a whole, or cannot be.
static inline bool cut_frame(const struct snoop *snoop, struct cursor *window, struct frame *frame,
                             uint32_t *drops)
{
	struct cursor c = *window;
	const struct span header = cursor_take(&c, RECORD_HEADER);
	if (c.is_short || wrong_with(header) != NULL)
		return false;
	const uint32_t captured = span_u32(header, 4), record = span_u32(header, 8);
	frame->captured = cursor_take(&c, captured);
	cursor_take(&c, record - RECORD_HEADER - captured);
	if (c.is_short)
		return false;
	frame->time_ns = (uint64_t)span_u32(header, 16) * 1000000000 +
	                 (uint64_t)span_u32(header, 20) * snoop->fraction_ns;
	frame->length_wire = span_u32(header, 0);
	frame->link_type = snoop->link_type;
	frame->time_digits = snoop->fraction_ns == 1 ? 9 : 6;
	*drops = span_u32(header, 12);
	*window = c;
	return true;
}

static bool is_wide_here(const struct snoop *snoop, struct cursor window)
{
	const struct span header = cursor_take(&window, RECORD_HEADER);
	return !window.is_short && span_u32(header, 20) >= 1000000000 / snoop->fraction_ns;
}

// Frames of one kind: all have a fraction of more than a second, or none.
static size_t cut_frames(struct snoop *snoop, struct stream *stream, struct frame *frames,
                         size_t frames_max)
{
	const struct snoop constants = *snoop;  // which writing frames does not change
	struct cursor window = stream->window;
	uint32_t drops = snoop->drops;
	size_t count = 0;
	snoop->is_wide = is_wide_here(&constants, window);
	while (count < frames_max && is_wide_here(&constants, window) == snoop->is_wide &&
	       cut_frame(&constants, &window, &frames[count], &drops))
		count++;
	snoop->drops = drops;
	stream->window.at = window.at;
	return count;
}

// Brings a whole record into the window. False at the end, or if there is none.
static bool fetch_record(struct stream *stream)
{
	const uint64_t offset = stream_offset(stream);
	if (!stream_need(stream, RECORD_HEADER)) {
		if (cursor_left(&stream->window) > 0)
			stream_break_off(stream, offset, "a record header");
		return false;
	}
	struct cursor window = stream->window;
	const struct span header = cursor_take(&window, RECORD_HEADER);
	const char *wrong = wrong_with(header);
	if (wrong != NULL)
		stream_damage(stream, offset, "%s", wrong);
	else if (stream_need(stream, span_u32(header, 8)))
		return true;
	else
		stream_break_off(stream, offset, "a record");
	return false;
}

static size_t snoop_next(void *state, struct stream *stream, struct frame *frames,
                         size_t frames_max)
{
	const size_t count = cut_frames(state, stream, frames, frames_max);
	if (count > 0 || !fetch_record(stream))
		return count;
	return cut_frames(state, stream, frames, frames_max);
}

static bool snoop_is_wide(const void *state)
{
	const struct snoop *snoop = state;
	return snoop->is_wide;
}

static void snoop_read_fractions(void *state, enum capture_fractions fractions)
{
	struct snoop *snoop = state;
	snoop->fraction_ns = fractions == CAPTURE_FRACTIONS_NANOSECONDS ? 1 : 1000;
}

static void snoop_drops(const void *state, struct capture_drops *out)
{
	const struct snoop *snoop = state;
	if (snoop->drops > 0)
		drops_add(out, DROP_BETWEEN, snoop->drops);
}

const struct reader_format reader_snoop = {
	.name = "snoop",
	.recognise = snoop_recognise,
	.open = snoop_open,
	.close = memory_free,
	.next = snoop_next,
	.is_wide = snoop_is_wide,
	.read_fractions = snoop_read_fractions,
	.drops = snoop_drops,
};
