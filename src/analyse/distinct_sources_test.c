// SPDX-License-Identifier: MIT
// Each source once, against a look at every host-day: random records, in pieces, on several days;
// every family, protocol, choice of ports and window, on both ways, with one thread and with two.
// And prefixes of every length against the same.
#include "analyse/test_alone.h"
#include "analyse/survey/survey.h"
#include "analyse/distinct_sources.h"
#include "analyse/where/where.h"

#include "store/test_store.h"

#include <pthread.h>

enum { SOURCES = 80, DAYS = 5, PIECES = 3, RECORDS = 4000, FOUND_MAX = 1000 };

static const uint16_t ports[] = { 23, 24, 0, 65535 };

static struct stock stock_new(uint64_t seed)
{
	struct pile pile = pile_from(seed, SOURCES, DAYS, PIECES, RECORDS);
	// Sources lie thinly: some of them become neighbours, so that a /24 has several.
	// And some use several ports, not the same every day.
	for (size_t i = 0; i < pile.count; i++) {
		if (pile.records[i].source % 3 == 0)
			pile.records[i].source = 0x0a000000 | (pile.records[i].source & 0x1ff);
		if (i % 40 == 0)
			pile.records[i].destination_port = ports[i / 40 % 4];
	}
	return stock_of(&pile, PIECES);
}

struct sighting {
	size_t group;
	uint32_t source;
	int32_t last_day;  // 0: nobody asked
};

// Sightings in order of group and source.
struct found {
	pthread_mutex_t lock;
	struct sighting list[FOUND_MAX];
	size_t count;
};

static int by_group_and_source(const void *a, const void *b)
{
	const struct sighting *x = a, *y = b;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

static bool collect(void *context, const struct source_block *block)
{
	struct found *f = context;
	uint32_t low = source_block_next(block, 0);
	CHECK(low < SOURCE_BLOCK_ADDRESSES);
	pthread_mutex_lock(&f->lock);
	for (; low < SOURCE_BLOCK_ADDRESSES && f->count < FOUND_MAX;
	     low = source_block_next(block, low + 1))
		f->list[f->count++] = (struct sighting){ block->group, block->key << 16 | low,
			                                 block->last_day != NULL
			                                         ? block->last_day[low]
			                                         : 0 };
	pthread_mutex_unlock(&f->lock);
	return true;
}

static uint64_t packets_to(const struct host_day *h, unsigned field, uint16_t port)
{
	uint64_t packets = 0;
	if (!(h->fields_mask >> field & 1))
		return 0;
	for (uint32_t i = 0; i < h->sets[field].count; i++)
		if (h->items[h->sets[field].begin + i].value == port)
			packets += h->items[h->sets[field].begin + i].packets;
	return packets;
}

static unsigned bit_of(const struct stock *f, const struct source_choice *choice)
{
	unsigned bit = HOLDINGS_ALL_SYNS;
	if (choice->family != NULL && !text_equal(choice->family, "*"))
		CHECK(fingerprint_find(&store_settings(f->store)->fingerprints, choice->family,
		                       &bit) != NULL);
	return bit;
}

// Whether the host-day sent what the choice asks for, to that of its ports (-1: to any packet's).
static bool is_wanted(const struct source_choice *c, unsigned bit, const struct day_host *e,
                      int port)
{
	const struct host_day *h = &e->host;
	if (e->day < c->window.from || e->day > c->window.to)
		return false;
	if (c->protocol == SOURCE_UDP)
		return port < 0 ? host_day_packets(h, KIND_UDP) > 0
		                : packets_to(h, FIELD_UDP_PORT, (uint16_t)port) > 0;
	if (bit == HOLDINGS_ALL_SYNS)
		return port < 0 ? host_day_packets(h, KIND_SYN) > 0
		                : packets_to(h, FIELD_DESTINATION_PORT, (uint16_t)port) > 0;
	return port < 0 ? (h->matched_mask >> bit & 1) != 0
	                : packets_to(h, FIELD_MATCHED_PORT + bit, (uint16_t)port) > 0;
}

static void note(struct found *f, size_t group, const struct day_host *e, bool wants_last_day)
{
	size_t at = 0;
	while (at < f->count &&
	       (f->list[at].group != group || f->list[at].source != e->host.source))
		at++;
	if (at == f->count)
		f->count++;
	// Host-days ascend by day.
	f->list[at] = (struct sighting){ group, e->host.source, wants_last_day ? e->day : 0 };
}

// What is asked of the sources.
struct wanted {
	const struct source_choice *choice;
	bool is_by_port, wants_last_day;
};

static struct found *expect(const struct stock *f, const struct wanted *request)
{
	const struct source_choice *c = request->choice;
	struct found *out = memory_new(1, sizeof *out);
	const unsigned bit = bit_of(f, c);
	for (size_t i = 0; i < f->hosts.count; i++) {
		const struct day_host *e = &f->hosts.entries[i];
		if (c->port_count == 0 && is_wanted(c, bit, e, -1))
			note(out, 0, e, request->wants_last_day);
		for (size_t p = 0; p < c->port_count; p++)
			if (is_wanted(c, bit, e, c->ports[p]))
				note(out, request->is_by_port ? p : 0, e, request->wants_last_day);
	}
	qsort(out->list, out->count, sizeof *out->list, by_group_and_source);
	return out;
}

typedef bool way_to_sources(struct holdings *, const struct distinct_request *, struct error *);

static void check_found(struct found *got, struct found *expected)
{
	qsort(got->list, got->count, sizeof *got->list, by_group_and_source);
	CHECK(got->count == expected->count);
	for (size_t i = 0; i < expected->count && i < got->count; i++)
		CHECK(got->list[i].group == expected->list[i].group &&
		      got->list[i].source == expected->list[i].source &&
		      got->list[i].last_day == expected->list[i].last_day);
	memory_free(expected);
	memory_free(got);
}

static struct found *found_new(void)
{
	struct found *f = memory_new(1, sizeof *f);
	pthread_mutex_init(&f->lock, NULL);
	return f;
}

static void compare(const struct stock *f, const struct wanted *wanted, way_to_sources *way)
{
	struct found *got = found_new();
	const struct source_visitor visitor = { collect, got, wanted->is_by_port,
		                                wanted->wants_last_day, false };
	const struct distinct_request request = { wanted->choice, &visitor, 1, NULL };
	struct error error;
	CHECK(way(store_holdings(f->store), &request, &error));
	check_found(got, expect(f, wanted));
}

static struct source_choice choice_of(unsigned which, unsigned threads)
{
	static const char *const families[] = { NULL, "*", "mirai", "hajime" };
	const struct source_choice c = {
		.window = { TEST_DAY + (int32_t)(which % 2 * 2),
		            TEST_DAY + (which < 2 ? DAYS : 3) },
		.family = families[which % 4],
		.ports = ports,
		.threads = threads,
	};
	return c;
}

TEST(both_ways_give_each_source_once_with_its_last_day)
{
	for (uint64_t seed = 1; seed <= random_rounds(3); seed++) {
		struct stock f = stock_new(seed);
		for (unsigned which = 0; which < 4; which++)
			for (unsigned threads = 1; threads <= 3; threads++) {
				const struct source_choice c = choice_of(which, threads);
				const struct wanted request = { &c, which == 1, threads != 2 };
				compare(&f, &request, distinct_of_sets);
				compare(&f, &request, distinct_of_sources);
				compare(&f, &request, distinct_sources_run);
			}
		stock_done(&f);
	}
}

TEST(ports_choose_sources_alone_and_together)
{
	for (uint64_t seed = 4; seed <= 6; seed++) {
		struct stock f = stock_new(seed);
		for (unsigned which = 0; which < 4; which++)
			for (size_t count = 1; count <= 4; count++) {
				struct source_choice c = choice_of(which, 1);
				c.port_count = count;
				for (unsigned by_port = 0; by_port < 2; by_port++) {
					const struct wanted request = { &c, by_port, true };
					compare(&f, &request, distinct_sources_run);
				}
			}
		stock_done(&f);
	}
}

TEST(udp_has_sources_of_its_own)
{
	struct stock f = stock_new(7);
	for (size_t count = 0; count <= 2; count++) {
		struct source_choice c = choice_of(0, 2);
		c.protocol = SOURCE_UDP;
		c.port_count = count;
		const struct wanted request = { &c, true, true };
		compare(&f, &request, distinct_sources_run);
	}
	stock_done(&f);
}

// ---- several visitors

// Blocks that are being looked at by whoever takes turns.
struct turn {
	struct found *found;
	_Atomic int *busy;
};

static bool collect_in_turn(void *context, const struct source_block *block)
{
	const struct turn *turn = context;
	CHECK(++*turn->busy == 1);
	const bool ok = collect(turn->found, block);
	--*turn->busy;
	return ok;
}

static void compare_several(const struct stock *f, const struct source_choice *c,
                            way_to_sources *way)
{
	enum { ALL = 4 };
	static _Atomic int busy;
	struct found *got[ALL];
	struct turn turns[ALL];
	struct source_visitor visitors[ALL];
	const struct distinct_request request = { c, visitors, ALL, NULL };
	struct error error;
	for (size_t i = 0; i < ALL; i++) {
		got[i] = found_new();
		turns[i] = (struct turn){ got[i], &busy };
		visitors[i] = (struct source_visitor){ collect_in_turn, &turns[i], i % 2 == 1, true,
			                               true };
	}
	visitors[2] = (struct source_visitor){ collect, got[2], false, false, false };
	CHECK(way(store_holdings(f->store), &request, &error));
	for (size_t i = 0; i < ALL; i++) {
		// Who does not want the last day may be shown it.
		const struct wanted wanted = { c, visitors[i].is_by_port, true };
		check_found(got[i], expect(f, &wanted));
	}
}

TEST(several_visitors_see_what_each_would_see_alone)
{
	struct stock f = stock_new(12);
	for (unsigned which = 0; which < 4; which++) {
		struct source_choice c = choice_of(which, 3);
		compare_several(&f, &c, distinct_of_sets);
		compare_several(&f, &c, distinct_of_sources);
		c.port_count = 3;
		compare_several(&f, &c, distinct_of_sources);
	}
	stock_done(&f);
}

TEST(wrong_questions_are_answered_with_a_line)
{
	struct stock f = stock_new(8);
	struct source_choice c = choice_of(2, 1);
	const struct source_visitor visitor = { .visit = collect };
	const struct distinct_request request = { &c, &visitor, 1, NULL };
	struct prefixes prefixes = { .bits = 99 };
	struct error error = { .kind = ERROR_NONE };
	c.protocol = SOURCE_UDP;
	CHECK(!distinct_sources_run(store_holdings(f.store), &request, &error) &&
	      error.kind == ERROR_USAGE);
	c.protocol = SOURCE_TCP;
	c.family = "nobody";
	CHECK(!distinct_of_sets(store_holdings(f.store), &request, &error) &&
	      error.kind == ERROR_USAGE);
	CHECK(!distinct_of_sources(store_holdings(f.store), &request, &error) &&
	      error.kind == ERROR_USAGE);
	CHECK(!prefixes_run(store_holdings(f.store), &c, 16, &prefixes, &error) &&
	      error.kind == ERROR_USAGE);
	CHECK(prefixes.bits == 99);
	stock_done(&f);
}

static bool refuse(void *context, const struct source_block *block)
{
	(void)context;
	(void)block;
	return false;
}

TEST(a_visitor_without_memory_ends_it)
{
	struct stock f = stock_new(9);
	const struct source_choice c = choice_of(0, 2);
	const struct source_visitor visitor = { .visit = refuse };
	const struct distinct_request request = { &c, &visitor, 1, NULL };
	struct error error = { .kind = ERROR_NONE };
	CHECK(!distinct_of_sets(store_holdings(f.store), &request, &error) &&
	      error.kind == ERROR_FAILED);
	error.kind = ERROR_NONE;
	CHECK(!distinct_of_sources(store_holdings(f.store), &request, &error) &&
	      error.kind == ERROR_FAILED);
	stock_done(&f);
}

// ---- prefixes

static void check_order(const struct prefixes *p)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < p->count; i++) {
		const struct prefixes_row row = prefixes_row_at(p, i);
		const struct prefixes_row before = prefixes_row_at(p, i > 0 ? i - 1 : 0);
		CHECK(i == 0 || before.sources > row.sources ||
		      (before.sources == row.sources && before.first < row.first));
		CHECK(row.sources > 0 && (row.first & (UINT32_MAX >> p->bits)) == 0);
		sum += row.sources;
	}
	CHECK(sum == p->sources);
}

static void check_counts(const struct prefixes *p, const struct found *expected)
{
	for (size_t i = 0; i < p->count; i++) {
		uint32_t sources = 0;
		for (size_t k = 0; k < expected->count; k++)
			sources += expected->list[k].source >> (32 - p->bits) ==
			           prefixes_row_at(p, i).first >> (32 - p->bits);
		CHECK(sources == prefixes_row_at(p, i).sources);
	}
	CHECK(p->sources == expected->count);
}

TEST(prefixes_of_every_length_add_up)
{
	struct stock f = stock_new(10);
	size_t shared = 0;
	for (unsigned bits = PREFIX_BITS_MIN; bits <= PREFIX_BITS_MAX; bits++)
		for (unsigned which = 0; which < 4; which++) {
			struct source_choice c = choice_of(which, 1 + which % 2);
			const struct wanted request = { &c, false, false };
			struct prefixes p;
			struct error error;
			c.port_count = which == 3 ? 1 : 0;
			struct found *expected = expect(&f, &request);
			CHECK(prefixes_run(store_holdings(f.store), &c, bits, &p, &error));
			CHECK(p.bits == bits && p.seen.unknown_days == 0);
			CHECK(p.seen.days == (which == 0   ? 5u
			                      : which == 1 ? 3u
			                      : which == 2 ? 4u
			                                   : 2u));
			CHECK(p.seen.first == TEST_DAY + (int)(which % 2 * 2) &&
			      p.seen.last == TEST_DAY + (which < 2 ? DAYS - 1 : 3));
			check_order(&p);
			check_counts(&p, expected);
			shared += p.count > 0 && prefixes_row_at(&p, 0).sources > 1;
			prefixes_done(&p);
			memory_free(expected);
		}
	CHECK(shared > 4 * (PREFIX_BITS_MAX - PREFIX_BITS_MIN));
	stock_done(&f);
}

TEST(the_fullest_that_hold_a_share)
{
	// 0.0.0.0/8 has 5 sources, 1.0.0.0/8 3, two others one.
	uint32_t packed[] = { 0x00000004, 0x01000002, 0x02000000, 0x03000000 };
	const struct prefixes p = { .bits = 8, .packed = packed, .count = 4, .sources = 10 };
	const struct prefixes none = { .packed = NULL };
	CHECK(prefixes_that_hold(&p, 0, 1) == 0);
	CHECK(prefixes_that_hold(&p, 1, 2) == 1);
	CHECK(prefixes_that_hold(&p, 6, 10) == 2);
	CHECK(prefixes_that_hold(&p, 9, 10) == 3);
	CHECK(prefixes_that_hold(&p, 1, 1) == 4);
	CHECK(prefixes_that_hold(&none, 1, 2) == 0);
}

TEST(a_window_without_days_has_no_prefixes)
{
	struct stock f = stock_new(11);
	const struct source_choice c = { .window = { 1, 2 } };
	struct prefixes p;
	struct error error;
	CHECK(prefixes_run(store_holdings(f.store), &c, 16, &p, &error) && p.count == 0 &&
	      p.sources == 0);
	CHECK(p.seen.days == 0);
	prefixes_done(&p);
	stock_done(&f);
}

TEST_MAIN
