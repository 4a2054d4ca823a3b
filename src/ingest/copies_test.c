// SPDX-License-Identifier: MIT
// Copies against a naive look at all packets before; where they are the rule, and where they are not.
#include "ingest/copies.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"

#include <assert.h>
#include <string.h>

enum { PACKETS_MAX = 40000, MILLISECOND_NS = 1000000, BATCH_MAX = 128 };

struct list {
	struct packet *packets;
	size_t count;
};

static struct list list_new(void)
{
	struct list l = { memory_new(PACKETS_MAX, sizeof *l.packets), 0 };
	assert(l.packets != NULL);
	return l;
}

static const uint8_t ip_bytes[20] = { 0x45 };

// The time is in microseconds.
static void add(struct list *l, uint64_t time_us, uint32_t source, uint32_t number)
{
	l->packets[l->count++] = (struct packet){ .time_ns = time_us * 1000,
		                                  .source = source,
		                                  .destination = 0xc6336401,
		                                  .seq = number,
		                                  .ip_id = (uint16_t)number,
		                                  .protocol = 6,
		                                  .kind = KIND_SYN,
		                                  .packets = 1,
		                                  .ip = { ip_bytes, sizeof ip_bytes } };
}

// Hands the packets over in batches of random size, as ingest does; what is left has *out_count packets.
static struct packet *leave_out(struct copies *c, const struct list *l, struct random *dice,
                                size_t *out_count)
{
	struct packet *kept = memory_new(l->count + 1, sizeof *kept), batch[BATCH_MAX], *held;
	size_t count = 0, held_count;
	bool was_decided = false;
	assert(kept != NULL);
	copies_begin(c);
	for (size_t at = 0, part; at < l->count || !was_decided; at += part) {
		const size_t left = l->count - at;
		part = 1 + random_below(dice, BATCH_MAX);
		part = part < left ? part : left;
		size_t taken = copies_are_looked_for(c) ? copies_look(c, l->packets + at, part) : 0;
		if (copies_are_looked_for(c) && (taken < part || at + part == l->count)) {
			held = copies_decide(c, &held_count);
			CHECK(held_count == at + taken);
			held_count = copies_leave_out(c, held, held_count);
			memcpy(kept, held, held_count * sizeof *held);
			count = held_count;
		}
		was_decided = !copies_are_looked_for(c);
		if (!was_decided)
			continue;
		memcpy(batch, l->packets + at + taken, (part - taken) * sizeof *batch);
		const size_t more = copies_leave_out(c, batch, part - taken);
		memcpy(kept + count, batch, more * sizeof *batch);
		count += more;
	}
	*out_count = count;
	return kept;
}

// How many packets are left, and how often each was said to come.
struct result {
	size_t count;
	unsigned each;
};

static struct result look(const struct list *l)
{
	struct random dice = random_from(l->count);
	struct copies *c = copies_new();
	struct result result;
	assert(c != NULL);
	memory_free(leave_out(c, l, &dice, &result.count));
	result.each = copies_each(c);
	copies_free(c);
	return result;
}

// So many packets from so many sources, of which each comes so often.
static struct list list_of(uint32_t packets, uint32_t sources, unsigned each)
{
	struct list l = list_new();
	for (uint32_t i = 0; i < packets; i++)
		for (unsigned copy = 0; copy < each; copy++)
			add(&l, i * UINT64_C(2000) + copy * 30, 1 + i % sources, i);
	return l;
}

static bool leaves(uint32_t packets, uint32_t sources, unsigned times, size_t count, unsigned each)
{
	struct list l = list_of(packets, sources, times);
	const struct result got = look(&l);
	if (got.count != count || got.each != each)
		printf("%u packets of %u sources, each %u times: %zu left, each %u times\n",
		       packets, sources, times, got.count, got.each);
	memory_free(l.packets);
	return got.count == count && got.each == each;
}

TEST(each_packet_counts_once)
{
	CHECK(leaves(10000, 300, 2, 10000, 2));
	CHECK(leaves(10000, 300, 3, 10000, 3));
	CHECK(leaves(10000, 300, 1, 10000, 0));
	CHECK(leaves(0, 1, 1, 0, 0));
}

TEST(few_packets_and_few_sources_are_no_rule)
{
	CHECK(leaves(COPIES_PACKETS, COPIES_SOURCES, 2, COPIES_PACKETS, 2));
	CHECK(leaves(COPIES_PACKETS - 1, COPIES_SOURCES, 2, 2 * COPIES_PACKETS - 2, 0));
	CHECK(leaves(1000, COPIES_SOURCES - 1, 2, 2000, 0));
	CHECK(leaves(20000, 1, 2, 40000, 0));  // a tool that sends each probe twice
}

// Of 1,000 packets so many come once.
static unsigned each_of_rest(uint32_t once)
{
	struct list l = list_new();
	for (uint32_t i = 0; i < 1000; i++) {
		add(&l, i * UINT64_C(2000), 1 + i % 50, i);
		if (i * once / 1000 == (i + 1) * once / 1000)
			add(&l, i * UINT64_C(2000) + 1000, 1 + i % 50, i);
	}
	const struct result got = look(&l);
	CHECK(got.count == (got.each > 0 ? 1000 : l.count));
	memory_free(l.packets);
	return got.each;
}

TEST(nine_of_ten_have_to_come_twice)
{
	CHECK(each_of_rest(0) == 2 && each_of_rest(100) == 2);
	CHECK(each_of_rest(101) == 0 && each_of_rest(900) == 0);
}

TEST(a_millisecond_and_everything_in_the_header_decides)
{
	struct list l = list_of(1000, 50, 2);
	const size_t begin = l.count;
	add(&l, 9000000, 7, 1);
	add(&l, 9001000, 7, 1);  // a copy
	add(&l, 9001001, 7, 1);  // none: the first is too far, and has one
	add(&l, 9000001, 7, 1);  // a copy of that: times need not ascend
	for (unsigned field = 0; field < 11; field++) {
		add(&l, 9900000, 9, 9);
		struct packet *p = &l.packets[l.count - 1];
		static const uint8_t fragment[20] = { [7] = 3 };
		switch (field) {
		case 0: p->source++; break;
		case 1: p->destination++; break;
		case 2: p->seq++; break;
		case 3: p->source_port++; break;
		case 4: p->destination_port++; break;
		case 5: p->ip_id++; break;
		case 6: p->length++; break;
		case 7: p->protocol++; break;
		case 8: p->tcp_flags++; break;
		case 9: p->icmp_type++; break;
		default: p->ip.bytes = fragment; break;
		}
	}
	add(&l, 9900000, 9, 9);
	const struct result got = look(&l);
	CHECK(got.each == 2 && got.count == 1000 + (l.count - begin) - 2);
	memory_free(l.packets);
}

// A probe that was sent twice comes four times.
TEST(what_was_sent_twice_counts_twice)
{
	struct list l = list_of(1000, 50, 2);
	for (uint32_t i = 0; i < 3000; i++)
		for (unsigned copy = 0; copy < 4; copy++)
			add(&l, 9000000 + i * UINT64_C(5000) + copy, 99, i);
	const struct result got = look(&l);
	CHECK(got.each == 2 && got.count == 1000 + 6000);
	memory_free(l.packets);
}

// What comes later is not looked at, so that captures without copies pay for no more.
TEST(the_first_packets_decide)
{
	struct list l = list_of(COPIES_GLANCE, 50, 1);
	for (uint32_t i = 0; i < 5000; i++)
		for (unsigned copy = 0; copy < 2; copy++)
			add(&l, 9000000 + i * UINT64_C(5000) + copy, i % 60, i);
	CHECK(look(&l).each == 0 && look(&l).count == l.count);
	memory_free(l.packets);
	// Copies of the first 8,192 are 4,096 of others, whatever comes then.
	l = list_of(COPIES_LOOK / 2, 50, 2);
	for (uint32_t i = 0; i < 20000; i++)
		add(&l, 9000000 + i * UINT64_C(5000), i % 60, i);
	CHECK(look(&l).each == 2 && look(&l).count == COPIES_LOOK / 2 + 20000);
	memory_free(l.packets);
}

TEST(long_packets_end_the_look)
{
	static const uint8_t bytes[1 << 16] = { 0x45 };
	struct list l = list_of(1000, 50, 2);
	for (size_t i = 0; i < l.count; i++)
		l.packets[i].ip = (struct span){ bytes, i < 100 ? 10000 : sizeof bytes };
	CHECK(look(&l).each == 2 && look(&l).count == 1000);
	for (size_t i = 0; i < l.count; i++)
		l.packets[i].ip.length = sizeof bytes;  // 16 packets, which are too few
	CHECK(look(&l).each == 0 && look(&l).count == l.count);
	memory_free(l.packets);
}

// ---- against a look at each packet before

static bool is_same(const struct packet *a, const struct packet *b)
{
	const uint64_t apart = a->time_ns > b->time_ns ? a->time_ns - b->time_ns
	                                               : b->time_ns - a->time_ns;
	return a->source == b->source && a->seq == b->seq && a->ip_id == b->ip_id &&
	       apart <= MILLISECOND_NS;
}

static size_t naive(const struct list *l, unsigned each, struct packet *out)
{
	size_t *copies = memory_new(l->count + 1, sizeof *copies), count = 0;
	assert(copies != NULL);
	for (size_t i = 0; i < l->count; i++) {
		size_t k = count;
		while (k > 0 &&
		       (copies[k - 1] + 1 >= each || !is_same(&out[k - 1], &l->packets[i])))
			k--;
		if (k > 0) {
			copies[k - 1]++;
		} else {
			copies[count] = 0;
			out[count++] = l->packets[i];
		}
	}
	memory_free(copies);
	return count;
}

TEST(random_packets_are_left_out_as_naively)
{
	enum { ROUNDS = 60, SEED = 11 };
	struct random dice = random_from(SEED);
	struct copies *c = copies_new();
	unsigned rule = 0;
	assert(c != NULL);
	for (int round = 0; round < ROUNDS; round++) {
		struct list l = list_new();
		const uint32_t packets = 20 + random_below(&dice, 3000),
			       each = 2 + random_below(&dice, 2);
		uint64_t at_us = 0;
		for (uint32_t i = 0; i < packets; i++) {
			at_us += random_below(&dice, 400);
			for (uint32_t copy = 0; copy < each; copy++)
				if (copy == 0 || random_below(&dice, 30) > 0)
					add(&l, at_us + random_below(&dice, 300),
					    random_below(&dice, 12), random_below(&dice, 40));
			for (size_t n = 1; n < each && n < l.count; n++) {
				struct packet *p = &l.packets[l.count - n];
				p->source = l.packets[l.count - each].source;
				p->seq = l.packets[l.count - each].seq;
				p->ip_id = l.packets[l.count - each].ip_id;
			}
		}
		size_t count;
		struct packet *got = leave_out(c, &l, &dice, &count);
		struct packet *want = memory_new(l.count + 1, sizeof *want);
		assert(want != NULL);
		const size_t wanted = copies_each(c) == 0 ? l.count
		                                          : naive(&l, copies_each(c), want);
		rule += copies_each(c) > 0;
		CHECK(count == wanted);
		for (size_t i = 0; copies_each(c) > 0 && i < count && i < wanted; i++)
			CHECK(got[i].time_ns == want[i].time_ns && got[i].seq == want[i].seq);
		memory_free(got);
		memory_free(want);
		memory_free(l.packets);
	}
	CHECK(rule > ROUNDS / 2);
	copies_free(c);
}

TEST_MAIN
