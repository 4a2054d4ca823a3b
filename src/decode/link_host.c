// SPDX-License-Identifier: MIT
// What operating systems put in front of packets: the address family, the device, the
// rule of a packet filter; and headers that name another link type.
#include "decode/layers.h"

// AF_INET is 2 everywhere; AF_INET6 is 10, 24, 28 or 30, on Solaris 26 (of IPNET only).
struct layer link_family(struct cursor *c, uint32_t family, struct packet *packet)
{
	if (family == 2)
		return link_ipv4(c, packet);
	if (family == 10 || family == 24 || family == 28 || family == 30)
		return link_ipv6(packet);
	return link_not_ip(packet, REASON_ADDRESS_FAMILY, family);
}

// In the byte order of the machine that captured, which nobody has written down.
static uint32_t family_at(struct span header, size_t at)
{
	const uint32_t family = span_u32_le(header, at);
	return family > 0xffff ? span_u32(header, at) : family;
}

// BSD loopback: the address family.
struct layer read_null(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span header = cursor_take(c, 4);
	return c->is_short ? link_cut(packet) : link_family(c, family_at(header, 0), packet);
}

// OpenBSD's packets within IPsec, decrypted: address family, SPI, flags.
struct layer read_enc(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span header = cursor_take(c, 12);
	return c->is_short ? link_cut(packet) : link_family(c, family_at(header, 0), packet);
}

// Length without the padding to four bytes, address family, then which rule it was.
struct layer read_pflog(struct cursor *c, uint32_t number, struct packet *packet)
{
	enum { LENGTH_MIN = 45 };  // of the oldest version
	(void)number;
	const struct span header = cursor_take(c, 2);
	if (c->is_short)
		return link_cut(packet);
	const size_t length = span_u8(header, 0);
	if (length < LENGTH_MIN)
		return link_malformed(packet);
	cursor_take(c, (length + 3) / 4 * 4 - 2);
	return c->is_short ? link_cut(packet) : link_family(c, span_u8(header, 1), packet);
}

// Solaris: version, address family, kind of hook, length, interfaces, zones.
struct layer read_ipnet(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span header = cursor_take(c, 24);
	if (c->is_short)
		return link_cut(packet);
	if (span_u8(header, 0) != 1)
		return link_malformed(packet);
	const uint8_t family = span_u8(header, 1);
	return family == 26 ? link_ipv6(packet) : link_family(c, family, packet);
}

// Attributes of a packet that netfilter has logged: length with these four bytes,
// type, value, padding to four bytes. Lengths and types are in the byte order of the
// machine, and no type is above 255: its zero byte shows the order.
static struct layer read_nflog_attribute(struct cursor *c, uint32_t family, struct packet *packet)
{
	enum { PAYLOAD = 9, FLAGS = 0xc0 };
	if (cursor_left(c) == 0)
		return link_not_ip(packet, REASON_NO_PACKET, 0);
	const struct span header = cursor_take(c, 4);
	if (c->is_short)
		return link_cut(packet);
	const bool is_little = (span_u8(header, 3) & ~FLAGS) == 0;
	const size_t length = is_little ? span_u16_le(header, 0) : span_u16(header, 0);
	const uint8_t type = span_u8(header, is_little ? 2 : 3);
	if (length < 4)
		return link_malformed(packet);
	if (type == PAYLOAD)
		return link_family(c, family, packet);
	cursor_take(c, (length + 3) / 4 * 4 - 4);
	return c->is_short ? link_cut(packet) : (struct layer){ read_nflog_attribute, family };
}

// Address family, version, and the number of the log group.
struct layer read_nflog(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span header = cursor_take(c, 4);
	if (c->is_short)
		return link_cut(packet);
	if (span_u8(header, 1) != 0)
		return link_malformed(packet);
	return (struct layer){ read_nflog_attribute, span_u8(header, 0) };
}

// The device says what follows where the protocol does not.
static struct layer cooked(struct cursor *c, uint16_t device, uint16_t protocol,
                           struct packet *packet)
{
	enum { FRAD = 770, WIFI = 801, PRISM = 802, RADIOTAP = 803, NETLINK = 824 };
	enum { PROTOCOL_LLC = 0x0004, PROTOCOL_WIFI = 0x0019, ETHERTYPE_MIN = 0x0600 };
	if (device == NETLINK)
		return link_not_ip(packet, REASON_DEVICE_TYPE, device);
	if (device == FRAD)
		return (struct layer){ read_frame_relay, 0 };
	if (device == RADIOTAP)
		return (struct layer){ read_radiotap, 0 };
	if (device == PRISM && protocol == PROTOCOL_WIFI)
		return (struct layer){ read_prism, 0 };
	if (device == WIFI && protocol == PROTOCOL_WIFI)
		return (struct layer){ read_wifi, 0 };
	if (protocol == PROTOCOL_LLC)
		return (struct layer){ read_llc, 0 };
	if (protocol < ETHERTYPE_MIN)
		return link_not_ip(packet, REASON_DEVICE_PROTOCOL, protocol);
	return link_ethertype(c, protocol, packet);
}

// Linux cooked capture: packet type, device, length of its address, address, protocol.
struct layer read_cooked(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span header = cursor_take(c, 16);
	return c->is_short ? link_cut(packet)
	                   : cooked(c, span_u16(header, 2), span_u16(header, 14), packet);
}

// Version 2 has the protocol in front, and the interface.
struct layer read_cooked_2(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span header = cursor_take(c, 20);
	return c->is_short ? link_cut(packet)
	                   : cooked(c, span_u16(header, 8), span_u16(header, 0), packet);
}

// Apple: length, type of what follows (1: a packet), its DLT; then interface and process.
struct layer read_pktap(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span header = cursor_take(c, 12);
	if (c->is_short)
		return link_cut(packet);
	const size_t length = span_u32_le(header, 0);
	if (length < header.length)
		return link_malformed(packet);
	if (span_u32_le(header, 4) != 1)
		return link_not_ip(packet, REASON_NO_PACKET, 0);
	cursor_take(c, length - header.length);
	return c->is_short ? link_cut(packet) : link_inner(span_u32_le(header, 8), packet);
}

// Version, flags, length, DLT; then what the receiver measured.
struct layer read_ppi(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span header = cursor_take(c, 8);
	if (c->is_short)
		return link_cut(packet);
	const size_t length = span_u16_le(header, 2);
	if (span_u8(header, 0) != 0 || length < header.length)
		return link_malformed(packet);
	cursor_take(c, length - header.length);
	return c->is_short ? link_cut(packet) : link_inner(span_u32_le(header, 4), packet);
}

static const struct {
	uint16_t protocol;
	struct layer next;
} tzsp_protocols[] = {
	{ 1, { read_ethernet, 0 } }, { 2, { read_token_ring, 0 } }, { 4, { read_ppp, 0 } },
	{ 5, { read_fddi, 0 } },     { 7, { read_ip, 0 } },         { 18, { read_wifi, 0 } },
	{ 119, { read_prism, 0 } },  { 127, { read_avs, 0 } },
};

// Tags: a type, and but for padding (0) and the end (1) a length and a value.
static struct layer read_tzsp_tag(struct cursor *c, uint32_t protocol, struct packet *packet)
{
	enum { PADDING = 0, END = 1 };
	const struct span tag = cursor_take(c, 1);
	if (c->is_short)
		return link_cut(packet);
	const uint8_t type = span_u8(tag, 0);
	if (type != PADDING && type != END) {
		const struct span length = cursor_take(c, 1);
		if (!c->is_short)
			cursor_take(c, span_u8(length, 0));
	}
	if (c->is_short)
		return link_cut(packet);
	if (type != END)
		return (struct layer){ read_tzsp_tag, protocol };
	for (size_t i = 0; i < sizeof tzsp_protocols / sizeof *tzsp_protocols; i++)
		if (tzsp_protocols[i].protocol == protocol)
			return tzsp_protocols[i].next;
	return link_not_ip(packet, REASON_RECORD_TYPE, protocol);
}

// A sniffer's frames: version, type (0: a frame received, 1: one to send), protocol, tags.
struct layer read_tzsp(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span header = cursor_take(c, 4);
	if (c->is_short)
		return link_cut(packet);
	if (span_u8(header, 0) != 1)
		return link_malformed(packet);
	if (span_u8(header, 1) > 1)
		return link_not_ip(packet, REASON_LINK_CONTROL, span_u8(header, 1));
	return (struct layer){ read_tzsp_tag, span_u16(header, 2) };
}
