// SPDX-License-Identifier: MIT
// For the tests of ports: stores to ask, and what is handed out.
#pragma once

#include "analyse/floods.h"
#include "analyse/ports/ports.h"

#include "store/test_store.h"

enum { SOURCES = 80, DAYS = 4, PIECES = 3, RECORDS = 5000, ROWS_MAX = 40000 };

static inline struct stock stock_of_days(struct pile *pile, int pieces, bool is_compacted)
{
	struct stock s = stock_of(pile, pieces);
	struct error error;
	size_t days;
	if (!is_compacted)
		return s;
	store_close(s.store);
	s.store = open_writer(s.folder.path);
	CHECK(store_compact(s.store, 0, &days, &error) && days > 0);
	store_close(s.store);
	s.store = open_reader(s.folder.path);
	return s;
}

static inline struct stock stock_new(uint64_t seed, bool is_compacted)
{
	struct pile pile = pile_from(seed, SOURCES, DAYS, PIECES, RECORDS);
	return stock_of_days(&pile, PIECES, is_compacted);
}

struct found_row {
	int32_t day;
	struct port_row row;
};

struct found {
	struct found_row *rows;
	size_t count, days;
	size_t days_max;  // 0: no limit
};

static inline bool take_day(void *context, const struct ports_day *day)
{
	struct found *found = context;
	for (size_t i = 0; i < day->row_count && found->count < ROWS_MAX; i++)
		found->rows[found->count++] = (struct found_row){ day->day, day->rows[i] };
	return ++found->days != found->days_max;
}

static inline bool run_into(struct store *store, const struct ports_request *request,
                            unsigned threads, struct found *found, struct error *error)
{
	struct ports_request one = *request;
	one.each = take_day;
	one.context = found;
	return ports_run(store_holdings(store), &one, 1, threads, error);
}

static inline struct found run_threads(struct store *store, const struct ports_request *request,
                                       unsigned threads)
{
	struct found found = { .rows = memory_new(ROWS_MAX, sizeof *found.rows) };
	struct error error;
	CHECK(run_into(store, request, threads, &found, &error));
	return found;
}

static inline struct found run(struct store *store, const struct ports_request *request)
{
	return run_threads(store, request, 1);
}

static inline bool same_past(struct port_past a, struct port_past b)
{
	return a.is_there == b.is_there && (!a.is_there || a.sources == b.sources);
}

static inline bool same_row(const struct port_row *a, const struct port_row *b)
{
	return a->protocol == b->protocol && a->port == b->port &&
	       text_equal(a->family, b->family) && a->is_known == b->is_known &&
	       a->packets == b->packets && a->sources == b->sources &&
	       same_past(a->day_before, b->day_before) &&
	       same_past(a->week_before, b->week_before) &&
	       same_past(a->most_before, b->most_before) && a->is_new == b->is_new;
}

static const char *const all_families[] = { "*", "hajime", "mirai" };

// SYNs to port 23 from so many sources on each day; 0: only a packet to another port; -1: no data.
static inline struct stock fixture_of_days(const int *sources, size_t days)
{
	struct pile pile = { .records = memory_new(100 * days, sizeof *pile.records),
		             .pieces = memory_new(100 * days, sizeof *pile.pieces) };
	for (size_t d = 0; d < days; d++) {
		const int32_t day = TEST_DAY + (int32_t)d;
		for (int i = sources[d] < 0 ? 1 : 0; i <= sources[d]; i++)
			pile.records[pile.count++] = (struct record){
				.time_ns = (uint64_t)day * DAY_NS,
				.day = day,
				.source = 1000 + (uint32_t)i,
				.kind = KIND_SYN,
				.known = 0xfff,
				.destination_port = i == 0 ? 80 : 23,
				.fingerprints = 1,
			};
	}
	return stock_of_days(&pile, 1, false);
}

// A pile with a flood in it: forged sources that are all above the others.
enum { FLOOD_SOURCES = 1200, FLOOD_DAY = TEST_DAY + 1 };
#define FLOOD_FIRST UINT32_C(0xe0000000)

static inline struct stock stock_with_flood(void)
{
	struct pile pile = pile_from(12, SOURCES, DAYS, PIECES, RECORDS);
	const size_t count = pile.count + FLOOD_SOURCES;
	pile.records = memory_resize(pile.records, count, sizeof *pile.records);
	pile.pieces = memory_resize(pile.pieces, count, sizeof *pile.pieces);
	for (; pile.count < count; pile.count++) {
		pile.pieces[pile.count] = (int)(pile.count % PIECES);
		pile.records[pile.count] = (struct record){
			.time_ns = (uint64_t)FLOOD_DAY * DAY_NS + 5000 * UINT64_C(1000000000),
			.day = FLOOD_DAY,
			.source = FLOOD_FIRST + (uint32_t)pile.count,
			.destination_port = 23,
			.fingerprints = 1,
			.kind = KIND_SYN,
			.known = KNOWN_IPV4 | KNOWN_PORTS,
		};
	}
	return stock_of_days(&pile, PIECES, false);
}
