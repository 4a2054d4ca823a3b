// SPDX-License-Identifier: MIT
// Events of random worlds against a naive count of the same packets: all packets of a key sorted by time, and cut where
// silence is long. Some keys are scans over midnight, groups are planted.
#include "analyse/events/big.h"
#include "analyse/events/groups.h"
#include "analyse/events/tally.h"

#include "base/memory.h"
#include "base/random.h"
#include "holdings/test_memory.h"

#include <math.h>
#include <string.h>

enum { DAYS = 4, PACKETS_MAX = 4000, TELESCOPE = 256 };
#define SECOND NANOSECONDS_A_SECOND

struct world {
	struct burst_record packets[PACKETS_MAX];
	size_t count;
	struct memory_holdings *memory;
	struct holdings *holdings;
};

static const struct zone utc = { .name = "UTC" };
static struct telescope telescope;
static struct random dice;

static int32_t day_of(const struct burst_record *r)
{
	return (int32_t)(r->time_ns / DAY_NS);
}

static void add(struct world *w, uint32_t source, uint8_t protocol, uint16_t port, uint64_t time_ns,
                uint32_t destination, uint32_t fingerprints)
{
	if (w->count < PACKETS_MAX)
		w->packets[w->count++] = (struct burst_record){ .time_ns = time_ns,
			                                        .address = source,
			                                        .other = 0xc6336400 + destination,
			                                        .packets = 1,
			                                        .fingerprints = fingerprints,
			                                        .key_port = port,
			                                        .protocol = protocol,
			                                        .flags = BURST_NO_PORT };
}

static uint64_t at(uint64_t seconds)
{
	return (uint64_t)TEST_DAY * DAY_NS + seconds * SECOND;
}

// Packets in clumps, many of them about midnight.
static void add_random(struct world *w, size_t count)
{
	static const uint8_t protocols[] = { 1, 6, 6, 6, 17 };
	while (count > 0) {
		const uint32_t source = 0x50000000 + random_below(&dice, 12);
		const uint8_t protocol = protocols[random_below(&dice, 5)];
		const uint16_t port = protocol == 1 ? 0 : (uint16_t)(20 + random_below(&dice, 4));
		uint64_t time = random_below(&dice, 2) == 0
		                        ? 86400 * (1 + random_below(&dice, DAYS - 1)) -
		                                  random_below(&dice, 900)
		                        : random_below(&dice, DAYS * 86400 - 4000);
		for (uint32_t n = 1 + random_below(&dice, 20); n > 0 && count > 0; n--, count--) {
			add(w, source, protocol, port, at(time), random_below(&dice, 40),
			    protocol == 6 ? random_below(&dice, 16) : 0);
			time += random_below(&dice, 400);
			if (time >= DAYS * 86400)
				time = DAYS * 86400 - 1;
		}
	}
}

// Hands it to holdings, each day in two pieces, packets in any order.
static void hold(struct world *w)
{
	static struct fingerprint_set fingerprints;
	const struct holdings_about about = { .name = "memory",
		                              .zone = &utc,
		                              .fingerprints = &fingerprints,
		                              .telescope_days = &telescope };
	struct burst_record *some = memory_new(PACKETS_MAX, sizeof *some);
	w->memory = memory_holdings_new(&about);
	w->holdings = &w->memory->holdings;
	for (size_t i = w->count; i > 1; i--) {
		const size_t other = random_below(&dice, (uint32_t)i);
		const struct burst_record r = w->packets[other];
		w->packets[other] = w->packets[i - 1];
		w->packets[i - 1] = r;
	}
	for (int32_t day = TEST_DAY; day < TEST_DAY + DAYS; day++) {
		const uint64_t begin_ns = (uint64_t)day * DAY_NS;
		const struct day_host host = {
			.host = { .source = 1, .first_ns = begin_ns, .last_ns = begin_ns }
		};
		memory_add(w->memory, (struct holding){ period_of_day(day), 0 }, &host, 1);
		for (size_t piece = 0; piece < 2; piece++) {
			size_t count = 0;
			for (size_t i = piece; i < w->count; i += 2)
				if (day_of(&w->packets[i]) == day)
					some[count++] = w->packets[i];
			memory_add_bursts(w->memory, day, BURST_SCAN, some, count);
		}
	}
	memory_free(some);
}

static int by_key_and_time(const void *a, const void *b)
{
	const struct burst_record *x = a, *y = b;
	const struct burst_key k = { x->address, x->protocol, x->key_port };
	const struct burst_key l = { y->address, y->protocol, y->key_port };
	const int keys = burst_key_compare(&k, &l);
	return keys != 0 ? keys : (x->time_ns > y->time_ns) - (x->time_ns < y->time_ns);
}

struct expected {
	struct event events[PACKETS_MAX];
	size_t count, next;
};

static struct event naive_event(const struct burst_record *list, size_t count)
{
	bool seen[TELESCOPE] = { false };
	struct event e = { .first_ns = list[0].time_ns,
		           .last_ns = list[count - 1].time_ns,
		           .packets = count,
		           .telescope = TELESCOPE,
		           .source = list[0].address,
		           .day = day_of(&list[0]),
		           .port = list[0].key_port,
		           .protocol = list[0].protocol };
	for (size_t i = 0; i < count; i++) {
		e.destinations += !seen[list[i].other & 0xff];
		seen[list[i].other & 0xff] = true;
		e.fingerprints |= list[i].fingerprints;
	}
	return e;
}

static void count_naively(struct world *w, const struct events_request *r, struct expected *out)
{
	out->count = out->next = 0;
	qsort(w->packets, w->count, sizeof *w->packets, by_key_and_time);
	for (size_t begin = 0, end; begin < w->count; begin = end) {
		const struct burst_record *p = w->packets;
		for (end = begin + 1; end < w->count; end++)
			if (p[end].address != p[begin].address ||
			    p[end].protocol != p[begin].protocol ||
			    p[end].key_port != p[begin].key_port ||
			    p[end].time_ns - p[end - 1].time_ns > r->timeout_s * SECOND)
				break;
		const struct event e = naive_event(p + begin, end - begin);
		if (e.packets >= r->packets_min && e.destinations >= r->destinations_min &&
		    day_range_holds(r->days, e.day))
			out->events[out->count++] = e;
	}
}

static bool compare(void *context, const struct event *e, struct error *error)
{
	struct expected *expected = context;
	(void)error;
	CHECK(expected->next < expected->count);
	if (expected->next >= expected->count)
		return true;
	const struct event *x = &expected->events[expected->next++];
	CHECK(e->source == x->source && e->protocol == x->protocol && e->port == x->port);
	CHECK(e->first_ns == x->first_ns && e->last_ns == x->last_ns);
	CHECK(e->packets == x->packets && e->destinations == x->destinations);
	CHECK(e->telescope == x->telescope && e->day == x->day);
	CHECK((e->fingerprints & ~fingerprints_weighed) ==
	      (x->fingerprints & ~fingerprints_weighed));
	return true;
}

static void end(struct world *w)
{
	memory_holdings_free(w->memory);
	memory_free(w);
}

static struct world *begin(uint64_t seed)
{
	struct world *w = memory_new(1, sizeof *w);
	assert(w != NULL);
	dice = random_from(seed);
	if (telescope.count == 0) {
		struct error error;
		CHECK(telescope_parse("198.51.100.0/24", &telescope, &error));
	}
	return w;
}

TEST(events_are_those_of_a_naive_count)
{
	static const uint64_t timeouts[] = { 60, 61, 300, 624, 5000, 86400, 3 * 86400 };
	struct expected *expected = memory_new(1, sizeof *expected);
	size_t over_midnight = 0;
	for (uint64_t seed = 0; seed < 21; seed++) {
		struct world *w = begin(seed);
		struct error error;
		const struct events_request request = {
			.days = seed % 3 == 0 ? all_days
			                      : (struct day_range){ TEST_DAY + 1, TEST_DAY + 2 },
			.timeout_s = timeouts[seed % 7],
			.packets_min = seed % 4,
			.destinations_min = seed % 5,
		};
		add_random(w, PACKETS_MAX);
		hold(w);
		count_naively(w, &request, expected);
		CHECK(events_each(w->holdings, &request, compare, expected, &error));
		CHECK(expected->next == expected->count && expected->count > 0);
		for (size_t i = 0; i < expected->count; i++)
			over_midnight += expected->events[i].last_ns / DAY_NS >
			                 expected->events[i].first_ns / DAY_NS;
		end(w);
	}
	CHECK(over_midnight > 20);
	memory_free(expected);
}

TEST(the_published_time_out_falls_out)
{
	CHECK((int)event_timeout(475136, EVENT_RATE, EVENT_MISS) == EVENT_TIMEOUT_S);
	CHECK(fabs(event_split_chance(475136, 100, 624.4) - 0.001) < 1e-6);
	// Ten times as slow is cut at every second silence.
	CHECK(fabs(event_split_chance(475136, 10, 624.4) - 0.501) < 1e-3);
	// 480 s of 5.5 million addresses for 10 packets a second: 0.2 %.
	CHECK(fabs(event_split_chance(5500000, 10, 480) - 0.00214) < 1e-5);
}

TEST(estimates_are_those_of_occupancy)
{
	CHECK(event_coverage(64, 256) == 0.25);
	CHECK(fabs(event_probes_per_address(64, 256) - 0.2876820724517809) < 1e-15);
	CHECK(isinf(event_probes_per_address(256, 256)));
	CHECK(fabs(event_probes_per_address(1, UINT64_C(1) << 32) * 4294967296.0 - 1) < 1e-9);
	CHECK(isnan(event_rate(1, 5, 5, 256)) && isnan(event_rate(9, 5, 5, 256)));
	CHECK(event_rate(11, SECOND, 2 * SECOND, UINT64_C(1) << 31) == 20);
}

static bool note_fingerprints(void *context, const struct event *e, struct error *error)
{
	uint32_t *by_source = context;
	(void)error;
	by_source[e->source] = e->fingerprints;
	return true;
}

// A scan of 2,000 SYNs of which one looks like ZMap's says nothing of ZMap.
TEST(what_chance_meets_is_no_fingerprint)
{
	struct world *w = begin(3);
	const uint32_t weighed = UINT32_C(1) << __builtin_ctz(fingerprints_weighed), mirai = 1;
	const struct events_request request = { .days = all_days, .timeout_s = 624 };
	uint32_t by_source[10] = { 0 };
	struct error error;
	for (uint32_t i = 0; i < 2000; i++)
		add(w, 7, 6, 23, at(i), i % 256, i == 5 ? weighed | mirai : 0);
	for (uint32_t i = 0; i < 4; i++)
		add(w, 8, 6, 23, at(i), i, weighed);
	hold(w);
	CHECK(events_each(w->holdings, &request, note_fingerprints, by_source, &error));
	CHECK(by_source[7] == mirai && by_source[8] == weighed);
	end(w);
}

// ---- tallies and big scanners

TEST(the_top_is_what_so_few_reach)
{
	struct tally t;
	CHECK(tally_init(&t));
	CHECK(tally_top(&t, 0.5) == UINT64_MAX);
	for (uint64_t i = 1; i <= 1000; i++)
		CHECK(tally_add(&t, i * 100));
	CHECK(tally_top(&t, 0.01) == 99100);
	CHECK(tally_top(&t, 0.0001) == 100000);
	CHECK(tally_top(&t, 0.5) == 50100);
	CHECK(tally_add(&t, 100000));
	CHECK(tally_top(&t, 0.0001) == UINT64_MAX);
	tally_done(&t);
}

struct big_found {
	struct big_scanner list[16];
	size_t count;
};

static bool note_big(void *context, const struct big_scanner *b, struct error *error)
{
	struct big_found *found = context;
	(void)error;
	if (found->count < 16)
		found->list[found->count++] = *b;
	return true;
}

TEST(each_definition_has_its_scanners)
{
	struct world *w = begin(4);
	struct big_found found = { .count = 0 };
	struct big_limits limits;
	struct error error;
	const struct events_request request = { .days = all_days, .timeout_s = 624 };
	for (uint32_t i = 0; i < 26; i++)  // 26 of 256
		add(w, 0x0a, 6, 23, at(i), i, 0);
	for (uint32_t i = 0; i < 25; i++)  // not a tenth
		add(w, 0x0b, 6, 23, at(i), i, 0);
	for (uint32_t i = 0; i < 500; i++)
		add(w, 0x0c, 17, 53, at(i), i % 9, 0);
	// Of TCP and of UDP, on a day 24 ports; on the first two more, one of them twice.
	for (uint32_t i = 0; i < 3; i++)
		add(w, 0x0d, 6, (uint16_t)(100 + i / 2), at(i * 1000), 1, 0);
	for (uint32_t i = 0; i < 60; i++)
		add(w, 0x0d, i % 2 == 0 ? 6 : 17, (uint16_t)(i / 2 % 15), at(i * 3600), 1, 0);
	for (uint32_t i = 0; i < 20; i++)
		add(w, 0x0e, 6, (uint16_t)i, at(i), 1, 0);
	hold(w);
	CHECK(big_scanners_find(w->holdings, &request, BIG_QUANTILE, note_big, &found, &limits,
	                        &error));
	CHECK(found.count == 3);
	CHECK(found.list[0].source == 0x0a && found.list[0].definitions == 1u << BIG_DISPERSION);
	CHECK(found.list[1].source == 0x0c && found.list[1].definitions == 1u << BIG_VOLUME);
	CHECK(found.list[1].event_packets == 500 && found.list[1].events == 1);
	CHECK(found.list[2].source == 0x0d && found.list[2].definitions == 1u << BIG_PORTS);
	CHECK(found.list[2].ports == 26 && found.list[2].events == 63);
	CHECK(limits.events == 86 && limits.packets == 500 && limits.ports == 26);
	end(w);
}

// ---- groups

TEST(groups_are_the_planted_ones)
{
	struct world *w = begin(5);
	struct source_groups groups;
	struct error error;
	const struct events_request request = { .days = all_days,
		                                .timeout_s = 300,
		                                .packets_min = 2 };
	const uint32_t mirai = 1;
	for (uint32_t s = 0; s < 9; s++)  // a botnet: each begins 300 s after another
		for (uint32_t i = 0; i < 4; i++)
			add(w, 0x100 + s * 7, 6, i % 2 == 0 ? 23 : 2323, at(1000 + s * 300 + i), i,
			    mirai);
	for (uint32_t s = 0; s < 5; s++)  // a second later than the time-out after it
		for (uint32_t i = 0; i < 4; i++)
			add(w, 0x50 + s, 6, i % 2 == 0 ? 23 : 2323, at(3701 + i), i, mirai);
	for (uint32_t s = 0; s < 3; s++)  // the same ports, another tool
		for (uint32_t i = 0; i < 4; i++)
			add(w, 0x200 + s, 6, i % 2 == 0 ? 23 : 2323, at(1000 + i), i, 0);
	for (uint32_t s = 0; s < 2; s++)  // a port of UDP is not that of TCP
		for (uint32_t i = 0; i < 4; i++)
			add(w, 0x300 + s, 17, i % 2 == 0 ? 23 : 2323, at(1000 + i), i, 0);
	for (uint32_t i = 0; i < 4; i++)  // and one alone
		add(w, 0x400, 6, 23, at(1000 + i), i, mirai);
	add(w, 0x500, 6, 23, at(1000), 1, mirai);  // too little
	hold(w);
	CHECK(source_groups_find(w->holdings, &request, 2, &groups, &error));
	CHECK(groups.count == 4 && groups.sources == 20 && groups.grouped == 19);
	const struct source_group *g = groups.list;
	CHECK(g[0].sources == 9 && g[0].source == 0x100 && g[0].packets == 36);
	CHECK(g[0].first_ns == at(1000) && g[0].begun_ns == at(3400) && g[0].last_ns == at(3403));
	CHECK(g[0].port_count == 2 && g[0].ports[0] == (6u << 16 | 23) &&
	      g[0].ports[1] == (6u << 16 | 2323) && g[0].fingerprints == mirai);
	CHECK(g[1].sources == 5 && g[1].source == 0x50);
	CHECK(g[2].sources == 3 && g[2].fingerprints == 0);
	CHECK(g[3].sources == 2 && g[3].ports[0] == (17u << 16 | 23));
	source_groups_done(&groups);
	CHECK(source_groups_find(w->holdings, &request, 4, &groups, &error));
	CHECK(groups.count == 2 && groups.grouped == 14);
	source_groups_done(&groups);
	end(w);
}

TEST_MAIN
