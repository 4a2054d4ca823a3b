// SPDX-License-Identifier: MIT
// IPv4 (RFC 791), and on it UDP (RFC 768), of which only the first bytes matter here.
// The header checksum is left alone: a telescope keeps packets that fail it.
#include "decode/layers.h"

enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };
enum { HEADER_MIN = 20, UDP_PORTS = 4 };
enum { MORE_FRAGMENTS = 0x2000, FRAGMENT_OFFSET = 0x1fff };

static void decode_udp(struct span datagram, enum packet_end end, struct packet *packet)
{
	if (datagram.length < UDP_PORTS) {
		if (end == END_OF_CAPTURE)
			link_stop(packet, KIND_CUT_SHORT, REASON_CUT_UDP, 0);
		else
			link_stop(packet, KIND_MALFORMED, REASON_UDP_LENGTH,
			          (uint32_t)datagram.length);
		return;
	}
	packet->kind = KIND_UDP;
	packet->known |= KNOWN_PORTS;
	packet->source_port = span_u16(datagram, 0);
	packet->destination_port = span_u16(datagram, 2);
}

// Whether its kind cannot be told from the IPv4 header alone.
static bool needs_transport(const struct packet *packet)
{
	return packet->protocol == PROTOCOL_TCP || packet->protocol == PROTOCOL_UDP;
}

static void decode_transport(struct span payload, enum packet_end end, struct packet *packet)
{
	if (packet->protocol == PROTOCOL_TCP)
		decode_tcp(payload, end, packet);
	else if (packet->protocol == PROTOCOL_UDP)
		decode_udp(payload, end, packet);
	else if (packet->protocol == PROTOCOL_ICMP)
		decode_icmp(payload, packet);
	else
		packet->kind = KIND_OTHER_PROTOCOL;
}

// A header that is not there whole, or that contradicts itself.
static void say_why(struct span ip, size_t header_length, size_t total_length,
                    struct packet *packet)
{
	const uint32_t version = ip.length > 0 ? span_u8(ip, 0) >> 4 : 4;
	if (version != 4)
		link_stop(packet, KIND_MALFORMED, REASON_IP_VERSION, version);
	else if (ip.length < HEADER_MIN)
		link_stop(packet, KIND_CUT_SHORT, REASON_CUT_IP, 0);
	else if (header_length < HEADER_MIN)
		link_stop(packet, KIND_MALFORMED, REASON_IP_HEADER_LENGTH, (uint32_t)header_length);
	else
		link_stop(packet, KIND_MALFORMED, REASON_IP_TOTAL_LENGTH, (uint32_t)total_length);
}

void decode_ipv4(struct span ip, struct packet *packet)
{
	if (ip.length < HEADER_MIN) {
		say_why(ip, 0, 0, packet);
		return;
	}
	// A length that the compiler knows: it checks the reads, and nobody later.
	const struct span header = { .bytes = ip.bytes, .length = HEADER_MIN };
	const size_t header_length = (size_t)(span_u8(header, 0) & 0x0f) * 4;
	size_t total_length = span_u16(header, 2);
	// A network card that splits packets itself leaves the length 0 in what the
	// host captures: the packet then ends where the capture does.
	if (total_length == 0)
		total_length = ip.length;
	if (span_u8(header, 0) >> 4 != 4 || header_length < HEADER_MIN ||
	    total_length < header_length) {
		say_why(ip, header_length, total_length, packet);
		return;
	}
	packet->length = span_u16(header, 2);
	packet->tos = span_u8(header, 1);
	packet->ip_id = span_u16(header, 4);
	packet->ttl = span_u8(header, 8);
	packet->protocol = span_u8(header, 9);
	packet->source = span_u32(header, 12);
	packet->destination = span_u32(header, 16);
	packet->known = KNOWN_IPV4;

	// Ethernet pads short frames; bytes past the total length are not the packet's.
	const bool is_cut = ip.length < total_length;
	if (!is_cut)
		ip.length = total_length;
	packet->ip = ip;
	const uint16_t fragment = span_u16(header, 6);
	const enum packet_end end = is_cut                      ? END_OF_CAPTURE
	                            : fragment & MORE_FRAGMENTS ? END_OF_FRAGMENT
	                                                        : END_OF_PACKET;
	if ((fragment & FRAGMENT_OFFSET) != 0)
		packet->kind = KIND_LATER_FRAGMENT;
	else if (ip.length < header_length && needs_transport(packet))  // it ends in its options
		link_stop(packet, KIND_CUT_SHORT, REASON_CUT_IP, 0);
	else
		decode_transport(span_from(ip, header_length), end, packet);
}
