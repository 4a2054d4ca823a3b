// SPDX-License-Identifier: MIT
// Flows -> packets that stand for several.
#include "decode/layers.h"

enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };

static const struct {
	enum flow_known flow;
	enum known packet;
} same[] = {
	{ FLOW_SOURCE_PORT, KNOWN_SOURCE_PORT },
	{ FLOW_DESTINATION_PORT, KNOWN_DESTINATION_PORT },
	{ FLOW_DESTINATION, KNOWN_DESTINATION },
	{ FLOW_NETWORK, KNOWN_NETWORK },
	{ FLOW_TTL, KNOWN_TTL },
	{ FLOW_LENGTH, KNOWN_LENGTH },
	{ FLOW_TCP_FLAGS, KNOWN_TCP_FLAGS },
	{ FLOW_WINDOW, KNOWN_WINDOW },
};

static enum kind kind_of(const struct flow *flow)
{
	if (flow->is_malformed || flow->packets > UINT32_MAX)
		return KIND_MALFORMED;
	switch (flow->protocol) {
	case PROTOCOL_ICMP: return KIND_ICMP;
	case PROTOCOL_UDP: return KIND_UDP;
	case PROTOCOL_TCP:
		return flow->known & FLOW_TCP_FLAGS ? decode_tcp_kind(flow->tcp_flags)
		                                    : KIND_CUT_SHORT;
	default: return KIND_OTHER_PROTOCOL;
	}
}

void decode_flows(const struct flow *flows, size_t count, struct packet *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct flow *flow = &flows[i];
		const uint64_t packets = flow->packets > UINT32_MAX ? UINT32_MAX : flow->packets;
		out[i] = (struct packet){ .time_ns = flow->time_ns,
			                  .time_digits = flow->time_digits,
			                  .packets = (uint32_t)packets,
			                  .kind = (uint8_t)kind_of(flow) };
		if (out[i].kind == KIND_MALFORMED)
			out[i].reason = REASON_FLOW_NUMBERS;
		if (out[i].kind == KIND_CUT_SHORT)
			out[i].reason = REASON_FLOW_FLAGS;
		if (!kind_is_packet(out[i].kind))
			continue;
		out[i].source = flow->source;
		out[i].destination = flow->destination;
		out[i].source_port = flow->source_port;
		out[i].destination_port = flow->destination_port;
		out[i].window = flow->window;
		out[i].length = flow->length;
		out[i].ttl = flow->ttl;
		out[i].protocol = flow->protocol;
		out[i].tcp_flags = flow->tcp_flags;
		for (size_t k = 0; k < sizeof same / sizeof *same; k++)
			if (flow->known & same[k].flow)
				out[i].known |= (uint16_t)same[k].packet;
	}
}
