// SPDX-License-Identifier: MIT
// ERF has no magic number. A file is taken for it if its first records show enough: each is of a
// type that exists and ends where the next one begins, and some of them hold what their type says,
// or follow each other in time. Points are given for what random bytes hardly have:
//    3  a frame with IP in it, as in frames of that kind; once in a million bytes there
//    1  what such frames begin with, but nothing of IP; once in some hundred
//    1  captured between 1990 and 2100, and at most a year later and two seconds earlier than the
//       record before it (several interfaces are in no strict order); once in some hundred
//    2  the file ends with the record; once in 65,536
// Three points are enough. Records of metadata, in which the cards' drivers note where and how
// they capture, may come first, in any number.
//
// A record that cannot be ends the search: what came before it decides. So a file is read that is
// damaged, or goes on as something else, behind some good records; one that is cut off in its
// first record is refused, and so is what begins with a type that is for everybody's own use.
//
// The two bytes between the header of an Ethernet record and the frame do not say where the frame
// begins: see erf_record.c. Programs leave them zero, and that is a point.
#include "capture/erf_record.h"

enum {
	RECORDS_TO_LOOK_AT = 64,
	POINTS_ENOUGH = 3,
	POINTS_IP = 3,
	POINTS_START = 1,
	POINTS_IN_ORDER = 1,
	POINTS_AT_END = 2,
	TIME_AHEAD_MAX = 366 * 24 * 3600,  // seconds
	FLAG_VARYING = 0x04,
	FLAG_RESERVED = 0x80,
	IPV4_HEADER = 20,
	IPV6_HEADER = 40,
	ETHERNET_TAGS_MAX = 4,
};

enum {
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_ARP = 0x0806,
	ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_SERVICE_VLAN = 0x88a8,
};

static bool is_vlan(uint16_t ethertype)
{
	return ethertype == ETHERTYPE_VLAN || ethertype == ETHERTYPE_SERVICE_VLAN;
}

// Whether `rest` begins as a packet of that type does, as far as it was captured.
static bool holds(uint16_t ethertype, struct span rest)
{
	if (rest.length < 4)
		return false;
	const unsigned first = span_u8(rest, 0);
	switch (ethertype) {
	case ETHERTYPE_IPV4: return first >= 0x45 && first <= 0x4f;
	case ETHERTYPE_IPV6: return first >> 4 == 6;
	case ETHERTYPE_ARP: return span_u16(rest, 2) == ETHERTYPE_IPV4;
	default: return false;
	}
}

static int weigh_ethertype(uint16_t ethertype, struct span rest)
{
	for (int tags = 0; tags < ETHERNET_TAGS_MAX && is_vlan(ethertype); tags++) {
		if (rest.length < 4)
			return 0;
		ethertype = span_u16(rest, 2);
		rest = span_from(rest, 4);
	}
	return holds(ethertype, rest) ? POINTS_IP : 0;
}

static int weigh_ethernet(const struct erf_record *record, struct span frame)
{
	if (frame.length < 14)
		return 0;
	const int weight = weigh_ethertype(span_u16(frame, 12), span_from(frame, 14));
	const bool is_zero = span_u16(record->bytes, record->header - 2) == 0;
	return weight == 0 && is_zero ? POINTS_START : weight;
}

static int weigh_hdlc(struct span frame)
{
	if (frame.length < 4)
		return 0;
	const uint16_t start = span_u16(frame, 0), protocol = span_u16(frame, 2);
	const struct span rest = span_from(frame, 4);
	if (start == 0x0f00 || start == 0x8f00)
		return holds(protocol, rest) ? POINTS_IP : POINTS_START;
	if (start == 0xff03)
		return protocol == 0x0021 || protocol == 0x0057 ? POINTS_IP : POINTS_START;
	return 0;
}

static int weigh_aal5(struct span frame)
{
	const struct span llc = span_from(frame, 4);  // behind the header of the cell
	if (llc.length < 8 || span_u32(llc, 0) != 0xaaaa0300)
		return 0;
	const bool is_ip = span_u16(llc, 4) == 0 && holds(span_u16(llc, 6), span_from(llc, 8));
	return is_ip ? POINTS_IP : POINTS_START;
}

// Of any packets four in a hundred begin so, and their lengths have to fit.
static int weigh_ip(const struct erf_record *record, struct span frame)
{
	const bool is_v6 = record->payload == ERF_IPV6;
	if (frame.length < IPV4_HEADER || !holds(is_v6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4, frame))
		return 0;
	const unsigned length = is_v6 ? span_u16(frame, 4) + IPV6_HEADER : span_u16(frame, 2);
	return length >= IPV4_HEADER && length <= record->wire ? POINTS_START : 0;
}

// Tags of type 2, length 2 and a value padded to 4 bytes, that fill the record. Type 0 is
// padding, without a length.
static int weigh_meta(struct span body)
{
	struct cursor c = cursor_over(body);
	unsigned tags = 0;
	while (cursor_left(&c) >= 4) {
		const struct span tag = cursor_take(&c, 4);
		if (span_u16(tag, 0) == 0)
			continue;
		const size_t length = span_u16(tag, 2);
		cursor_take(&c, length + -length % 4);
		tags++;
	}
	return tags > 0 && !c.is_short ? POINTS_START : 0;
}

static int weigh(const struct erf_record *record)
{
	const struct span frame = span_from(record->bytes, record->header);
	switch (record->payload) {
	case ERF_ETHERNET: return weigh_ethernet(record, frame);
	case ERF_HDLC: return weigh_hdlc(frame);
	case ERF_ATM:
	case ERF_AAL5: return weigh_aal5(frame);
	case ERF_IPV4:
	case ERF_IPV6: return weigh_ip(record, frame);
	case ERF_META: return weigh_meta(frame);
	case ERF_UNDEFINED:
	case ERF_OTHER:
	case ERF_LOCAL:
	case ERF_PAD: break;
	}
	return 0;
}

// Records of varying lengths have no more than 16 bytes of padding.
static bool has_fitting_length(const struct erf_record *record)
{
	if (record->payload == ERF_META || record->payload == ERF_OTHER)
		return true;
	const bool is_tight = record->total - record->header <= record->wire + 16u;
	return record->wire > 0 && (is_tight || (record->flags & FLAG_VARYING) == 0);
}

static bool can_be(const struct erf_record *record)
{
	return record->payload == ERF_PAD ||
	       (record->payload != ERF_LOCAL && (record->flags & FLAG_RESERVED) == 0 &&
	        has_fitting_length(record));
}

// Of a record that can be. Of one whose time cannot be nothing is believed.
static int points_of(const struct erf_record *record, uint64_t previous_s)
{
	const uint64_t seconds = record->time >> 32;
	if (!reader_can_follow(seconds, 0, TIME_AHEAD_MAX))
		return 0;
	const bool is_in_order = previous_s != 0 &&
	                         reader_can_follow(seconds, previous_s, TIME_AHEAD_MAX);
	return weigh(record) + (is_in_order ? POINTS_IN_ORDER : 0);
}

bool erf_recognise(struct span head)
{
	struct cursor window = cursor_over(head);
	uint64_t previous_s = 0;
	int points = 0;
	unsigned records = 0;
	while (records < RECORDS_TO_LOOK_AT && points < POINTS_ENOUGH) {
		struct erf_record record = { 0 };
		if (erf_look(window, &record) != ERF_WHOLE || !can_be(&record))
			break;
		cursor_take(&window, record.total);
		if (record.payload == ERF_PAD)
			continue;
		points += points_of(&record, previous_s);
		if (cursor_left(&window) == 0)
			points += POINTS_AT_END;
		previous_s = record.time >> 32;
		records++;
	}
	return points >= POINTS_ENOUGH;
}
