// SPDX-License-Identifier: MIT
// Private to decode/: who hands what to whom.
//
// A frame is a chain of headers, and each says what follows it. So a reader takes
// one header from the cursor and returns the reader of the next: a loop in link.c
// follows the chain. Every reader takes at least one byte, ends the chain, or only
// chooses between readers that do: no frame, however deep its headers, costs more steps
// than a small multiple of its length, and none costs stack.
#pragma once

#include "decode/decode.h"

// What comes next; `number` is whatever its reader needs to know. No reader: the
// chain has ended, and kind and reason of the packet are set.
struct layer;
typedef struct layer layer_reader(struct cursor *c, uint32_t number, struct packet *packet);
struct layer {
	layer_reader *read;
	uint32_t number;
};

// One line a LINKTYPE, in link.c.
struct link_type {
	uint16_t number;
	const char *name;
	struct layer first;
};
const struct link_type *link_type_find(uint16_t number);
void link_decode(const struct link_type *, struct span frame, struct packet *packet);

// Ends of the chain.
struct layer link_stop(struct packet *packet, enum kind kind, enum reason reason, uint32_t number);
struct layer link_not_ip(struct packet *packet, enum reason reason, uint32_t number);
struct layer link_malformed(struct packet *packet);  // the link header cannot be so
struct layer link_cut(struct packet *packet);        // it is not there whole
struct layer link_ipv4(struct cursor *c, struct packet *packet);
struct layer link_ipv6(struct packet *packet);

// What follows a number that says so.
struct layer link_ethertype(struct cursor *c, uint16_t ethertype, struct packet *packet);
struct layer link_ethertype_or_length(struct cursor *c, uint16_t number, struct packet *packet);
struct layer link_family(struct cursor *c, uint32_t family, struct packet *packet);
struct layer link_ppp_protocol(struct cursor *c, uint16_t protocol, struct packet *packet);
// The frame within a frame, by its LINKTYPE.
struct layer link_inner(uint32_t link_type, struct packet *packet);
// Nothing says what it is: IP if the first four bits are a version, else something else.
struct layer link_payload(struct cursor *c, struct packet *packet);

// Readers that several link layers need. No number but where it is said.
layer_reader read_ip;        // version 6, else IPv4
layer_reader read_ethernet;  // number: bytes before its header
layer_reader read_llc;       // number: bytes of padding before a bridged Ethernet frame
layer_reader read_mpls, read_pppoe;
layer_reader read_ppp;         // number: 1 if its address byte was taken already
layer_reader read_hdlc;        // PPP or Cisco HDLC, by the address byte
layer_reader read_cisco_hdlc;  // number: bytes before its header
layer_reader read_frame_relay, read_multilink_frame_relay;
layer_reader read_nlpid;
layer_reader read_atm;  // AAL5: LLC, NLPID or bare IP

// Link types. Of link_lan.c:
layer_reader read_token_ring, read_fddi, read_arcnet, read_prefixed, read_ax25, read_docsis,
	read_mpacket;
// link_wan.c:
layer_reader read_ppp_with_direction, read_ppp_bsdos, read_slip, read_frame_relay_with_direction,
	read_rfc1483, read_clip, read_sunatm, read_snap;
// link_host.c:
layer_reader read_null, read_cooked, read_cooked_2, read_enc, read_pflog, read_nflog, read_ipnet,
	read_pktap, read_ppi, read_tzsp;
// link_wifi.c:
layer_reader read_wifi, read_prism, read_radiotap, read_avs;
// link_record.c:
layer_reader read_juniper, read_erf;

// `ip` starts at an IPv4 header and may be longer than the packet (padding).
void decode_ipv4(struct span ip, struct packet *packet);

// What a TCP packet of these flags counts as.
static inline enum kind decode_tcp_kind(uint8_t flags)
{
	if (flags & TCP_SYN)
		return flags & TCP_ACK ? KIND_SYN_ACK : KIND_SYN;
	return flags & TCP_RST ? KIND_RST : KIND_TCP_OTHER;
}

// What ends the bytes that are there of a packet.
enum packet_end { END_OF_PACKET, END_OF_FRAGMENT, END_OF_CAPTURE };

// `segment` starts at the TCP header and ends there.
void decode_tcp(struct span segment, enum packet_end end, struct packet *packet);
// `message` starts at the ICMP header.
void decode_icmp(struct span message, struct packet *packet);
// The option list, of a header that is there whole.
void decode_tcp_options(struct span options, struct packet *packet);
