// SPDX-License-Identifier: MIT
// Compaction: several segments a day become one that holds what the whole day
// held, and with a floor lacks just the values that few sources of the day used.
#include "store/test_store.h"

#include <unistd.h>

enum { PIECES = 4, DAYS = 3 };

static struct store *compacted(const char *path, uint32_t floor, size_t expected_days)
{
	struct store *s = open_writer(path);
	struct error error = { .text = "" };
	size_t days = 99;
	CHECK(store_compact(s, floor, &days, &error) && days == expected_days);
	if (days != expected_days)
		printf("%zu days compacted: %s\n", days, error.text);
	return s;
}

struct held_bursts {
	uint64_t bursts, packets, fingerprints;
	struct holdings_kept kept;
};

static struct held_bursts bursts_of(struct store *s, enum burst_form form)
{
	struct holdings *h = store_holdings(s);
	const struct period day = period_of_day(TEST_DAY);
	struct held_bursts held = { .kept = holdings_kept(h, day, form) };
	struct burst_stream *stream;
	const struct burst *burst;
	struct error error;
	CHECK(holdings_open_bursts(h, day, form, &stream, &error));
	while (stream->next(stream, &burst, &error) && burst != NULL) {
		held.bursts++;
		held.packets += burst->packets;
		held.fingerprints |= burst->matched_mask;
	}
	stream->close(stream);
	return held;
}

static bool same_bursts(const struct held_bursts *a, const struct held_bursts *b)
{
	return a->bursts == b->bursts && a->packets == b->packets &&
	       a->kept.is_some == b->kept.is_some && a->kept.is_whole == b->kept.is_whole &&
	       a->kept.evicted_bursts == b->kept.evicted_bursts &&
	       a->kept.evicted_packets == b->kept.evicted_packets;
}

// Every second piece keeps scans: of all of them together they are kept in part.
TEST(bursts_of_pieces_become_those_of_the_day)
{
	struct test_folder f = folder_new();
	struct pile pile = pile_from(9, 60, DAYS, PIECES, 4000);
	struct held_bursts before[BURST_FORMS], after;
	const struct store_refit refit = { .text = "often = source window=14600 dport=23\n",
		                           .where = "F" };
	struct store_refitted refitted;
	struct error error;
	char line[512];
	struct store *s = open_writer(f.path);
	take_pile(s, &pile, PIECES);
	for (unsigned form = 0; form < BURST_FORMS; form++)
		before[form] = bursts_of(s, (enum burst_form)form);
	CHECK(before[0].kept.is_whole && before[0].kept.evicted_bursts == 1 + 2 + 3 + 4);
	CHECK(before[1].kept.is_some && !before[1].kept.is_whole);
	CHECK(before[1].kept.evicted_packets == 2 * (1 + 3) && before[1].packets > 0);
	CHECK(before[0].bursts < before[0].packets && before[1].fingerprints == 0xff);
	store_close(s);
	s = compacted(f.path, 0, DAYS);
	for (unsigned form = 0; form < BURST_FORMS; form++) {
		after = bursts_of(s, (enum burst_form)form);
		CHECK(same_bursts(&after, &before[form]));
	}
	// What a source did on a day is no packet's; the others keep theirs.
	CHECK(store_set_fingerprints(s, &refit, &refitted, &error));
	after = bursts_of(s, BURST_SCAN);
	const uint64_t builtins = 0xff &
	                          ((UINT64_C(1) << store_settings(s)->fingerprints.builtin_count) -
	                           1);
	CHECK(same_bursts(&after, &before[1]) && after.fingerprints == builtins);
	store_close(s);
	CHECK(problems_of(f.path, line) == 0);
	pile_done(&pile);
	folder_done(&f);
}

TEST(one_segment_a_day_holds_what_all_held)
{
	for (uint64_t seed = 1; seed <= random_rounds(6); seed++) {
		const unsigned failed = test_failed_checks;
		struct test_folder f = folder_new();
		struct pile pile = pile_from(seed, seed % 2 ? 3 : 60, DAYS, PIECES, 4000);
		struct hosts all = pile_hosts(&pile, ALL_PIECES);
		char line[512];
		struct store *s = open_writer(f.path);
		take_pile(s, &pile, PIECES);
		CHECK(store_segment_count(s) == PIECES * DAYS);
		store_close(s);
		s = compacted(f.path, 0, DAYS);
		CHECK(store_segment_count(s) == DAYS && holds(s, &all));
		store_close(s);
		s = open_reader(f.path);
		CHECK(store_segment_count(s) == DAYS && holds(s, &all));
		for (size_t i = 0; i < store_segment_count(s); i++)
			CHECK(store_segment_at(s, i)->floor == 0);
		store_close(s);
		CHECK(problems_of(f.path, line) == 0);
		store_close(compacted(f.path, 0, 0));
		if (test_failed_checks > failed)
			printf("seed %llu %s\n", (unsigned long long)seed, line);
		hosts_done(&all);
		pile_done(&pile);
		folder_done(&f);
	}
}

// A set that one piece sampled stays sampled, also if the other adds no value to it.
TEST(a_large_piece_and_small_ones)
{
	struct test_folder f = folder_new();
	struct pile pile = pile_from(15, 3, DAYS, PIECES, 6000);
	for (size_t i = 0; i < pile.count; i++)
		pile.pieces[i] = i % 100 == 0 ? pile.pieces[i] : 0;
	struct hosts all = pile_hosts(&pile, ALL_PIECES);
	struct store *s = open_writer(f.path);
	take_pile(s, &pile, PIECES);
	store_close(s);
	s = compacted(f.path, 0, DAYS);
	CHECK(holds(s, &all));
	store_close(s);
	hosts_done(&all);
	pile_done(&pile);
	folder_done(&f);
}

// Pieces may come and be compacted in any order: the store is the same in the end.
TEST(compacting_between_makes_no_difference)
{
	struct test_folder f = folder_new();
	struct pile pile = pile_from(11, 4, DAYS, PIECES, 5000);
	struct hosts all = pile_hosts(&pile, ALL_PIECES);
	struct error error;
	for (int piece = PIECES - 1; piece >= 0; piece--) {
		struct hosts hosts = pile_hosts(&pile, piece);
		struct store *s = open_writer(f.path);
		CHECK(take_hosts(s, &hosts, "piece", (uint8_t)piece, &error));
		store_close(s);
		store_close(compacted(f.path, 0, piece == PIECES - 1 ? 0 : DAYS));
		hosts_done(&hosts);
	}
	struct store *s = open_reader(f.path);
	CHECK(holds(s, &all));
	store_close(s);
	hosts_done(&all);
	pile_done(&pile);
	folder_done(&f);
}

static bool has_floor(unsigned field)
{
	static const unsigned fields[] = { FIELD_WINDOW,      FIELD_TTL,   FIELD_TOS,
		                           FIELD_SOURCE_PORT, FIELD_IP_ID, FIELD_LENGTH,
		                           FIELD_TCP_FLAGS,   FIELD_MSS };
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (fields[i] == field)
			return true;
	return false;
}

static uint32_t *sources_of(uint32_t *counts, unsigned field, uint32_t value)
{
	return &counts[(size_t)field * 65536 + value];
}

// The host-days of one day without what fewer than `floor` of them have.
static void drop_naively(struct hosts *hosts, int32_t day, uint32_t floor)
{
	uint32_t *counts = memory_new((size_t)FIELD_DESTINATION * 65536, sizeof *counts);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < hosts->count; i++)
			for (unsigned field = 0; field < FIELD_DESTINATION; field++) {
				struct host_day *h = &hosts->entries[i].host;
				struct item_set *set = &h->sets[field];
				if (hosts->entries[i].day != day || !has_floor(field) ||
				    !(h->fields_mask >> field & 1))
					continue;
				uint32_t kept = 0;
				for (uint32_t k = 0; k < set->count; k++) {
					const struct item item = h->items[set->begin + k];
					if (pass == 0)
						++*sources_of(counts, field, item.value);
					else if (*sources_of(counts, field, item.value) >= floor)
						h->items[set->begin + kept++] = item;
				}
				if (pass == 1)
					set->count = kept;
			}
	memory_free(counts);
}

TEST(a_floor_drops_what_few_sources_of_the_day_used)
{
	static const uint32_t floors[] = { 2, 3, 10, 1000 };
	for (size_t i = 0; i < 4; i++) {
		struct test_folder f = folder_new();
		struct pile pile = pile_from(21 + i, i == 3 ? 3 : 150, DAYS, PIECES, 3000);
		struct hosts all = pile_hosts(&pile, ALL_PIECES);
		char line[512];
		struct store *s = open_writer(f.path);
		take_pile(s, &pile, PIECES);
		store_close(s);
		s = compacted(f.path, floors[i], DAYS);
		CHECK(!holds(s, &all));
		for (int32_t day = TEST_DAY; day < TEST_DAY + DAYS; day++)
			drop_naively(&all, day, floors[i]);
		CHECK(holds(s, &all));
		for (size_t k = 0; k < store_segment_count(s); k++)
			CHECK(store_segment_at(s, k)->floor == floors[i]);
		store_close(s);
		CHECK(problems_of(f.path, line) == 0);
		hosts_done(&all);
		pile_done(&pile);
		folder_done(&f);
	}
}

TEST(a_higher_floor_replaces_a_lower_one)
{
	struct test_folder f = folder_new();
	struct pile pile = pile_from(31, 100, 1, 1, 2000);
	struct hosts all = pile_hosts(&pile, ALL_PIECES);
	struct store *s = open_writer(f.path);
	take_pile(s, &pile, 1);
	store_close(s);
	store_close(compacted(f.path, 1, 0));  // a floor of 1 drops nothing
	store_close(compacted(f.path, 3, 1));  // one segment a day, and yet there is work
	store_close(compacted(f.path, 2, 0));
	store_close(compacted(f.path, 0, 0));
	s = compacted(f.path, 8, 1);
	drop_naively(&all, TEST_DAY, 8);
	CHECK(holds(s, &all) && store_segment_at(s, 0)->floor == 8);
	store_close(s);
	hosts_done(&all);
	pile_done(&pile);
	folder_done(&f);
}

TEST(a_closed_day_takes_nothing_in)
{
	struct test_folder f = folder_new();
	struct pile pile = pile_from(41, 20, 2, 2, 300);
	struct hosts first = pile_hosts(&pile, 0), second = pile_hosts(&pile, 1), later;
	struct store *s = open_writer(f.path);
	struct error error;
	bool found;
	CHECK(take_hosts(s, &first, "a", 1, &error));
	store_close(s);
	s = compacted(f.path, 2, 2);
	CHECK(!take_hosts(s, &second, "b", 2, &error));
	CHECK(strstr(error.text, "2016-09-01 was compacted with floor 2 and is closed") != NULL);
	CHECK(has_taken(s, 2, &found, &error) && !found);
	// Days that are not closed are open still.
	later = pile_hosts(&pile, 1);
	for (size_t i = 0; i < later.count; i++) {
		later.entries[i].day += 10;
		later.entries[i].host.first_ns += 10 * DAY_NS;
		later.entries[i].host.last_ns += 10 * DAY_NS;
	}
	CHECK(take_hosts(s, &later, "c", 3, &error) && store_segment_count(s) == 4);
	store_close(s);
	hosts_done(&first);
	hosts_done(&second);
	hosts_done(&later);
	pile_done(&pile);
	folder_done(&f);
}

// A set that lost values to the floor is no bottom-k sketch of what it was. Whatever is
// said of its size, it must not be more than there are values.
TEST(distinct_values_of_a_sampled_set_after_a_floor)
{
	struct test_folder f = folder_new();
	struct pile pile = pile_from(51, 2, 1, 1, 3000);
	const struct host_day *host;
	struct store_day *day;
	struct error error;
	struct store *s = open_writer(f.path);
	take_pile(s, &pile, 1);
	store_close(s);
	s = compacted(f.path, 50, 1);
	CHECK(store_day_open_segments(s, 0, 1, COLUMNS_ALL, &day, &error));
	while ((host = store_day_next(day, &error)) != NULL)
		if (host->fields_mask >> FIELD_IP_ID & 1)
			CHECK(host_day_distinct(host, FIELD_IP_ID) <= 65536);
	store_day_close(day);
	store_close(s);
	pile_done(&pile);
	folder_done(&f);
}

// Readers take no lock, and they see the store as of their opening: what they have not
// looked at yet must not go away under them.
TEST(a_reader_survives_a_compaction)
{
	struct test_folder f = folder_new();
	struct pile pile = pile_from(61, 20, 1, 2, 200);
	struct store *s = open_writer(f.path);
	take_pile(s, &pile, 2);
	store_close(s);
	struct store *reader = open_reader(f.path);
	store_close(compacted(f.path, 0, 1));
	for (size_t i = 0; i < 2; i++)
		CHECK(set_length(reader, i, STORE_ALL) < SIZE_MAX);
	store_close(reader);
	pile_done(&pile);
	folder_done(&f);
}

// The days that a piece goes to, as ingest takes them in.
static void take_tidily(struct store *s, const struct pile *pile, int piece)
{
	struct hosts hosts = pile_hosts(pile, piece);
	struct ingest_ledger ledger;
	const struct store_capture capture = capture_of(&hosts, "piece", (uint8_t)(piece + 1),
	                                                &ledger);
	struct store_ingest *in;
	struct error error;
	CHECK(store_ingest_begin(s, &in, &error));
	CHECK(send_hosts(store_ingest_receiver(in), &hosts, 100, &error));
	CHECK(store_ingest_commit(in, &capture, 1, &error));
	store_ingest_tidy(in);
	store_ingest_free(in);
	hosts_done(&hosts);
}

// However many pieces a day comes in, it has a handful of segments, the pieces of other days stay, and what they
// hold is what all pieces held.
TEST(a_day_in_many_pieces_has_few_segments)
{
	enum { MANY = 30 };
	struct test_folder f = folder_new();
	struct pile pile = pile_from(71, 20, DAYS, MANY, 3000);
	struct hosts all = pile_hosts(&pile, ALL_PIECES);
	struct store *s = open_writer(f.path);
	char line[512];
	for (int piece = 0; piece < MANY; piece++) {
		take_tidily(s, &pile, piece);
		const size_t pieces = (size_t)piece + 1, few = STORE_DAY_SEGMENTS;
		CHECK(store_segment_count(s) <= DAYS * few);
		CHECK(pieces > few || store_segment_count(s) == DAYS * pieces);
	}
	struct error error;
	size_t days;
	CHECK(store_compact(s, 0, &days, &error) && holds(s, &all));
	store_close(s);
	CHECK(problems_of(f.path, line) == 0);
	hosts_done(&all);
	pile_done(&pile);
	folder_done(&f);
}

// An ingest that is killed behind its commit merges nothing. Who opens the store to write does, whatever days he is
// going to touch; who reads does not.
TEST(what_a_killed_ingest_left_the_next_writer_tidies)
{
	enum { MANY = 12 };
	struct test_folder f = folder_new();
	struct pile pile = pile_from(72, 20, DAYS, MANY, 2000);
	struct hosts all = pile_hosts(&pile, ALL_PIECES);
	struct store *s = open_writer(f.path);
	char line[512];
	take_pile(s, &pile, MANY);
	CHECK(store_segment_count(s) == DAYS * MANY);
	store_close(s);
	store_close(open_reader(f.path));
	s = open_writer(f.path);
	CHECK(store_segment_count(s) <= DAYS * STORE_DAY_SEGMENTS);
	CHECK(holds(s, &all));
	store_close(s);
	CHECK(problems_of(f.path, line) == 0);
	hosts_done(&all);
	pile_done(&pile);
	folder_done(&f);
}

TEST_MAIN
