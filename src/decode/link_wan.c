// SPDX-License-Identifier: MIT
// Links between two ends: PPP (RFC 1661, 1662), Cisco HDLC, Frame Relay (Q.922,
// RFC 2427, FRF.16), AAL5 over ATM (RFC 2684), SLIP.
#include "decode/layers.h"

enum {
	PPP_IPV4 = 0x0021,
	PPP_BRIDGED = 0x0031,
	PPP_IPV6 = 0x0057,
	PPP_MPLS = 0x0281,
	PPP_MPLS_MULTICAST = 0x0283,
};

// RFC 3518: flags, type of the frame, an identifier of the LAN if a flag says so.
static struct layer read_bridged(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span header = cursor_take(c, 2);
	if (c->is_short)
		return link_cut(packet);
	const bool has_lan = span_u8(header, 0) & 0x40;
	if (span_u8(header, 1) != 1)
		return link_not_ip(packet, REASON_PPP_PROTOCOL, PPP_BRIDGED);
	return (struct layer){ read_ethernet, has_lan ? 4 : 0 };
}

struct layer link_ppp_protocol(struct cursor *c, uint16_t protocol, struct packet *packet)
{
	switch (protocol) {
	case PPP_IPV4: return link_ipv4(c, packet);
	case PPP_IPV6: return link_ipv6(packet);
	case PPP_BRIDGED: return (struct layer){ read_bridged, 0 };
	case PPP_MPLS:
	case PPP_MPLS_MULTICAST: return (struct layer){ read_mpls, 0 };
	default: return link_not_ip(packet, REASON_PPP_PROTOCOL, protocol);
	}
}

// Unicast, multicast.
static bool is_cisco_address(uint8_t byte)
{
	return byte == 0x0f || byte == 0x8f;
}

// Whether Cisco HDLC stands where the capture says PPP. Its addresses are no PPP protocols that are
// in use, and its control is 0.
static bool is_cisco_hdlc(const struct cursor *c)
{
	const struct span rest = { c->at, cursor_left(c) };
	return rest.length > 0 && is_cisco_address(span_u8(rest, 0)) &&
	       (rest.length == 1 || span_u8(rest, 1) == 0);
}

// Address ff and control 03 may be left out, and of the protocol the first byte if
// it is zero: the last byte of a protocol is odd, the first even.
struct layer read_ppp(struct cursor *c, uint32_t has_address, struct packet *packet)
{
	uint8_t first = 0xff;
	if (!has_address && is_cisco_hdlc(c))
		return (struct layer){ read_cisco_hdlc, 0 };
	if (!has_address) {
		const struct span byte = cursor_take(c, 1);
		if (c->is_short)
			return link_cut(packet);
		first = span_u8(byte, 0);
	}
	if (first == 0xff) {
		const struct span control = cursor_take(c, 1);
		const bool is_control = !c->is_short && span_u8(control, 0) == 0x03;
		const struct span byte = is_control ? cursor_take(c, 1) : control;
		if (c->is_short)
			return link_cut(packet);
		first = span_u8(byte, 0);
	}
	if (first & 1)
		return link_ppp_protocol(c, first, packet);
	const struct span second = cursor_take(c, 1);
	if (c->is_short)
		return link_cut(packet);
	return link_ppp_protocol(c, (uint16_t)(first << 8 | span_u8(second, 0)), packet);
}

// A direction, and then PPP. `is_pppd`: it stands where the address would.
struct layer read_ppp_with_direction(struct cursor *c, uint32_t is_pppd, struct packet *packet)
{
	cursor_take(c, 1);
	return c->is_short ? link_cut(packet) : (struct layer){ read_ppp, is_pppd };
}

struct layer read_ppp_bsdos(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span header = cursor_take(c, 24);
	return c->is_short ? link_cut(packet) : link_ppp_protocol(c, span_u16(header, 5), packet);
}

// On a serial line the address alone tells.
struct layer read_hdlc(struct cursor *c, uint32_t number, struct packet *packet)
{
	const struct span rest = { c->at, cursor_left(c) };
	(void)number;
	if (rest.length == 0)
		return link_cut(packet);
	return (struct layer){ is_cisco_address(span_u8(rest, 0)) ? read_cisco_hdlc : read_ppp, 0 };
}

// Address, control, and an EtherType or one of Cisco's own numbers.
struct layer read_cisco_hdlc(struct cursor *c, uint32_t before, struct packet *packet)
{
	enum { DISCOVERY = 0x2000, KEEPALIVE = 0x8035, ISO = 0xfefe };
	cursor_take(c, before);
	const struct span header = cursor_take(c, 4);
	if (c->is_short)
		return link_cut(packet);
	const uint16_t protocol = span_u16(header, 2);
	if (protocol == DISCOVERY || protocol == KEEPALIVE || protocol == ISO)
		return link_not_ip(packet, REASON_HDLC_PROTOCOL, protocol);
	return link_ethertype(c, protocol, packet);
}

struct layer read_nlpid(struct cursor *c, uint32_t number, struct packet *packet)
{
	enum { PADDING = 0x00, SNAP = 0x80, IPV6 = 0x8e, IPV4 = 0xcc, PPP = 0xcf };
	(void)number;
	const struct span byte = cursor_take(c, 1);
	if (c->is_short)
		return link_cut(packet);
	switch (span_u8(byte, 0)) {
	case IPV4: return link_ipv4(c, packet);
	case IPV6: return link_ipv6(packet);
	case PADDING: return (struct layer){ read_nlpid, 0 };
	case SNAP: return (struct layer){ read_snap, 0 };
	case PPP: return (struct layer){ read_ppp, 0 };
	default: return link_not_ip(packet, REASON_NLPID, span_u8(byte, 0));
	}
}

// Two to four bytes: all but the last have the lowest bit clear.
static bool take_address(struct cursor *c, bool *is_right)
{
	const struct span address = cursor_take(c, 2);
	if (c->is_short)
		return false;
	bool is_last = span_u8(address, 1) & 1;
	for (unsigned length = 2; !is_last && length < 4; length++) {
		const struct span byte = cursor_take(c, 1);
		if (c->is_short)
			return false;
		is_last = span_u8(byte, 0) & 1;
	}
	*is_right = is_last && (span_u8(address, 0) & 1) == 0;
	return true;
}

// Unnumbered information and an NLPID; or as Cisco does it an EtherType at once, whose
// first byte is even where the other control bytes that occur are odd.
struct layer read_frame_relay(struct cursor *c, uint32_t number, struct packet *packet)
{
	bool is_right;
	(void)number;
	if (!take_address(c, &is_right))
		return link_cut(packet);
	if (!is_right)
		return link_malformed(packet);
	const struct span first = cursor_take(c, 1);
	if (c->is_short)
		return link_cut(packet);
	const uint8_t control = span_u8(first, 0);
	if (control == 0x03)
		return (struct layer){ read_nlpid, 0 };
	if (control & 1)
		return link_not_ip(packet, REASON_LINK_CONTROL, control);
	const struct span second = cursor_take(c, 1);
	if (c->is_short)
		return link_cut(packet);
	const uint16_t ethertype = (uint16_t)(control << 8 | span_u8(second, 0));
	return ethertype < 0x0600 ? link_not_ip(packet, REASON_LINK_CONTROL, control)
	                          : link_ethertype(c, ethertype, packet);
}

struct layer read_frame_relay_with_direction(struct cursor *c, uint32_t number,
                                             struct packet *packet)
{
	(void)number;
	cursor_take(c, 1);
	return c->is_short ? link_cut(packet) : (struct layer){ read_frame_relay, 0 };
}

// FRF.16: bits that say whether it begins and ends a frame, or controls the link. Only
// the piece that begins one has headers.
struct layer read_multilink_frame_relay(struct cursor *c, uint32_t number, struct packet *packet)
{
	enum { BEGIN = 0x80, END = 0x40, CONTROL = 0x20 };
	(void)number;
	const struct span header = cursor_take(c, 2);
	if (c->is_short)
		return link_cut(packet);
	const uint8_t flags = span_u8(header, 0);
	if ((flags & (BEGIN | END | CONTROL)) == (BEGIN | END | CONTROL))
		return link_not_ip(packet, REASON_LINK_CONTROL, flags);
	if (!(flags & BEGIN))
		return link_not_ip(packet, REASON_FRAGMENT, 0);
	return (struct layer){ read_frame_relay, 0 };
}

// A header of the system that captured, with the direction; the packet is uncompressed.
struct layer read_slip(struct cursor *c, uint32_t length, struct packet *packet)
{
	cursor_take(c, length);
	return c->is_short ? link_cut(packet) : (struct layer){ read_ip, 0 };
}

enum { LLC_PADDING = 2 };  // of a bridged Ethernet frame in AAL5

struct layer read_rfc1483(struct cursor *c, uint32_t number, struct packet *packet)
{
	const struct span rest = { c->at, cursor_left(c) };
	(void)number;
	if (rest.length == 0)
		return link_cut(packet);
	if (span_u8(rest, 0) != 0x03)
		return (struct layer){ read_llc, LLC_PADDING };
	cursor_take(c, 1);  // Cisco leaves the two SAPs out
	return (struct layer){ read_nlpid, 0 };
}

// The virtual circuit, not the frame, says which of these it is.
struct layer read_atm(struct cursor *c, uint32_t number, struct packet *packet)
{
	const struct span rest = { c->at, cursor_left(c) };
	(void)number;
	if (rest.length == 0)
		return link_cut(packet);
	const uint8_t first = span_u8(rest, 0);
	return first == 0xaa || first == 0xfe || first == 0x03 ? (struct layer){ read_rfc1483, 0 }
	                                                       : link_payload(c, packet);
}

// Classical IP over ATM: LLC, or bare IP.
struct layer read_clip(struct cursor *c, uint32_t number, struct packet *packet)
{
	const struct span rest = { c->at, cursor_left(c) };
	(void)number;
	if (rest.length == 0)
		return link_cut(packet);
	return span_u8(rest, 0) == 0xaa ? (struct layer){ read_llc, LLC_PADDING }
	                                : (struct layer){ read_ip, 0 };
}

// Flags with the kind of traffic, and the circuit: path and channel.
struct layer read_sunatm(struct cursor *c, uint32_t number, struct packet *packet)
{
	enum { LANE = 1, LLC = 2 };
	(void)number;
	const struct span header = cursor_take(c, 4);
	if (c->is_short)
		return link_cut(packet);
	switch (span_u8(header, 0) & 0x0f) {
	case LANE: return (struct layer){ read_ethernet, 2 };  // behind the client's identifier
	case LLC: return (struct layer){ read_llc, LLC_PADDING };
	default: return link_not_ip(packet, REASON_LINK_CONTROL, span_u8(header, 0) & 0x0f);
	}
}
