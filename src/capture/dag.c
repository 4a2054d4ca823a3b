// SPDX-License-Identifier: MIT
// What DAG cards wrote before ERF ("legacy DAG"; layouts as libtrace has them). Every
// record is 64 bytes and begins with the time, as in ERF: 2^-32 parts of a second
// and seconds, little-endian. Then
//    Ethernet          8  length on the wire (2, big-endian);  10  frame (54)
//    ATM               8  checksum (4); 12  header of the cell (4);  16  cell (48)
//    packet over SONET 8  captured length (4), length on the wire (4);  16  frame (48)
//
// There is no magic number, and the record does not say which of the three it is. A
// file is taken for one of them if its first 32 records (at least 4) are in order of
// time and at least half of them (at least 4) have an IPv4 header where it belongs:
// behind LLC and SNAP, which stand in the first cell of a frame; behind an Ethernet
// header; behind PPP or Cisco HDLC. ATM is tried first: it would fit Ethernet too,
// if aa:aa:03:00:00:00 were an address that a card can have.
//
// The length on the wire of packet over SONET is not used: sources differ on its byte
// order. Not read at all: records of ATM headers alone (Auckland VII), which hold no
// packet, and those of NZIX-I, whose times do not say on which day they begin.
#include "base/memory.h"
#include "capture/fixed.h"

enum { RECORD = 64, TIME_DIGITS = 9 };

enum {
	LINKTYPE_ETHERNET = 1,
	LINKTYPE_PPP_HDLC = 50,
	LINKTYPE_ATM_RFC1483 = 100,
	LINKTYPE_C_HDLC = 104,
};

// The link type of a record; LINK_TYPE_UNKNOWN if it does not say. *is_ip: there is
// an IPv4 header behind it.
typedef uint16_t link_check(struct span record, bool *is_ip);

struct dag {
	const struct layout *layout;
};

static bool is_ipv4(struct span record, size_t at)
{
	return span_u8(record, at) >= 0x45 && span_u8(record, at) <= 0x4f;
}

static uint16_t check_ethernet(struct span record, bool *is_ip)
{
	*is_ip = span_u16(record, 22) == 0x0800 && is_ipv4(record, 24) &&
	         span_u16(record, 8) >= 14 + 20;
	return LINKTYPE_ETHERNET;
}

static uint16_t check_atm(struct span record, bool *is_ip)
{
	*is_ip = span_u32(record, 16) == 0xaaaa0300 && span_u32(record, 20) == 0x0800 &&
	         is_ipv4(record, 24);
	return span_u32(record, 16) >> 8 == 0xaaaa03 ? LINKTYPE_ATM_RFC1483 : LINK_TYPE_UNKNOWN;
}

static uint16_t check_sonet(struct span record, bool *is_ip)
{
	const uint16_t start = span_u16(record, 16), protocol = span_u16(record, 18);
	const bool is_ppp = start == 0xff03, is_cisco = start == 0x0f00 || start == 0x8f00;
	*is_ip = ((is_ppp && protocol == 0x0021) || (is_cisco && protocol == 0x0800)) &&
	         is_ipv4(record, 20);
	return is_ppp ? LINKTYPE_PPP_HDLC : is_cisco ? LINKTYPE_C_HDLC : LINK_TYPE_UNKNOWN;
}

static const struct layout {
	link_check *check;
	size_t frame_at;
	bool has_wire_length;
} layouts[] = {
	{ check_atm, 16, false },  // before Ethernet: see above
	{ check_ethernet, 10, true },
	{ check_sonet, 16, false },
};

static bool fits(const struct layout *layout, struct span head)
{
	struct cursor c = cursor_over(head);
	uint64_t previous_s = 0;
	unsigned records = 0, with_ip = 0;
	while (records < FIXED_RECORDS_TO_LOOK_AT && cursor_left(&c) >= RECORD &&
	       !fixed_is_over(&c)) {
		const struct span record = cursor_take(&c, RECORD);
		bool is_ip;
		layout->check(record, &is_ip);
		if (!reader_can_follow(span_u32_le(record, 4), previous_s, FIXED_AHEAD_MAX))
			return false;
		previous_s = span_u32_le(record, 4);
		with_ip += is_ip;
		records++;
	}
	return with_ip >= FIXED_RECORDS_MIN && with_ip * 2 >= records;
}

static const struct layout *find_layout(struct span head)
{
	for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++)
		if (fits(&layouts[i], head))
			return &layouts[i];
	return NULL;
}

static bool dag_recognise(struct span head)
{
	return find_layout(head) != NULL;
}

static void *dag_open(struct stream *stream)
{
	struct dag *dag = memory_new(1, sizeof *dag);
	if (dag == NULL)
		return NULL;
	dag->layout = find_layout((struct span){ stream->window.at, cursor_left(&stream->window) });
	assert(dag->layout != NULL);  // or it would not have been recognised
	return dag;
}

static void cut_frame(const struct layout *layout, struct span record, struct frame *frame)
{
	bool is_ip;
	const uint64_t parts = span_u32_le(record, 0), seconds = span_u32_le(record, 4);
	struct span captured = span_from(record, layout->frame_at);
	uint32_t wire = (uint32_t)captured.length;
	if (layout->has_wire_length)
		wire = span_u16(record, 8);
	if (captured.length > wire)
		captured.length = wire;
	*frame = (struct frame){
		.time_ns = seconds * 1000000000 +
		           ((parts * 1000000000 + (UINT64_C(1) << 31)) >> 32),
		.length_wire = wire,
		.link_type = layout->check(record, &is_ip),
		.time_digits = TIME_DIGITS,
		.captured = captured,
	};
}

static size_t dag_next(void *state, struct stream *stream, struct frame *frames, size_t frames_max)
{
	const struct dag *dag = state;
	size_t count = 0;
	if (!fixed_fetch(stream, RECORD))
		return 0;
	while (count < frames_max && cursor_left(&stream->window) >= RECORD &&
	       !fixed_is_over(&stream->window))
		cut_frame(dag->layout, cursor_take(&stream->window, RECORD), &frames[count++]);
	return count;
}

const struct reader_format reader_dag = {
	.name = "dag",
	.recognise = dag_recognise,
	.open = dag_open,
	.close = memory_free,
	.next = dag_next,
};
