// SPDX-License-Identifier: MIT
// Shapes by their definition, and what is read and counted against a look at every host-day.
#include "analyse/shapes/shapes.h"

#include "store/test_store.h"

#include <math.h>

static const struct source_filter all_syns = { .window = { INT32_MIN, INT32_MAX },
	                                       .family = HOLDINGS_ALL_SYNS,
	                                       .port = SOURCE_ANY_PORT };

// One source: so many packets, each to the next of so many destinations, and of so many ports.
static struct host_day source_of(unsigned packets, unsigned destinations, unsigned ports,
                                 uint64_t apart_ns)
{
	struct record *records = memory_new(packets, sizeof *records);
	const struct record **list = memory_new(packets, sizeof(struct record *));
	struct aggregator *room = aggregator_new();
	struct host_day host = { .items = NULL };
	for (unsigned i = 0; i < packets; i++) {
		records[i] = (struct record){ .time_ns = (uint64_t)TEST_DAY * DAY_NS + i * apart_ns,
			                      .day = TEST_DAY,
			                      .source = 1,
			                      .destination = 0xc6330000 + i % destinations,
			                      .destination_port = (uint16_t)(i % ports),
			                      .kind = KIND_SYN,
			                      .known = KNOWN_IPV4 | KNOWN_PORTS };
		list[i] = &records[i];
	}
	CHECK(host_day_aggregate(room, list, packets, &host));
	aggregator_free(room);
	memory_free(list);
	memory_free(records);
	return host;
}

static struct source_shape shape_with(unsigned packets, unsigned destinations, unsigned ports,
                                      uint64_t apart_ns, const struct shape_scale *scale)
{
	struct host_day host = source_of(packets, destinations, ports, apart_ns);
	struct source_shape shape;
	shape_of(&all_syns, scale, &host, &shape);
	host_day_done(&host);
	return shape;
}

TEST(five_of_either_make_a_scan)
{
	static const struct {
		unsigned destinations, ports;
		enum shape shape;
	} cases[] = {
		{ 1, 1, SHAPE_FEW },        { 4, 4, SHAPE_FEW },      { 5, 1, SHAPE_HORIZONTAL },
		{ 5, 4, SHAPE_HORIZONTAL }, { 4, 5, SHAPE_VERTICAL }, { 1, 60, SHAPE_VERTICAL },
		{ 5, 5, SHAPE_MIXED },      { 60, 60, SHAPE_MIXED },  { 60, 4, SHAPE_HORIZONTAL },
		{ 4, 60, SHAPE_VERTICAL },  { 4, 1, SHAPE_FEW },      { 1, 4, SHAPE_FEW },
	};
	const struct shape_scale scale = { 256, 86400 };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct source_shape s = shape_with(60, cases[i].destinations, cases[i].ports,
		                                         1, &scale);
		CHECK(s.shape == cases[i].shape && s.destinations == cases[i].destinations &&
		      s.ports == cases[i].ports && s.packets == 60);
	}
}

static bool is_close(double got, double want)
{
	return fabs(got - want) <= want * 1e-12;
}

TEST(rates_are_of_the_whole_internet)
{
	// 5 packets to a /8 in a day of 86,400 s; 4 intervals of 100 s between them.
	const struct shape_scale scale = { 1 << 24, 86400 }, nobody_said = { 0, 86400 };
	struct source_shape s = shape_with(5, 5, 1, 100 * NANOSECONDS_A_SECOND, &scale);
	CHECK(is_close(s.rate, 5 * 256.0 / 86400) && is_close(s.rate_while_seen, 4 * 256.0 / 400));
	CHECK(s.last_ns - s.first_ns == 400 * NANOSECONDS_A_SECOND);
	s = shape_with(1, 1, 1, 0, &scale);
	CHECK(is_close(s.rate, 256.0 / 86400) && s.rate_while_seen < 0);
	s = shape_with(9, 1, 1, 0, &scale);  // all at one moment
	CHECK(s.rate > 0 && s.rate_while_seen < 0);
	s = shape_with(5, 5, 1, 100, &nobody_said);
	CHECK(s.rate < 0 && s.rate_while_seen < 0 && s.shape == SHAPE_HORIZONTAL);
}

TEST(many_destinations_are_estimated)
{
	const struct shape_scale scale = { 65536, 86400 };
	const struct source_shape s = shape_with(20000, 5000, 1, 1, &scale);
	CHECK(s.destinations > 3000 && s.destinations < 8000 && s.shape == SHAPE_HORIZONTAL);
}

TEST(the_telescope_is_the_union_of_its_prefixes)
{
	const struct store_request request = { .telescope = "10.0.0.0/8,10.1.0.0/16,192.0.2.0/24" };
	struct test_folder folder = folder_new();
	struct store *store;
	struct error error;
	CHECK(store_open_writing(folder.path, &request, &store, &error));
	const struct shape_scale scale = shape_scale_of(
		store_holdings(store), &(struct coverage){ .first_day = TEST_DAY }, TEST_DAY);
	CHECK(scale.addresses == (1 << 24) + 256 && scale.seconds == 0);
	store_close(store);
	folder_done(&folder);
}

// ---- random host-days

enum { SOURCES = 60, DAYS = 4, PIECES = 2, RECORDS = 3000 };

static struct stock stock_new(uint64_t seed)
{
	struct pile pile = pile_from(seed, SOURCES, DAYS, PIECES, RECORDS);
	return stock_of(&pile, PIECES);
}

static struct source_filter random_filter(struct random *dice)
{
	static const uint32_t ports[] = { SOURCE_ANY_PORT, SOURCE_ANY_PORT, 23 };
	struct source_filter filter = all_syns;
	filter.port = ports[random_below(dice, 3)];
	if (random_below(dice, 3) == 0)
		filter.window = (struct day_range){ TEST_DAY + 1, TEST_DAY + 2 };
	if (random_below(dice, 4) == 0)
		filter.protocol = SOURCE_UDP;
	else if (random_below(dice, 2) == 0)
		filter.family = random_below(dice, 6);
	return filter;
}

static bool is_wanted(const struct source_filter *filter, const struct day_host *entry)
{
	return entry->day >= filter->window.from && entry->day <= filter->window.to &&
	       source_filter_packets(filter, &entry->host) > 0;
}

TEST(the_reader_gives_every_source_day_in_order)
{
	for (uint64_t seed = 1; seed <= random_rounds(12); seed++) {
		struct stock f = stock_new(seed);
		struct held_day held = { .count = 0 };
		struct shape_reader *reader;
		struct shape_day day;
		struct source_day at;
		struct error error;
		size_t i = 0;
		CHECK(shape_reader_open(store_holdings(f.store), &reader, &error));
		while (held_day_next(store_holdings(f.store), all_days, &held)) {
			CHECK(shape_reader_enter(reader, &held, COLUMNS_ALL, &day, &error));
			CHECK(day.day == held.day && day.scale.addresses == 0 && !day.has_unknown);
			for (; shape_reader_next(reader, &at, &error); i++)
				CHECK(i < f.hosts.count && f.hosts.entries[i].day == day.day &&
				      host_day_same(at.host, &f.hosts.entries[i].host,
				                    COLUMNS_ALL) &&
				      !at.is_flood_suspect);
			CHECK(error.kind == ERROR_NONE);
		}
		CHECK(i == f.hosts.count);
		shape_reader_close(reader);
		stock_done(&f);
	}
}

// What the definition says of one family on one day.
static struct shape_count naive_count(const struct stock *f, const struct source_filter *filter,
                                      int32_t day, enum shape shape)
{
	struct shape_count count = { .sources = 0 };
	const struct shape_scale scale = { 0, 86400 };
	for (size_t i = 0; i < f->hosts.count; i++) {
		const struct day_host *entry = &f->hosts.entries[i];
		struct source_shape found;
		if (entry->day != day || !is_wanted(filter, entry))
			continue;
		shape_of(filter, &scale, &entry->host, &found);
		count.sources += found.shape == shape;
		count.packets += found.shape == shape ? found.packets : 0;
	}
	return count;
}

TEST(shapes_count_what_the_definition_counts)
{
	struct random dice = random_from(8);
	for (uint64_t seed = 21; seed < 21 + random_rounds(12); seed++) {
		struct stock f = stock_new(seed);
		const struct source_filter filter = random_filter(&dice);
		struct held_day held = { .count = 0 };
		struct shape_reader *reader;
		struct shape_day day;
		struct source_day at;
		struct error error;
		CHECK(shape_reader_open(store_holdings(f.store), &reader, &error));
		while (held_day_next(store_holdings(f.store), filter.window, &held)) {
			CHECK(shape_reader_enter(reader, &held, shape_columns(&filter), &day,
			                         &error));
			struct shape_count got[SHAPE_COUNT] = { { .sources = 0 } };
			while (shape_reader_next(reader, &at, &error))
				(void)shape_count_add(got, &filter, &day.scale, &at);
			CHECK(error.kind == ERROR_NONE);
			for (unsigned shape = 0; shape < SHAPE_COUNT; shape++) {
				const struct shape_count want = naive_count(&f, &filter, day.day,
				                                            shape);
				CHECK(got[shape].sources == want.sources &&
				      got[shape].packets == want.packets &&
				      got[shape].flood_suspects == 0);
			}
		}
		shape_reader_close(reader);
		stock_done(&f);
	}
}

TEST(flood_suspects_can_be_left_out)
{
	const struct shape_scale scale = { 256, 86400 };
	struct host_day host = source_of(1, 1, 1, 0);
	const struct source_day suspect = { &host, true };
	struct shape_count counts[SHAPE_COUNT] = { { .sources = 0 } };
	struct source_filter filter = all_syns;
	CHECK(shape_count_add(counts, &filter, &scale, &suspect));
	CHECK(counts[SHAPE_FEW].sources == 1 && counts[SHAPE_FEW].flood_suspects == 1);
	filter.without_floods = true;
	CHECK(shape_count_add(counts, &filter, &scale, &suspect));
	CHECK(counts[SHAPE_FEW].sources == 1 && counts[SHAPE_FEW].packets == 1 &&
	      counts[SHAPE_FEW].flood_suspects == 2);
	filter.protocol = SOURCE_UDP;
	CHECK(!shape_count_add(counts, &filter, &scale, &suspect));
	CHECK(counts[SHAPE_FEW].flood_suspects == 2);
	host_day_done(&host);
}

TEST_MAIN
