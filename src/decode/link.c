// SPDX-License-Identifier: MIT
// Link layers: from the first captured byte to the IPv4 header.
//
// The table at the end has one line a LINKTYPE (tcpdump.org/linktypes.html) and
// one small function each. To add one, write a function that takes its header
// from a cursor and goes on with follow_ethertype() or follow_version().
#include "decode/layers.h"

enum {
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_VLAN = 0x8100,  // IEEE 802.1Q
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_QINQ = 0x88a8,       // IEEE 802.1ad
	ETHERTYPE_QINQ_9100 = 0x9100,  // pre-standard double tags
	ETHERTYPE_QINQ_9200 = 0x9200,
	ETHERTYPE_LENGTH_MAX = 1500,  // up to here it is a length, and LLC follows
};

static void stop(struct packet *packet, enum kind kind, uint16_t detail)
{
	packet->kind = (uint8_t)kind;
	packet->detail = detail;
}

static bool is_vlan(uint16_t ethertype)
{
	return ethertype == ETHERTYPE_VLAN || ethertype == ETHERTYPE_QINQ ||
	       ethertype == ETHERTYPE_QINQ_9100 || ethertype == ETHERTYPE_QINQ_9200;
}

// Skips tags in any depth: each consumes four bytes, so the frame's end is the limit.
static void follow_ethertype(struct cursor *c, uint16_t ethertype, struct packet *packet)
{
	while (is_vlan(ethertype)) {
		const struct span tag = cursor_take(c, 4);
		if (c->is_short) {
			stop(packet, KIND_CUT_SHORT, 0);
			return;
		}
		ethertype = span_u16(tag, 2);
	}
	if (ethertype == ETHERTYPE_IPV4)
		decode_ipv4((struct span){ c->at, cursor_left(c) }, packet);
	else if (ethertype == ETHERTYPE_IPV6)
		stop(packet, KIND_IPV6, 0);
	else
		stop(packet, KIND_NOT_IP, ethertype > ETHERTYPE_LENGTH_MAX ? ethertype : 0);
}

static void decode_ethernet(struct span frame, struct packet *packet)
{
	struct cursor c = cursor_over(frame);
	const struct span header = cursor_take(&c, 14);
	if (c.is_short) {
		stop(packet, KIND_CUT_SHORT, 0);
		return;
	}
	follow_ethertype(&c, span_u16(header, 12), packet);
}

// Linux cooked capture: packet type, ARPHRD type, address length, address, protocol.
static void decode_linux_cooked(struct span frame, struct packet *packet)
{
	struct cursor c = cursor_over(frame);
	const struct span header = cursor_take(&c, 16);
	if (c.is_short) {
		stop(packet, KIND_CUT_SHORT, 0);
		return;
	}
	follow_ethertype(&c, span_u16(header, 14), packet);
}

// Version 2 has the protocol in front.
static void decode_linux_cooked_2(struct span frame, struct packet *packet)
{
	struct cursor c = cursor_over(frame);
	const struct span header = cursor_take(&c, 20);
	if (c.is_short) {
		stop(packet, KIND_CUT_SHORT, 0);
		return;
	}
	follow_ethertype(&c, span_u16(header, 0), packet);
}

static void decode_raw(struct span frame, struct packet *packet)
{
	if (frame.length == 0) {
		stop(packet, KIND_CUT_SHORT, 0);
		return;
	}
	const unsigned version = span_u8(frame, 0) >> 4;
	if (version == 6)
		stop(packet, KIND_IPV6, 0);
	else
		decode_ipv4(frame, packet);
}

// BSD loopback: the address family in the byte order of the machine that
// captured. AF_INET is 2 everywhere, AF_INET6 is 10, 24, 28 or 30.
static void decode_null(struct span frame, struct packet *packet)
{
	struct cursor c = cursor_over(frame);
	const struct span header = cursor_take(&c, 4);
	if (c.is_short) {
		stop(packet, KIND_CUT_SHORT, 0);
		return;
	}
	uint32_t family = span_u32_le(header, 0);
	if (family > 0xffff)
		family = span_u32(header, 0);
	if (family == 2)
		decode_ipv4((struct span){ c.at, cursor_left(&c) }, packet);
	else if (family == 10 || family == 24 || family == 28 || family == 30)
		stop(packet, KIND_IPV6, 0);
	else
		stop(packet, KIND_NOT_IP, 0);
}

static void decode_only_ipv6(struct span frame, struct packet *packet)
{
	(void)frame;
	stop(packet, KIND_IPV6, 0);
}

static const struct link_type link_types[] = {
	{ 0, "NULL", decode_null },
	{ 1, "ETHERNET", decode_ethernet },
	{ 101, "RAW", decode_raw },
	{ 108, "LOOP", decode_null },
	{ 113, "LINUX_SLL", decode_linux_cooked },
	{ 228, "IPV4", decode_ipv4 },
	{ 229, "IPV6", decode_only_ipv6 },
	{ 276, "LINUX_SLL2", decode_linux_cooked_2 },
};

const struct link_type *link_type_find(uint16_t number)
{
	for (size_t i = 0; i < sizeof link_types / sizeof *link_types; i++)
		if (link_types[i].number == number)
			return &link_types[i];
	return NULL;
}
