// SPDX-License-Identifier: MIT
// Host-days through columns of bytes and back, whole and damaged, in one batch and in many.
#include "base/test.h"
#include "hostday/test_hostday.h"

#include <stdlib.h>

enum { HOSTS_MAX = 40 };

// Host-days of ascending sources.
struct day {
	struct host_day hosts[HOSTS_MAX];
	size_t count;
};

static struct day *random_day(struct random *r, size_t hosts)
{
	struct day *day = memory_new(1, sizeof *day);
	struct aggregator *a = aggregator_new();
	uint64_t source = random_below(r, 2) == 0 ? 0 : random_u32(r);
	for (; day->count < hosts && source <= UINT32_MAX; day->count++) {
		struct pile pile = random_pile(
			r, 1 + random_below(r, random_below(r, 4) == 0 ? 700 : 4),
			(uint32_t)source);
		CHECK(host_day_aggregate(a, pile.list, pile.count, &day->hosts[day->count]));
		pile_done(&pile);
		source += 1 + (random_below(r, 3) == 0 ? random_u32(r) >> random_below(r, 32) : 0);
		// The last address of all is a neighbour now and then.
		if (day->count + 2 == hosts && random_below(r, 2) == 0)
			source = UINT32_MAX;
	}
	aggregator_free(a);
	return day;
}

static void day_free(struct day *day)
{
	for (size_t i = 0; i < day->count; i++)
		host_day_done(&day->hosts[i]);
	memory_free(day);
}

static struct host_columns columns_of(const struct day *day)
{
	struct host_columns c;
	host_columns_init(&c, TEST_BASE_NS, 1 << 24);
	for (size_t i = 0; i < day->count; i++)
		host_columns_add(&c, &day->hosts[i]);
	CHECK(c.host_count == day->count && !host_columns_failed(&c));
	return c;
}

static void read_back(const struct day *day, const struct host_columns *c, uint64_t wanted)
{
	static const uint8_t noise[] = { 0xff, 0xff };
	struct span spans[COLUMN_COUNT];
	struct host_reader reader;
	struct host_day h = { .items = NULL };
	spans_of(c, spans);
	const uint64_t always = COLUMN_BIT(COLUMN_SOURCE) | COLUMN_BIT(COLUMN_PACKETS) |
	                        COLUMN_BIT(COLUMN_MATCHED);
	// What is not wanted is not looked at.
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		if (!((wanted | always) >> i & 1))
			spans[i] = (struct span){ noise, sizeof noise };
	host_reader_open(&reader, spans, c->host_count, c->base_ns, wanted);
	for (size_t i = 0; i < day->count; i++) {
		struct host_day expected = day->hosts[i];
		expected.fields_mask &= wanted >> COLUMN_FIELD;
		if (!(wanted & COLUMN_BIT(COLUMN_TIME)))
			expected.first_ns = expected.last_ns = TEST_BASE_NS;
		CHECK(host_reader_next(&reader, &h));
		CHECK(same_host_day(&h, &expected) && !h.failed);
	}
	CHECK(!host_reader_next(&reader, &h) && !reader.is_damaged && !h.failed);
	CHECK(!host_reader_next(&reader, &h) && !reader.is_damaged);
	host_day_done(&h);
}

TEST(host_days_come_back_from_columns)
{
	for (uint64_t seed = 0; seed < 100; seed++) {
		struct random r = random_from(seed);
		const unsigned before = test_failed_checks;
		struct day *day = random_day(&r, random_below(&r, HOSTS_MAX + 1));
		struct host_columns c = columns_of(day);
		size_t sum = 0;
		for (unsigned i = 0; i < COLUMN_COUNT; i++)
			sum += c.column[i].length;
		CHECK(host_columns_bytes(&c) == sum);
		read_back(day, &c, COLUMNS_ALL);
		read_back(day, &c, 0);
		read_back(day, &c, COLUMN_BIT(COLUMN_TIME));
		read_back(day, &c, random_u64(&r));
		print_seed(test_failed_checks > before, seed);
		host_columns_done(&c);
		day_free(day);
	}
}

static bool column_is(const struct host_columns *c, unsigned column, const char *bytes,
                      size_t length)
{
	return c->column[column].length == length &&
	       memcmp(c->column[column].bytes, bytes, length) == 0;
}

TEST(columns_hold_the_bytes_that_the_format_says)
{
	struct item items[] = { { 1, 23 }, { 3, 2323 }, { 130, 2324 }, { 2, 0xffffffff } };
	struct host_day h = { .source = 300, .first_ns = 1005, .last_ns = 1007, .items = items };
	h.packets[KIND_SYN - HOST_KIND_FIRST] = 1;
	h.packets[KIND_UDP - HOST_KIND_FIRST] = 129;
	h.matched_mask = 1u << 2;
	h.matched[2] = 5;
	h.fields_mask = 1u << FIELD_DESTINATION_PORT | 1u << FIELD_DESTINATION;
	h.sets[FIELD_DESTINATION_PORT] = (struct item_set){ .begin = 0, .count = 3 };
	h.sets[FIELD_DESTINATION] = (struct item_set){ .begin = 3, .count = 1, .is_sampled = true };
	struct host_columns c;
	host_columns_init(&c, 1000, 1000);
	host_columns_add(&c, &h);
	h.source = 302;
	host_columns_add(&c, &h);
	CHECK(c.host_count == 2 && c.first_source == 300 && c.last_source == 302 &&
	      !host_columns_failed(&c));
	CHECK(column_is(&c, COLUMN_SOURCE, "\xac\x02\x01", 3));
	CHECK(column_is(&c, COLUMN_TIME, "\x05\x02\x05\x02", 4));
	CHECK(column_is(&c, COLUMN_PACKETS, "\x22\x00\x80\x01\x22\x00\x80\x01", 8));
	CHECK(column_is(&c, COLUMN_MATCHED, "\x04\x04\x04\x04", 4));
	// 2 * 23; 2 * (2323 - 24) + 1, 3 - 2; 2 * 0 + 1, 130 - 2.
	CHECK(c.column[COLUMN_FIELD + FIELD_DESTINATION_PORT].length == 16);
	CHECK(memcmp(c.column[COLUMN_FIELD + FIELD_DESTINATION_PORT].bytes,
	             "\x06\x2e\xf7\x23\x01\x01\x80\x01", 8) == 0);
	CHECK(c.column[COLUMN_FIELD + FIELD_DESTINATION].length == 14);
	CHECK(memcmp(c.column[COLUMN_FIELD + FIELD_DESTINATION].bytes,
	             "\x03\xff\xff\xff\xff\x1f\x00", 7) == 0);
	CHECK(c.column[COLUMN_FIELD + FIELD_WINDOW].length == 0);
	host_columns_done(&c);
}

TEST(columns_are_used_again_and_have_a_maximum)
{
	struct random r = random_from(4);
	struct day *first = random_day(&r, 5), *second = random_day(&r, 7);
	struct host_columns c = columns_of(first);
	host_columns_reset(&c, TEST_BASE_NS);
	CHECK(host_columns_bytes(&c) == 0 && c.host_count == 0);
	for (size_t i = 0; i < second->count; i++)
		host_columns_add(&c, &second->hosts[i]);
	CHECK(!host_columns_failed(&c) && c.first_source == second->hosts[0].source);
	read_back(second, &c, COLUMNS_ALL);
	host_columns_done(&c);
	host_columns_init(&c, TEST_BASE_NS, 60);
	for (size_t i = 0; i < second->count; i++)
		host_columns_add(&c, &second->hosts[i]);
	CHECK(host_columns_failed(&c));
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		CHECK(c.column[i].length <= 60);
	// A reset takes the failure away.
	host_columns_reset(&c, 0);
	const struct host_day small = { .source = 1 };
	host_columns_add(&c, &small);
	CHECK(!host_columns_failed(&c) && c.host_count == 1);
	host_columns_done(&c);
	memory_fail_at(3);
	host_columns_add(&c, &(struct host_day){ .source = 2 });
	memory_fail_at(0);
	CHECK(host_columns_failed(&c));
	host_columns_done(&c);
	day_free(first);
	day_free(second);
}

// Adds the host-days batch by batch, cut anywhere.
static void append_in_batches(struct random *r, const struct day *day, struct host_columns *out)
{
	struct host_columns part;
	host_columns_init(&part, TEST_BASE_NS, 1 << 24);
	for (size_t i = 0; i < day->count; i++) {
		host_columns_add(&part, &day->hosts[i]);
		if (i + 1 < day->count && random_below(r, 3) != 0)
			continue;
		const struct host_batch batch = host_columns_batch(&part);
		CHECK(batch.host_count == part.host_count && batch.base_ns == TEST_BASE_NS);
		CHECK(batch.first_source == part.first_source &&
		      batch.last_source == day->hosts[i].source);
		host_columns_append(out, &batch);
		host_columns_reset(&part, TEST_BASE_NS);
	}
	host_columns_done(&part);
}

static bool same_columns(const struct host_columns *a, const struct host_columns *b)
{
	bool is_same = a->host_count == b->host_count && a->first_source == b->first_source &&
	               a->last_source == b->last_source;
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		is_same &= a->column[i].length == b->column[i].length &&
		           (a->column[i].length == 0 ||
		            memcmp(a->column[i].bytes, b->column[i].bytes, a->column[i].length) ==
		                    0);
	return is_same;
}

// Cut by number or by bytes: no piece is larger than it has to be, and together they are the whole.
TEST(batches_taken_apart_are_the_same_bytes)
{
	for (uint64_t seed = 0; seed < 100; seed++) {
		struct random r = random_from(seed);
		const unsigned before = test_failed_checks;
		struct day *day = random_day(&r, 1 + random_below(&r, HOSTS_MAX));
		struct host_columns c = columns_of(day), again;
		struct host_day room = { .items = NULL };
		struct host_batch rest = host_columns_batch(&c), piece;
		host_columns_init(&again, TEST_BASE_NS, 1 << 24);
		while (rest.host_count > 0) {
			const uint64_t hosts = 1 + random_below(&r, 8);
			const size_t bytes = 1 + random_below(&r, 3000);
			const uint64_t before_it = rest.host_count;
			CHECK(host_batch_take(&rest, hosts, bytes, &room, &piece));
			CHECK(piece.host_count > 0 && piece.host_count <= hosts &&
			      piece.host_count + rest.host_count == before_it);
			CHECK(rest.host_count == 0 || piece.host_count == hosts ||
			      host_batch_bytes(&piece) >= bytes);
			struct host_batch less = piece, most;
			if (piece.host_count > 1) {
				CHECK(host_batch_take(&less, piece.host_count - 1, SIZE_MAX, &room,
				                      &most));
				CHECK(host_batch_bytes(&most) < bytes);
			}
			host_columns_append(&again, &piece);
		}
		CHECK(same_columns(&again, &c));
		print_seed(test_failed_checks > before, seed);
		host_day_done(&room);
		host_columns_done(&again);
		host_columns_done(&c);
		day_free(day);
	}
}

TEST(batches_appended_are_the_same_bytes)
{
	for (uint64_t seed = 0; seed < 100; seed++) {
		struct random r = random_from(seed);
		const unsigned before = test_failed_checks;
		struct day *day = random_day(&r, 1 + random_below(&r, 12));
		struct host_columns c = columns_of(day), appended;
		host_columns_init(&appended, TEST_BASE_NS, 1 << 24);
		append_in_batches(&r, day, &appended);
		CHECK(same_columns(&appended, &c) && !host_columns_failed(&appended));
		print_seed(test_failed_checks > before, seed);
		host_columns_done(&appended);
		host_columns_done(&c);
		day_free(day);
	}
}

// Reads columns that may be anything, in room of exactly their size. True: they ended whole.
static bool survive(const struct span columns[COLUMN_COUNT], uint64_t host_count, uint64_t wanted)
{
	struct span copies[COLUMN_COUNT];
	uint8_t *room[COLUMN_COUNT];
	for (unsigned i = 0; i < COLUMN_COUNT; i++) {
		room[i] = memory_new(columns[i].length + (columns[i].length == 0), 1);
		if (columns[i].length > 0)
			memcpy(room[i], columns[i].bytes, columns[i].length);
		copies[i] = (struct span){ room[i], columns[i].length };
	}
	struct host_reader reader;
	struct host_day h = { .items = NULL };
	uint64_t count = 0;
	host_reader_open(&reader, copies, host_count, TEST_BASE_NS, wanted);
	for (uint32_t last = 0; host_reader_next(&reader, &h); last = h.source, count++) {
		CHECK(count == 0 || h.source > last);
		for (unsigned field = 0; field < FIELD_COUNT; field++) {
			const struct item_set set = h.fields_mask >> field & 1
			                                    ? h.sets[field]
			                                    : (struct item_set){ .count = 0 };
			CHECK(set.count <= field_info(field)->values_max &&
			      (size_t)set.begin + set.count <= h.item_count);
			for (uint32_t i = 1; i < set.count; i++)
				CHECK(h.items[set.begin + i - 1].value <
				      h.items[set.begin + i].value);
			host_day_distinct(&h, field);
		}
	}
	CHECK(!h.failed && (count == host_count) != reader.is_damaged);
	CHECK(!host_reader_next(&reader, &h));
	host_day_done(&h);
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		memory_free(room[i]);
	return !reader.is_damaged;
}

TEST(a_column_that_is_cut_is_damage)
{
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct random r = random_from(seed);
		const unsigned before = test_failed_checks;
		struct day *day = random_day(&r, 1 + random_below(&r, 10));
		struct host_columns c = columns_of(day);
		for (unsigned i = 0; i < COLUMN_COUNT; i++) {
			struct span spans[COLUMN_COUNT];
			spans_of(&c, spans);
			CHECK(survive(spans, c.host_count, COLUMNS_ALL));
			if (spans[i].length == 0)
				continue;
			spans[i].length -= 1 + random_below(&r, (uint32_t)spans[i].length);
			CHECK(!survive(spans, c.host_count, COLUMNS_ALL));
		}
		struct span spans[COLUMN_COUNT];
		spans_of(&c, spans);
		CHECK(!survive(spans, c.host_count + 1, COLUMNS_ALL));
		CHECK(!survive(spans, UINT64_MAX, COLUMNS_ALL));
		print_seed(test_failed_checks > before, seed);
		host_columns_done(&c);
		day_free(day);
	}
}

TEST(columns_of_changed_bytes_do_no_harm)
{
	unsigned whole = 0, damaged = 0;
	for (uint64_t seed = 0; seed < 1500; seed++) {
		struct random r = random_from(seed);
		const unsigned before = test_failed_checks;
		struct day *day = random_day(&r, 1 + random_below(&r, 4));
		struct host_columns c = columns_of(day);
		struct span spans[COLUMN_COUNT];
		for (unsigned changes = 1 + random_below(&r, 4); changes > 0; changes--) {
			struct buffer *column = &c.column[random_below(&r, 3) == 0
			                                          ? random_below(&r, 4)
			                                          : random_below(&r, COLUMN_COUNT)];
			if (column->length > 0)
				column->bytes[random_below(&r, (uint32_t)column->length)] =
					(uint8_t)random_u32(&r);
			if (random_below(&r, 8) == 0)
				column->length = random_below(&r, (uint32_t)column->length + 1);
		}
		spans_of(&c, spans);
		if (survive(spans, c.host_count,
		            random_below(&r, 2) == 0 ? COLUMNS_ALL : random_u64(&r)))
			whole++;
		else
			damaged++;
		print_seed(test_failed_checks > before, seed);
		host_columns_done(&c);
		day_free(day);
	}
	CHECK(whole > 100 && damaged > 100);
}

TEST(numbers_out_of_range_are_damage)
{
	struct span spans[COLUMN_COUNT] = { { (const uint8_t *)"", 0 } };
	spans[COLUMN_TIME] = (struct span){ (const uint8_t *)"\0\0\0\0", 4 };
	spans[COLUMN_PACKETS] = spans[COLUMN_MATCHED] = spans[COLUMN_TIME];
	spans[COLUMN_FIELD + FIELD_DESTINATION] = spans[COLUMN_TIME];
	spans[COLUMN_SOURCE] = (struct span){ (const uint8_t *)"\xff\xff\xff\xff\x0f\x00", 6 };
	CHECK(survive(spans, 1, COLUMNS_ALL) && !survive(spans, 2, COLUMNS_ALL));
	spans[COLUMN_SOURCE] = (struct span){ (const uint8_t *)"\x80\x80\x80\x80\x10", 5 };
	CHECK(!survive(spans, 1, COLUMNS_ALL));
	// Nothing comes behind 255.255.255.255, and no distance leads back.
	spans[COLUMN_SOURCE] = (struct span){
		(const uint8_t *)"\x05\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11
	};
	CHECK(!survive(spans, 2, COLUMNS_ALL));
	spans[COLUMN_SOURCE] = spans[COLUMN_TIME];
	// Two values, of which the second is 2^32.
	spans[COLUMN_FIELD + FIELD_DESTINATION] = (struct span){
		(const uint8_t *)"\x04\xfe\xff\xff\xff\x1f\x00", 7
	};
	CHECK(!survive(spans, 1, COLUMNS_ALL));
	// More values than the column has bytes, and than the field can have.
	spans[COLUMN_FIELD + FIELD_DESTINATION] = (struct span){
		(const uint8_t *)"\xfe\xff\xff\xff\x0f\x00", 6
	};
	CHECK(!survive(spans, 1, COLUMNS_ALL));
	spans[COLUMN_FIELD + FIELD_DESTINATION] = (struct span){ (const uint8_t *)"\x78\x00", 2 };
	struct host_reader reader;
	struct host_day h = { .items = NULL };
	host_reader_open(&reader, spans, 1, TEST_BASE_NS, COLUMNS_ALL);
	memory_fail_at(1);  // seen before there is any memory for them
	CHECK(!host_reader_next(&reader, &h) && reader.is_damaged && !h.failed);
	memory_fail_at(0);
	const uint8_t many[2 + 65] = { 0x82, 0x01 };
	spans[COLUMN_FIELD + FIELD_DESTINATION] = (struct span){ many, sizeof many };
	CHECK(!survive(spans, 1, COLUMNS_ALL));
}

TEST(a_reader_without_memory_is_not_damaged)
{
	struct random r = random_from(6);
	struct day *day = random_day(&r, 3);
	struct host_columns c = columns_of(day);
	struct span spans[COLUMN_COUNT];
	struct host_reader reader;
	struct host_day h = { .items = NULL };
	spans_of(&c, spans);
	host_reader_open(&reader, spans, c.host_count, c.base_ns, COLUMNS_ALL);
	memory_fail_at(1);
	CHECK(!host_reader_next(&reader, &h) && h.failed && !reader.is_damaged);
	memory_fail_at(0);
	host_day_done(&h);
	host_columns_done(&c);
	day_free(day);
}

TEST_MAIN
