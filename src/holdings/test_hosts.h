// SPDX-License-Identifier: MIT
// For tests: records made from a seed, in days and pieces, and the host-days that they make, found with
// qsort().
#pragma once

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "hostday/hostday.h"

#include <stdlib.h>

enum { TEST_DAY = 17045, ALL_PIECES = -1 };  // 2016-09-01
#define DAY_NS (UINT64_C(86400) * NANOSECONDS_A_SECOND)

// Records in arrival order, each of one piece: what one ingest takes in.
struct pile {
	struct record *records;
	int *pieces;
	size_t count;
};

struct day_host {
	int32_t day;
	struct host_day host;
};

// Host-days, ascending by day and source.
struct hosts {
	struct day_host *entries;
	size_t count;
};

static inline struct record record_from(struct random *dice, uint32_t sources, unsigned days)
{
	static const uint8_t kinds[] = { KIND_SYN,       KIND_SYN,           KIND_SYN,
		                         KIND_SYN,       KIND_SYN_ACK,       KIND_RST,
		                         KIND_UDP,       KIND_ICMP,          KIND_LATER_FRAGMENT,
		                         KIND_TCP_OTHER, KIND_OTHER_PROTOCOL };
	const int32_t day = TEST_DAY + (int32_t)random_below(dice, days);
	struct record r = {
		.time_ns = (uint64_t)day * DAY_NS + random_u64(dice) % DAY_NS,
		.day = day,
		.source = random_below(dice, sources) * 0x01003101 + random_below(dice, 2),
		.destination = 0xc6336400 + random_below(dice, 200),
		.options = random_below(dice, 4) * 3,
		.source_port = (uint16_t)random_u32(dice),
		.destination_port = (uint16_t)(random_below(dice, 3) ? 23 : random_u32(dice)),
		.window = (uint16_t)(random_below(dice, 3) ? 14600 : random_u32(dice)),
		.ip_id = (uint16_t)random_u32(dice),
		.length = (uint16_t)(40 + random_below(dice, 3) * 4),
		.mss = (uint16_t)(random_below(dice, 3) ? 1460 : random_u32(dice)),
		.ttl = (uint8_t)random_below(dice, 40),
		.tos = (uint8_t)random_below(dice, 2),
		.tcp_flags = 2,
		.kind = kinds[random_below(dice, sizeof kinds)],
		.known = (uint16_t)(random_u32(dice) & 0xfff),
	};
	if (r.kind == KIND_SYN)
		r.fingerprints = random_u32(dice) & random_u32(dice) & 0x3f;
	return r;
}

static inline struct pile pile_from(uint64_t seed, uint32_t sources, unsigned days, uint32_t pieces,
                                    size_t count)
{
	struct random dice = random_from(seed);
	struct pile p = { .records = memory_new(count + 1, sizeof *p.records),
		          .pieces = memory_new(count + 1, sizeof *p.pieces),
		          .count = count };
	for (size_t i = 0; i < count; i++) {
		p.records[i] = record_from(&dice, sources, days);
		p.pieces[i] = (int)random_below(&dice, pieces);
	}
	return p;
}

static inline void pile_done(struct pile *p)
{
	memory_free(p->records);
	memory_free(p->pieces);
}

static inline int record_order(const void *a, const void *b)
{
	const struct record *x = *(const struct record *const *)a;
	const struct record *y = *(const struct record *const *)b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

// The host-days of one piece, or of ALL_PIECES together.
static inline struct hosts pile_hosts(const struct pile *p, int piece)
{
	const struct record **sorted = memory_new(p->count + 1, sizeof(struct record *));
	struct hosts out = { .entries = memory_new(p->count + 1, sizeof *out.entries) };
	struct aggregator *room = aggregator_new();
	size_t count = 0;
	for (size_t i = 0; i < p->count; i++)
		if (piece == ALL_PIECES || p->pieces[i] == piece)
			sorted[count++] = &p->records[i];
	qsort(sorted, count, sizeof(struct record *), record_order);
	for (size_t begin = 0, end; begin < count; begin = end) {
		for (end = begin; end < count && !record_order(&sorted[begin], &sorted[end]); end++)
			;
		struct day_host *entry = &out.entries[out.count++];
		entry->day = sorted[begin]->day;
		CHECK(host_day_aggregate(room, sorted + begin, end - begin, &entry->host));
	}
	aggregator_free(room);
	memory_free(sorted);
	return out;
}

static inline void hosts_done(struct hosts *h)
{
	for (size_t i = 0; i < h->count; i++)
		host_day_done(&h->entries[i].host);
	memory_free(h->entries);
}

static inline bool same_field(const struct host_day *a, const struct host_day *b, unsigned field)
{
	const struct item_set x = a->sets[field], y = b->sets[field];
	if (x.count != y.count || x.is_sampled != y.is_sampled)
		return false;
	for (uint32_t i = 0; i < x.count; i++) {
		const struct item *left = &a->items[x.begin + i], *right = &b->items[y.begin + i];
		if (left->value != right->value || left->packets != right->packets)
			return false;
	}
	return true;
}

// Equal in all that columns `wanted` hold: `a` was read with them, `b` has all.
static inline bool host_day_same(const struct host_day *a, const struct host_day *b,
                                 uint64_t wanted)
{
	if (a->source != b->source || a->matched_mask != b->matched_mask ||
	    memcmp(a->packets, b->packets, sizeof a->packets) != 0 ||
	    a->fields_mask != (b->fields_mask & wanted >> COLUMN_FIELD))
		return false;
	if ((wanted & COLUMN_BIT(COLUMN_TIME)) &&
	    (a->first_ns != b->first_ns || a->last_ns != b->last_ns))
		return false;
	for (uint32_t rest = a->matched_mask; rest != 0; rest &= rest - 1)
		if (a->matched[__builtin_ctz(rest)] != b->matched[__builtin_ctz(rest)])
			return false;
	for (uint64_t rest = a->fields_mask; rest != 0; rest &= rest - 1)
		if (!same_field(a, b, (unsigned)__builtin_ctzll(rest)))
			return false;
	return true;
}
