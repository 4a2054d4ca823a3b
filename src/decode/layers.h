// SPDX-License-Identifier: MIT
// Private to decode/: who hands what to whom.
#pragma once

#include "decode/decode.h"

// Finds the IPv4 header behind one link layer. Calls decode_ipv4() there, or
// sets packet->kind and detail.
typedef void link_decoder(struct span frame, struct packet *packet);

// One line a LINKTYPE, in link.c.
struct link_type {
	uint16_t number;
	const char *name;
	link_decoder *decode;
};
const struct link_type *link_type_find(uint16_t number);

// `ip` starts at an IPv4 header and may be longer than the packet (padding).
void decode_ipv4(struct span ip, struct packet *packet);

// What a TCP packet of these flags counts as.
enum kind decode_tcp_kind(uint8_t flags);

// `segment` starts at the TCP header and ends with the packet or its capture.
// `is_cut`: the capture, not the packet, is what ends it.
void decode_tcp(struct span segment, bool is_cut, struct packet *packet);
