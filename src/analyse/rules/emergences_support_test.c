// SPDX-License-Identifier: MIT
// What was a rule on a day before is asked at the support of that day, which follows from its sources.
#include "analyse/rules/emergences.h"
#include "analyse/rules/header_support.h"
#include "store/test_store.h"

enum {
	QUIET_DAYS = 7,  // far enough back for nothing to have grown in between
	LOUD_DAY = TEST_DAY + QUIET_DAYS + 6,  // one of the last 7 before
	TODAY = LOUD_DAY + 1,
	LOUD_SOURCES = 20 * SUPPORT_ONE_IN,  // whose support is 20
	QUIET_SOURCES = 30,
	TODAY_SOURCES = 100,
	RECORDS_MAX = 2 * (LOUD_SOURCES + TODAY_SOURCES + QUIET_DAYS * QUIET_SOURCES),
};

// Pairs of ports that go together, each of sources of its own: on the loud day, and today.
static const struct {
	uint16_t port;
	uint32_t loud, today;
} pairs[] = {
	{ 1000, 20, 25 },  // was a rule
	{ 2000, 19, 25 },  // was none, by one source
	{ 3000, 10, 25 },
	{ 4000, 9, 25 },  // was none anywhere
};
enum { PAIRS = sizeof pairs / sizeof *pairs };

static void add(struct pile *pile, int32_t day, uint32_t source, uint32_t port)
{
	pile->records[pile->count++] = (struct record){ .time_ns = (uint64_t)day * DAY_NS + source,
		                                        .day = day,
		                                        .source = source,
		                                        .destination = 0xc6336401,
		                                        .destination_port = (uint16_t)port,
		                                        .ttl = 64,
		                                        .kind = KIND_SYN,
		                                        .known = 0xfff };
}

// The first sources have the pairs, the others the same port.
static void add_day(struct pile *pile, int32_t day, uint32_t sources)
{
	uint32_t source = 1;
	for (size_t i = 0; i < PAIRS && day >= LOUD_DAY; i++)
		for (uint32_t n = day == LOUD_DAY ? pairs[i].loud : pairs[i].today; n > 0; n--) {
			add(pile, day, source, pairs[i].port);
			add(pile, day, source++, pairs[i].port + 1u);
		}
	for (; source <= sources; source++)
		add(pile, day, source, 23);
}

static bool note_port(void *context, const struct emergence *e)
{
	const uint32_t port = e->rule->antecedent[0].value, other = e->rule->consequent[0].value;
	CHECK(e->day == TODAY);
	for (size_t i = 0; i < PAIRS; i++)
		((unsigned *)context)[i] += pairs[i].port == (port < other ? port : other);
	return true;
}

// Days are read, those of the window mined: who asks for one asks the past in the first way, who asks for all in the
// second.
static void check_new(struct store *store, struct day_range window)
{
	static const unsigned fields[] = { FIELD_DESTINATION_PORT };
	unsigned found[PAIRS] = { 0 };
	const struct emergences_request request = {
		.rules = { .window = window,
		           .days = 1,
		           .fields = fields,
		           .field_count = 1,
		           .is_support_by_day = true,
		           .rules = { .support_min = SUPPORT_LEAST,
		                      .confidence_min = 0.9,
		                      .consequents_max = 1,
		                      .alpha = 0.05 } },
		.past_days = EMERGENCE_PAST_DAYS,
		.past_days_min = EMERGENCE_PAST_DAYS_MIN,
		.each = note_port,
		.context = found,
	};
	struct emergences_totals totals;
	struct error error;
	CHECK(emergences_find(store_holdings(store), &request, &totals, &error));
	for (size_t i = 0; i < PAIRS; i++)
		CHECK(found[i] == (pairs[i].loud < 20));
}

TEST(what_was_below_the_support_of_a_loud_day_is_new_on_a_quiet_one)
{
	struct pile pile = { .records = memory_new(RECORDS_MAX, sizeof *pile.records),
		             .pieces = memory_new(RECORDS_MAX, sizeof *pile.pieces) };
	for (int32_t day = 0; day < QUIET_DAYS; day++)
		add_day(&pile, TEST_DAY + day, QUIET_SOURCES);
	add_day(&pile, LOUD_DAY, LOUD_SOURCES);
	add_day(&pile, TODAY, TODAY_SOURCES);
	struct stock stock = stock_of(&pile, 1);
	check_new(stock.store, (struct day_range){ TODAY, TODAY });
	check_new(stock.store, all_days);
	stock_done(&stock);
}

TEST_MAIN
