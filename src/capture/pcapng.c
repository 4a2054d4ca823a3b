// SPDX-License-Identifier: MIT
// The pcapng format (draft-ietf-opsawg-pcapng).
//
// A row of blocks: type, total length, body padded to 4 bytes, total length
// again; numbers in the byte order of the section.
//    0a0d0d0a  section header: byte-order magic 1a2b3c4d, version, section length;
//              begins a section, which has its own byte order and interfaces
//           1  interface description: link type (2), 2 bytes, snapshot length, options
//           6  enhanced packet: interface, time (high, low), captured length, length
//           2  the obsolete packet block: as 6, but interface (2) and drops (2)
//           3  simple packet: length; of interface 0, and without a time
//           5  interface statistics: interface, time, counters as options
// All others are skipped, known or not. Old writers (ntar) leave the padding out of
// the total length; the block is padded all the same.
//
// A simple packet has no time: its frame gets that of the packet before it in the
// section, with no digits, since packets stand in files in about the order in
// which they came, and a day on which nobody captured would be one more day of
// every survey. Where no packet before it has a time there is only 1970-01-01, and
// that is reported at the end, unless there is worse to report.
//
// A frame of an interface that the section does not describe is handed out with
// LINK_TYPE_UNKNOWN, so that it is counted. A section of another version than 1.0
// (or 1.2, which is the same) is skipped, as the specification asks, and reported
// as damage. Its length is not used: the blocks say where it ends. Everything else
// that contradicts itself ends the capture, for there is no telling what the rest
// means.
#include "base/memory.h"
#include "capture/pcapng_drops.h"

enum {
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET_OBSOLETE = 2,
	BLOCK_PACKET_SIMPLE = 3,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
	BLOCK_SECTION = 0x0a0d0d0a,  // reads the same in both byte orders
};

enum {
	BLOCK_HEADER = 8,
	BLOCK_FRAME = 12,  // header and the second length: what is not body
	SECTION_BODY_MIN = 16,
	PACKET_BODY_MIN = 20,
	INTERFACES_MAX = 65536,
};

static const uint32_t byte_order_magic = 0x1a2b3c4d;
static const char lengths_differ[] = "the two lengths of the block differ";

struct pcapng {
	bool is_big_endian;
	bool is_readable;  // the section is of a version that this is written for
	bool has_untimed;  // a packet is on 1970-01-01, ...
	uint64_t untimed;  // ... the first of them at this offset
	uint64_t time_ns;  // of the last packet of the section; 0 if none has a time
	uint32_t interface_count;
	uint32_t interface_room;
	struct pcapng_interface *interfaces;
	struct pcapng_drops drops;
};

// What stands at the beginning of the window.
struct block {
	uint32_t type;
	uint32_t length;  // as it stands in the block
	size_t total;     // bytes it takes up, or how many are needed to know more
	bool is_big_endian;
	struct span body;
	const char *wrong;  // why it is no block
};

enum look { LOOK_WHOLE, LOOK_MORE, LOOK_WRONG };

static inline bool is_packet(uint32_t type)
{
	return type == BLOCK_PACKET || type == BLOCK_PACKET_OBSOLETE || type == BLOCK_PACKET_SIMPLE;
}

static bool pcapng_recognise(struct span head)
{
	return head.length >= 12 && span_u32(head, 0) == BLOCK_SECTION &&
	       (span_u32(head, 8) == byte_order_magic || span_u32_le(head, 8) == byte_order_magic);
}

static inline enum look look_more(struct block *block, size_t total)
{
	block->total = total;
	return LOOK_MORE;
}

static inline enum look look_wrong(struct block *block, const char *why)
{
	block->wrong = why;
	return LOOK_WRONG;
}

// LOOK_WHOLE: the block is in the window and its two lengths agree. LOOK_MORE:
// block->total bytes are needed. LOOK_WRONG: it is no block.
static inline enum look look_at_block(const struct pcapng *pcapng, struct cursor window,
                                      struct block *block)
{
	const size_t left = cursor_left(&window);
	const struct span header = cursor_take(&window, BLOCK_HEADER);
	if (window.is_short)
		return look_more(block, BLOCK_HEADER);
	block->is_big_endian = pcapng->is_big_endian;
	if (span_u32_le(header, 0) == BLOCK_SECTION) {
		const struct span magic = cursor_take(&window, 4);
		if (window.is_short)
			return look_more(block, BLOCK_FRAME);
		block->is_big_endian = span_u32(magic, 0) == byte_order_magic;
		if (!block->is_big_endian && span_u32_le(magic, 0) != byte_order_magic)
			return look_wrong(block, "a section header of unknown byte order");
		window.at = magic.bytes;
	}
	const bool big = block->is_big_endian;
	block->type = reader_u32(big, header, 0);
	block->length = reader_u32(big, header, 4);
	block->total = ((size_t)block->length + 3) / 4 * 4;
	if (block->length < BLOCK_FRAME)
		return look_wrong(block, "a block of impossible length");
	if (block->total > left)
		return LOOK_MORE;
	block->body = cursor_take(&window, block->total - BLOCK_FRAME);
	if (reader_u32(big, cursor_take(&window, 4), 0) != block->length)
		return look_wrong(block, lengths_differ);
	return LOOK_WHOLE;
}

static void begin_section(struct pcapng *pcapng, struct stream *stream, const struct block *block)
{
	const uint64_t offset = stream_offset(stream);
	if (block->body.length < SECTION_BODY_MIN) {
		stream_damage(stream, offset, "the section header is too short");
		return;
	}
	pcapng->is_big_endian = block->is_big_endian;
	pcapng->interface_count = 0;
	pcapng->time_ns = 0;
	pcapng_drops_end_section(&pcapng->drops);
	const uint16_t major = reader_u16(block->is_big_endian, block->body, 4);
	const uint16_t minor = reader_u16(block->is_big_endian, block->body, 6);
	pcapng->is_readable = major == 1 && (minor == 0 || minor == 2);
	if (!pcapng->is_readable)
		stream_damage_passed(stream, offset, "a section of an unknown version is skipped");
}

static bool has_room_for_interface(struct pcapng *pcapng)
{
	if (pcapng->interface_count < pcapng->interface_room)
		return true;
	const uint32_t room = pcapng->interface_room == 0 ? 4 : 2 * pcapng->interface_room;
	struct pcapng_interface *more = memory_resize(pcapng->interfaces, room,
	                                              sizeof *pcapng->interfaces);
	if (more == NULL)
		return false;
	pcapng->interfaces = more;
	pcapng->interface_room = room;
	return true;
}

static void add_interface(struct pcapng *pcapng, struct stream *stream, const struct block *block)
{
	struct pcapng_interface interface;
	const uint64_t offset = stream_offset(stream);
	if (pcapng->interface_count == INTERFACES_MAX)
		stream_damage(stream, offset, "the section has more than %u interfaces",
		              (unsigned)INTERFACES_MAX);
	else if (!pcapng_interface_read(block->is_big_endian, block->body, &interface))
		stream_damage(stream, offset, "the interface description contradicts itself");
	else if (!has_room_for_interface(pcapng))
		stream_out_of_memory(stream);
	else
		pcapng->interfaces[pcapng->interface_count++] = interface;
}

static inline const struct pcapng_interface *find_interface(const struct pcapng *pcapng,
                                                            uint32_t index)
{
	const bool is_known = index < pcapng->interface_count;
	return is_known ? &pcapng->interfaces[index] : &pcapng_interface_unknown;
}

// Enhanced and obsolete packet blocks. False if the captured bytes are not there.
static inline bool cut_packet(const struct pcapng *pcapng, const struct block *block,
                              struct frame *frame)
{
	struct cursor c = cursor_over(block->body);
	const struct span header = cursor_take(&c, PACKET_BODY_MIN);
	if (c.is_short)
		return false;
	const bool big = block->is_big_endian;
	const uint32_t index = block->type == BLOCK_PACKET ? reader_u32(big, header, 0)
	                                                   : reader_u16(big, header, 0);
	const struct pcapng_interface *interface = find_interface(pcapng, index);
	const uint32_t high = reader_u32(big, header, 4), low = reader_u32(big, header, 8);
	*frame = (struct frame){
		.time_ns = pcapng_interface_time(interface, (uint64_t)high << 32 | low),
		.length_wire = reader_u32(big, header, 16),
		.link_type = interface->link_type,
		.time_digits = interface->time_digits,
		.captured = cursor_take(&c, reader_u32(big, header, 12)),
	};
	return !c.is_short;
}

// Simple packet blocks do not say how much was captured: as much as the snapshot
// length allows, or as there is.
static bool cut_simple_packet(const struct pcapng *pcapng, const struct block *block,
                              uint64_t time_ns, struct frame *frame)
{
	struct cursor c = cursor_over(block->body);
	const struct span header = cursor_take(&c, 4);
	if (c.is_short)
		return false;
	const struct pcapng_interface *interface = find_interface(pcapng, 0);
	const uint32_t wire = reader_u32(block->is_big_endian, header, 0);
	size_t captured = wire < cursor_left(&c) ? wire : cursor_left(&c);
	if (interface->snapshot_length > 0 && interface->snapshot_length < captured)
		captured = interface->snapshot_length;
	*frame = (struct frame){
		.time_ns = time_ns,
		.length_wire = wire,
		.link_type = interface->link_type,
		.captured = cursor_take(&c, captured),
	};
	return true;
}

static bool is_used(uint32_t type)
{
	return is_packet(type) || type == BLOCK_SECTION || type == BLOCK_INTERFACE;
}

// Goes over a block that is larger than the window may become.
static bool skip_block(struct stream *stream, const struct block *block)
{
	const uint64_t offset = stream_offset(stream);
	if (is_used(block->type)) {
		stream_damage(stream, offset, "the block claims %u bytes, more than %u",
		              block->length, (unsigned)STREAM_NEED_MAX);
		return false;
	}
	if (!stream_skip(stream, block->total - 4) || !stream_need(stream, 4)) {
		stream_break_off(stream, offset, "a block");
		return false;
	}
	const struct span total = cursor_take(&stream->window, 4);
	if (reader_u32(block->is_big_endian, total, 0) == block->length)
		return true;
	stream_damage(stream, offset, "%s", lengths_differ);
	return false;
}

// Brings what block->total asks for into the window. False if there is no going on.
static bool fetch_block(struct stream *stream, const struct block *block)
{
	const uint64_t offset = stream_offset(stream);
	if (block->total > STREAM_NEED_MAX)
		return skip_block(stream, block);
	if (stream_need(stream, block->total))
		return true;
	if (cursor_left(&stream->window) > 0)
		stream_break_off(stream, offset, "a block");
	return false;
}

static void note_untimed(struct pcapng *pcapng, const struct stream *stream,
                         const struct cursor *window)
{
	if (pcapng->has_untimed)
		return;
	pcapng->has_untimed = true;
	pcapng->untimed = stream_offset(stream) + (uint64_t)(window->at - stream->window.at);
}

// What a packet says of those that were lost before it. Most say nothing, and cost no more than
// that.
static inline void note_drops(struct pcapng_drops *drops, const struct block *block,
                              size_t captured)
{
	const size_t behind = block->body.length - PACKET_BODY_MIN - captured;
	if (block->type != BLOCK_PACKET)
		pcapng_drops_note_field(drops, reader_u16(block->is_big_endian, block->body, 2));
	else if (behind >= PCAPNG_DROPCOUNT_MIN)
		pcapng_drops_note_packet(drops, block->is_big_endian, block->body,
		                         PACKET_BODY_MIN + captured);
}

// Cuts frames as long as one packet block follows another.
static size_t cut_frames(struct pcapng *pcapng, struct stream *stream, struct frame *frames,
                         size_t frames_max)
{
	const struct pcapng constants = *pcapng;  // which writing frames does not change
	struct cursor window = stream->window;
	size_t count = 0;
	struct block block;
	if (!pcapng->is_readable)
		return 0;
	while (count < frames_max && look_at_block(&constants, window, &block) == LOOK_WHOLE &&
	       is_packet(block.type)) {
		if (block.type != BLOCK_PACKET_SIMPLE) {
			if (!cut_packet(&constants, &block, &frames[count]))
				break;
			note_drops(&pcapng->drops, &block, frames[count].captured.length);
		} else {
			const uint64_t time_ns = count > 0 ? frames[count - 1].time_ns
			                                   : constants.time_ns;
			if (!cut_simple_packet(&constants, &block, time_ns, &frames[count]))
				break;
			if (time_ns == 0)
				note_untimed(pcapng, stream, &window);
		}
		window.at += block.total;
		count++;
	}
	stream->window.at = window.at;
	if (count > 0)
		pcapng->time_ns = frames[count - 1].time_ns;
	return count;
}

static void report_untimed(const struct pcapng *pcapng, struct stream *stream)
{
	struct error worse;
	if (pcapng->has_untimed && !stream_report(stream, &worse))
		stream_damage_passed(stream, pcapng->untimed,
		                     "a simple packet block has no time, nor a packet before it; "
		                     "such packets count on 1970-01-01");
}

// Its magic number would be the type of a block that nobody knows, and its version the length.
static bool is_other_capture(struct cursor window)
{
	const struct span rest = { window.at, cursor_left(&window) };
	return reader_begins(rest) && !pcapng_recognise(rest);
}

// The block at which cut_frames() stopped. False if there is no going on.
static bool step_over(struct pcapng *pcapng, struct stream *stream)
{
	struct block block = { 0 };
	const uint64_t offset = stream_offset(stream);
	if (is_other_capture(stream->window)) {
		report_untimed(pcapng, stream);
		stream_damage(stream, offset, "another capture begins");
		return false;
	}
	const enum look look = look_at_block(pcapng, stream->window, &block);
	if (look == LOOK_MORE)
		return fetch_block(stream, &block);
	if (look == LOOK_WRONG)
		stream_damage(stream, offset, "%s", block.wrong);
	else if (block.type == BLOCK_SECTION)
		begin_section(pcapng, stream, &block);
	else if (!pcapng->is_readable)
		;  // whatever it is, it is skipped
	else if (is_packet(block.type))
		stream_damage(stream, offset, "a packet block holds less than it claims");
	else if (block.type == BLOCK_INTERFACE)
		add_interface(pcapng, stream, &block);
	else if (block.type == BLOCK_STATISTICS &&
	         !pcapng_drops_note(&pcapng->drops, block.is_big_endian, block.body,
	                            pcapng->interface_count))
		stream_out_of_memory(stream);
	if (stream_is_stopped(stream))
		return false;
	stream->window.at += block.total;
	return true;
}

static size_t pcapng_next(void *state, struct stream *stream, struct frame *frames,
                          size_t frames_max)
{
	size_t count;
	do {
		count = cut_frames(state, stream, frames, frames_max);
	} while (count == 0 && step_over(state, stream));
	if (count == 0)
		report_untimed(state, stream);
	return count;
}

static void *pcapng_open(struct stream *stream)
{
	(void)stream;  // there is no file header: the first block begins a section
	return memory_new(1, sizeof(struct pcapng));
}

static void pcapng_close(void *state)
{
	struct pcapng *pcapng = state;
	memory_free(pcapng->interfaces);
	pcapng_drops_done(&pcapng->drops);
	memory_free(pcapng);
}

static void pcapng_drops(const void *state, struct capture_drops *out)
{
	const struct pcapng *pcapng = state;
	pcapng_drops_sum(&pcapng->drops, out);
}

const struct reader_format reader_pcapng = {
	.name = "pcapng",
	.recognise = pcapng_recognise,
	.open = pcapng_open,
	.close = pcapng_close,
	.next = pcapng_next,
	.drops = pcapng_drops,
};
