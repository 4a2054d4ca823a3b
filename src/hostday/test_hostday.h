// SPDX-License-Identifier: MIT
// For the tests of hostday/: random records, and comparing host-days.
#pragma once

#include "base/memory.h"
#include "base/random.h"
#include "hostday/hostday.h"

#include <stdio.h>

enum { TEST_RECORDS_MAX = 70000 };
#define TEST_BASE_NS (UINT64_C(1474329600) * 1000000000)

// Records, and pointers to them in the same order, as host_day_aggregate() wants them.
struct pile {
	struct record *records;
	const struct record **list;
	size_t count;
};

static inline struct pile pile_new(size_t count)
{
	struct pile pile = {
		.records = memory_new(count + 1, sizeof *pile.records),
		.list = memory_new(count + 1, sizeof(struct record *)),
		.count = count,
	};
	for (size_t i = 0; i < count; i++)
		pile.list[i] = &pile.records[i];
	return pile;
}

static inline void pile_done(struct pile *pile)
{
	memory_free(pile->records);
	memory_free(pile->list);
}

// Habits of a source: which kinds it sends, and how many values its fields have.
struct habits {
	uint32_t kinds, fingerprints, few;
	uint32_t masks[4];
};

static inline struct habits random_habits(struct random *r)
{
	static const uint32_t masks[] = { 0, 0xf, 0x10ff, 0xffffffff };
	struct habits h = { .kinds = random_u32(r) & random_u32(r), .few = random_u32(r) };
	h.fingerprints = random_below(r, 3) == 0 ? 0 : random_u32(r) & random_u32(r);
	for (unsigned i = 0; i < 4; i++)
		h.masks[i] = masks[random_below(r, 4)];
	return h;
}

static inline uint8_t random_kind(struct random *r, const struct habits *h)
{
	for (unsigned tries = 0; tries < 8; tries++) {
		const unsigned kind = HOST_KIND_FIRST + random_below(r, HOST_KINDS);
		if (h->kinds >> kind & 1)
			return (uint8_t)kind;
	}
	return KIND_SYN;
}

// Most sources are seen in frames, which tell nearly everything; some in flows.
static inline bool has_flows(const struct habits *h)
{
	return h->few % 5 == 0;
}

static inline uint16_t random_known(struct random *r, const struct habits *h)
{
	const uint32_t flows = has_flows(h) ? random_u32(r) & 0x8fff : KNOWN_IPV4 | KNOWN_PORTS;
	return (uint16_t)((random_u32(r) & 0xfff) | (h->few & 0x1f) | flows);
}

static inline uint16_t random_more(struct random *r, const struct habits *h)
{
	return has_flows(h) ? (uint16_t)(random_u32(r) & h->masks[2]) : 0;
}

static inline struct record random_record(struct random *r, const struct habits *h, uint32_t source)
{
	const uint8_t kind = random_kind(r, h);
	// Fields that are not known hold noise here: it must not come through.
	return (struct record){
		.time_ns = TEST_BASE_NS + random_u64(r) % (UINT64_C(86400) * 1000000000),
		.source = source,
		.kind = kind,
		.known = random_known(r, h),
		.more_packets = random_more(r, h),
		.destination = (0xc0000000 ^ h->few) + (random_u32(r) & h->masks[0]),
		.options = random_u32(r) & h->masks[1],
		.fingerprints = kind == KIND_SYN ? random_u32(r) & h->fingerprints : 0,
		.source_port = (uint16_t)(random_u32(r) & h->masks[2]),
		.destination_port = (uint16_t)(random_u32(r) & h->masks[3]),
		.window = (uint16_t)(random_u32(r) & h->masks[1]),
		.ip_id = (uint16_t)(random_u32(r) & h->masks[2]),
		.length = (uint16_t)(random_u32(r) & h->masks[1]),
		.mss = (uint16_t)(random_u32(r) & h->masks[0]),
		.ttl = (uint8_t)(random_u32(r) & h->masks[3]),
		.tos = (uint8_t)(random_u32(r) & h->masks[0]),
		.tcp_flags = (uint8_t)(random_u32(r) & h->masks[1]),
	};
}

static inline struct pile random_pile(struct random *r, size_t count, uint32_t source)
{
	const struct habits habits = random_habits(r);
	struct pile pile = pile_new(count);
	for (size_t i = 0; i < count; i++)
		pile.records[i] = random_record(r, &habits, source);
	return pile;
}

static inline bool same_items(const struct host_day *a, const struct host_day *b, unsigned field)
{
	const struct item_set x = a->sets[field], y = b->sets[field];
	if (x.count != y.count || x.is_sampled != y.is_sampled)
		return false;
	for (uint32_t i = 0; i < x.count; i++)
		if (a->items[x.begin + i].value != b->items[y.begin + i].value ||
		    a->items[x.begin + i].packets != b->items[y.begin + i].packets)
			return false;
	return true;
}

static inline bool same_host_day(const struct host_day *a, const struct host_day *b)
{
	bool is_same = a->source == b->source && a->first_ns == b->first_ns &&
	               a->last_ns == b->last_ns && a->matched_mask == b->matched_mask &&
	               a->fields_mask == b->fields_mask &&
	               memcmp(a->packets, b->packets, sizeof a->packets) == 0;
	for (unsigned bit = 0; is_same && bit < FINGERPRINTS_MAX; bit++)
		is_same = !(a->matched_mask >> bit & 1) || a->matched[bit] == b->matched[bit];
	for (unsigned field = 0; is_same && field < FIELD_COUNT; field++)
		is_same = !(a->fields_mask >> field & 1) || same_items(a, b, field);
	return is_same;
}

static inline void spans_of(const struct host_columns *c, struct span out[COLUMN_COUNT])
{
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		out[i] = buffer_span(&c->column[i]);
}

static inline void print_seed(bool is_failed, uint64_t seed)
{
	if (is_failed)
		printf("seed %llu\n", (unsigned long long)seed);
}
