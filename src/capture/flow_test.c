// SPDX-License-Identifier: MIT
// Flow files cut at every byte, changed in every byte, and read without memory. That what
// they tell is counted right, tests/flow_test.py shows.
#include "capture/test_capture.h"

#include "base/memory.h"

#include <snappy-c.h>

enum { RECORDS = 60, BLOCK = 20, FLOWS_MAX = 2 * RECORDS };

struct flows {
	struct flow list[FLOWS_MAX];
	size_t count;
	bool is_open, is_damaged;
	struct error error;
};

static void make_number(struct buffer *out, int64_t value)
{
	uint64_t rest = (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
	for (; rest > 0x7f; rest >>= 7)
		buffer_byte(out, (uint8_t)(rest | 0x80));
	buffer_byte(out, (uint8_t)rest);
}

static void make_piece(struct buffer *out, const char *text)
{
	size_t length = 0;
	while (text[length] != '\0')
		length++;
	make_number(out, (int64_t)length);
	buffer_text(out, text);
}

// With a number longer than the room that parsers of JSON begin with: jansson 2.14 ended the process
// where that could not grow.
static const char schema[] =
	"{\"type\":\"record\",\"name\":\"flowtuple\","
	"\"version\":1.23456789012345678901234567890123456789,\"fields\":["
	"{\"name\":\"time\",\"type\":\"long\"},{\"name\":\"src_ip\",\"type\":\"long\"},"
	"{\"name\":\"dst_ip\",\"type\":\"long\"},{\"name\":\"src_port\",\"type\":\"int\"},"
	"{\"name\":\"dst_port\",\"type\":\"int\"},{\"name\":\"protocol\",\"type\":\"int\"},"
	"{\"name\":\"tcp_flags\",\"type\":\"int\"},{\"name\":\"country\",\"type\":\"string\"},"
	"{\"name\":\"packet_cnt\",\"type\":\"long\"}]}";

static void make_flow(struct buffer *out, int64_t i)
{
	const int64_t values[] = { 1483228800 + i, 0x0a000000 + i, 0x2c000000, 4000, 23, 6, 2 };
	for (size_t k = 0; k < sizeof values / sizeof *values; k++)
		make_number(out, values[k]);
	make_piece(out, "JP");
	make_number(out, i + 1);
}

static void make_block(struct buffer *out, int64_t first, bool is_snappy)
{
	struct buffer rows = buffer_up_to(1 << 16);
	char packed[4096];
	size_t length = sizeof packed;
	for (int64_t i = 0; i < BLOCK; i++)
		make_flow(&rows, first + i);
	make_number(out, BLOCK);
	if (is_snappy) {
		CHECK(snappy_compress((const char *)rows.bytes, rows.length, packed, &length) ==
		      SNAPPY_OK);
		make_number(out, (int64_t)length + 4);
		buffer_append(out, packed, length);
		uint32_t crc = 0xffffffff;
		for (size_t i = 0; i < rows.length; i++) {
			crc ^= rows.bytes[i];
			for (unsigned bit = 0; bit < 8; bit++)
				crc = crc >> 1 ^ (0xedb88320 & -(crc & 1));
		}
		for (unsigned shift = 32; shift > 0; shift -= 8)
			buffer_byte(out, (uint8_t)(~crc >> (shift - 8)));
	} else {
		make_number(out, (int64_t)rows.length);
		buffer_append(out, rows.bytes, rows.length);
	}
	buffer_append(out, "0123456789abcdef", 16);
	buffer_done(&rows);
}

static struct buffer make_avro(bool is_snappy)
{
	struct buffer out = buffer_up_to(1 << 20);
	buffer_append(&out, "Obj\1", 4);
	make_number(&out, 2);
	make_piece(&out, "avro.codec");
	make_piece(&out, is_snappy ? "snappy" : "null");
	make_piece(&out, "avro.schema");
	make_piece(&out, schema);
	make_number(&out, 0);
	buffer_append(&out, "0123456789abcdef", 16);
	for (int64_t i = 0; i < RECORDS; i += BLOCK)
		make_block(&out, i, is_snappy);
	CHECK(!out.failed);
	return out;
}

static struct buffer make_csv(void)
{
	struct buffer out = buffer_up_to(1 << 20);
	for (unsigned i = 0; i < RECORDS; i++)
		buffer_format(&out, "%u.25,aa%x,bb%x,%u,23\n", 1483228800 + i, i, i, i);
	return out;
}

static struct flows read_flows(struct span bytes, size_t at_once)
{
	const struct test_file file = file_with(bytes);
	struct flows r = { .count = 0 };
	struct capture *capture;
	r.is_open = capture_open(file.path, &capture, &r.error);
	unlink(file.path);
	if (!r.is_open)
		return r;
	if (capture_content(capture) != CAPTURE_FRAMES) {
		size_t count = 1;
		while (count > 0 && r.count + at_once <= FLOWS_MAX) {
			count = capture_next_flows(capture, r.list + r.count, at_once);
			r.count += count;
		}
		CHECK(count == 0);
	}
	r.is_damaged = capture_damage(capture, &r.error);
	capture_free(capture);
	return r;
}

static bool same_flow(const struct flow *a, const struct flow *b)
{
	return a->time_ns == b->time_ns && a->packets == b->packets && a->source == b->source &&
	       a->destination == b->destination && a->source_port == b->source_port &&
	       a->destination_port == b->destination_port && a->known == b->known &&
	       a->is_malformed == b->is_malformed;
}

static size_t same_until(const struct flows *a, const struct flows *b)
{
	size_t i = 0;
	while (i < a->count && i < b->count && same_flow(&a->list[i], &b->list[i]))
		i++;
	return i;
}

TEST(any_number_at_once_gives_the_same_flows)
{
	for (unsigned kind = 0; kind < 3; kind++) {
		struct buffer made = kind == 2 ? make_csv() : make_avro(kind == 1);
		const struct flows all = read_flows(buffer_span(&made), RECORDS);
		CHECK(all.is_open && !all.is_damaged && all.count == RECORDS);
		CHECK(kind == 2 || all.list[5].packets == 6);
		CHECK(all.list[5].time_ns / 1000000000 == 1483228805);
		for (size_t at_once = 1; at_once < 10; at_once++) {
			const struct flows some = read_flows(buffer_span(&made), at_once);
			CHECK(some.count == RECORDS && same_until(&some, &all) == RECORDS);
		}
		buffer_done(&made);
	}
}

TEST(a_cut_file_gives_the_blocks_before_the_cut)
{
	for (unsigned kind = 0; kind < 3; kind++) {
		struct buffer made = kind == 2 ? make_csv() : make_avro(kind == 1);
		const struct flows all = read_flows(buffer_span(&made), RECORDS);
		size_t most = 0;
		for (size_t length = 0; length < made.length; length += sweep_step()) {
			const struct span cut = { made.bytes, length };
			const struct flows some = read_flows(cut, RECORDS);
			const size_t whole = kind == 2 && some.count > 0 ? some.count - 1
			                                                 : some.count;
			CHECK(same_until(&some, &all) >= whole);
			CHECK(kind == 2 || !some.is_open || some.is_damaged ||
			      (some.count % BLOCK == 0 && some.count > most) || some.count == 0);
			CHECK(whole + 1 >= most);
			most = whole > most ? whole : most;
		}
		buffer_done(&made);
	}
}

TEST(no_changed_byte_breaks_the_reader)
{
	for (unsigned kind = 0; kind < 3; kind++) {
		struct buffer made = kind == 2 ? make_csv() : make_avro(kind == 1);
		static const uint8_t changes[] = { 0x01, 0x80, 0xff };
		for (size_t at = 0; at < made.length; at += sweep_step())
			for (size_t c = 0; c < sizeof changes; c++) {
				made.bytes[at] ^= changes[c];
				const struct flows r = read_flows(buffer_span(&made), RECORDS);
				CHECK(r.is_open || r.error.kind == ERROR_FAILED);
				made.bytes[at] ^= changes[c];
			}
		buffer_done(&made);
	}
}

TEST(without_memory_reading_fails_and_leaks_nothing)
{
	for (unsigned kind = 0; kind < 3; kind++) {
		struct buffer made = kind == 2 ? make_csv() : make_avro(kind == 1);
		const struct test_file file = file_with(buffer_span(&made));
		unsigned long allocation = 0;
		bool is_whole = false;
		while (!is_whole && ++allocation < 1000) {
			struct capture *capture;
			struct error error;
			struct flow flows[8];
			memory_fail_at(allocation);
			if (!capture_open(file.path, &capture, &error))
				continue;
			while (capture_next_flows(capture, flows, 8) > 0)
				;
			is_whole = !capture_damage(capture, &error);
			capture_free(capture);
		}
		memory_fail_at(0);
		CHECK(is_whole && allocation > 3);
		unlink(file.path);
		buffer_done(&made);
	}
}

TEST_MAIN
