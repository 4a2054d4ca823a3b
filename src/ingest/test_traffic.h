// SPDX-License-Identifier: MIT
// For the test of ingest/: packets made from a seed, the pcap file that holds them,
// and the host-days that they make, written out by hand with arrays and qsort().
#pragma once

#include "ingest/ingest.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "base/text.h"

#include <stdlib.h>

enum { ETHERNET = 1, FRAME_MAX = 128, BYTES_MAX = 1 << 26 };
#define FIRST_SECOND UINT64_C(1472688000)  // 2016-09-01

// A packet as it is sent, and all that the model knows of it.
struct sent {
	uint64_t time_ns;
	int32_t day;
	uint32_t source, destination, seq, fingerprints;
	uint16_t source_port, destination_port, window, ip_id, mss;
	uint8_t ttl, tos, flags, protocol, layout, kind;
};

// TCP option lists: bytes, the layout that they are, whether an MSS is in them.
static const struct layout {
	uint8_t bytes[12];
	uint8_t length;
	uint32_t options;
	bool has_mss, is_of_kernel;
} layouts[] = {
	{ { 0 }, 0, 0, false, false },
	{ { 2, 4, 0, 0 }, 4, 3, true, false },
	{ { 2, 4, 0, 0, 1, 3, 3, 7, 4, 2, 1, 1 },
	  12,
	  3 | 2 << 3 | 4 << 6 | 5 << 9 | 2 << 12 | 2 << 15,
	  true,
	  true },
	{ { 1, 1, 1, 0 }, 4, 2 | 2 << 3 | 2 << 6 | 1 << 9, false, false },
};

struct traffic {
	struct sent *sent;
	size_t count;
	uint64_t frames[KIND_COUNT];  // what the ledger must say
};

static struct random dice;

static uint32_t pick(uint32_t below)
{
	return random_below(&dice, below);
}

static uint16_t pick_u16(uint32_t common, uint32_t share)
{
	return (uint16_t)(pick(100) < share ? common : random_u32(&dice));
}

static uint32_t naive_fingerprints(const struct sent *p)
{
	const bool has_seq = p->seq == p->destination, is_hajime = p->window == 14600;
	const bool is_mirai = has_seq && p->flags == TCP_SYN;
	const uint16_t cookie = (uint16_t)(p->destination ^ p->destination_port ^ p->seq);
	return (uint32_t)is_mirai |
	       (uint32_t)(is_mirai && p->destination_port == 23 && p->source_port > 1024) << 1 |
	       (uint32_t)is_hajime << 2 |
	       (uint32_t)(is_hajime && !layouts[p->layout].is_of_kernel) << 3 |
	       (uint32_t)(p->ip_id == 54321) << 4 | (uint32_t)(p->ip_id == cookie) << 5 |
	       (uint32_t)(has_seq && !is_mirai) << 6;
}

static void choose_kind(struct sent *p)
{
	static const struct {
		uint8_t kind, protocol, flags;
	} kinds[] = {
		{ KIND_SYN_ACK, 6, TCP_SYN | TCP_ACK },
		{ KIND_RST, 6, TCP_RST | TCP_ACK },
		{ KIND_TCP_OTHER, 6, TCP_ACK },
		{ KIND_UDP, 17, 0 },
		{ KIND_ICMP, 1, 0 },
		{ KIND_OTHER_PROTOCOL, 47, 0 },
		{ KIND_LATER_FRAGMENT, 6, 0 },
		{ KIND_NOT_IP, 0, 0 },
		{ KIND_IPV6, 0, 0 },
		{ KIND_MALFORMED, 0, 0 },
		{ KIND_CUT_SHORT, 0, 0 },
	};
	const uint32_t i = pick(sizeof kinds / sizeof *kinds * 3);
	if (i < sizeof kinds / sizeof *kinds) {
		p->kind = kinds[i].kind;
		p->protocol = kinds[i].protocol;
		p->flags = kinds[i].flags;
	} else {
		p->kind = KIND_SYN;
		p->protocol = 6;
		p->flags = (uint8_t)(TCP_SYN | (pick(10) == 0 ? TCP_ECE | TCP_CWR : 0));
	}
}

// None that tools have: pairs_test.c has those.
static uint16_t without_tools(uint16_t window)
{
	static const uint16_t of_tools[] = { 4128, 32767, 12345, 65535, 5744, 11744 };
	bool has_tool = window % 512 == 0;
	for (size_t i = 0; i < sizeof of_tools / sizeof *of_tools; i++)
		has_tool |= window == of_tools[i];
	return has_tool ? 1 : window;
}

static struct sent choose(uint32_t sources, unsigned days)
{
	struct sent p = {
		.time_ns = FIRST_SECOND * NANOSECONDS_A_SECOND +
		           random_u64(&dice) % (days * 86400 * NANOSECONDS_A_SECOND) / 1000 * 1000,
		.source = pick(sources) * (UINT32_MAX / sources) + pick(2),
		.destination = 0xc6336400 + pick(256),  // 198.51.100.x
		.source_port = (uint16_t)random_u32(&dice),
		.destination_port = pick_u16(23, 70),
		.window = pick_u16(14600, 30),
		.ip_id = pick_u16(54321, 20),
		.mss = pick_u16(1460, 80),
		.ttl = (uint8_t)pick(256),
		.tos = (uint8_t)pick(3),
		.layout = (uint8_t)pick(sizeof layouts / sizeof *layouts),
	};
	if (pick(3) == 0)
		p.destination = 0xc0000200 + pick(256);  // 192.0.2.x
	// Sources that use just as many destinations as a host-day keeps.
	if (p.source % 2 == 1)
		p.destination = 0xc6336400 + pick(64);
	p.seq = pick(2) ? p.destination : random_u32(&dice);
	if (pick(10) == 0)
		p.ip_id = (uint16_t)(p.destination ^ p.destination_port ^ p.seq);
	choose_kind(&p);
	p.window = without_tools(p.window);
	if (p.kind == KIND_SYN)
		p.fingerprints = naive_fingerprints(&p);
	return p;
}

static struct traffic traffic_from(uint64_t seed, uint32_t sources, unsigned days, size_t count)
{
	dice = random_from(seed);
	struct traffic t = { .sent = memory_new(count, sizeof *t.sent), .count = count };
	for (size_t i = 0; i < count; i++) {
		t.sent[i] = choose(sources, days);
		t.frames[t.sent[i].kind]++;
	}
	return t;
}

static inline void shuffle(struct traffic *t)
{
	for (size_t i = t->count; i > 1; i--) {
		const size_t k = pick((uint32_t)i);
		const struct sent swap = t->sent[k];
		t->sent[k] = t->sent[i - 1];
		t->sent[i - 1] = swap;
	}
}

static void put_u16(struct buffer *b, uint32_t value)
{
	buffer_byte(b, (uint8_t)(value >> 8));
	buffer_byte(b, (uint8_t)value);
}

static void put_u32(struct buffer *b, uint32_t value)
{
	put_u16(b, value >> 16);
	put_u16(b, value & 0xffff);
}

static uint16_t ip_length(const struct sent *p)
{
	return (uint16_t)(p->protocol == 6 ? 40 + layouts[p->layout].length : 28);
}

static void put_tcp(struct buffer *b, const struct sent *p)
{
	const struct layout *layout = &layouts[p->layout];
	put_u16(b, p->source_port);
	put_u16(b, p->destination_port);
	put_u32(b, p->seq);
	put_u32(b, 0);
	buffer_byte(b, (uint8_t)((20 + layout->length) / 4 << 4));
	buffer_byte(b, p->flags);
	put_u16(b, p->window);
	put_u32(b, 0);
	const size_t at = b->length;
	buffer_append(b, layout->bytes, layout->length);
	if (layout->has_mss) {
		b->bytes[at + 2] = (uint8_t)(p->mss >> 8);
		b->bytes[at + 3] = (uint8_t)p->mss;
	}
}

static void put_packet(struct buffer *b, const struct sent *p)
{
	buffer_byte(b, p->kind == KIND_MALFORMED ? 0x55 : 0x45);
	buffer_byte(b, p->tos);
	put_u16(b, ip_length(p));
	put_u16(b, p->ip_id);
	put_u16(b, p->kind == KIND_LATER_FRAGMENT ? 100 : 0);
	buffer_byte(b, p->ttl);
	buffer_byte(b, p->protocol);
	put_u16(b, 0);
	if (p->kind == KIND_CUT_SHORT)
		return;
	put_u32(b, p->source);
	put_u32(b, p->destination);
	if (p->protocol == 6) {
		put_tcp(b, p);
	} else {
		put_u16(b, p->source_port);
		put_u16(b, p->destination_port);
		put_u32(b, 0);
	}
}

static void put_pcap(struct buffer *b, uint32_t link_type)
{
	buffer_u32(b, 0xa1b2c3d4);
	buffer_u16(b, 2);
	buffer_u16(b, 4);
	buffer_u64(b, 0);
	buffer_u32(b, 65535);
	buffer_u32(b, link_type);
}

static void put_record(struct buffer *b, uint64_t time_ns, struct span frame)
{
	buffer_u32(b, (uint32_t)(time_ns / NANOSECONDS_A_SECOND));
	buffer_u32(b, (uint32_t)(time_ns % NANOSECONDS_A_SECOND / 1000));
	buffer_u32(b, (uint32_t)frame.length);
	buffer_u32(b, (uint32_t)frame.length);
	buffer_append(b, frame.bytes, frame.length);
}

// An Ethernet frame of that type from that sender, with nothing behind its header yet.
static void put_ethernet(struct buffer *b, const uint8_t sender[6], uint16_t ethertype)
{
	static const uint8_t receiver[6] = { 2, 0, 0, 0, 0, 1 };
	b->length = 0;
	buffer_append(b, receiver, 6);
	buffer_append(b, sender, 6);
	put_u16(b, ethertype);
}

static struct buffer pcap_of(const struct traffic *t)
{
	static const uint8_t sender[6] = { 2, 0, 0, 0, 0, 2 };
	struct buffer out = buffer_up_to(BYTES_MAX), frame = buffer_up_to(FRAME_MAX);
	put_pcap(&out, ETHERNET);
	for (size_t i = 0; i < t->count; i++) {
		const struct sent *p = &t->sent[i];
		put_ethernet(&frame, sender,
		             p->kind == KIND_NOT_IP ? 0x0806
		             : p->kind == KIND_IPV6 ? 0x86dd
		                                    : 0x0800);
		put_packet(&frame, p);
		put_record(&out, p->time_ns, buffer_span(&frame));
	}
	CHECK(!out.failed && !frame.failed);
	buffer_done(&frame);
	return out;
}

// The model: packets sorted by day and source, and for each pair the host-day
// written out by hand.

static inline int by_day_and_source(const void *a, const void *b)
{
	const struct sent *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

static bool naive_value(const struct sent *p, unsigned field, uint32_t *out)
{
	const bool is_syn = p->kind == KIND_SYN;
	*out = p->destination_port;
	switch (field) {
	case FIELD_WINDOW: *out = p->window; return is_syn;
	case FIELD_DESTINATION_PORT: return is_syn;
	case FIELD_TTL: *out = p->ttl; return is_syn;
	case FIELD_TOS: *out = p->tos; return is_syn;
	case FIELD_SOURCE_PORT: *out = p->source_port; return is_syn;
	case FIELD_IP_ID: *out = p->ip_id; return is_syn;
	case FIELD_LENGTH: *out = ip_length(p); return is_syn;
	case FIELD_TCP_FLAGS: *out = p->flags; return is_syn;
	case FIELD_OPTIONS: *out = layouts[p->layout].options; return is_syn;
	case FIELD_MSS: *out = p->mss; return is_syn && layouts[p->layout].has_mss;
	case FIELD_DESTINATION: *out = p->destination; return true;
	case FIELD_UDP_PORT: return p->kind == KIND_UDP;
	case FIELD_BACKSCATTER_PORT:
		*out = p->source_port;
		return p->kind == KIND_SYN_ACK || p->kind == KIND_RST;
	default:
		return is_syn && field < FIELD_PAIR &&
		       (p->fingerprints >> (field - FIELD_MATCHED_PORT) & 1);
	}
}

static int by_value(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	return (x->value > y->value) - (x->value < y->value);
}

static int by_hash(const void *a, const void *b)
{
	const uint32_t x = item_hash(((const struct item *)a)->value);
	const uint32_t y = item_hash(((const struct item *)b)->value);
	return (x > y) - (x < y);
}

static uint32_t naive_cap(unsigned field)
{
	if (field == FIELD_DESTINATION)
		return 64;
	return field < FIELD_DESTINATION && field != FIELD_DESTINATION_PORT ? 256 : UINT32_MAX;
}

static void naive_items(const struct sent *sent, size_t count, unsigned field, struct host_day *out)
{
	struct item *items = out->items + out->item_count;
	uint32_t found = 0, distinct = 0, value;
	for (size_t i = 0; i < count; i++)
		if (naive_value(&sent[i], field, &value))
			items[found++] = (struct item){ .packets = 1, .value = value };
	qsort(items, found, sizeof *items, by_value);
	for (uint32_t i = 0; i < found; i++) {
		if (distinct > 0 && items[distinct - 1].value == items[i].value)
			items[distinct - 1].packets++;
		else
			items[distinct++] = items[i];
	}
	const bool is_sampled = distinct > naive_cap(field);
	if (is_sampled) {
		qsort(items, distinct, sizeof *items, by_hash);
		distinct = naive_cap(field);
		qsort(items, distinct, sizeof *items, by_value);
	}
	out->sets[field] = (struct item_set){ .begin = (uint32_t)out->item_count,
		                              .count = distinct,
		                              .is_sampled = is_sampled };
	out->item_count += distinct;
}

// Fills `out`; its items have room for every value of every packet.
static inline void naive_host_day(const struct sent *sent, size_t count, struct host_day *out)
{
	struct item *items = out->items;
	*out = (struct host_day){ .source = sent[0].source,
		                  .first_ns = UINT64_MAX,
		                  .items = items };
	for (size_t i = 0; i < count; i++) {
		const struct sent *p = &sent[i];
		out->first_ns = p->time_ns < out->first_ns ? p->time_ns : out->first_ns;
		out->last_ns = p->time_ns > out->last_ns ? p->time_ns : out->last_ns;
		out->packets[p->kind - HOST_KIND_FIRST]++;
		out->matched_mask |= p->fingerprints;
		for (unsigned f = 0; f < FINGERPRINTS_MAX; f++)
			out->matched[f] += p->fingerprints >> f & 1;
	}
	out->fields_mask = UINT64_C(1) << FIELD_DESTINATION;
	if (host_day_packets(out, KIND_SYN) > 0)
		out->fields_mask |= (UINT64_C(1) << FIELD_DESTINATION) - 1;
	for (unsigned field = FIELD_UDP_PORT; field < FIELD_COUNT; field++) {
		uint32_t value;
		for (size_t i = 0; i < count; i++)
			out->fields_mask |= (uint64_t)naive_value(&sent[i], field, &value) << field;
	}
	for (unsigned field = 0; field < FIELD_COUNT; field++)
		if (out->fields_mask >> field & 1)
			naive_items(sent, count, field, out);
}
