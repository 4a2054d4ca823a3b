// SPDX-License-Identifier: MIT
// Accessibility against a look at every host-day and every response, from memory, however the host-days are
// held: by day, in pieces, in panes of minutes.
#include "analyse/devices/accessibility.h"

#include "base/random.h"
#include "base/test.h"
#include "holdings/test_memory.h"
#include "response/order.h"

#include <stdlib.h>

enum { SOURCES = 40, DAYS = 3, PIECES = 2, RECORDS = 1500, RESPONSES = 300 };

static const uint16_t ports[] = { 23, 24, 9, 80 };
enum { PORT_COUNT = sizeof ports / sizeof *ports };

static int by_order(const void *a, const void *b)
{
	return response_compare(a, b);
}

// Some are of sources, some of others; on the days, after them, and long after. One in four was never asked.
static size_t make_responses(const struct hosts *hosts, uint64_t seed, struct response *out)
{
	struct random dice = random_from(seed);
	size_t kept = 0;
	for (size_t i = 0; i < RESPONSES; i++) {
		const uint32_t host = random_below(&dice, (uint32_t)hosts->count);
		const uint64_t day = (uint64_t)TEST_DAY + random_below(&dice, DAYS + 40);
		out[i] = (struct response){
			.address = random_below(&dice, 5) == 0 ? random_u32(&dice)
			                                       : hosts->entries[host].host.source,
			.port = ports[random_below(&dice, PORT_COUNT)],
			.status = (enum response_status)random_below(&dice, RESPONSE_STATUSES),
			.time_ns = day * DAY_NS + random_below(&dice, 1000),
		};
	}
	qsort(out, RESPONSES, sizeof *out, by_order);
	for (size_t i = 0; i < RESPONSES; i++)
		if (out[i].address % 4 != 0 &&
		    (kept == 0 || response_compare(&out[i], &out[kept - 1]) != 0))
			out[kept++] = out[i];
	return kept;
}

static bool has_port(const struct host_day *h, uint16_t port)
{
	const struct item_set *set = &h->sets[FIELD_DESTINATION_PORT];
	bool has = false;
	for (uint32_t i = 0; h->fields_mask >> FIELD_DESTINATION_PORT & 1 && i < set->count; i++)
		has |= h->items[set->begin + i].value == port;
	return has;
}

static bool attacked(const struct hosts *hosts, const struct accessibility_request *r,
                     uint32_t source, uint16_t port)
{
	for (size_t i = 0; i < hosts->count; i++) {
		const struct day_host *entry = &hosts->entries[i];
		if (entry->host.source == source && day_range_holds(r->days, entry->day) &&
		    host_day_packets(&entry->host, KIND_SYN) > 0 && has_port(&entry->host, port))
			return true;
	}
	return false;
}

static bool answered(const struct response *list, size_t count,
                     const struct accessibility_request *r, uint32_t source, uint16_t port)
{
	for (size_t i = 0; i < count; i++) {
		const int64_t day = (int64_t)(list[i].time_ns / DAY_NS);
		if (list[i].address == source && list[i].port == port && day >= r->days.from &&
		    day <= (int64_t)r->days.to + ACCESSIBILITY_DAYS_AFTER &&
		    (list[i].status == RESPONSE_ANSWERED || list[i].status == RESPONSE_TLS))
			return true;
	}
	return false;
}

// The next source above `after`; -1: there is none.
static int64_t next_source(const struct hosts *hosts, int64_t after)
{
	int64_t least = -1;
	for (size_t i = 0; i < hosts->count; i++) {
		const int64_t source = hosts->entries[i].host.source;
		if (source > after && (least < 0 || source < least))
			least = source;
	}
	return least;
}

static void check_pair(const struct hosts *hosts, const struct response *list, size_t count,
                       const struct accessibility_request *r, const struct accessibility *found,
                       size_t a, size_t b)
{
	uint64_t all = 0, accessible = 0;
	for (int64_t s = next_source(hosts, -1); s >= 0; s = next_source(hosts, s)) {
		if (!attacked(hosts, r, (uint32_t)s, found->attacked[a]))
			continue;
		all++;
		accessible += answered(list, count, r, (uint32_t)s, found->probed[b]);
	}
	CHECK(found->hosts[a] == all && found->accessible[a][b] == accessible);
}

static void check_found(struct holdings *h, const struct hosts *hosts, const struct response *list,
                        size_t count, const struct accessibility_request *r)
{
	struct accessibility *found = memory_new(1, sizeof *found);
	struct error error;
	CHECK(accessibility_find(h, r, found, &error));
	CHECK(found->attacked_count == (r->port_count > 0 ? r->port_count : PORT_COUNT));
	CHECK(found->probed_count == PORT_COUNT && found->ports_left_out == 0);
	CHECK(found->never_asked > 0 && found->never_asked < found->sources);
	for (size_t a = 0; a < found->attacked_count; a++)
		for (size_t b = 0; b < found->probed_count; b++)
			check_pair(hosts, list, count, r, found, a, b);
	memory_free(found);
}

TEST(as_a_naive_count)
{
	static const struct zone utc = { .name = "UTC" };
	struct pile pile = pile_from(5, SOURCES, DAYS, PIECES, RECORDS);
	struct hosts hosts = pile_hosts(&pile, ALL_PIECES);
	struct fingerprint_set set;
	struct error error;
	CHECK(fingerprint_set_init(&set, NULL, NULL, &error));
	const struct holdings_about about = {
		.name = "m", .zone = &utc, .telescope = "", .fingerprints = &set
	};
	struct response *list = memory_new(RESPONSES, sizeof *list);
	const size_t count = make_responses(&hosts, 6, list);
	const struct accessibility_request requests[] = {
		{ .days = all_days, .family = HOLDINGS_ALL_SYNS },
		{ .days = { TEST_DAY + 1, TEST_DAY + 1 }, .family = HOLDINGS_ALL_SYNS },
		{ .days = all_days, .family = HOLDINGS_ALL_SYNS, .ports = ports, .port_count = 2 },
	};
	for (enum test_grain grain = 0; grain < TEST_GRAINS; grain++) {
		struct memory_holdings *m = memory_holdings_of(&about, &pile, PIECES, grain);
		m->responses = list;
		m->response_count = count;
		for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
			check_found(&m->holdings, &hosts, list, count, &requests[i]);
		memory_holdings_free(m);
	}
	memory_free(list);
	fingerprint_set_done(&set);
	hosts_done(&hosts);
	pile_done(&pile);
}

// More ports than there is room for: those with most answers stay.
TEST(ports_with_most_answers_are_shown)
{
	static const struct zone utc = { .name = "UTC" };
	struct fingerprint_set set;
	struct error error;
	CHECK(fingerprint_set_init(&set, NULL, NULL, &error));
	const struct holdings_about about = {
		.name = "m", .zone = &utc, .telescope = "", .fingerprints = &set
	};
	struct memory_holdings *m = memory_holdings_new(&about);
	struct response list[ACCESSIBILITY_PORTS_MAX + 10];
	const size_t count = sizeof list / sizeof *list;
	for (size_t i = 0; i < count; i++)
		list[i] = (struct response){ .port = (uint16_t)(i + 1),
			                     .time_ns = DAY_NS,
			                     .status = i < 10 ? RESPONSE_REFUSED
			                                      : RESPONSE_ANSWERED };
	m->responses = list;
	m->response_count = count;
	const struct accessibility_request request = { .days = all_days,
		                                       .family = HOLDINGS_ALL_SYNS };
	struct accessibility *found = memory_new(1, sizeof *found);
	CHECK(accessibility_find(&m->holdings, &request, found, &error));
	CHECK(found->ports_left_out == 10 && found->probed_count == ACCESSIBILITY_PORTS_MAX);
	CHECK(found->probed[0] == 11 && found->sources == 0);
	memory_free(found);
	memory_holdings_free(m);
	fingerprint_set_done(&set);
}

TEST_MAIN
