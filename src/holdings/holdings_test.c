// SPDX-License-Identifier: MIT
// Days, families and flows over holdings of every grain, against the records they were made of. That
// holdings of all grains hold the same is the ground on which tests of analysis compare them.
#include "holdings/days.h"
#include "holdings/test_memory.h"

enum { PIECES = 3, DAYS = 6, SOURCES = 40, RECORDS = 4000 };

static struct fingerprint_set fingerprints;

// Day 3 has nothing, and day 2 what came as flows.
static struct pile pile_of(uint64_t seed)
{
	struct pile pile = pile_from(seed, SOURCES, DAYS, PIECES, RECORDS);
	for (size_t i = 0; i < pile.count; i++) {
		struct record *r = &pile.records[i];
		if (r->day == TEST_DAY + 3) {
			r->day++;
			r->time_ns += DAY_NS;
		}
		if (r->day == TEST_DAY + 2 && r->kind == KIND_SYN && i % 5 == 0)
			r->fingerprints = UINT32_C(1) << FINGERPRINT_UNKNOWN;
	}
	return pile;
}

static struct memory_holdings *holdings_of(const struct pile *pile, enum test_grain grain)
{
	const struct holdings_about about = { .name = "memory", .fingerprints = &fingerprints };
	return memory_holdings_of(&about, pile, PIECES, grain);
}

static uint64_t naive_syns(const struct pile *pile, int32_t day, unsigned family)
{
	uint64_t syns = 0;
	for (size_t i = 0; i < pile->count; i++) {
		const struct record *r = &pile->records[i];
		syns += r->day == day && r->kind == KIND_SYN &&
		        (family == HOLDINGS_ALL_SYNS || (r->fingerprints >> family & 1));
	}
	return syns;
}

static void check_day(struct holdings *h, const struct pile *pile, const struct held_day *day)
{
	static const unsigned families[] = { 0, 3, FINGERPRINT_UNKNOWN, HOLDINGS_ALL_SYNS };
	struct error error;
	bool has_unknown;
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		uint64_t syns;
		CHECK(held_day_syns(h, day, families[i], &syns, &error));
		CHECK(syns == naive_syns(pile, day->day, families[i]));
	}
	CHECK(held_day_has_unknown(h, day, &has_unknown, &error));
	CHECK(has_unknown == (day->day == TEST_DAY + 2));
	for (size_t i = day->first; i < day->first + day->count; i++)
		CHECK(holdings_day(h, i) == day->day);
	CHECK(day->first == 0 || holdings_day(h, day->first - 1) < day->day);
	CHECK(day->first + day->count == holdings_count(h) ||
	      holdings_day(h, day->first + day->count) > day->day);
}

static bool has_day(int32_t day)
{
	return day >= TEST_DAY && day < TEST_DAY + DAYS && day != TEST_DAY + 3;
}

static void check_range(struct holdings *h, const struct pile *pile, struct day_range range)
{
	struct held_day day = { .count = 0 };
	struct day_range bounds = { -1, -1 };
	int32_t first = 0, last = 0;
	size_t count = 0;
	for (int32_t expected = TEST_DAY - 2; expected < TEST_DAY + DAYS + 2; expected++) {
		if (!has_day(expected) || expected < range.from || expected > range.to)
			continue;
		const bool is_there = held_day_next(h, range, &day);
		CHECK(is_there && day.day == expected);
		if (!is_there)
			return;
		check_day(h, pile, &day);
		first = count == 0 ? expected : first;
		last = expected;
		count++;
	}
	CHECK(!held_day_next(h, range, &day) && !held_day_next(h, range, &day));
	CHECK(held_days_count(h, range) == count);
	CHECK(held_days_bounds(h, range, &bounds) == (count > 0));
	CHECK(count > 0 ? bounds.from == first && bounds.to == last
	                : bounds.from == -1 && bounds.to == -1);
}

TEST(each_day_of_a_range_once)
{
	struct pile pile = pile_of(1);
	for (enum test_grain grain = GRAIN_DAYS; grain < TEST_GRAINS; grain++) {
		struct memory_holdings *m = holdings_of(&pile, grain);
		check_range(&m->holdings, &pile, all_days);
		for (int32_t from = TEST_DAY - 1; from <= TEST_DAY + DAYS; from++)
			for (int32_t to = from - 1; to <= TEST_DAY + DAYS; to++)
				check_range(&m->holdings, &pile, (struct day_range){ from, to });
		memory_holdings_free(m);
	}
	pile_done(&pile);
}

TEST(nothing_has_no_days)
{
	const struct pile none = { .count = 0 };
	struct memory_holdings *m = holdings_of(&none, GRAIN_DAYS);
	struct held_day day = { .count = 0 };
	struct day_range bounds;
	CHECK(!held_day_next(&m->holdings, all_days, &day));
	CHECK(held_days_count(&m->holdings, all_days) == 0);
	CHECK(!held_days_bounds(&m->holdings, all_days, &bounds));
	memory_holdings_free(m);
}

TEST(the_floor_of_a_day_is_the_highest_of_its_pieces)
{
	struct pile pile = pile_of(2);
	struct memory_holdings *m = holdings_of(&pile, GRAIN_PIECES);
	struct held_day day = { .count = 0 };
	for (size_t i = 0; i < m->count; i++)
		m->pieces[i].holding.floor = i % PIECES == 1 ? (uint32_t)i : i % PIECES == 0;
	while (held_day_next(&m->holdings, all_days, &day)) {
		uint32_t floor = 0;
		for (size_t i = day.first; i < day.first + day.count; i++) {
			const uint32_t of_piece = m->pieces[i].holding.floor;
			floor = of_piece > floor ? of_piece : floor;
		}
		CHECK(day.count == PIECES && day.floor == floor && floor > 0);
	}
	memory_holdings_free(m);
	pile_done(&pile);
}

TEST(families_by_name)
{
	const struct holdings_about about = { .name = "memory", .fingerprints = &fingerprints };
	struct memory_holdings *m = memory_holdings_new(&about);
	struct error error;
	unsigned family = 77, bit;
	CHECK(holdings_family(&m->holdings, NULL, &family, &error) && family == HOLDINGS_ALL_SYNS);
	family = 77;
	CHECK(holdings_family(&m->holdings, "*", &family, &error) && family == HOLDINGS_ALL_SYNS);
	CHECK(fingerprint_find(&fingerprints, "hajime", &bit) != NULL);
	CHECK(holdings_family(&m->holdings, "hajime", &family, &error) && family == bit);
	CHECK(!holdings_family(&m->holdings, "hajim", &family, &error) && family == bit);
	CHECK(error.kind == ERROR_USAGE);
	CHECK(text_equal(error.text, "'hajim' is no fingerprint of this store"));
	memory_holdings_free(m);
}

// ---- holdings in memory: the same, in any grain

// Host-days of a period, against those that a pile has in it.
static void check_hosts(struct holdings *h, const struct hosts *hosts, struct period period,
                        uint64_t columns)
{
	struct holdings_hosts *reader;
	const struct host_day *host;
	struct error error;
	size_t at = 0;
	CHECK(holdings_open_hosts(h, period, columns, &reader, &error));
	while (at < hosts->count && hosts->entries[at].day < period.day)
		at++;
	for (; (host = holdings_next_host(reader, &error)) != NULL; at++)
		CHECK(at < hosts->count && hosts->entries[at].day == period.day &&
		      host_day_same(host, &hosts->entries[at].host, columns));
	CHECK(error.kind == ERROR_NONE);
	CHECK(at == hosts->count || hosts->entries[at].day > period.day);
	holdings_close_hosts(reader);
}

static void check_set(struct holdings *h, const struct hosts *hosts, size_t piece, unsigned family)
{
	struct holdings_set *set;
	struct ipset_view view;
	struct ipset_container container;
	struct error error;
	uint64_t sources = 0;
	CHECK(holdings_open_set(h, piece, family, &set, &error));
	uint8_t *bytes = memory_new(set->length + 1, 1);
	CHECK(set->functions->read(set, 0, set->length, bytes, &error));
	if (set->length > 0) {
		CHECK(ipset_view_open((struct span){ bytes, set->length }, &view));
		while (ipset_view_next(&view, &container))
			sources += container.count;
		CHECK(!view.is_damaged);
	}
	for (size_t i = 0; i < hosts->count; i++) {
		const struct host_day *host = &hosts->entries[i].host;
		if (hosts->entries[i].day == holdings_day(h, piece))
			sources -= family == HOLDINGS_ALL_SYNS
			                   ? host_day_packets(host, KIND_SYN) > 0
			                   : host->matched_mask >> family & 1;
	}
	CHECK(sources == 0);
	CHECK(set->functions->end(set, &error));
	holdings_close_set(set);
	memory_free(bytes);
}

TEST(memory_holds_the_same_in_any_grain)
{
	static const uint64_t columns[] = { COLUMNS_ALL, 0, COLUMN_BIT(COLUMN_TIME),
		                            COLUMN_BIT(COLUMN_FIELD + FIELD_WINDOW) };
	struct pile pile = pile_of(3);
	struct hosts hosts = pile_hosts(&pile, ALL_PIECES);
	for (enum test_grain grain = GRAIN_DAYS; grain < TEST_GRAINS; grain++) {
		struct memory_holdings *m = holdings_of(&pile, grain);
		CHECK((m->count == DAYS - 1) == (grain == GRAIN_DAYS));
		for (int32_t day = TEST_DAY - 1; day <= TEST_DAY + DAYS; day++)
			for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
				check_hosts(&m->holdings, &hosts, period_of_day(day), columns[i]);
		for (size_t i = 0; grain == GRAIN_DAYS && i < m->count; i++) {
			check_set(&m->holdings, &hosts, i, 2);
			check_set(&m->holdings, &hosts, i, 20);
			check_set(&m->holdings, &hosts, i, HOLDINGS_ALL_SYNS);
		}
		memory_holdings_free(m);
	}
	hosts_done(&hosts);
	pile_done(&pile);
}

// Of a period that is no whole day there is what its panes have, and nothing of pieces that are larger.
TEST(periods_have_the_panes_that_lie_in_them)
{
	enum { FROM = 2 * TEST_PANE_MINUTES, MINUTES = 3 * TEST_PANE_MINUTES };
	const struct period period = period_of_pane(TEST_DAY + 1, FROM, MINUTES);
	struct pile pile = pile_of(4), part = pile_of(4);
	part.count = 0;
	for (size_t i = 0; i < pile.count; i++) {
		const uint64_t minute = pile.records[i].time_ns % DAY_NS / (DAY_NS / 1440);
		if (pile.records[i].day == TEST_DAY + 1 && minute >= FROM &&
		    minute < FROM + MINUTES)
			part.records[part.count++] = pile.records[i];
	}
	const struct hosts none = { .count = 0 };
	struct hosts hosts = pile_hosts(&part, ALL_PIECES);
	struct memory_holdings *panes = holdings_of(&pile, GRAIN_PANES);
	struct memory_holdings *days = holdings_of(&pile, GRAIN_DAYS);
	CHECK(hosts.count > 0);
	check_hosts(&panes->holdings, &hosts, period, COLUMNS_ALL);
	check_hosts(&days->holdings, &none, period, COLUMNS_ALL);
	memory_holdings_free(panes);
	memory_holdings_free(days);
	hosts_done(&hosts);
	pile_done(&pile);
	pile_done(&part);
}

TEST(tables_of_ports_are_there_or_not)
{
	struct pile pile = pile_of(5);
	struct memory_holdings *m = holdings_of(&pile, GRAIN_DAYS);
	struct holdings_ports *ports;
	struct port_count row;
	struct error error;
	uint64_t packets = 0;
	CHECK(holdings_open_ports(&m->holdings, 0, FIELD_DESTINATION_PORT, &ports, &error));
	CHECK(ports == NULL);
	m->has_ports = true;
	CHECK(holdings_open_ports(&m->holdings, 0, FIELD_MATCHED_PORT + 1, &ports, &error));
	for (int64_t last = -1; ports->next(ports, &row, &error); last = row.port) {
		CHECK(row.port > last && row.sources > 0);
		packets += row.packets;
	}
	CHECK(error.kind == ERROR_NONE);
	holdings_close_ports(ports);
	for (size_t i = 0; i < pile.count; i++)
		packets -= pile.records[i].day == TEST_DAY && pile.records[i].kind == KIND_SYN &&
		           (pile.records[i].fingerprints & 2) &&
		           (pile.records[i].known & KNOWN_DESTINATION_PORT);
	CHECK(packets == 0);
	memory_holdings_free(m);
	pile_done(&pile);
}

__attribute__((constructor)) static void make_fingerprints(void)
{
	struct error error;
	if (!fingerprint_set_init(&fingerprints, NULL, "", &error))
		abort();
}

TEST_MAIN
