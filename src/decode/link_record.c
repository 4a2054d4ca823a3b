// SPDX-License-Identifier: MIT
// Records of capture hardware and routers: Endace's ERF, Juniper's link types.
#include "decode/layers.h"

// ---- ERF (Extensible Record Format): time 8, type 1, flags 1, length 2, counter 2,
// wire length 2; extension headers; then by type.

static const struct {
	uint8_t type;
	uint8_t skip;  // bytes between the record header and the frame
	struct layer next;
} erf_types[] = {
	{ 1, 0, { read_hdlc, 0 } },       // HDLC_POS
	{ 2, 2, { read_ethernet, 0 } },   // ETH: whatever the two bytes are (capture/erf_record.c)
	{ 4, 4, { read_atm, 0 } },        // AAL5: the cell's header before it
	{ 5, 4, { read_hdlc, 0 } },       // MC_HDLC: the channel before it
	{ 9, 8, { read_atm, 0 } },        // MC_AAL5
	{ 10, 0, { read_hdlc, 0 } },      // COLOR_HDLC_POS
	{ 11, 2, { read_ethernet, 0 } },  // COLOR_ETH
	{ 15, 0, { read_hdlc, 0 } },      // DSM_COLOR_HDLC_POS
	{ 16, 2, { read_ethernet, 0 } },  // DSM_COLOR_ETH
	{ 17, 4, { read_hdlc, 0 } },      // COLOR_MC_HDLC_POS
	{ 19, 0, { read_hdlc, 0 } },      // COLOR_HASH_POS
	{ 20, 2, { read_ethernet, 0 } },  // COLOR_HASH_ETH
	{ 22, 0, { read_ip, 0 } },        // IPV4
	{ 23, 0, { read_ip, 0 } },        // IPV6
};

static struct layer erf_payload(struct cursor *c, uint8_t type, struct packet *packet)
{
	for (size_t i = 0; i < sizeof erf_types / sizeof *erf_types; i++) {
		if (erf_types[i].type != type)
			continue;
		cursor_take(c, erf_types[i].skip);
		return c->is_short ? link_cut(packet) : erf_types[i].next;
	}
	return link_not_ip(packet, REASON_RECORD_TYPE, type);
}

// Eight bytes; the highest bit says that another one follows, as it does in the type.
static struct layer read_erf_extension(struct cursor *c, uint32_t type, struct packet *packet)
{
	const struct span extension = cursor_take(c, 8);
	if (c->is_short)
		return link_cut(packet);
	if (span_u8(extension, 0) & 0x80)
		return (struct layer){ read_erf_extension, type };
	return erf_payload(c, (uint8_t)type, packet);
}

struct layer read_erf(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span header = cursor_take(c, 16);
	if (c->is_short)
		return link_cut(packet);
	const uint8_t type = span_u8(header, 8) & 0x7f;
	if (span_u8(header, 8) & 0x80)
		return (struct layer){ read_erf_extension, type };
	return erf_payload(c, type, packet);
}

// ---- Juniper: "MGC", flags, extensions; then by link type a cookie and the frame.

enum { FLAG_IN = 0x01, FLAG_NO_LINK = 0x02, FLAG_EXTENSIONS = 0x80 };
enum { COOKIE_LINK_SERVICES = 0x54, COOKIE_SERVICES = 0x47, COOKIE_MAX = 10 };

// What stands in front of the packet.
struct cookie {
	uint8_t bytes[COOKIE_MAX];
	bool is_services;  // of a services card: says what the packet is
};

static uint8_t next_byte(const struct cursor *c)
{
	const struct span rest = { c->at, cursor_left(c) };
	return rest.length > 0 ? span_u8(rest, 0) : 0;
}

// Two kinds of cards mark their cookies by the first byte; else it is `length` bytes long.
static bool take_cookie(struct cursor *c, size_t length, struct cookie *out)
{
	const uint8_t first = next_byte(c);
	*out = (struct cookie){ .is_services = first == COOKIE_SERVICES };
	if (out->is_services)
		length = 8;
	else if (first == COOKIE_LINK_SERVICES)
		length += 2;
	const struct span bytes = cursor_take(c, length);
	for (size_t i = 0; i < bytes.length; i++)
		out->bytes[i] = span_u8(bytes, i);
	return !c->is_short;
}

// The packet behind the cookie of a services card.
static struct layer service_packet(struct cursor *c, const struct cookie *cookie,
                                   struct packet *packet)
{
	enum { IPV4 = 0x00, IPV6 = 0x10, MPLS = 0x20, ISO = 0x30, TO_ROUTER = 0x0c };
	const uint8_t protocol = cookie->bytes[5] & 0x70;
	switch (protocol) {
	case IPV4:
		// What goes to the router itself is its control traffic, over PPP.
		return cookie->bytes[4] == TO_ROUTER ? (struct layer){ read_ppp, 0 }
		                                     : link_ipv4(c, packet);
	case IPV6: return link_ipv6(packet);
	case MPLS: return (struct layer){ read_mpls, 0 };
	case ISO: return (struct layer){ read_nlpid, 0 };
	default: return link_not_ip(packet, REASON_RECORD_TYPE, protocol >> 4);
	}
}

static struct layer read_juniper_ppp(struct cursor *c, uint32_t number, struct packet *packet)
{
	struct cookie cookie;
	(void)number;
	if (!take_cookie(c, 2, &cookie))
		return link_cut(packet);
	return cookie.is_services ? service_packet(c, &cookie, packet)
	                          : (struct layer){ read_ppp, 0 };
}

// Multilink Frame Relay: `length` of the cookie; without one on the links of a bundle.
static struct layer read_juniper_relay(struct cursor *c, uint32_t length, struct packet *packet)
{
	enum { WHOLE = 0xc0, ON_LINK = 4 };
	struct cookie cookie;
	if (length == ON_LINK && (next_byte(c) & WHOLE) == WHOLE)
		return (struct layer){ read_multilink_frame_relay, 0 };
	if (!take_cookie(c, length, &cookie))
		return link_cut(packet);
	if (cookie.is_services)
		return service_packet(c, &cookie, packet);
	const struct span control = cursor_take(c, 1);
	if (c->is_short)
		return link_cut(packet);
	return span_u8(control, 0) == 0x03
	               ? (struct layer){ read_nlpid, 0 }
	               : link_not_ip(packet, REASON_LINK_CONTROL, span_u8(control, 0));
}

static struct layer read_juniper_ggsn(struct cursor *c, uint32_t number, struct packet *packet)
{
	enum { IPV4 = 2, IPV6 = 6 };
	struct cookie cookie;
	(void)number;
	if (!take_cookie(c, 8, &cookie))
		return link_cut(packet);
	const uint8_t protocol = cookie.bytes[2];
	if (protocol == IPV4)
		return link_ipv4(c, packet);
	return protocol == IPV6 ? link_ipv6(packet)
	                        : link_not_ip(packet, REASON_RECORD_TYPE, protocol);
}

// Monitoring and services: a cookie, and no field that says what follows.
static struct layer read_juniper_bare(struct cursor *c, uint32_t number, struct packet *packet)
{
	struct cookie cookie;
	(void)number;
	return take_cookie(c, 8, &cookie) ? link_payload(c, packet) : link_cut(packet);
}

static struct layer read_juniper_atm1(struct cursor *c, uint32_t number, struct packet *packet)
{
	enum { MAINTENANCE = 0x80 };
	struct cookie cookie;
	(void)number;
	if (!take_cookie(c, 4, &cookie))
		return link_cut(packet);
	if (cookie.bytes[0] == MAINTENANCE)
		return link_not_ip(packet, REASON_LINK_CONTROL, MAINTENANCE);
	return (struct layer){ read_atm, 0 };
}

// Frames that go out may be Ethernet; else it is LLC, NLPID, bare IP, or PPP.
static struct layer read_juniper_atm2(struct cursor *c, uint32_t is_in, struct packet *packet)
{
	struct cookie cookie;
	if (!take_cookie(c, 8, &cookie))
		return link_cut(packet);
	if (cookie.bytes[7] & 0x70)  // maintenance cells
		return link_not_ip(packet, REASON_LINK_CONTROL, cookie.bytes[7] & 0x70);
	const uint8_t first = next_byte(c);
	if (first == 0xaa || first == 0xfe)
		return (struct layer){ read_atm, 0 };
	if (!is_in && (cookie.bytes[3] & 0x3f) != 0)
		return (struct layer){ read_ethernet, 0 };
	// The first byte of PPP's protocols for packets, MPLS, and their control.
	const bool is_ppp = first == 0x00 || first == 0x02 || first == 0x80 || first == 0xc0;
	return (struct layer){ is_ppp ? read_ppp : read_atm, 0 };
}

// An EtherType and what it says, mostly PPPoE.
static struct layer read_juniper_pppoe(struct cursor *c, uint32_t number, struct packet *packet)
{
	(void)number;
	const struct span type = cursor_take(c, 2);
	return c->is_short ? link_cut(packet) : link_ethertype(c, span_u16(type, 0), packet);
}

static const struct {
	uint8_t link_type;
	struct layer next;
} juniper_types[] = {
	{ 130, { read_juniper_ppp, 0 } },    // MLPPP
	{ 131, { read_juniper_relay, 2 } },  // MLFR
	{ 133, { read_juniper_ggsn, 0 } },   // GGSN
	{ 134, { read_juniper_relay, 4 } },  // MFR
	{ 136, { read_juniper_bare, 0 } },   // SERVICES
	{ 137, { read_juniper_atm1, 0 } },   // ATM1
	{ 164, { read_juniper_bare, 0 } },   // MONITOR
	{ 167, { read_ethernet, 0 } },       // PPPOE
	{ 168, { read_juniper_pppoe, 0 } },  // PPPOE_ATM
	{ 178, { read_ethernet, 0 } },       // ETHER
	{ 179, { read_ppp, 0 } },            // PPP
	{ 180, { read_frame_relay, 0 } },    // FRELAY
	{ 181, { read_cisco_hdlc, 0 } },     // CHDLC
};

struct layer read_juniper(struct cursor *c, uint32_t link_type, struct packet *packet)
{
	const struct span header = cursor_take(c, 4);
	if (c->is_short)
		return link_cut(packet);
	const uint8_t flags = span_u8(header, 3);
	if (span_u32(header, 0) >> 8 != 0x4d4743)  // "MGC"
		return link_malformed(packet);
	if (flags & FLAG_EXTENSIONS) {
		const struct span length = cursor_take(c, 2);
		if (!c->is_short)
			cursor_take(c, span_u16(length, 0));
	}
	if (flags & FLAG_NO_LINK)
		cursor_take(c, 4);  // the address family, in an order that varies
	if (c->is_short)
		return link_cut(packet);
	if (flags & FLAG_NO_LINK)
		return link_payload(c, packet);
	for (size_t i = 0; i < sizeof juniper_types / sizeof *juniper_types; i++)
		if (juniper_types[i].link_type == link_type)
			return juniper_types[i].next;
	return (struct layer){ read_juniper_atm2, flags & FLAG_IN };  // the one that asks for it
}
