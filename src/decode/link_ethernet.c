// SPDX-License-Identifier: MIT
// Ethernet (IEEE 802.3) and what EtherTypes and LLC (IEEE 802.2) lead to: VLAN
// tags, MPLS (RFC 3032), PPPoE (RFC 2516), SNAP.
#include "decode/layers.h"

enum {
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_LENGTH_MAX = 1500,  // up to here it is a length, and LLC follows
};

// A tag of some bytes, of which the last two are the next EtherType.
static struct layer read_tag(struct cursor *c, uint32_t length, struct packet *packet)
{
	const struct span tag = cursor_take(c, length);
	return c->is_short ? link_cut(packet)
	                   : link_ethertype_or_length(c, span_u16(tag, length - 2), packet);
}

static const struct {
	uint16_t ethertype;
	struct layer next;
} ethertypes[] = {
	{ 0x8100, { read_tag, 4 } },    // VLAN, IEEE 802.1Q
	{ 0x88a8, { read_tag, 4 } },    // provider's VLAN, IEEE 802.1ad
	{ 0x9100, { read_tag, 4 } },    // VLAN in VLAN before the standard
	{ 0x9200, { read_tag, 4 } },    // the same
	{ 0x8926, { read_tag, 6 } },    // VN-Tag
	{ 0x893f, { read_tag, 8 } },    // E-Tag, IEEE 802.1BR
	{ 0x8847, { read_mpls, 0 } },   // MPLS
	{ 0x8848, { read_mpls, 0 } },   // MPLS, upstream labels (RFC 5332)
	{ 0x8864, { read_pppoe, 0 } },  // PPPoE session
	{ 0x880b, { read_ppp, 0 } },    // PPP
	{ 0x8870, { read_llc, 0 } },    // LLC in frames longer than a length can say
};

struct layer link_ethertype(struct cursor *c, uint16_t ethertype, struct packet *packet)
{
	if (ethertype == ETHERTYPE_IPV4)
		return link_ipv4(c, packet);
	if (ethertype == ETHERTYPE_IPV6)
		return link_ipv6(packet);
	for (size_t i = 0; i < sizeof ethertypes / sizeof *ethertypes; i++)
		if (ethertypes[i].ethertype == ethertype)
			return ethertypes[i].next;
	return link_not_ip(packet, REASON_ETHERTYPE, ethertype);
}

struct layer link_ethertype_or_length(struct cursor *c, uint16_t number, struct packet *packet)
{
	if (number <= ETHERTYPE_LENGTH_MAX)
		return (struct layer){ read_llc, 0 };
	return link_ethertype(c, number, packet);
}

// Cisco's ISL puts 26 bytes in front of a frame: its group address, a length, LLC, VLAN.
static bool is_isl(struct span header)
{
	return (span_u32(header, 0) == 0x01000c00 || span_u32(header, 0) == 0x03000c00) &&
	       span_u8(header, 4) == 0 && span_u8(header, 5) >> 4 == 0;
}

struct layer read_ethernet(struct cursor *c, uint32_t before, struct packet *packet)
{
	cursor_take(c, before);
	const struct span header = cursor_take(c, 14);
	if (c->is_short)
		return link_cut(packet);
	const uint16_t number = span_u16(header, 12);
	if (number <= ETHERTYPE_LENGTH_MAX && is_isl(header))
		return (struct layer){ read_ethernet, 26 - 14 };
	return link_ethertype_or_length(c, number, packet);
}

// The stack of labels ends where the bottom bit is set; no field says what follows, but
// pseudowires begin with four zero bits (RFC 4385) so that they are told from IP.
struct layer read_mpls(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span label = cursor_take(c, 4);
	if (c->is_short)
		return link_cut(packet);
	const bool is_bottom = span_u8(label, 2) & 1;
	return is_bottom ? link_payload(c, packet) : (struct layer){ read_mpls, 0 };
}

struct layer read_pppoe(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span header = cursor_take(c, 6);
	if (c->is_short)
		return link_cut(packet);
	if (span_u8(header, 0) != 0x11)  // version 1, type 1
		return link_malformed(packet);
	const uint8_t code = span_u8(header, 1);  // 0: session data
	if (code != 0)
		return link_not_ip(packet, REASON_LINK_CONTROL, code);
	return (struct layer){ read_ppp, 0 };
}

// Organisation and protocol. 0000f8 is Cisco's and 000000 everybody's EtherTypes;
// 0080c2 is IEEE 802.1's bridged frames (RFC 2684, RFC 2427).
struct layer read_snap(struct cursor *c, uint32_t padding, struct packet *packet)
{
	const struct span header = cursor_take(c, 5);
	if (c->is_short)
		return link_cut(packet);
	const uint32_t organisation = span_u32(header, 0) >> 8;
	const uint16_t protocol = span_u16(header, 3);
	if (organisation == 0x000000 || organisation == 0x0000f8)
		return link_ethertype(c, protocol, packet);
	if (organisation == 0x0080c2 && (protocol == 1 || protocol == 7))  // with FCS, without
		return (struct layer){ read_ethernet, padding };
	return link_not_ip(packet, REASON_SNAP, organisation);
}

struct layer read_llc(struct cursor *c, uint32_t padding, struct packet *packet)
{
	const struct span header = cursor_take(c, 3);
	if (c->is_short)
		return link_cut(packet);
	const uint8_t to = span_u8(header, 0), from = span_u8(header, 1) & 0xfe;
	const bool is_unnumbered = span_u8(header, 2) == 0x03;
	if (is_unnumbered && to == 0xaa && from == 0xaa)
		return (struct layer){ read_snap, padding };
	if (is_unnumbered && to == 0x06 && from == 0x06)
		return link_ipv4(c, packet);
	if (is_unnumbered && to == 0xfe && from == 0xfe)
		return (struct layer){ read_nlpid, 0 };
	return link_not_ip(packet, REASON_LLC_SAP, to);
}
