// SPDX-License-Identifier: MIT
// Pairs of SYNs that show nmap and unicornscan: made ones in any pieces, those who repeat a number, and random ones of their
// shapes. HOTARU_RANDOM_SYNS: how many of those, 100,000,000 by hand.
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "base/text.h"
#include "hostday/evidence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { SYNS_MAX = 300, RECORDS_MAX = 3 * SYNS_MAX };
enum { NMAP = 1 << FINGERPRINT_NMAP, UNICORNSCAN = 1 << FINGERPRINT_UNICORNSCAN };

struct scan {
	struct record records[RECORDS_MAX];
	const struct record *list[RECORDS_MAX];
	size_t count;
};

static void add(struct scan *s, const struct packet *p)
{
	const struct record r = { .time_ns = UINT64_C(1000000000) + s->count,
		                  .source = 7,
		                  .destination = p->destination,
		                  .options = OPTION_CODE_MSS,
		                  .fingerprints = p->fingerprints,
		                  .source_port = p->source_port,
		                  .destination_port = p->destination_port,
		                  .kind = KIND_SYN,
		                  .known = KNOWN_IPV4 | KNOWN_PORTS | KNOWN_SEQ | KNOWN_WINDOW |
		                           KNOWN_OPTIONS | KNOWN_TOOLS };
	struct record pair = r;
	record_make_pair(&pair, p);
	s->records[s->count++] = r;
	s->records[s->count++] = pair;
}

static struct packet random_syn(struct random *r, uint32_t fingerprints)
{
	return (struct packet){ .seq = random_u32(r),
		                .destination = 0xc6330000 | (random_u32(r) & 0xffff),
		                .source_port = (uint16_t)random_u32(r),
		                .destination_port = (uint16_t)random_u32(r),
		                .fingerprints = fingerprints };
}

static uint32_t nmap_seq(uint32_t mask, uint32_t tried)
{
	return (tried << 16 | tried) ^ mask;
}

static uint32_t unicornscan_seq(const struct packet *p, uint32_t key, bool is_swapped)
{
	return p->seq ^ unicornscan_key(p, is_swapped) ^ key;
}

static struct host_day aggregated(struct aggregator *a, struct scan *s, size_t from, size_t to)
{
	struct host_day h = { .items = NULL };
	for (size_t i = from; i < to; i++)
		s->list[i] = &s->records[i];
	CHECK(host_day_aggregate(a, s->list + from, to - from, &h));
	return h;
}

// What the source counts for, of the whole scan and of three pieces of it, cut anywhere: also between a SYN and its pair.
static uint32_t counted(struct aggregator *a, struct scan *s, struct random *r)
{
	struct host_day whole = aggregated(a, s, 0, s->count), merged = { .items = NULL };
	const size_t cut = 1 + random_below(r, (uint32_t)s->count - 1);
	struct host_day first = aggregated(a, s, 0, cut), last = aggregated(a, s, cut, s->count);
	const struct host_day *const pieces[] = { &last, &first };
	CHECK(host_day_merge(pieces, 2, &merged));
	CHECK(whole.has_tools && merged.has_tools && whole.fields_mask == merged.fields_mask);
	CHECK(host_day_packets(&whole, KIND_SYN) == s->count / 2 &&
	      host_day_packets(&merged, KIND_SYN) == s->count / 2);
	const uint32_t found = host_day_counted(&whole);
	CHECK(host_day_counted(&merged) == found);
	for (unsigned field = FIELD_PAIR; field < FIELD_COUNT; field++)
		if (whole.fields_mask >> field & 1)
			CHECK(whole.sets[field].count == merged.sets[field].count &&
			      whole.sets[field].is_sampled == merged.sets[field].is_sampled);
	host_day_done(&whole);
	host_day_done(&first);
	host_day_done(&last);
	host_day_done(&merged);
	return found;
}

static struct scan scan_room;

static struct scan *empty(void)
{
	scan_room.count = 0;
	return &scan_room;
}

TEST(nmap_counts_with_two_numbers_of_a_process)
{
	struct aggregator *a = aggregator_new();
	struct random r = random_from(1);
	for (unsigned i = 0; i < 2000; i++) {
		struct scan *s = empty();
		const uint32_t tries = 2 + random_below(&r, 9), mask = random_u32(&r);
		const uint32_t syns = tries + random_below(&r, 20), begin = random_below(&r, 200);
		for (uint32_t n = 0; n < syns; n++) {
			struct packet p = random_syn(&r, NMAP);
			p.seq = nmap_seq(mask, begin + n % tries);
			add(s, &p);
		}
		CHECK(counted(a, s, &r) == NMAP);
	}
	aggregator_free(a);
}

TEST(who_repeats_a_number_never_counts)
{
	struct aggregator *a = aggregator_new();
	struct random r = random_from(2);
	for (unsigned i = 0; i < 2000; i++) {
		struct scan *s = empty();
		const uint32_t seq = random_u32(&r), tool = i % 2 == 0 ? NMAP : UNICORNSCAN;
		for (uint32_t n = 0; n < 2 + i % 100; n++) {
			struct packet p = random_syn(&r, tool);
			p.seq = seq;
			add(s, &p);
		}
		CHECK(counted(a, s, &r) == 0);
	}
	// A SYN that is sent again has one key, and is one.
	struct scan *s = empty();
	const struct packet again = random_syn(&r, UNICORNSCAN);
	for (unsigned n = 0; n < 4; n++)
		add(s, &again);
	CHECK(counted(a, s, &r) == 0);
	aggregator_free(a);
}

TEST(unicornscan_counts_with_two_numbers_of_a_key)
{
	struct aggregator *a = aggregator_new();
	struct random r = random_from(3);
	for (unsigned i = 0; i < 2000; i++) {
		struct scan *s = empty();
		const uint32_t key = random_u32(&r), syns = 2 + random_below(&r, SYNS_MAX - 10);
		for (uint32_t n = 0; n < syns; n++) {
			struct packet p = random_syn(&r, UNICORNSCAN);
			p.seq = unicornscan_seq(&p, key, i % 2 == 0);
			add(s, &p);
		}
		// And something else of the source that has the shape.
		for (uint32_t n = 0; n < syns / 3 && n < 10; n++) {
			const struct packet other = random_syn(&r, UNICORNSCAN);
			add(s, &other);
		}
		CHECK(counted(a, s, &r) == UNICORNSCAN);
	}
	aggregator_free(a);
}

TEST(only_equal_small_halves_are_partners)
{
	CHECK(evidence_nmap_partners(0x12345678, 0x12355679) &&
	      evidence_nmap_partners(0x12345678, 0x12345678 ^ 0x00ff00ff));
	CHECK(!evidence_nmap_partners(5, 5) && !evidence_nmap_partners(0, 0x01000100) &&
	      !evidence_nmap_partners(0, 0x00010002) && !evidence_nmap_partners(0, 1) &&
	      !evidence_nmap_partners(0, 0x00010000));
	// Numbers that go up by one have none, far ones few.
	struct aggregator *a = aggregator_new();
	struct random r = random_from(4);
	struct scan *s = empty();
	for (uint32_t n = 0; n < SYNS_MAX; n++) {
		struct packet p = random_syn(&r, NMAP);
		p.seq = 0x00010000 + n * 1021;
		add(s, &p);
	}
	CHECK(counted(a, s, &r) == 0);
	aggregator_free(a);
}

// Of nmap two random numbers are partners once in 2^24, so that sources of two to four SYNs are what chance has;
// unicornscan has nothing to expect: 2^-31 of two.
TEST(random_numbers_do_not_count)
{
	const char *long_form = getenv("HOTARU_RANDOM_SYNS");
	uint64_t syns = 200000;
	CHECK(long_form == NULL || text_u64(long_form, UINT64_MAX, &syns));
	struct random r = random_from(5);
	struct aggregator *a = aggregator_new();
	uint64_t sent = 0, false_ones = 0;
	double expected = 0;
	while (sent < syns) {
		struct scan *s = empty();
		const uint32_t count = 2 + random_below(&r, 99);
		const uint32_t tool = random_below(&r, 2) == 0 ? NMAP : UNICORNSCAN;
		for (uint32_t n = 0; n < count; n++) {
			const struct packet p = random_syn(&r, tool);
			add(s, &p);
		}
		if (tool == NMAP && count <= 4)
			expected += count * (count - 1) / 2.0 * 255 / 4294967296.0;
		struct host_day h = aggregated(a, s, 0, s->count);
		false_ones += host_day_counted(&h) != 0;
		host_day_done(&h);
		sent += count;
	}
	if (long_form != NULL)
		printf("%lu of %lu SYNs' sources count, %.4f expected\n", false_ones, sent,
		       expected);
	CHECK(false_ones == 0);
	aggregator_free(a);
}

TEST_MAIN
