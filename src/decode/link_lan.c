// SPDX-License-Identifier: MIT
// Shared media beside Ethernet, and what switches and modems put around Ethernet.
#include "decode/layers.h"

// A header of `number` / 256 bytes with the EtherType (of an Ethernet frame: or length) at
// `number` % 256; at 0, where the addresses are, stands none and LLC follows.
struct layer read_prefixed(struct cursor *c, uint32_t number, struct packet *packet)
{
	const struct span header = cursor_take(c, number >> 8);
	if (c->is_short)
		return link_cut(packet);
	const uint32_t at = number & 0xff;
	return at == 0 ? (struct layer){ read_llc, 0 }
	               : link_ethertype_or_length(c, span_u16(header, at), packet);
}

// IEEE 802.5: access control, frame control, addresses; the highest bit of the
// source says that the path through the bridges follows.
struct layer read_token_ring(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span header = cursor_take(c, 14);
	if (c->is_short)
		return link_cut(packet);
	const uint8_t control = span_u8(header, 1);
	if ((control & 0xc0) != 0x40)
		return link_not_ip(packet, REASON_LINK_CONTROL, control);
	if (span_u8(header, 8) & 0x80) {
		const struct span path = cursor_take(c, 2);
		if (c->is_short)
			return link_cut(packet);
		const size_t length = span_u8(path, 0) & 0x1f;
		if (length < 2 || length % 2 != 0)
			return link_malformed(packet);
		cursor_take(c, length - 2);
	}
	return c->is_short ? link_cut(packet) : (struct layer){ read_llc, 0 };
}

// Frame control and addresses.
struct layer read_fddi(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span header = cursor_take(c, 13);
	if (c->is_short)
		return link_cut(packet);
	const uint8_t control = span_u8(header, 0);
	if ((control & 0x70) != 0x50)
		return link_not_ip(packet, REASON_LINK_CONTROL, control);
	return (struct layer){ read_llc, 0 };
}

// RFC 1201: which piece of a packet this is, 0 if it is all of it, odd for the first
// piece, then even; and its number. ff: those fields come a second time (exception packet).
static struct layer read_arcnet_piece(struct cursor *c, uint32_t is_ipv6, struct packet *packet)
{
	struct span piece = cursor_take(c, 3);
	if (!c->is_short && span_u8(piece, 0) == 0xff)
		piece = cursor_take(c, 3);
	if (c->is_short)
		return link_cut(packet);
	const uint8_t flag = span_u8(piece, 0);
	if (flag != 0 && flag % 2 == 0)
		return link_not_ip(packet, REASON_FRAGMENT, 0);
	return is_ipv6 ? link_ipv6(packet) : link_ipv4(c, packet);
}

// Addresses (and on Linux an offset), the protocol, and for those of RFC 1201 the piece.
struct layer read_arcnet(struct cursor *c, uint32_t protocol_at, struct packet *packet)
{
	enum { IPV6 = 196, IPV4 = 212, IPV4_RFC1051 = 240 };
	const struct span header = cursor_take(c, protocol_at + 1);
	if (c->is_short)
		return link_cut(packet);
	const uint8_t protocol = span_u8(header, protocol_at);
	if (protocol == IPV4_RFC1051)
		return link_ipv4(c, packet);
	if (protocol == IPV4 || protocol == IPV6)
		return (struct layer){ read_arcnet_piece, protocol == IPV6 };
	return link_not_ip(packet, REASON_ARCNET_PROTOCOL, protocol);
}

// Addresses of seven bytes, of which the last has the lowest bit set, control, protocol;
// under KISS a byte stands before them.
struct layer read_ax25(struct cursor *c, uint32_t before, struct packet *packet)
{
	enum { ADDRESSES_MAX = 10, IPV4 = 0xcc };
	bool is_last = false;
	cursor_take(c, before);
	for (unsigned i = 0; i < ADDRESSES_MAX && !is_last; i++) {
		const struct span address = cursor_take(c, 7);
		if (c->is_short)
			return link_cut(packet);
		is_last = span_u8(address, 6) & 1;
	}
	if (!is_last)
		return link_malformed(packet);
	const struct span control = cursor_take(c, 1);
	if (c->is_short)
		return link_cut(packet);
	// Information frames and unnumbered information carry data.
	const uint8_t type = span_u8(control, 0);
	if ((type & 0x01) != 0 && (type & 0xef) != 0x03)
		return link_not_ip(packet, REASON_LINK_CONTROL, type);
	const struct span protocol = cursor_take(c, 1);
	if (c->is_short)
		return link_cut(packet);
	return span_u8(protocol, 0) == IPV4
	               ? link_ipv4(c, packet)
	               : link_not_ip(packet, REASON_AX25_PROTOCOL, span_u8(protocol, 0));
}

// Control, a length of the extended header if there is one, length, that header, checksum.
struct layer read_docsis(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span header = cursor_take(c, 4);
	if (c->is_short)
		return link_cut(packet);
	const uint8_t control = span_u8(header, 0);
	if ((control & 0xfe) != 0)  // anything but a packet
		return link_not_ip(packet, REASON_LINK_CONTROL, control);
	const size_t extended = control & 1 ? span_u8(header, 1) : 0;
	return (struct layer){ read_ethernet, (uint32_t)extended + 2 };
}

// IEEE 802.3br: a preamble whose last byte tells whole frames and first pieces from the
// rest; in later pieces a counter follows it.
struct layer read_mpacket(struct cursor *c, uint32_t number, struct packet *packet)
{
	static const uint8_t begins[] = { 0xd5, 0xe6, 0x4c, 0x7f, 0xb3 };
	(void)number;
	const struct span preamble = cursor_take(c, 8);
	if (c->is_short)
		return link_cut(packet);
	const uint8_t mark = span_u8(preamble, 7);
	if (span_u8(preamble, 6) != 0x55)
		return link_not_ip(packet, REASON_FRAGMENT, 0);
	for (size_t i = 0; i < sizeof begins; i++)
		if (mark == begins[i])
			return (struct layer){ read_ethernet, 0 };
	return link_not_ip(packet, REASON_LINK_CONTROL, mark);
}
