// SPDX-License-Identifier: MIT
// Attacks against a count that sorts all packets and knows no bursts, from holdings in which they rest in pieces by
// day.
#include "analyse/attacks/attacks.h"

#include "base/memory.h"
#include "holdings/test_memory.h"

#include <stdlib.h>
#include <string.h>

enum { DAYS = 6, VICTIMS = 8, PACKETS = 5000, PIECES = 3, FIRST = TEST_DAY };
#define SECOND UINT64_C(1000000000)

struct traffic {
	struct burst_record *records;
	size_t count;
};

// A victim answers for some minutes, is silent, answers again: a random walk whose steps are now short, now about as
// long as the silences that are asked.
static void walk(struct traffic *t, struct random *dice, uint32_t victim)
{
	static const uint32_t steps_s[] = { 1, 2, 5, 20, 60, 61, 280, 320, 5000, 40000 };
	uint64_t at = (uint64_t)FIRST * DAY_NS + random_u64(dice) % DAY_NS;
	unsigned step = 0;
	while (at < (uint64_t)(FIRST + DAYS) * DAY_NS && t->count < PACKETS) {
		t->records[t->count++] = (struct burst_record){
			.time_ns = at,
			.address = 0x0a000000 + victim / 2,
			.protocol = victim % 2 == 0 ? 6 : 17,
			.other = 0xc6330000 + random_below(dice, 5) * 0x10001,
			.port = (uint16_t)(80 + random_below(dice, 3)),
			.packets = 1 + random_below(dice, 2),
			.flags = random_below(dice, 9) == 0 ? BURST_MISMATCH : 0,
		};
		if (random_below(dice, 40) == 0)
			step = random_below(dice, sizeof steps_s / sizeof *steps_s);
		at += random_below(dice, 3) == 0 ? steps_s[step] * SECOND
		                                 : random_u64(dice) % (steps_s[step] * SECOND);
	}
}

static struct traffic traffic_of(uint64_t seed)
{
	struct random dice = random_from(seed);
	struct traffic t = { memory_new(PACKETS, sizeof *t.records), 0 };
	assert(t.records != NULL);
	for (uint32_t victim = 0; victim < VICTIMS; victim++)
		walk(&t, &dice, victim);
	return t;
}

static int32_t day_of(const struct burst_record *r)
{
	return (int32_t)(r->time_ns / DAY_NS);
}

// ---- the other count

static int by_time(const void *a, const void *b)
{
	const struct burst_record *x = a, *y = b;
	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	if (x->protocol != y->protocol)
		return x->protocol < y->protocol ? -1 : 1;
	return (x->time_ns > y->time_ns) - (x->time_ns < y->time_ns);
}

static uint64_t fullest(const struct burst_record *r, size_t count)
{
	uint64_t most = 0;
	const uint64_t first = r[0].time_ns / (10 * SECOND) - 5;
	const uint64_t last = r[count - 1].time_ns / (10 * SECOND);
	for (uint64_t begin = first; begin <= last; begin++) {
		uint64_t sum = 0;
		for (size_t i = 0; i < count; i++)
			if (r[i].time_ns >= begin * 10 * SECOND &&
			    r[i].time_ns < (begin + 6) * 10 * SECOND)
				sum += r[i].packets;
		if (sum > most)
			most = sum;
	}
	return most;
}

static struct attack count_one(const struct burst_record *r, size_t count)
{
	struct attack a = { .first_ns = r[0].time_ns,
		            .last_ns = r[count - 1].time_ns,
		            .victim = r[0].address,
		            .protocol = r[0].protocol,
		            .day = day_of(&r[0]),
		            .first_port = r[0].port,
		            .has_port = true };
	uint32_t ports = 0, others = 0;
	for (size_t i = 0; i < count; i++) {
		a.packets += r[i].packets;
		a.mismatches += r[i].flags & BURST_MISMATCH ? r[i].packets : 0;
		ports |= 1u << (r[i].port - 80);
		others |= 1u << (r[i].other & 0xff);
	}
	a.ports = (uint64_t)__builtin_popcount(ports);
	a.addresses = (uint64_t)__builtin_popcount(others);
	a.networks = (uint32_t)a.addresses;
	return a;
}

static bool is_wanted(struct attack *a, const struct burst_record *r, size_t count,
                      const struct attacks_request *q)
{
	if (a->packets < q->thresholds.packets || !day_range_holds(q->days, a->day) ||
	    a->last_ns - a->first_ns < q->thresholds.seconds * SECOND)
		return false;
	a->max_per_minute = fullest(r, count);
	return a->max_per_minute >= q->thresholds.per_minute;
}

static int by_start(const void *a, const void *b)
{
	const struct attack *x = a, *y = b;
	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	return x->victim != y->victim ? (x->victim < y->victim ? -1 : 1)
	                              : (int)x->protocol - (int)y->protocol;
}

static size_t count_all(struct traffic *t, const struct attacks_request *q, struct attack *out)
{
	size_t found = 0;
	qsort(t->records, t->count, sizeof *t->records, by_time);
	for (size_t begin = 0, end; begin < t->count; begin = end) {
		const struct burst_record *r = &t->records[begin];
		for (end = begin + 1; end < t->count; end++)
			if (t->records[end].address != r->address ||
			    t->records[end].protocol != r->protocol ||
			    t->records[end].time_ns - t->records[end - 1].time_ns >
			            q->thresholds.silence_s * SECOND)
				break;
		out[found] = count_one(r, end - begin);
		found += is_wanted(&out[found], r, end - begin, q);
	}
	qsort(out, found, sizeof *out, by_start);
	return found;
}

// ---- both

static const struct zone *utc(void)
{
	static struct zone zone;
	struct error error;
	CHECK(zone_parse("UTC", &zone, &error));
	return &zone;
}

// Each packet in a piece of its day, by chance. A host-day makes a day one that is held.
static void hold(struct memory_holdings *m, const struct traffic *t, struct random *dice)
{
	struct burst_record *of = memory_new(PACKETS, sizeof *of);
	uint8_t *piece = memory_new(PACKETS, 1);
	assert(of != NULL && piece != NULL);
	for (size_t i = 0; i < t->count; i++)
		piece[i] = (uint8_t)random_below(dice, PIECES);
	for (int32_t day = FIRST; day < FIRST + DAYS; day++)
		for (unsigned p = 0; p < PIECES; p++) {
			size_t count = 0;
			for (size_t i = 0; i < t->count; i++)
				if (piece[i] == p && day_of(&t->records[i]) == day)
					of[count++] = t->records[i];
			memory_add_bursts(m, day, BURST_BACKSCATTER, of, count);
		}
	memory_free(of);
	memory_free(piece);
}

struct held {
	struct pile pile;
	struct hosts hosts;
	struct memory_holdings *m;
};

static struct held held_new(const struct holdings_about *about)
{
	static struct fingerprint_set none;
	struct holdings_about with = *about;
	with.fingerprints = &none;
	struct held h = { .pile = pile_from(4, 60, DAYS, 1, 3000) };
	h.hosts = pile_hosts(&h.pile, ALL_PIECES);
	h.m = memory_holdings_new(&with);
	memory_add_days(h.m, &h.hosts, 0, 0);
	return h;
}

static void held_done(struct held *h)
{
	memory_holdings_free(h->m);
	hosts_done(&h->hosts);
	pile_done(&h->pile);
}

static bool is_same(const struct attack *a, const struct attack *b)
{
	return a->first_ns == b->first_ns && a->last_ns == b->last_ns && a->victim == b->victim &&
	       a->protocol == b->protocol && a->packets == b->packets &&
	       a->mismatches == b->mismatches && a->max_per_minute == b->max_per_minute &&
	       a->ports == b->ports && a->addresses == b->addresses && a->networks == b->networks &&
	       a->first_port == b->first_port && a->has_port == b->has_port && a->day == b->day;
}

static size_t check(struct holdings *h, struct traffic *t, const struct attacks_request *q)
{
	struct attack *expected = memory_new(PACKETS, sizeof *expected);
	struct attacks got;
	struct error error;
	const size_t count = count_all(t, q, expected);
	CHECK(attacks_find(h, q, &got, &error));
	CHECK(got.count == count);
	for (size_t i = 0; i < count && i < got.count; i++)
		CHECK(is_same(&got.list[i], &expected[i]));
	attacks_done(&got);
	memory_free(expected);
	return count;
}

static const struct attack_thresholds many[] = {
	{ ATTACK_PACKETS, ATTACK_SECONDS, ATTACK_PER_MINUTE, ATTACK_SILENCE_S },
	{ 5, 10, 5, 60 },
	{ 5, 10, 5, 61 },
	{ 1, 0, 1, 300 },
	{ 40, 600, 20, 3600 },
	{ 2, 1, 2, 86400 },
};

TEST(attacks_are_those_of_all_packets_in_order)
{
	static const struct day_range ranges[] = { { INT32_MIN, INT32_MAX },
		                                   { FIRST + 2, FIRST + 3 },
		                                   { FIRST + 3, FIRST + 3 } };
	const struct holdings_about about = { .name = "memory", .zone = utc() };
	size_t found = 0;
	for (unsigned round = 0; round < random_rounds(8); round++) {
		struct random dice = random_from(round);
		struct traffic t = traffic_of(round);
		struct held h = held_new(&about);
		hold(h.m, &t, &dice);
		for (size_t i = 0; i < sizeof many / sizeof *many; i++) {
			const struct attacks_request q = { .thresholds = many[i],
				                           .days = ranges[(i + round) % 3] };
			found += check(&h.m->holdings, &t, &q);
		}
		held_done(&h);
		memory_free(t.records);
	}
	CHECK(found > 100);
}

// ---- what is known

// So many packets of a victim, one a second.
static void flood(struct memory_holdings *m, int32_t day, uint64_t from_s, size_t count)
{
	struct burst_record *r = memory_new(count, sizeof *r);
	for (size_t i = 0; i < count; i++)
		r[i] = (struct burst_record){ .time_ns = (uint64_t)day * DAY_NS +
			                                 (from_s + i) * SECOND,
			                      .address = 0x0a000001,
			                      .protocol = 6,
			                      .port = 80,
			                      .packets = 1,
			                      .other = (uint32_t)i };
	memory_add_bursts(m, day, BURST_BACKSCATTER, r, count);
	memory_free(r);
}

static size_t find(struct holdings *h, bool is_scaled, struct attacks *out)
{
	const struct attacks_request q = { .thresholds = many[0],
		                           .is_scaled = is_scaled,
		                           .days = all_days };
	struct error error;
	CHECK(attacks_find(h, &q, out, &error));
	return out->count;
}

// A /16 up to the second day, a /15 from the third on: of 12 packets in 70 seconds.
TEST(thresholds_are_those_of_the_telescope_of_the_day)
{
	struct telescope telescope;
	struct error error;
	struct attacks got;
	char text[128];
	char until[CALENDAR_DAY_SIZE], from[CALENDAR_DAY_SIZE];
	day_format(FIRST + 1, until);
	day_format(FIRST + 2, from);
	text_format(text, sizeof text, "198.51.0.0/16@..%s,198.18.0.0/15@%s..", until, from);
	CHECK(telescope_parse(text, &telescope, &error));
	const struct holdings_about about = { .name = "memory",
		                              .zone = utc(),
		                              .telescope_days = &telescope };
	struct held h = held_new(&about);
	flood(h.m, FIRST, 1000, 100);
	flood(h.m, FIRST + 2, 1000, 100);
	flood(h.m, FIRST + 3, 1000, 62);
	CHECK(find(&h.m->holdings, false, &got) == 3 && got.list[0].telescope == 1 << 16 &&
	      got.list[1].telescope == 1 << 17);
	CHECK(got.telescope.least == 1 << 16 && got.telescope.most == 1 << 17);
	CHECK(got.list[0].max_per_minute == 60 && got.kept.days == DAYS && got.kept.none == 3 &&
	      got.kept.part == 0);
	attacks_done(&got);
	held_done(&h);
	telescope_done(&telescope);
}

// 15 packets in 70 seconds, of which 12 in a minute.
TEST(scaled_thresholds_find_what_a_small_telescope_sees)
{
	struct telescope telescope;
	struct error error;
	struct attacks got;
	CHECK(telescope_parse("198.51.0.0/16", &telescope, &error));
	const struct holdings_about about = { .name = "memory",
		                              .zone = utc(),
		                              .telescope_days = &telescope };
	struct held h = held_new(&about);
	struct burst_record r[15];
	for (size_t i = 0; i < 15; i++)
		r[i] = (struct burst_record){ .time_ns = (uint64_t)FIRST * DAY_NS + i * 5 * SECOND,
			                      .address = 0x0a000001,
			                      .protocol = 6,
			                      .port = 80,
			                      .packets = 1 };
	memory_add_bursts(h.m, FIRST, BURST_BACKSCATTER, r, 15)->evicted_packets = 9;
	CHECK(find(&h.m->holdings, false, &got) == 0 && got.kept.evicted_packets == 9);
	attacks_done(&got);
	CHECK(find(&h.m->holdings, true, &got) == 1 && got.list[0].max_per_minute == 12);
	attacks_done(&got);
	held_done(&h);
	telescope_done(&telescope);
}

TEST_MAIN
