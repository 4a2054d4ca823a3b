// SPDX-License-Identifier: MIT
// Frames of every link type that hotaru reads.
//
// Input: two bytes choose the link type from the table, or one that is not in
// it; the rest is the frame. The same bytes are then decoded in one row with
// all other link types, and cut at every length.
#include "check_packet.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { LINKS_MAX = 256, LENGTH_MAX = 2048 };

static uint16_t links[LINKS_MAX];
static size_t link_count;

void fuzz_setup(void)
{
	for (uint32_t number = 0; number <= UINT16_MAX && link_count < LINKS_MAX; number++)
		if (decode_knows_link((uint16_t)number))
			links[link_count++] = (uint16_t)number;
}

static struct packet decode_one(const struct frame *frame)
{
	struct packet packet;
	decode_frames(frame, 1, &packet);
	check_packet(frame, &packet);
	return packet;
}

// A packet without a length of its own ends where the capture does; and without
// its end a frame cannot be malformed by it.
static void check_cut(const struct frame *whole, const struct packet *packet)
{
	if (packet->ip.length >= 20 && packet->length == 0)
		return;
	for (size_t length = 0; length < whole->captured.length; length++) {
		struct frame frame = *whole;
		uint8_t *bytes = fuzz_room(length);
		if (length > 0)
			memcpy(bytes, whole->captured.bytes, length);
		frame.captured = (struct span){ bytes, length };
		const struct packet cut = decode_one(&frame);
		// NFLOG: cut between two attributes it is a record without a packet.
		REQUIRE(cut.kind == packet->kind || cut.kind == KIND_CUT_SHORT ||
		        cut.reason == REASON_NO_PACKET);
		if (kind_is_packet(cut.kind))
			REQUIRE(cut.source == packet->source && (cut.known & ~packet->known) == 0);
		free(bytes);
	}
}

static void check_row(const struct frame *frame)
{
	struct frame frames[LINKS_MAX + 2] = { { .time_ns = 0 } };
	struct packet packets[LINKS_MAX + 2];
	const size_t count = link_count + 2;
	for (size_t i = 0; i < count; i++) {
		frames[i] = *frame;
		frames[i].time_ns = i;
		frames[i].link_type = i < link_count ? links[i] : (uint16_t)(UINT16_MAX - i);
	}
	decode_frames(frames, count, packets);
	for (size_t i = 0; i < count; i++) {
		const struct packet alone = decode_one(&frames[i]);
		const uint8_t *bytes = frame->captured.bytes;
		REQUIRE(same_packet(&packets[i], bytes, &alone, bytes));
	}
}

void fuzz_one(struct span input)
{
	const uint16_t choice = fuzz_u16(&input);
	if (input.length > LENGTH_MAX)
		return;
	const struct frame frame = {
		.time_ns = 1,
		.length_wire = (uint32_t)input.length,
		.link_type = choice == UINT16_MAX ? choice : links[choice % link_count],
		.captured = input,
	};
	const struct packet packet = decode_one(&frame);
	check_row(&frame);
	if (input.length <= 160)
		check_cut(&frame, &packet);
	(void)decode_is_simulated(&frame);
}
