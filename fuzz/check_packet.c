// SPDX-License-Identifier: MIT
#include "check_packet.h"

#include "fuzz.h"

#include <string.h>

enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_ICMP = 1 };

static void check_span(const struct frame *frame, const struct packet *packet)
{
	if (packet->ip.length == 0)
		return;
	const uint8_t *begin = frame->captured.bytes, *end = begin + frame->captured.length;
	REQUIRE(packet->ip.bytes >= begin && packet->ip.bytes <= end);
	REQUIRE(packet->ip.length <= (size_t)(end - packet->ip.bytes));
}

// The addresses and numbers of an IPv4 header, read anew.
static void check_ipv4(const struct packet *packet, size_t header)
{
	const struct span ip = packet->ip;
	REQUIRE(ip.length >= 20 && ip.bytes[0] >> 4 == 4 && header >= 20);
	REQUIRE(packet->source == span_u32(ip, 12) && packet->destination == span_u32(ip, 16));
	REQUIRE(packet->ttl == ip.bytes[8] && packet->protocol == ip.bytes[9]);
	REQUIRE(packet->tos == ip.bytes[1] && packet->ip_id == span_u16(ip, 4));
	REQUIRE(packet->length == span_u16(ip, 2));
	REQUIRE(packet->length == 0 || ip.length <= packet->length);
}

// What is known was captured; what is not known is 0.
static void check_known(const struct packet *packet, size_t header)
{
	const size_t behind = packet->ip.length > header ? packet->ip.length - header : 0;
	const bool is_tcp = packet->kind >= KIND_SYN && packet->kind <= KIND_TCP_OTHER;
	const bool has_ports = is_tcp || packet->kind == KIND_UDP;
	REQUIRE(((packet->known & KNOWN_PORTS) != 0) == has_ports);
	REQUIRE(((packet->known & KNOWN_SEQ) != 0) == is_tcp);
	REQUIRE(!has_ports || behind >= 4);
	REQUIRE(!is_tcp || behind >= 14);
	REQUIRE(!(packet->known & KNOWN_WINDOW) || (is_tcp && behind >= 16));
	REQUIRE(!(packet->known & KNOWN_OPTIONS) || (is_tcp && behind >= 20));
	REQUIRE(!(packet->known & KNOWN_MSS) || (packet->known & KNOWN_OPTIONS));
	REQUIRE(has_ports || (packet->source_port == 0 && packet->destination_port == 0));
	REQUIRE(is_tcp || (packet->seq == 0 && packet->tcp_flags == 0));
	REQUIRE((packet->known & KNOWN_WINDOW) || packet->window == 0);
	REQUIRE((packet->known & KNOWN_OPTIONS) ||
	        (packet->options == 0 && packet->option_codes == 0));
	REQUIRE((packet->known & KNOWN_MSS) || packet->mss == 0);
	if (has_ports) {
		REQUIRE(packet->source_port == span_u16(packet->ip, header));
		REQUIRE(packet->destination_port == span_u16(packet->ip, header + 2));
	}
}

// Every number of an inner packet stands where it has to, within what was captured.
static void check_inner_numbers(const struct packet *packet, const struct inner_packet *inner)
{
	const size_t at = (packet->ip.bytes[0] & 15u) * 4 + 8;
	const size_t length = packet->ip.length > at ? packet->ip.length - at : 0;
	const struct span ip = { packet->ip.bytes + (length > 0 ? at : 0), length };
	const size_t header = length > 0 ? (ip.bytes[0] & 15u) * 4 : 0;
	const bool has_ports = inner->known & (INNER_SOURCE_PORT | INNER_DESTINATION_PORT);
	REQUIRE(inner->known == 0 || (ip.bytes[0] >> 4 == 4 && header >= 20));
	REQUIRE(!(inner->known & INNER_PROTOCOL) || inner->protocol == span_u8(ip, 9));
	REQUIRE(!(inner->known & INNER_SOURCE) || inner->source == span_u32(ip, 12));
	REQUIRE(!(inner->known & INNER_DESTINATION) || inner->destination == span_u32(ip, 16));
	REQUIRE(!(inner->known & INNER_SOURCE_PORT) || inner->source_port == span_u16(ip, header));
	REQUIRE(!(inner->known & INNER_DESTINATION_PORT) ||
	        inner->destination_port == span_u16(ip, header + 2));
	REQUIRE(!(inner->known & INNER_SEQ) || inner->seq == span_u32(ip, header + 4));
	REQUIRE(!has_ports || (span_u16(ip, 6) & 0x1fff) == 0);
	REQUIRE(!(inner->known & INNER_SEQ) || inner->protocol == PROTOCOL_TCP);
}

static void check_inner(const struct packet *packet)
{
	struct inner_packet inner;
	REQUIRE((packet->known & KNOWN_ICMP) ? packet->kind == KIND_ICMP
	                                     : packet->icmp_type == 0 && packet->icmp_code == 0);
	if (!decode_icmp_error(packet, &inner))
		return;
	REQUIRE(packet->kind == KIND_ICMP && packet->icmp_type >= 3 && packet->icmp_type <= 12);
	REQUIRE(!(inner.faults & INNER_MALFORMED) || inner.known == 0);
	REQUIRE((inner.known & INNER_PROTOCOL) || inner.protocol == 0);
	REQUIRE((inner.known & INNER_SOURCE) || inner.source == 0);
	REQUIRE((inner.known & INNER_DESTINATION) || inner.destination == 0);
	REQUIRE((inner.known & INNER_SOURCE_PORT) || inner.source_port == 0);
	REQUIRE((inner.known & INNER_DESTINATION_PORT) || inner.destination_port == 0);
	REQUIRE((inner.known & INNER_SEQ) || inner.seq == 0);
	check_inner_numbers(packet, &inner);
}

static void check_kind(const struct packet *packet)
{
	const uint8_t flags = packet->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST);
	switch ((enum kind)packet->kind) {
	case KIND_SYN: REQUIRE((flags & (TCP_SYN | TCP_ACK)) == TCP_SYN); break;
	case KIND_SYN_ACK: REQUIRE((flags & TCP_SYN) && (flags & TCP_ACK)); break;
	case KIND_RST: REQUIRE(!(flags & TCP_SYN) && (flags & TCP_RST)); break;
	case KIND_TCP_OTHER: REQUIRE(!(flags & (TCP_SYN | TCP_RST))); break;
	case KIND_UDP: REQUIRE(packet->protocol == PROTOCOL_UDP); break;
	case KIND_ICMP: REQUIRE(packet->protocol == PROTOCOL_ICMP); break;
	case KIND_OTHER_PROTOCOL: REQUIRE(packet->protocol != PROTOCOL_TCP); break;
	case KIND_LATER_FRAGMENT: REQUIRE((span_u16(packet->ip, 6) & 0x1fff) != 0); break;
	case KIND_UNKNOWN_LINK:
	case KIND_NOT_IP:
	case KIND_IPV6:
	case KIND_MALFORMED:
	case KIND_CUT_SHORT:
	case KIND_OUTSIDE_TELESCOPE:
	case KIND_COUNT: break;
	}
}

// Records of other link types (PPI, PKTAP, ERF) may hold a frame of one that is not known.
static void check_link(const struct frame *frame, const struct packet *packet)
{
	const uint32_t number = packet->reason_number;
	if (frame->link_type == LINK_TYPE_UNKNOWN) {
		REQUIRE(packet->kind == KIND_UNKNOWN_LINK && number == 0 &&
		        packet->reason == REASON_NO_LINK_TYPE);
		return;
	}
	REQUIRE(decode_knows_link(frame->link_type) ||
	        (packet->kind == KIND_UNKNOWN_LINK && number == frame->link_type));
	REQUIRE(packet->kind != KIND_UNKNOWN_LINK ||
	        (packet->reason == REASON_LINK_TYPE &&
	         (number > UINT16_MAX || !decode_knows_link((uint16_t)number))));
}

void check_packet(const struct frame *frame, const struct packet *packet)
{
	char layout[DECODE_LAYOUT_SIZE];
	REQUIRE(packet->kind < KIND_COUNT && packet->kind != KIND_OUTSIDE_TELESCOPE);
	REQUIRE(packet->time_ns == frame->time_ns && packet->time_digits == frame->time_digits);
	check_link(frame, packet);
	REQUIRE((packet->reason != REASON_NONE) == kind_has_reason(packet->kind));
	REQUIRE(packet->fingerprints == 0 && packet->packets == 1);
	check_span(frame, packet);
	if (kind_is_packet(packet->kind)) {
		const size_t header = packet->ip.length == 0 ? 0 : (packet->ip.bytes[0] & 15u) * 4;
		check_ipv4(packet, header);
		check_known(packet, header);
		check_kind(packet);
		check_inner(packet);
	}
	decode_layout_text(packet->options, layout);
	REQUIRE(memchr(layout, 0, sizeof layout) != NULL && layout[0] != '\0');
}

bool same_packet(const struct packet *x, const uint8_t *a, const struct packet *y, const uint8_t *b)
{
	struct packet left = *x, right = *y;
	const bool has_ip = left.ip.length > 0;
	if (left.ip.length != right.ip.length ||
	    (has_ip && left.ip.bytes - a != right.ip.bytes - b))
		return false;
	left.ip = right.ip = (struct span){ .length = 0 };
	return left.time_ns == right.time_ns && left.source == right.source &&
	       left.destination == right.destination && left.seq == right.seq &&
	       left.options == right.options && left.fingerprints == right.fingerprints &&
	       left.source_port == right.source_port &&
	       left.destination_port == right.destination_port && left.window == right.window &&
	       left.ip_id == right.ip_id && left.length == right.length && left.mss == right.mss &&
	       left.ttl == right.ttl && left.tos == right.tos && left.protocol == right.protocol &&
	       left.tcp_flags == right.tcp_flags && left.icmp_type == right.icmp_type &&
	       left.icmp_code == right.icmp_code && left.known == right.known &&
	       left.option_codes == right.option_codes && left.kind == right.kind &&
	       left.time_digits == right.time_digits && left.reason == right.reason &&
	       left.reason_number == right.reason_number;
}
