// SPDX-License-Identifier: MIT
// What nearly all packets of a telescope are, decoded in one go: IPv4 without options, no later
// fragment, and a TCP header that was captured whole. A quarter of the time of ingest went by in decoding
// step by step, each of which writes to the packet, and asks again what the one before has found out.
//
// It is nothing but a shortcut: ipv4.c and tcp.c say what the bytes mean, they decode whatever
// is refused here, and a test compares the two.
#pragma once

#include "decode/layers.h"

enum { PLAIN_IP = 20, PLAIN_TCP = 20, PLAIN_HEADERS = PLAIN_IP + PLAIN_TCP, PLAIN_PROTOCOL = 6 };

// False, and nothing set, if the packet is another one.
static inline bool decode_plain(struct span ip, const struct frame *frame, struct packet *packet)
{
	if (ip.length < PLAIN_HEADERS)
		return false;
	const struct span header = { .bytes = ip.bytes, .length = PLAIN_HEADERS };
	const struct span tcp = { .bytes = ip.bytes + PLAIN_IP, .length = PLAIN_TCP };
	const size_t total_length = span_u16(header, 2);
	const size_t length = ip.length < total_length ? ip.length : total_length;
	const size_t tcp_length = (size_t)(span_u8(tcp, 12) >> 4) * 4;
	// One question instead of six, each of which an attacker could make hard to foresee.
	const unsigned differs = (span_u8(header, 0) ^ 0x45u) | (span_u16(header, 6) & 0x1fffu) |
	                         (span_u8(header, 9) ^ (unsigned)PLAIN_PROTOCOL) |
	                         (unsigned)(tcp_length < PLAIN_TCP) |
	                         (unsigned)(length < PLAIN_IP + tcp_length);
	if (differs != 0)
		return false;
	*packet = (struct packet){
		.time_ns = frame->time_ns,
		.seq = span_u32(tcp, 4),
		.source = span_u32(header, 12),
		.destination = span_u32(header, 16),
		.source_port = span_u16(tcp, 0),
		.destination_port = span_u16(tcp, 2),
		.window = span_u16(tcp, 14),
		.ip_id = span_u16(header, 4),
		.length = (uint16_t)total_length,
		.ttl = span_u8(header, 8),
		.tos = span_u8(header, 1),
		.tcp_flags = span_u8(tcp, 13),
		.kind = (uint8_t)decode_tcp_kind(span_u8(tcp, 13)),
		.known = KNOWN_IPV4 | KNOWN_PORTS | KNOWN_SEQ | KNOWN_WINDOW | KNOWN_OPTIONS,
		.protocol = PLAIN_PROTOCOL,
		.packets = 1,
		.time_digits = frame->time_digits,
		.ip = { .bytes = ip.bytes, .length = length },
	};
	if (tcp_length > PLAIN_TCP)
		decode_tcp_options((struct span){ .bytes = ip.bytes + PLAIN_HEADERS,
		                                  .length = tcp_length - PLAIN_TCP },
		                   packet);
	return true;
}
