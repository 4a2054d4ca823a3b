// SPDX-License-Identifier: MIT
// ICMP (RFC 792), and what its errors carry of the packet that they are about: its IPv4 header and
// at least 8 bytes behind it (RFC 1812 4.3.2.3 asks for more). Checksums are left alone.
#include "decode/layers.h"

enum {
	UNREACHABLE = 3,
	SOURCE_QUENCH = 4,
	REDIRECT = 5,
	TIME_EXCEEDED = 11,
	PARAMETER_PROBLEM = 12,
};
enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };
enum { ICMP_HEADER = 8, LENGTH_AT = 5, WORD = 4, IP_HEADER_MIN = 20 };
// What stands in front of extensions is padded to so many bytes (RFC 4884).
enum { EXTENDED_MIN = 128 };

void decode_icmp(struct span message, struct packet *packet)
{
	packet->kind = KIND_ICMP;
	if (message.length < 2)
		return;
	packet->icmp_type = span_u8(message, 0);
	packet->icmp_code = span_u8(message, 1);
	packet->known |= KNOWN_ICMP;
}

static bool is_error(const struct packet *packet)
{
	static const uint32_t errors = 1u << UNREACHABLE | 1u << SOURCE_QUENCH | 1u << REDIRECT |
	                               1u << TIME_EXCEEDED | 1u << PARAMETER_PROBLEM;
	return (packet->known & KNOWN_ICMP) && packet->icmp_type < 32 &&
	       (errors >> packet->icmp_type & 1);
}

static size_t header_length(struct span ip)
{
	return (size_t)(span_u8(ip, 0) & 0x0f) * WORD;
}

// The bytes of the message that are the inner packet's, or padding behind it. Where the message
// has extensions (RFC 4884), it says how many they are.
static struct span inner_bytes(const struct packet *packet, struct inner_packet *out)
{
	const struct span ip = packet->ip;
	const struct span message = span_from(ip, header_length(ip));
	struct span inner = span_from(message, ICMP_HEADER);
	const bool is_extensible = packet->icmp_type == UNREACHABLE ||
	                           packet->icmp_type == TIME_EXCEEDED ||
	                           packet->icmp_type == PARAMETER_PROBLEM;
	if (!is_extensible || message.length <= LENGTH_AT || span_u8(message, LENGTH_AT) == 0)
		return inner;
	const size_t length = (size_t)span_u8(message, LENGTH_AT) * WORD;
	const size_t end = header_length(ip) + ICMP_HEADER + length;
	// Of a message in fragments the first does not tell where it ends.
	const bool has_more = (span_u16(ip, 6) & 0x2000) != 0;
	const size_t sent = packet->length > 0 ? packet->length : ip.length;
	if (length < EXTENDED_MIN || (end > sent && !has_more))
		out->faults |= INNER_LENGTH;
	if (length < inner.length)
		inner.length = length;
	return inner;
}

static void decode_transport(struct span payload, struct inner_packet *out)
{
	if (out->protocol != PROTOCOL_TCP && out->protocol != PROTOCOL_UDP)
		return;
	if (payload.length >= 2) {
		out->source_port = span_u16(payload, 0);
		out->known |= INNER_SOURCE_PORT;
	}
	if (payload.length >= 4) {
		out->destination_port = span_u16(payload, 2);
		out->known |= INNER_DESTINATION_PORT;
	}
	if (payload.length >= 8 && out->protocol == PROTOCOL_TCP) {
		out->seq = span_u32(payload, 4);
		out->known |= INNER_SEQ;
	}
}

// As much of the header as is there.
static void decode_header(struct span ip, struct inner_packet *out)
{
	if (ip.length >= 10) {
		out->protocol = span_u8(ip, 9);
		out->known |= INNER_PROTOCOL;
	}
	if (ip.length >= 16) {
		out->source = span_u32(ip, 12);
		out->known |= INNER_SOURCE;
	}
	if (ip.length >= IP_HEADER_MIN) {
		out->destination = span_u32(ip, 16);
		out->known |= INNER_DESTINATION;
	}
}

static void decode_inner(struct span ip, struct inner_packet *out)
{
	if (ip.length == 0)
		return;
	if (span_u8(ip, 0) >> 4 != 4 || header_length(ip) < IP_HEADER_MIN) {
		out->faults |= INNER_MALFORMED;
		return;
	}
	decode_header(ip, out);
	if (ip.length < 4)
		return;
	const size_t total_length = span_u16(ip, 2);
	if (total_length < header_length(ip))
		out->faults |= INNER_TOTAL_LENGTH;
	else if (total_length < ip.length)
		ip.length = total_length;
	const bool has_header = ip.length >= header_length(ip);
	if (has_header && (span_u16(ip, 6) & 0x1fff) == 0)
		decode_transport(span_from(ip, header_length(ip)), out);
}

bool decode_icmp_error(const struct packet *packet, struct inner_packet *out)
{
	if (!is_error(packet))
		return false;
	*out = (struct inner_packet){ .known = 0 };
	decode_inner(inner_bytes(packet, out), out);
	if ((out->known & INNER_SOURCE) && out->source != packet->destination)
		out->faults |= INNER_OTHER_SOURCE;
	return true;
}
