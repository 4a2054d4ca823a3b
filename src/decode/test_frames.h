// SPDX-License-Identifier: MIT
// For tests: a SYN, and what must be known of it.
#pragma once

#include "base/memory.h"
#include "base/test.h"
#include "base/text.h"
#include "decode/decode.h"

#include <string.h>

// SYN from 192.0.2.1:40000 to 198.51.100.2:23 with a kernel's options.
static const uint8_t syn[60] = {
	0x45, 0x10, 0,    60,   0xd4, 0x31, 0x40, 0, 64, 6,    0,    0,    192,  0,    2,
	1,    198,  51,   100,  2,    0x9c, 0x40, 0, 23, 0xc6, 0x33, 0x64, 0x02, 0,    0,
	0,    0,    0xa0, 0x02, 0x39, 0x08, 0,    0, 0,  0,    2,    4,    0x05, 0xb4, 4,
	2,    8,    10,   1,    2,    3,    4,    0, 0,  0,    0,    1,    3,    3,    7,
};
static const char syn_layout[] = "mss,sack_permitted,timestamp,nop,window_scale";

static inline struct packet decoded(uint16_t link_type, const void *bytes, size_t length)
{
	// In room of exactly its size, so that ASan sees one byte too many.
	uint8_t *room = memory_new(length == 0 ? 1 : length, 1);
	memcpy(room, bytes, length);
	const struct frame frame = { .time_ns = 42,
		                     .length_wire = 100,
		                     .link_type = link_type,
		                     .time_digits = 6,
		                     .captured = { room, length } };
	struct packet p;
	memset(&p, 0xff, sizeof p);
	decode_frames(&frame, 1, &p);
	CHECK(p.time_ns == 42 && p.time_digits == 6 && p.fingerprints == 0 && p.kind < KIND_COUNT);
	CHECK(p.ip.length == 0 ||
	      (p.ip.bytes >= room && p.ip.bytes + p.ip.length <= room + length));
	CHECK(!kind_is_packet(p.kind) || p.ip.length >= 20);
	memory_free(room);
	return p;
}

static inline bool is_layout(const struct packet *p, const char *expected)
{
	char text[DECODE_LAYOUT_SIZE];
	decode_layout_text(p->options, text);
	const bool is_same = text_equal(text, expected);
	if (!is_same)
		printf("layout %s\n", text);
	return is_same;
}

static inline void check_syn(const struct packet *p)
{
	CHECK(p->kind == KIND_SYN && p->source == 0xc0000201 && p->destination == 0xc6336402);
	CHECK(p->source_port == 40000 && p->destination_port == 23 && p->seq == 0xc6336402);
	CHECK(p->window == 14600 && p->ip_id == 54321 && p->length == 60 && p->mss == 1460);
	CHECK(p->ttl == 64 && p->tos == 0x10 && p->protocol == 6 && p->tcp_flags == TCP_SYN);
	CHECK(p->known ==
	      (KNOWN_IPV4 | KNOWN_PORTS | KNOWN_SEQ | KNOWN_WINDOW | KNOWN_OPTIONS | KNOWN_MSS));
	CHECK(p->ip.length == 60 && p->reason == REASON_NONE && p->icmp_type == 0);
	CHECK(is_layout(p, syn_layout));
}

// What is known of the SYN when only so many bytes of it were captured.
static inline void check_cut(const struct packet *p, size_t captured)
{
	if (captured < 20 + 14) {
		CHECK(p->kind == KIND_CUT_SHORT && p->known == (captured < 20 ? 0 : KNOWN_IPV4));
		CHECK(p->reason == (captured >= 20 ? REASON_CUT_TCP : REASON_CUT_IP) ||
		      (captured == 0 && p->reason == REASON_CUT_LINK));
		CHECK(p->source_port == 0 && p->seq == 0 && p->window == 0 && p->options == 0);
		return;
	}
	const unsigned window = captured >= 20 + 16 ? KNOWN_WINDOW : 0;
	const unsigned options = captured >= 60 ? KNOWN_OPTIONS | KNOWN_MSS : 0;
	CHECK(p->kind == KIND_SYN &&
	      p->known == (KNOWN_IPV4 | KNOWN_PORTS | KNOWN_SEQ | window | options));
	CHECK(p->source_port == 40000 && p->destination_port == 23 && p->seq == 0xc6336402);
	CHECK(p->window == (window ? 14600 : 0) && (p->options != 0) == (options != 0));
	CHECK(p->mss == (options ? 1460 : 0) && p->ip.length == captured && p->length == 60);
}

// What holds for every packet, whatever the bytes were.
static inline void check_consistent(const struct packet *p)
{
	const bool is_tcp = p->kind >= KIND_SYN && p->kind <= KIND_TCP_OTHER;
	CHECK(p->kind < KIND_COUNT && p->kind != KIND_OUTSIDE_TELESCOPE);
	CHECK(!(p->known & KNOWN_PORTS) == !(is_tcp || p->kind == KIND_UDP));
	CHECK((p->known & KNOWN_PORTS) || (p->source_port == 0 && p->destination_port == 0));
	CHECK((p->known & KNOWN_SEQ) ? is_tcp : p->seq == 0);
	CHECK((p->known & KNOWN_WINDOW) ? is_tcp : p->window == 0);
	CHECK((p->known & KNOWN_OPTIONS) ? is_tcp : p->options == 0 && p->option_codes == 0);
	CHECK((p->known & KNOWN_MSS) ? (p->known & KNOWN_OPTIONS) != 0 : p->mss == 0);
	CHECK(is_tcp || p->tcp_flags == 0);
	CHECK((p->known & KNOWN_ICMP) ? p->kind == KIND_ICMP
	                              : p->icmp_type == 0 && p->icmp_code == 0);
	CHECK(kind_is_packet(p->kind) == (p->ip.length > 0) || p->kind == KIND_CUT_SHORT ||
	      p->kind == KIND_MALFORMED);
	CHECK(p->reason < REASON_OTHER && (p->reason == REASON_NONE) != kind_has_reason(p->kind));
	CHECK(p->reason != REASON_NONE || p->reason_number == 0);
}
