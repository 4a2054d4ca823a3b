// SPDX-License-Identifier: MIT
// Link layers: from the first captured byte to the IPv4 header.
//
// The table at the end has one line a LINKTYPE (tcpdump.org/linktypes.html). To add
// one, write a reader (layers.h) that takes its header from the cursor and says what
// follows. Tunnels (IP in IP, GRE, pseudowires, ...) are not opened: what they carry was not
// sent to the telescope. Not in the table although packets are in it: 280, VPP's graph
// dispatch trace, which holds a packet once for each node that it passed.
#include "decode/layers.h"

struct layer link_stop(struct packet *packet, enum kind kind, enum reason reason, uint32_t number)
{
	packet->kind = (uint8_t)kind;
	packet->reason = (uint8_t)reason;
	packet->reason_number = number;
	return (struct layer){ NULL, 0 };
}

struct layer link_not_ip(struct packet *packet, enum reason reason, uint32_t number)
{
	return link_stop(packet, KIND_NOT_IP, reason, number);
}

struct layer link_malformed(struct packet *packet)
{
	return link_stop(packet, KIND_MALFORMED, REASON_LINK_HEADER, 0);
}

struct layer link_cut(struct packet *packet)
{
	return link_stop(packet, KIND_CUT_SHORT, REASON_CUT_LINK, 0);
}

struct layer link_ipv4(struct cursor *c, struct packet *packet)
{
	decode_ipv4((struct span){ c->at, cursor_left(c) }, packet);
	return (struct layer){ NULL, 0 };
}

struct layer link_ipv6(struct packet *packet)
{
	return link_stop(packet, KIND_IPV6, REASON_NONE, 0);
}

struct layer link_payload(struct cursor *c, struct packet *packet)
{
	const struct span rest = { c->at, cursor_left(c) };
	if (rest.length == 0)
		return link_cut(packet);
	const uint8_t first = span_u8(rest, 0);
	if (first >> 4 == 4)
		return link_ipv4(c, packet);
	return first >> 4 == 6 ? link_ipv6(packet) : link_not_ip(packet, REASON_PAYLOAD, first);
}

struct layer read_ip(struct cursor *c, uint32_t number, struct packet *packet)
{
	const struct span rest = { c->at, cursor_left(c) };
	(void)number;
	if (rest.length == 0)
		return link_stop(packet, KIND_CUT_SHORT, REASON_CUT_IP, 0);
	return span_u8(rest, 0) >> 4 == 6 ? link_ipv6(packet) : link_ipv4(c, packet);
}

static const struct link_type link_types[] = {
	// by number
	{ 0, "NULL", { read_null, 0 } },
	{ 1, "ETHERNET", { read_ethernet, 0 } },
	{ 3, "AX25", { read_ax25, 0 } },
	{ 6, "IEEE802_5", { read_token_ring, 0 } },
	{ 7, "ARCNET_BSD", { read_arcnet, 2 } },
	{ 8, "SLIP", { read_slip, 16 } },
	{ 9, "PPP", { read_ppp, 0 } },
	{ 10, "FDDI", { read_fddi, 0 } },
	{ 50, "PPP_HDLC", { read_hdlc, 0 } },
	{ 51, "PPP_ETHER", { read_pppoe, 0 } },
	{ 99, "SYMANTEC_FIREWALL", { read_prefixed, 44 << 8 | 6 } },
	{ 100, "ATM_RFC1483", { read_rfc1483, 0 } },
	{ 101, "RAW", { read_ip, 0 } },
	{ 102, "SLIP_BSDOS", { read_slip, 24 } },
	{ 103, "PPP_BSDOS", { read_ppp_bsdos, 0 } },
	{ 104, "C_HDLC", { read_cisco_hdlc, 0 } },
	{ 105, "IEEE802_11", { read_wifi, 0 } },
	{ 106, "ATM_CLIP", { read_clip, 0 } },
	{ 107, "FRELAY", { read_frame_relay, 0 } },
	{ 108, "LOOP", { read_null, 0 } },
	{ 109, "ENC", { read_enc, 0 } },
	{ 110, "LANE8023", { read_ethernet, 2 } },
	{ 113, "LINUX_SLL", { read_cooked, 0 } },
	{ 117, "PFLOG", { read_pflog, 0 } },
	{ 119, "IEEE802_11_PRISM", { read_prism, 0 } },
	{ 122, "IP_OVER_FC", { read_prefixed, 16 << 8 } },
	{ 123, "SUNATM", { read_sunatm, 0 } },
	{ 127, "IEEE802_11_RADIOTAP", { read_radiotap, 0 } },
	{ 128, "TZSP", { read_tzsp, 0 } },
	{ 129, "ARCNET_LINUX", { read_arcnet, 4 } },
	{ 130, "JUNIPER_MLPPP", { read_juniper, 130 } },
	{ 131, "JUNIPER_MLFR", { read_juniper, 131 } },
	{ 133, "JUNIPER_GGSN", { read_juniper, 133 } },
	{ 134, "JUNIPER_MFR", { read_juniper, 134 } },
	{ 135, "JUNIPER_ATM2", { read_juniper, 135 } },
	{ 136, "JUNIPER_SERVICES", { read_juniper, 136 } },
	{ 137, "JUNIPER_ATM1", { read_juniper, 137 } },
	{ 138, "APPLE_IP_OVER_IEEE1394", { read_prefixed, 18 << 8 | 16 } },
	{ 143, "DOCSIS", { read_docsis, 0 } },
	{ 163, "IEEE802_11_AVS", { read_avs, 0 } },
	{ 164, "JUNIPER_MONITOR", { read_juniper, 164 } },
	{ 166, "PPP_PPPD", { read_ppp_with_direction, 1 } },
	{ 167, "JUNIPER_PPPOE", { read_juniper, 167 } },
	{ 168, "JUNIPER_PPPOE_ATM", { read_juniper, 168 } },
	{ 175, "ERF_ETH", { read_erf, 0 } },
	{ 176, "ERF_POS", { read_erf, 0 } },
	{ 178, "JUNIPER_ETHER", { read_juniper, 178 } },
	{ 179, "JUNIPER_PPP", { read_juniper, 179 } },
	{ 180, "JUNIPER_FRELAY", { read_juniper, 180 } },
	{ 181, "JUNIPER_CHDLC", { read_juniper, 181 } },
	{ 182, "MFR", { read_multilink_frame_relay, 0 } },
	{ 192, "PPI", { read_ppi, 0 } },
	{ 197, "ERF", { read_erf, 0 } },
	{ 202, "AX25_KISS", { read_ax25, 1 } },
	{ 204, "PPP_WITH_DIR", { read_ppp_with_direction, 0 } },
	{ 205, "C_HDLC_WITH_DIR", { read_cisco_hdlc, 1 } },
	{ 206, "FRELAY_WITH_DIR", { read_frame_relay_with_direction, 0 } },
	{ 219, "MPLS", { read_mpls, 0 } },
	{ 226, "IPNET", { read_ipnet, 0 } },
	{ 228, "IPV4", { read_ip, 0 } },  // writers put the other version under either
	{ 229, "IPV6", { read_ip, 0 } },
	{ 239, "NFLOG", { read_nflog, 0 } },
	{ 240, "NETANALYZER", { read_ethernet, 4 } },
	{ 241, "NETANALYZER_TRANSPARENT", { read_ethernet, 12 } },
	{ 242, "IPOIB", { read_prefixed, 44 << 8 | 40 } },
	{ 258, "PKTAP", { read_pktap, 0 } },
	{ 259, "EPON", { read_ethernet, 6 } },
	{ 274, "ETHERNET_MPACKET", { read_mpacket, 0 } },
	{ 276, "LINUX_SLL2", { read_cooked_2, 0 } },
	{ 281, "DSA_TAG_BRCM", { read_prefixed, 18 << 8 | 16 } },
	{ 282, "DSA_TAG_BRCM_PREPEND", { read_ethernet, 4 } },
	{ 284, "DSA_TAG_DSA", { read_prefixed, 18 << 8 | 16 } },
	{ 285, "DSA_TAG_EDSA", { read_prefixed, 22 << 8 | 20 } },
};
enum { LINK_TYPES = sizeof link_types / sizeof *link_types };

// By bisection: frames of a pcapng file may change their link type one by one.
const struct link_type *link_type_find(uint16_t number)
{
	size_t low = 0, high = LINK_TYPES;
	while (low < high) {
		const size_t middle = (low + high) / 2;
		if (link_types[middle].number == number)
			return &link_types[middle];
		if (link_types[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

// Files with another link type inside name it by the DLT_ value of their system,
// which differs from the LINKTYPE only for raw IP: 12, on OpenBSD 14.
struct layer link_inner(uint32_t number, struct packet *packet)
{
	const uint32_t link_type = number == 12 || number == 14 ? 101 : number;
	const struct link_type *link = link_type <= UINT16_MAX ? link_type_find((uint16_t)link_type)
	                                                       : NULL;
	if (link == NULL)
		return link_stop(packet, KIND_UNKNOWN_LINK, REASON_LINK_TYPE, number);
	return link->first;
}

void link_decode(const struct link_type *link, struct span frame, struct packet *packet)
{
	struct cursor c = cursor_over(frame);
	struct layer layer = link->first;
	while (layer.read != NULL)
		layer = layer.read(&c, layer.number, packet);
}
