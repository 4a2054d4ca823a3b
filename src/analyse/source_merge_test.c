// SPDX-License-Identifier: MIT
// The merge of days against a look at every host-day: random records, in pieces, on several
// days; every family, protocol and port, every window.
#include "analyse/source_merge.h"

#include "hostday/evidence.h"
#include "store/test_store.h"

enum { SOURCES = 60, DAYS = 5, PIECES = 3, RECORDS = 4000 };

static struct stock stock_new(uint64_t seed)
{
	struct pile pile = pile_from(seed, SOURCES, DAYS, PIECES, RECORDS);
	return stock_of(&pile, PIECES);
}

// What the filter wants of a host-day, from its definition.
static uint64_t naive_packets(const struct source_filter *f, const struct host_day *h)
{
	const unsigned field = f->protocol == SOURCE_UDP        ? FIELD_UDP_PORT
	                       : f->family == HOLDINGS_ALL_SYNS ? FIELD_DESTINATION_PORT
	                                                        : FIELD_MATCHED_PORT + f->family;
	uint64_t packets = 0;
	for (unsigned bit = 0; f->any_of != 0 && bit < FINGERPRINTS_MAX; bit++)
		if (f->any_of >> bit & 1 && host_day_counted(h) >> bit & 1)
			packets += h->matched[bit];
	if (f->any_of != 0)
		return packets;
	if (f->protocol != SOURCE_UDP && f->family != HOLDINGS_ALL_SYNS &&
	    !(host_day_counted(h) >> f->family & 1))
		return 0;
	// Not every packet tells its port: without one the kinds count.
	if (f->port == SOURCE_ANY_PORT)
		return f->protocol == SOURCE_UDP        ? h->packets[KIND_UDP - HOST_KIND_FIRST]
		       : f->family == HOLDINGS_ALL_SYNS ? h->packets[KIND_SYN - HOST_KIND_FIRST]
		                                        : h->matched[f->family];
	if (!(h->fields_mask >> field & 1))
		return 0;
	for (uint32_t i = 0; i < h->sets[field].count; i++) {
		const struct item *item = &h->items[h->sets[field].begin + i];
		if (item->value == f->port)
			packets += item->packets;
	}
	return packets;
}

static bool is_wanted(const struct source_filter *f, const struct day_host *entry)
{
	return entry->day >= f->window.from && entry->day <= f->window.to &&
	       naive_packets(f, &entry->host) > 0;
}

// The least source above `after` (-1: any) that has a wanted host-day; -1: there is none.
static int64_t naive_next(const struct stock *f, const struct source_filter *filter, int64_t after)
{
	int64_t least = -1;
	for (size_t i = 0; i < f->hosts.count; i++) {
		const int64_t source = f->hosts.entries[i].host.source;
		if (source > after && (least < 0 || source < least) &&
		    is_wanted(filter, &f->hosts.entries[i]))
			least = source;
	}
	return least;
}

static bool same_days(const struct stock *f, const struct source_filter *filter,
                      const struct source_days *days)
{
	size_t at = 0;
	for (size_t i = 0; i < f->hosts.count; i++) {
		const struct day_host *entry = &f->hosts.entries[i];
		if (entry->host.source != days->source || !is_wanted(filter, entry))
			continue;
		const struct source_sighting *seen = &days->sightings[at];
		if (at++ >= days->count || seen->day != entry->day ||
		    seen->packets != naive_packets(filter, &entry->host) ||
		    !host_day_same(seen->host, &entry->host, COLUMNS_ALL))
			return false;
	}
	return at == days->count;
}

static void compare(const struct stock *f, const struct source_filter *filter)
{
	struct source_merge *merge;
	struct source_days days;
	struct error error;
	int64_t last = -1;
	CHECK(source_merge_open(store_holdings(f->store), filter, COLUMNS_ALL, &merge, &error));
	while (source_merge_next(merge, &days, &error)) {
		const int64_t expected = naive_next(f, filter, last);
		CHECK(days.source == expected);
		CHECK(same_days(f, filter, &days));
		last = days.source;
	}
	CHECK(error.kind == ERROR_NONE);
	CHECK(naive_next(f, filter, last) < 0);
	source_merge_close(merge);
}

TEST(every_filter_gives_what_a_look_at_all_host_days_gives)
{
	static const uint32_t ports[] = { SOURCE_ANY_PORT, 23, 24 };
	for (uint64_t seed = 1; seed <= random_rounds(4); seed++) {
		struct stock f = stock_new(seed);
		for (size_t p = 0; p < sizeof ports / sizeof *ports; p++)
			for (unsigned which = 0; which < 4; which++) {
				const unsigned from = which % 2 * 2, to = which < 2 ? DAYS : 2;
				const struct source_filter filter = {
					.window = { TEST_DAY + (int32_t)from,
					            TEST_DAY + (int32_t)to },
					.family = which == 0 ? HOLDINGS_ALL_SYNS : which,
					.protocol = which == 3 ? SOURCE_UDP : SOURCE_TCP,
					.port = ports[p],
				};
				compare(&f, &filter);
			}
		stock_done(&f);
	}
}

TEST(several_families_give_what_either_gives)
{
	struct stock f = stock_new(5);
	const struct source_filter filter = { .window = { TEST_DAY, TEST_DAY + 3 },
		                              .family = HOLDINGS_ALL_SYNS,
		                              .any_of = 1u << 1 | 1u << 4,
		                              .port = SOURCE_ANY_PORT };
	compare(&f, &filter);
	stock_done(&f);
}

TEST(a_window_without_days_has_no_sources)
{
	struct stock f = stock_new(9);
	const struct source_filter filter = { .window = { 1, 2 },
		                              .family = HOLDINGS_ALL_SYNS,
		                              .port = SOURCE_ANY_PORT };
	struct source_merge *merge;
	struct source_days days;
	struct error error;
	CHECK(source_merge_open(store_holdings(f.store), &filter, COLUMNS_ALL, &merge, &error));
	CHECK(!source_merge_next(merge, &days, &error) && error.kind == ERROR_NONE);
	source_merge_close(merge);
	stock_done(&f);
}

TEST(a_day_without_segments_has_no_host_days)
{
	struct stock f = stock_new(10);
	struct store_day *day;
	struct error error;
	CHECK(store_day_open(f.store, TEST_DAY + DAYS + 1, COLUMNS_ALL, &day, &error));
	CHECK(store_day_next(day, &error) == NULL && error.kind == ERROR_NONE);
	store_day_close(day);
	stock_done(&f);
}

TEST_MAIN
