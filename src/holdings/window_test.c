// SPDX-License-Identifier: MIT
// A window on holdings says what holdings of its days alone would say.
#include "holdings/window.h"

#include "holdings/days.h"
#include "holdings/test_memory.h"

enum { SOURCES = 60, DAYS = 5, RECORDS = 3000, FIRST = TEST_DAY + 1, LAST = TEST_DAY + 3 };

static uint64_t mix(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15) + (hash >> 29);
}

static uint64_t ask_set(struct holdings *h, size_t piece)
{
	struct holdings_set *set;
	struct error error;
	uint8_t bytes[4096];
	uint64_t hash = 0;
	CHECK(holdings_open_set(h, piece, HOLDINGS_ALL_SYNS, &set, &error));
	CHECK(set->length > 0 && set->length <= sizeof bytes);
	CHECK(set->functions->read(set, 0, set->length, bytes, &error));
	for (size_t i = 0; i < set->length; i++)
		hash = mix(hash, bytes[i]);
	holdings_close_set(set);
	return hash;
}

static uint64_t ask_ports(struct holdings *h, size_t piece)
{
	struct holdings_ports *ports;
	struct port_count row;
	struct error error;
	uint64_t hash = 0;
	CHECK(holdings_open_ports(h, piece, FIELD_DESTINATION_PORT, &ports, &error));
	while (ports->next(ports, &row, &error))
		hash = mix(hash, row.port * row.sources + row.packets);
	holdings_close_ports(ports);
	return hash;
}

static uint64_t ask_hosts(struct holdings *h, int32_t day)
{
	struct holdings_hosts *hosts;
	const struct host_day *host;
	struct error error;
	uint64_t hash = 0;
	CHECK(holdings_open_hosts(h, period_of_day(day), COLUMNS_ALL, &hosts, &error));
	while ((host = holdings_next_host(hosts, &error)) != NULL)
		hash = mix(hash, host->source + host->first_ns);
	holdings_close_hosts(hosts);
	return hash;
}

// All that pieces say, as one number.
static uint64_t ask_all(struct holdings *h)
{
	struct error error;
	uint64_t hash = 0, syns;
	for (size_t i = 0; i < holdings_count(h); i++) {
		const struct holding at = holdings_at(h, i);
		CHECK(holdings_syns(h, i, HOLDINGS_ALL_SYNS, &syns, &error));
		hash = mix(hash, syns + (uint64_t)at.period.day);
		hash = mix(mix(hash, ask_set(h, i)), ask_ports(h, i));
		hash = mix(hash, ask_hosts(h, at.period.day));
	}
	return hash;
}

static struct memory_holdings *holdings_of(const struct hosts *hosts)
{
	static struct fingerprint_set none;
	const struct holdings_about about = { .name = "memory", .fingerprints = &none };
	struct memory_holdings *m = memory_holdings_new(&about);
	m->has_ports = true;
	memory_add_days(m, hosts, 0, 0);
	memory_add_capture(m, hosts);
	return m;
}

TEST(a_window_is_as_if_there_were_no_other_days)
{
	struct pile pile = pile_from(4, SOURCES, DAYS, 1, RECORDS);
	struct hosts hosts = pile_hosts(&pile, ALL_PIECES), some = hosts;
	while (some.entries[0].day < FIRST) {
		some.entries++;
		some.count--;
	}
	while (some.entries[some.count - 1].day > LAST)
		some.count--;
	struct memory_holdings *all = holdings_of(&hosts), *few = holdings_of(&some);
	struct window_holdings w = window_holdings(&all->holdings,
	                                           (struct day_range){ FIRST, LAST });
	struct holdings_captures *captures;
	struct error error;
	CHECK(holdings_count(&all->holdings) == DAYS && holdings_count(&w.holdings) == 3);
	CHECK(ask_all(&w.holdings) == ask_all(&few->holdings));
	CHECK(ask_all(&w.holdings) != ask_all(&all->holdings));
	CHECK(text_equal(holdings_about(&w.holdings).name, "memory"));
	CHECK(holdings_open_captures(&w.holdings, &captures, &error) && captures->count == 1);
	holdings_close_captures(captures);
	w = window_holdings(&all->holdings, all_days);
	CHECK(ask_all(&w.holdings) == ask_all(&all->holdings));
	w = window_holdings(&all->holdings, (struct day_range){ LAST + 5, LAST + 6 });
	CHECK(holdings_count(&w.holdings) == 0);
	memory_holdings_free(all);
	memory_holdings_free(few);
	hosts_done(&hosts);
	pile_done(&pile);
}

// Victim `index` answers `count` times, so many seconds apart.
static void answer(struct burst_record *records, size_t count, int32_t day, uint32_t index,
                   uint64_t apart_s)
{
	for (size_t i = 0; i < count; i++)
		records[i] = (struct burst_record){
			.time_ns = (uint64_t)day * DAY_NS + i * apart_s * UINT64_C(1000000000),
			.address = 0x0a000000 + index,
			.other = (uint32_t)i,
			.packets = 1,
			.protocol = 6,
			.port = 80,
		};
}

static uint64_t count_bursts(struct holdings *h, int32_t day, enum burst_form form,
                             uint64_t *out_packets)
{
	struct burst_stream *bursts;
	const struct burst *burst;
	struct error error;
	uint64_t count = 0;
	*out_packets = 0;
	CHECK(holdings_open_bursts(h, period_of_day(day), form, &bursts, &error));
	while (bursts->next(bursts, &burst, &error) && burst != NULL) {
		*out_packets += burst->packets;
		count++;
	}
	bursts->close(bursts);
	return count;
}

// Pieces of a day are joined; a day without them is not one of which nothing came.
TEST(bursts_of_a_period_are_those_of_its_pieces)
{
	struct pile pile = pile_from(4, SOURCES, DAYS, 1, RECORDS);
	struct hosts hosts = pile_hosts(&pile, ALL_PIECES);
	struct memory_holdings *m = holdings_of(&hosts);
	struct window_holdings w = window_holdings(&m->holdings, (struct day_range){ FIRST, LAST });
	struct burst_record records[20];
	uint64_t packets;
	answer(records, 20, FIRST, 1, 60);
	memory_add_bursts(m, FIRST, BURST_BACKSCATTER, records, 10);
	memory_add_bursts(m, FIRST, BURST_BACKSCATTER, records + 10, 10)->evicted_bursts = 3;
	answer(records, 20, LAST, 1, 61);
	memory_add_bursts(m, LAST, BURST_BACKSCATTER, records, 20)->is_whole = false;
	CHECK(count_bursts(&w.holdings, FIRST, BURST_BACKSCATTER, &packets) == 1 && packets == 20);
	CHECK(count_bursts(&w.holdings, LAST, BURST_BACKSCATTER, &packets) == 20 && packets == 20);
	CHECK(count_bursts(&w.holdings, LAST, BURST_SCAN, &packets) == 0);
	struct holdings_kept kept = holdings_kept(&w.holdings, period_of_day(FIRST),
	                                          BURST_BACKSCATTER);
	CHECK(kept.is_some && kept.is_whole && kept.evicted_bursts == 3);
	kept = holdings_kept(&w.holdings, period_of_day(LAST), BURST_BACKSCATTER);
	CHECK(kept.is_some && !kept.is_whole);
	CHECK(!holdings_kept(&w.holdings, period_of_day(FIRST + 1), BURST_BACKSCATTER).is_some);
	CHECK(!holdings_kept(&w.holdings, period_of_day(FIRST), BURST_SCAN).is_some);
	memory_lose_day(m, FIRST);
	CHECK(!holdings_kept(&w.holdings, period_of_day(FIRST), BURST_BACKSCATTER).is_some);
	memory_holdings_free(m);
	hosts_done(&hosts);
	pile_done(&pile);
}

TEST_MAIN
