// SPDX-License-Identifier: MIT
// Flood suspects against the rule of floods.h, told once more and naively; and each of its
// borders by hand.
#include "analyse/source_merge.h"

#include "store/test_store.h"

enum { RECORDS_MAX = 160000, HALVES = 3 * 17280 };

struct flow_of_sources {
	struct pile pile;
	uint32_t next_source;
};

static struct flow_of_sources nobody(void)
{
	return (struct flow_of_sources){
		.pile = { .records = memory_new(RECORDS_MAX, sizeof(struct record)),
		          .pieces = memory_new(RECORDS_MAX, sizeof(int)) },
		.next_source = 0x01000000,
	};
}

static void packet(struct flow_of_sources *f, uint32_t source, double second, enum kind kind,
                   uint16_t port)
{
	CHECK(f->pile.count < RECORDS_MAX);
	f->pile.records[f->pile.count++] = (struct record){
		.time_ns = (uint64_t)TEST_DAY * DAY_NS + (uint64_t)(second * 1e9),
		.day = TEST_DAY,
		.source = source,
		.destination = 0xc6336401,
		.destination_port = port,
		.kind = (uint8_t)kind,
		.known = KNOWN_IPV4 | KNOWN_PORTS,
	};
}

// So many sources that send a SYN to the port, all at that second.
static void flood(struct flow_of_sources *f, unsigned sources, double second, uint16_t port)
{
	for (unsigned i = 0; i < sources; i++)
		packet(f, f->next_source++, second, KIND_SYN, port);
}

// Takes a piece in host-day by host-day: there may be too many for struct hosts.
static void take_piece(struct store *store, const struct pile *pile, int piece)
{
	const struct record **sorted = memory_new(pile->count + 1, sizeof(struct record *));
	struct aggregator *room = aggregator_new();
	struct ingest_ledger ledger = { .first_ns = 0 };
	struct store_capture capture = { .name = (char *)(uintptr_t) "piece",
		                         .format = "pcap",
		                         .identity.digest = { (uint8_t)(piece + 1) },
		                         .ledger = &ledger };
	struct store_ingest *in;
	struct host_columns columns;
	struct host_day host = { .items = NULL };
	struct error error;
	size_t count = 0;
	for (size_t i = 0; i < pile->count; i++)
		if (pile->pieces[i] == piece)
			sorted[count++] = &pile->records[i];
	qsort(sorted, count, sizeof(struct record *), record_order);
	host_columns_init(&columns, (uint64_t)TEST_DAY * DAY_NS, SIZE_MAX);
	for (size_t begin = 0, end; begin < count; begin = end) {
		for (end = begin; end < count && !record_order(&sorted[begin], &sorted[end]); end++)
			ledger.frames[sorted[end]->kind]++;
		host.item_count = 0;
		CHECK(host_day_aggregate(room, sorted + begin, end - begin, &host));
		host_columns_add(&columns, &host);
	}
	const struct host_batch batch = host_columns_batch(&columns);
	CHECK(store_ingest_begin(store, &in, &error));
	struct host_day_receiver *receiver = store_ingest_receiver(in);
	void *day = receiver->begin_day(receiver, TEST_DAY, (uint64_t)TEST_DAY * DAY_NS, &error);
	CHECK(receiver->hosts(receiver, day, &batch, &error) &&
	      receiver->end_day(receiver, day, true, &error));
	CHECK(store_ingest_commit(in, &capture, 1, &error));
	store_ingest_free(in);
	host_columns_done(&columns);
	host_day_done(&host);
	aggregator_free(room);
	memory_free(sorted);
}

static struct store *store_of(const struct flow_of_sources *f, int pieces,
                              struct test_folder *folder)
{
	*folder = folder_new();
	struct store *store = open_writer(folder->path);
	for (int piece = 0; piece < pieces; piece++)
		take_piece(store, &f->pile, piece);
	store_close(store);
	return open_reader(folder->path);
}

static size_t suspects_of(const struct floods *floods, struct store *store)
{
	const struct host_day *host;
	struct store_day *day;
	struct error error;
	size_t suspects = 0;
	CHECK(store_day_open(store, TEST_DAY, FLOOD_COLUMNS, &day, &error));
	while ((host = store_day_next(day, &error)) != NULL)
		suspects += floods_suspect(floods, host);
	CHECK(error.kind == ERROR_NONE);
	store_day_close(day);
	return suspects;
}

// How many suspects there are; frees the records.
static size_t suspects_in(struct flow_of_sources *f, uint32_t *out_unseen)
{
	struct test_folder folder;
	struct floods *floods = NULL;
	struct error error;
	struct store *store = store_of(f, 1, &folder);
	CHECK(floods_find(store_holdings(store), TEST_DAY, &floods, &error));
	const size_t suspects = suspects_of(floods, store);
	*out_unseen = floods_ports_unseen(floods);
	floods_free(floods);
	store_close(store);
	folder_done(&folder);
	pile_done(&f->pile);
	return suspects;
}

// Halves from `first` on in which nothing but two packets of one source are seen.
static void background(struct flow_of_sources *f, unsigned halves)
{
	for (unsigned i = 0; i < halves; i++) {
		packet(f, f->next_source, 40000 + 5 * i, KIND_ICMP, 0);
		packet(f, f->next_source++, 40000 + 5 * i + 1, KIND_ICMP, 0);
	}
}

static size_t suspects_of_two(unsigned first, double second_a, unsigned then, double second_b)
{
	struct flow_of_sources f = nobody();
	uint32_t unseen;
	background(&f, 30);
	flood(&f, first, second_a, 23);
	flood(&f, then, second_b, 23);
	return suspects_in(&f, &unseen);
}

TEST(a_thousand_sources_in_ten_seconds_are_a_flood)
{
	CHECK(suspects_of_two(1000, 7, 0, 0) == 1000);
	CHECK(suspects_of_two(999, 7, 0, 0) == 0);
	CHECK(suspects_of_two(500, 7, 499, 8) == 0);
	CHECK(suspects_of_two(1, 7, 999, 8) == 1000);
}

TEST(a_flood_may_straddle_intervals)
{
	CHECK(suspects_of_two(500, 9.999999, 500, 10) == 1000);
	CHECK(suspects_of_two(500, 4.999999, 500, 5) == 1000);
	CHECK(suspects_of_two(500, 5, 500, 14.999999) == 1000);
	// What the half interval of a flood has is of the flood; what lies beyond is not.
	CHECK(suspects_of_two(1000, 7, 10, 12) == 1010);
	CHECK(suspects_of_two(1000, 7, 10, 4) == 1010);
	CHECK(suspects_of_two(1000, 7, 10, 15) == 1000);
	CHECK(suspects_of_two(500, 4.999999, 500, 10) == 0);
}

// 100 half intervals with `each` sources, and `more` in the middle one.
static size_t suspects_over(unsigned each, unsigned more)
{
	struct flow_of_sources f = nobody();
	uint32_t unseen;
	for (unsigned i = 0; i < 100; i++)
		flood(&f, each, 5 * i + 1, 23);
	flood(&f, more, 5 * 50 + 1, 23);
	const size_t suspects = suspects_in(&f, &unseen);
	return suspects;
}

TEST(a_flood_is_twenty_times_the_median)
{
	// The median ten seconds have 60 sources.
	CHECK(suspects_over(30, 1140) == 1140 + 3 * 30);
	CHECK(suspects_over(30, 1139) == 0);
	// An epidemic that goes on all day, and makes far more sources than the least of a flood.
	CHECK(suspects_over(600, 0) == 0);
}

TEST(silence_before_and_behind_what_was_seen_does_not_count)
{
	static const struct {
		unsigned halves;
		size_t suspects;
	} cases[] = { { 1, 1000 }, { 5, 5000 }, { 6, 6000 }, { 7, 0 }, { 12, 0 }, { 40, 0 } };
	// A capture with nothing but a thousand sources a half interval. Up to six are a flood: the
	// median is the sixth of twelve, of which as many as were not seen are silent.
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct flow_of_sources f = nobody();
		uint32_t unseen;
		for (unsigned half = 0; half < cases[i].halves; half++)
			flood(&f, 1000, 43200 + 5 * half, 23);
		CHECK(suspects_in(&f, &unseen) == cases[i].suspects);
	}
}

TEST(an_hour_that_nobody_captured_does_not_make_the_others_loud)
{
	struct flow_of_sources f = nobody();
	uint32_t unseen;
	for (unsigned half = 0; half < 40; half++)
		flood(&f, 1000, (half < 20 ? 0 : 80000) + 5 * half, 23);
	CHECK(suspects_in(&f, &unseen) == 0);
}

TEST(only_sources_of_one_packet_count)
{
	struct flow_of_sources f = nobody();
	uint32_t unseen;
	background(&f, 30);
	flood(&f, 1000, 7, 23);
	packet(&f, f.next_source - 1, 8, KIND_SYN, 23);
	CHECK(suspects_in(&f, &unseen) == 0);

	f = nobody();
	background(&f, 30);
	flood(&f, 1001, 7, 23);
	packet(&f, f.next_source - 1, 80000, KIND_ICMP, 0);
	CHECK(suspects_in(&f, &unseen) == 1000);
}

TEST(protocols_and_ports_are_apart)
{
	struct flow_of_sources f = nobody();
	uint32_t unseen;
	background(&f, 30);
	flood(&f, 600, 7, 23);
	flood(&f, 600, 7, 24);
	for (unsigned i = 0; i < 600; i++)
		packet(&f, f.next_source++, 7, KIND_UDP, 23);
	CHECK(suspects_in(&f, &unseen) == 0);

	f = nobody();
	background(&f, 30);
	flood(&f, 10, 7, 53);
	for (unsigned i = 0; i < 1000; i++)
		packet(&f, f.next_source++, 7, KIND_UDP, 53);
	for (unsigned i = 0; i < 1000; i++)
		packet(&f, f.next_source++, 7, KIND_SYN_ACK, 80);
	CHECK(suspects_in(&f, &unseen) == 1000);
}

TEST(the_busiest_ports_are_looked_at)
{
	struct flow_of_sources f = nobody();
	uint32_t unseen;
	background(&f, 30);
	for (unsigned i = 0; i < FLOOD_PORTS_MAX + 2; i++)
		flood(&f, i == 7 || i == 8 ? 1000 : 1001, 7, (uint16_t)(1 + i));
	CHECK(suspects_in(&f, &unseen) == 1001 * FLOOD_PORTS_MAX);
	CHECK(unseen == 2);

	f = nobody();
	background(&f, 30);
	for (unsigned i = 0; i < FLOOD_PORTS_MAX + 1; i++)
		flood(&f, i < 7 ? 1003 : 1002, 7, (uint16_t)(1 + i));
	CHECK(suspects_in(&f, &unseen) == 7 * 1003 + 1002 * (FLOOD_PORTS_MAX - 7));
	CHECK(unseen == 1);
}

// ---- the rule, once more

static bool is_one_packet(const struct host_day *h, bool is_udp, uint16_t port)
{
	const unsigned field = is_udp ? FIELD_UDP_PORT : FIELD_DESTINATION_PORT;
	uint64_t packets = 0;
	for (unsigned kind = HOST_KIND_FIRST; kind < KIND_COUNT; kind++)
		packets += host_day_packets(h, kind);
	return packets == 1 && host_day_packets(h, is_udp ? KIND_UDP : KIND_SYN) == 1 &&
	       h->fields_mask >> field & 1 && h->items[h->sets[field].begin].value == port;
}

static uint32_t half_number(uint64_t time_ns)
{
	return (uint32_t)(time_ns / (5 * NANOSECONDS_A_SECOND) - ((uint64_t)TEST_DAY - 1) * 17280);
}

static int by_number(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

struct naive {
	uint32_t ten_seconds[HALVES];  // that begin there
	bool is_seen[HALVES];
	uint32_t median;
};

static void naive_count(struct naive *n, const struct hosts *hosts, bool is_udp, uint16_t port)
{
	static uint32_t sorted[HALVES];
	size_t seen = 0;
	*n = (struct naive){ .median = 0 };
	for (size_t i = 0; i < hosts->count; i++) {
		const struct host_day *h = &hosts->entries[i].host;
		const uint32_t at = half_number(h->first_ns);
		n->is_seen[at] = n->is_seen[half_number(h->last_ns)] = true;
		if (is_one_packet(h, is_udp, port)) {
			n->ten_seconds[at]++;
			n->ten_seconds[at - 1]++;
		}
	}
	for (size_t i = 0; i < HALVES; i++)
		if (n->is_seen[i])
			sorted[seen++] = n->ten_seconds[i];
	while (seen < FLOOD_BASELINE_MIN)
		sorted[seen++] = 0;
	qsort(sorted, seen, sizeof *sorted, by_number);
	n->median = sorted[(seen - 1) / 2];
}

static bool naive_suspect(const struct naive *n, uint64_t time_ns)
{
	const uint32_t at = half_number(time_ns);
	const uint32_t most = n->ten_seconds[at] > n->ten_seconds[at - 1] ? n->ten_seconds[at]
	                                                                  : n->ten_seconds[at - 1];
	return most >= 1000 && most >= 20 * n->median;
}

static const struct {
	bool is_udp;
	uint16_t port;
} watched[] = { { false, 23 }, { false, 2323 }, { true, 53 } };

static size_t check_suspects(struct store *store, const struct hosts *hosts,
                             const struct floods *floods)
{
	static struct naive n;
	size_t suspects = 0, wrong = 0;
	for (size_t w = 0; w < sizeof watched / sizeof *watched; w++) {
		naive_count(&n, hosts, watched[w].is_udp, watched[w].port);
		for (size_t i = 0; i < hosts->count; i++) {
			const struct host_day *h = &hosts->entries[i].host;
			if (!is_one_packet(h, watched[w].is_udp, watched[w].port))
				continue;
			const bool is_suspect = naive_suspect(&n, h->first_ns);
			suspects += is_suspect;
			wrong += is_suspect != floods_suspect(floods, h);
		}
	}
	CHECK(wrong == 0);
	CHECK(suspects_of(floods, store) == suspects);
	return suspects;
}

static struct flow_of_sources random_flow(uint64_t seed)
{
	static const uint16_t sizes[] = { 0, 0, 20, 45, 55, 480, 530, 990, 1010, 1100 };
	struct flow_of_sources f = nobody();
	struct random dice = random_from(seed);
	const uint32_t choices = random_below(&dice, 3) * 3 + 4, apart = 1 + random_below(&dice, 3);
	for (unsigned half = 0; half < 24; half++)
		for (size_t w = 0; w < sizeof watched / sizeof *watched; w++)
			for (unsigned i = sizes[random_below(&dice, choices)]; i > 0; i--) {
				const uint32_t source = random_below(&dice, 12000) * 7919;
				const double second = 5.0 * half * apart + 5 * random_unit(&dice);
				f.pile.pieces[f.pile.count] = (int)random_below(&dice, 2);
				packet(&f, random_below(&dice, 50) ? f.next_source++ : source,
				       second, watched[w].is_udp ? KIND_UDP : KIND_SYN,
				       watched[w].port);
			}
	return f;
}

static void check_merge(struct store *store, const struct hosts *hosts, const struct floods *floods)
{
	const struct source_filter filter = { .window = all_days,
		                              .family = HOLDINGS_ALL_SYNS,
		                              .port = SOURCE_ANY_PORT,
		                              .without_floods = true };
	struct source_merge *merge;
	struct source_days days;
	struct error error;
	size_t left_out = 0, expected = 0, seen = 0;
	for (size_t i = 0; i < hosts->count; i++) {
		const struct host_day *h = &hosts->entries[i].host;
		const bool is_wanted = host_day_packets(h, KIND_SYN) > 0;
		expected += is_wanted && !floods_suspect(floods, h);
		left_out += is_wanted && floods_suspect(floods, h);
	}
	CHECK(source_merge_open(store_holdings(store), &filter, 0, &merge, &error));
	for (; source_merge_next(merge, &days, &error); seen++)
		CHECK(!floods_suspect(floods, days.sightings[0].host));
	CHECK(error.kind == ERROR_NONE && seen == expected);
	const struct floods_left_out out = source_merge_left_out(merge);
	CHECK(out.source_days == left_out && out.days == (left_out > 0) && out.days_unseen == 0);
	source_merge_close(merge);
}

TEST(random_floods_are_those_of_the_rule)
{
	unsigned with = 0, without = 0;
	for (uint64_t seed = 1; seed <= random_rounds(8); seed++) {
		const unsigned failed_before = test_failed_checks;
		struct flow_of_sources f = random_flow(seed);
		struct test_folder folder;
		struct floods *floods;
		struct error error;
		struct store *store = store_of(&f, 2, &folder);
		struct hosts hosts = pile_hosts(&f.pile, ALL_PIECES);
		CHECK(floods_find(store_holdings(store), TEST_DAY, &floods, &error));
		const size_t suspects = check_suspects(store, &hosts, floods);
		with += suspects > 0;
		without += suspects < hosts.count;
		check_merge(store, &hosts, floods);
		if (test_failed_checks > failed_before)
			printf("seed %llu\n", (unsigned long long)seed);
		floods_free(floods);
		store_close(store);
		hosts_done(&hosts);
		folder_done(&folder);
		pile_done(&f.pile);
	}
	CHECK(random_rounds(8) < 8 || (with >= 3 && without >= 3));
}

TEST(a_day_without_packets_has_no_floods)
{
	struct flow_of_sources f = nobody();
	struct test_folder folder;
	struct floods *floods;
	struct error error;
	flood(&f, 10, 7, 23);
	struct store *store = store_of(&f, 1, &folder);
	CHECK(floods_find(store_holdings(store), TEST_DAY + 1, &floods, &error));
	CHECK(suspects_of(floods, store) == 0 && floods_ports_unseen(floods) == 0);
	floods_free(floods);
	store_close(store);
	folder_done(&folder);
	pile_done(&f.pile);
}

TEST_MAIN
