// SPDX-License-Identifier: MIT
// TCP (RFC 9293) with its options (RFC 7323, RFC 2018).
//
// A header that the capture cut counts as far as it goes: 14 bytes hold ports,
// sequence number and flags, which is all that a SYN is recognised by. What was not
// captured is not known, matches no fingerprint and makes no item.
#include "decode/layers.h"

enum { HEADER_MIN = 20, FLAGS_END = 14, WINDOW_END = 16 };
enum {
	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_MSS = 2,
	OPTION_WINDOW_SCALE = 3,
	OPTION_SACK_PERMITTED = 4,
	OPTION_TIMESTAMP = 8,
};
enum { LAYOUT_BITS = 30 };

static inline uint32_t option_code(uint8_t option)
{
	static const uint8_t codes[] = {
		[OPTION_END] = OPTION_CODE_END,
		[OPTION_NOP] = OPTION_CODE_NOP,
		[OPTION_MSS] = OPTION_CODE_MSS,
		[OPTION_WINDOW_SCALE] = OPTION_CODE_WINDOW_SCALE,
		[OPTION_SACK_PERMITTED] = OPTION_CODE_SACK_PERMITTED,
		[5 ... 7] = OPTION_CODE_OTHER,
		[OPTION_TIMESTAMP] = OPTION_CODE_TIMESTAMP,
	};
	return option <= OPTION_TIMESTAMP ? codes[option] : OPTION_CODE_OTHER;
}

// The length of the option at the front of `rest`, kind and length bytes
// included; 0 if it cannot be.
static inline size_t option_length(struct span rest)
{
	const uint8_t option = span_u8(rest, 0);
	if (option == OPTION_END || option == OPTION_NOP)
		return 1;
	if (rest.length < 2)
		return 0;
	const size_t length = span_u8(rest, 1);
	return length >= 2 && length <= rest.length ? length : 0;
}

void decode_tcp_options(struct span rest, struct packet *packet)
{
	// Summed up here and not in the packet, which the compiler must think may be what is read.
	uint32_t layout = 0, codes = 0, known = KNOWN_OPTIONS;
	uint8_t option = OPTION_NOP;
	for (unsigned shift = 0; rest.length > 0 && option != OPTION_END; shift += 3) {
		option = span_u8(rest, 0);
		const size_t length = option_length(rest);
		if (length == 0) {
			layout |= OPTIONS_MALFORMED;
			break;
		}
		const uint32_t code = option_code(option);
		codes |= 1u << code;
		layout |= shift < LAYOUT_BITS ? code << shift : OPTIONS_MORE;
		if (option == OPTION_MSS && length == 4) {
			known |= KNOWN_MSS;
			packet->mss = span_u16(rest, 2);
		}
		rest = span_from(rest, length);
	}
	packet->options = layout;
	packet->option_codes = (uint8_t)codes;
	packet->known |= (uint16_t)known;
}

// Why the flags are not there. Fragments but the last hold a multiple of 8 bytes (RFC 791): one of
// 8 is legal, and has the ports and the sequence number.
static void say_why(struct span segment, enum packet_end end, struct packet *packet)
{
	if (end == END_OF_CAPTURE)
		link_stop(packet, KIND_CUT_SHORT, REASON_CUT_TCP, 0);
	else if (end == END_OF_FRAGMENT && segment.length == 8)
		link_stop(packet, KIND_CUT_SHORT, REASON_FIRST_FRAGMENT, 0);
	else
		link_stop(packet, KIND_MALFORMED, REASON_TCP_LENGTH, (uint32_t)segment.length);
}

void decode_tcp(struct span segment, enum packet_end end, struct packet *packet)
{
	if (segment.length < FLAGS_END) {
		say_why(segment, end, packet);
		return;
	}
	// A length that the compiler knows: it checks the reads, and nobody later.
	const struct span header = { .bytes = segment.bytes, .length = FLAGS_END };
	packet->source_port = span_u16(header, 0);
	packet->destination_port = span_u16(header, 2);
	packet->seq = span_u32(header, 4);
	packet->tcp_flags = span_u8(header, 13);
	packet->kind = (uint8_t)decode_tcp_kind(packet->tcp_flags);
	packet->known |= KNOWN_PORTS | KNOWN_SEQ;
	if (segment.length < WINDOW_END)
		return;
	packet->window = span_u16(segment, 14);
	packet->known |= KNOWN_WINDOW;

	const size_t header_length = (size_t)(span_u8(header, 12) >> 4) * 4;
	if (header_length < HEADER_MIN || header_length > segment.length)
		return;  // the option list is not there whole, so it is not known
	segment.length = header_length;
	decode_tcp_options(span_from(segment, HEADER_MIN), packet);
}
