// SPDX-License-Identifier: MIT
// IEEE 802.11, and the headers in which receivers say what they measured: radiotap
// (radiotap.org), Prism, AVS. Frame check sequences at the end need no care: they lie
// behind the packet's total length.
#include "decode/layers.h"

enum { TYPE_MANAGEMENT = 0, TYPE_CONTROL = 1, TYPE_DATA = 2, TYPE_EXTENSION = 3 };
enum { SUBTYPE_NO_DATA = 0x4, SUBTYPE_QOS = 0x8 };
enum { FLAG_TO_DS = 0x01, FLAG_FROM_DS = 0x02, FLAG_PROTECTED = 0x40, FLAG_ORDER = 0x80 };
enum { QOS_AGGREGATE = 0x80 };

struct header_lengths {
	size_t qos_at, length;
};

// Frame control 2, duration 2, three addresses, sequence 2; then a fourth address between
// access points, QoS control, and HT control in QoS frames with the order flag.
static struct header_lengths lengths_of(uint8_t subtype, uint8_t flags)
{
	const bool has_four = (flags & FLAG_TO_DS) && (flags & FLAG_FROM_DS);
	const bool has_qos = subtype & SUBTYPE_QOS;
	const bool has_ht = has_qos && (flags & FLAG_ORDER);
	const size_t qos_at = has_four ? 30 : 24;
	return (struct header_lengths){ qos_at, qos_at + (has_qos ? 2 : 0) + (has_ht ? 4 : 0) };
}

static struct layer read_data(struct cursor *c, uint8_t subtype, uint8_t flags, bool is_padded,
                              struct packet *packet)
{
	if (subtype & SUBTYPE_NO_DATA)
		return link_not_ip(packet, REASON_WIFI_NO_DATA, subtype);
	if (flags & FLAG_PROTECTED)
		return link_not_ip(packet, REASON_WIFI_PROTECTED, 0);
	const struct header_lengths h = lengths_of(subtype, flags);
	const struct span header = cursor_take(c, h.length - 2);
	if (c->is_short)
		return link_cut(packet);
	if ((span_u8(header, 22 - 2) & 0x0f) != 0)
		return link_not_ip(packet, REASON_FRAGMENT, 0);
	if (is_padded)
		cursor_take(c, (4 - h.length % 4) % 4);
	// Of several packets in one frame the first one counts: a frame is one packet. Its
	// addresses and length stand before it.
	if ((subtype & SUBTYPE_QOS) && (span_u8(header, h.qos_at - 2) & QOS_AGGREGATE))
		cursor_take(c, 14);
	return c->is_short ? link_cut(packet) : (struct layer){ read_llc, 0 };
}

// `is_padded`: the header is filled up to a multiple of four bytes.
struct layer read_wifi(struct cursor *c, uint32_t is_padded, struct packet *packet)
{
	const struct span control = cursor_take(c, 2);
	if (c->is_short)
		return link_cut(packet);
	const uint8_t first = span_u8(control, 0), subtype = first >> 4;
	if ((first & 0x03) != 0)  // version
		return link_malformed(packet);
	switch (first >> 2 & 0x03) {
	case TYPE_DATA: return read_data(c, subtype, span_u8(control, 1), is_padded != 0, packet);
	case TYPE_CONTROL: return link_not_ip(packet, REASON_WIFI_CONTROL, subtype);
	case TYPE_EXTENSION:  // beacons of other bands
	case TYPE_MANAGEMENT:
	default: return link_not_ip(packet, REASON_WIFI_MANAGEMENT, subtype);
	}
}

// The field with flags of the frame is the second one, behind a time of eight bytes, both
// aligned. `header` is all of the radiotap header. False: it lies outside.
static bool radiotap_flags(struct span header, uint8_t *out)
{
	enum { HAS_TIME = 1 << 0, HAS_FLAGS = 1 << 1 };
	const uint32_t present = span_u32_le(header, 4);
	size_t at = 8;
	bool has_more = present >> 31;
	for (; has_more && at + 4 <= header.length; at += 4)
		has_more = span_u32_le(header, at) >> 31;
	*out = 0;
	if (present & HAS_TIME)
		at = (at + 7) / 8 * 8 + 8;
	if (has_more || ((present & HAS_FLAGS) && at >= header.length))
		return false;
	if (present & HAS_FLAGS)
		*out = span_u8(header, at);
	return true;
}

// Version, length of the header, which fields are present, fields.
struct layer read_radiotap(struct cursor *c, uint32_t number, struct packet *packet)
{
	enum { IS_PADDED = 0x20 };
	const struct span rest = { c->at, cursor_left(c) };
	uint8_t flags;
	(void)number;
	if (rest.length < 8)
		return link_cut(packet);
	const size_t length = span_u16_le(rest, 2);
	if (span_u8(rest, 0) != 0 || length < 8)
		return link_malformed(packet);
	const struct span header = cursor_take(c, length);
	if (c->is_short)
		return link_cut(packet);
	if (!radiotap_flags(header, &flags))
		return link_malformed(packet);
	return (struct layer){ read_wifi, (flags & IS_PADDED) != 0 };
}

// A fixed length, unless its mark says that it is AVS.
struct layer read_prism(struct cursor *c, uint32_t number, struct packet *packet)
{
	const struct span rest = { c->at, cursor_left(c) };
	(void)number;
	if (rest.length >= 4 && (span_u32(rest, 0) & 0xfffff000) == 0x80211000)
		return (struct layer){ read_avs, 0 };
	cursor_take(c, 144);
	return c->is_short ? link_cut(packet) : (struct layer){ read_wifi, 0 };
}

// Mark with version, and length of the header.
struct layer read_avs(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span header = cursor_take(c, 8);
	if (c->is_short)
		return link_cut(packet);
	const size_t length = span_u32(header, 4);
	if (length < header.length)
		return link_malformed(packet);
	cursor_take(c, length - header.length);
	return c->is_short ? link_cut(packet) : (struct layer){ read_wifi, 0 };
}
