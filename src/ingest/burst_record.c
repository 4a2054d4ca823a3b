// SPDX-License-Identifier: MIT
#include "ingest/burst_record.h"

enum { ECHO_REQUEST = 8 };

const uint32_t burst_kinds[BURST_FORMS] = {
	[BURST_BACKSCATTER] = 1u << KIND_SYN_ACK | 1u << KIND_RST | 1u << KIND_ICMP,
	[BURST_SCAN] = 1u << KIND_SYN | 1u << KIND_UDP | 1u << KIND_ICMP,
};

// Types of ICMP that are answers: echo reply, unreachable, quench, redirect, time exceeded, parameter problem,
// and replies about time, information and mask.
static const uint32_t icmp_answers = 1u << 0 | 1u << 3 | 1u << 4 | 1u << 5 | 1u << 11 | 1u << 12 |
                                     1u << 14 | 1u << 16 | 1u << 18;

static void take_port(struct burst_record *r, bool is_known, uint16_t port)
{
	r->port = is_known ? port : 0;
	r->flags |= is_known ? 0 : BURST_NO_PORT;
}

// True if the packet that the error is about says where it was sent.
static bool take_inner(const struct packet *p, struct burst_record *r)
{
	struct inner_packet inner;
	if (p->ip.length == 0 || !decode_icmp_error(p, &inner) ||
	    !(inner.known & INNER_DESTINATION) || (inner.faults & INNER_MALFORMED))
		return false;
	r->address = inner.destination;
	r->protocol = inner.protocol;
	take_port(r, inner.known & INNER_DESTINATION_PORT, inner.destination_port);
	r->flags |= inner.faults & INNER_OTHER_SOURCE ? BURST_MISMATCH : 0;
	return true;
}

static bool take_answer(const struct packet *p, struct burst_record *r)
{
	if (p->kind != KIND_ICMP) {
		r->protocol = BURST_TCP;
		take_port(r, p->known & KNOWN_SOURCE_PORT, p->source_port);
		return true;
	}
	if (!(p->known & KNOWN_ICMP) || p->icmp_type >= 32 || !(icmp_answers >> p->icmp_type & 1))
		return false;
	if (take_inner(p, r))
		return true;
	r->protocol = BURST_ICMP;
	take_port(r, true, p->icmp_type);
	return true;
}

static bool take_probe(const struct packet *p, struct burst_record *r)
{
	r->flags |= BURST_NO_PORT | BURST_FORM_SCAN;
	if (p->kind == KIND_ICMP) {
		r->protocol = BURST_ICMP;
		return (p->known & KNOWN_ICMP) && p->icmp_type == ECHO_REQUEST;
	}
	r->protocol = p->kind == KIND_SYN ? BURST_TCP : BURST_UDP;
	r->key_port = p->destination_port;
	r->fingerprints = p->fingerprints;
	return p->known & KNOWN_DESTINATION_PORT;
}

bool burst_record_of(enum burst_form form, const struct packet *p, struct burst_record *out)
{
	if (!(burst_kinds[form] >> p->kind & 1))
		return false;
	*out = (struct burst_record){ .time_ns = p->time_ns,
		                      .address = p->source,
		                      .other = p->destination,
		                      .packets = p->packets,
		                      .flags = p->known & KNOWN_DESTINATION ? 0 : BURST_NO_OTHER };
	return form == BURST_BACKSCATTER ? take_answer(p, out) : take_probe(p, out);
}
