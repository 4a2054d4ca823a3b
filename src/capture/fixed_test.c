// SPDX-License-Identifier: MIT
// Records of fixed length: TSH, and what DAG cards wrote before ERF.
#include "capture/test_damage.h"

static void big(struct maker *m, uint64_t value, unsigned bytes)
{
	while (bytes-- > 0)
		buffer_byte(&m->out, (uint8_t)(value >> 8 * bytes));
}

static void tsh_record(struct maker *m, uint32_t seconds, uint8_t first, uint8_t fill)
{
	big(m, seconds, 4);
	big(m, 2, 1);
	big(m, 999999, 3);
	big(m, first, 1);
	big(m, 0, 1);
	big(m, 1500, 2);
	make_bytes(m, fill, 32);
}

TEST(time_sequenced_headers)
{
	struct maker m = maker_for(false);
	for (uint32_t i = 0; i < 5; i++)
		tsh_record(&m, 1000000000 + i, i == 2 ? 0x46 : 0x45, (uint8_t)i);
	const struct taken t = take_made(&m);
	CHECK(t.is_open && !t.is_damaged && t.count == 5 && text_equal(t.format, "tsh"));
	CHECK(t.frames[1].time_ns == 1000000001999999000 && t.frames[1].time_digits == 6);
	CHECK(t.frames[1].link_type == 228 && t.frames[1].length_wire == 1500);
	CHECK(t.frames[1].captured.length == 36 && t.bytes[1][0] == 0x45 && t.bytes[1][35] == 1);
	CHECK(t.frames[2].captured.length == 20);  // its options are not there
}

enum legacy { ETHERNET, ATM, PPP, CISCO };

static void dag_record(struct maker *m, enum legacy legacy, uint32_t seconds, uint8_t fill)
{
	buffer_u64(&m->out, (uint64_t)seconds << 32 | 0x19999999);
	const size_t start = m->out.length - 8;
	switch (legacy) {
	case ETHERNET:
		big(m, 1514, 2);
		make_bytes(m, fill, 12);
		big(m, 0x080045, 3);
		break;
	case ATM:
		big(m, 0x12345678, 4);
		big(m, 0x00000210, 4);
		big(m, 0xaaaa030000000800, 8);
		big(m, 0x45, 1);
		break;
	case PPP:
		big(m, 0x00000000000005dc, 8);
		big(m, 0xff03002145, 5);
		break;
	case CISCO:
		big(m, 0x00000000000005dc, 8);
		big(m, 0x0f00080045, 5);
		break;
	}
	make_bytes(m, fill, start + 64 - m->out.length);
}

TEST(legacy_dag)
{
	static const struct {
		uint16_t link_type;
		uint32_t wire;
		size_t length;
		uint8_t first;
	} kinds[] = { { 1, 1514, 54, 7 },
		      { 100, 48, 48, 0xaa },
		      { 50, 48, 48, 0xff },
		      { 104, 48, 48, 0x0f } };
	for (enum legacy legacy = ETHERNET; legacy <= CISCO; legacy++) {
		struct maker m = maker_for(false);
		for (uint32_t i = 0; i < 4; i++)
			dag_record(&m, legacy, 1000000000 + i, 7);
		const struct taken t = take_made(&m);
		CHECK(t.is_open && !t.is_damaged && t.count == 4 && text_equal(t.format, "dag"));
		CHECK(t.frames[3].time_ns == 1000000003100000000 && t.frames[3].time_digits == 9);
		CHECK(t.frames[3].link_type == kinds[legacy].link_type);
		CHECK(t.frames[3].length_wire == kinds[legacy].wire);
		CHECK(t.frames[3].captured.length == kinds[legacy].length);
		CHECK(t.bytes[3][0] == kinds[legacy].first);
	}
}

TEST(legacy_dag_without_ip_is_counted)
{
	for (enum legacy legacy = ETHERNET; legacy <= CISCO; legacy++) {
		struct maker m = maker_for(false);
		for (uint32_t i = 0; i < 8; i++) {
			dag_record(&m, legacy, 1000000000 + i, 7);
			if (i % 2 == 1)
				memset(m.out.bytes + m.out.length - 54, 0, 54);
		}
		const struct taken t = take_bytes(buffer_span(&m.out));
		CHECK(t.count == 8 && !t.is_damaged);
		CHECK(t.frames[1].link_type == (legacy == ETHERNET ? 1 : 0xffff));
		dag_record(&m, legacy, 1000000008, 7);
		memset(m.out.bytes + m.out.length - 54, 0, 54);
		CHECK(!take_bytes(buffer_span(&m.out)).is_open);  // fewer than half have IP
		buffer_done(&m.out);
	}
}

TEST(short_ethernet_frames_are_cut)
{
	struct maker m = maker_for(false);
	for (uint32_t i = 0; i < 4; i++) {
		dag_record(&m, ETHERNET, 1000000000, 7);
		m.out.bytes[i * 64 + 8] = 0;
		m.out.bytes[i * 64 + 9] = 40;
	}
	const struct taken t = take_made(&m);
	CHECK(t.count == 4 && t.frames[0].captured.length == 40 && t.frames[0].length_wire == 40);
}

static struct maker small_file(bool is_tsh)
{
	struct maker m = maker_for(false);
	for (uint32_t i = 0; i < 6; i++) {
		if (is_tsh)
			tsh_record(&m, 1000000000 + i, 0x45, 1);
		else
			dag_record(&m, ATM, 1000000000 + i, 1);
	}
	return m;
}

TEST(four_records_in_order_of_time_are_needed)
{
	for (int is_tsh = 0; is_tsh < 2; is_tsh++) {
		struct maker m = small_file(is_tsh == 1);
		const size_t record = m.out.length / 6;
		const size_t low = is_tsh == 1 ? 3 : 4, high = is_tsh == 1 ? 2 : 5;
		const struct span whole = buffer_span(&m.out);
		CHECK(!take_bytes(span_part(whole, 0, 4 * record - 1)).is_open);
		CHECK(take_bytes(span_part(whole, 0, 4 * record)).is_open);
		m.out.bytes[3 * record + low] -= 5;  // 4 s before the second, 3 s before the first
		CHECK(!take_bytes(whole).is_open);
		m.out.bytes[3 * record + low] += 3;
		CHECK(take_bytes(whole).is_open);
		m.out.bytes[5 * record + high] += 20;  // 5120 s
		CHECK(!take_bytes(whole).is_open);
		buffer_done(&m.out);
	}
}

TEST(breaking_off_at_every_byte)
{
	for (int is_tsh = 0; is_tsh < 2; is_tsh++) {
		struct maker m = small_file(is_tsh == 1);
		size_t ends[7];
		for (size_t i = 0; i < 7; i++)
			ends[i] = i * m.out.length / 6;
		check_every_cut(buffer_span(&m.out), ends, 6, ends[4]);
		buffer_done(&m.out);
	}
}

TEST(any_byte_may_be_wrong)
{
	for (int is_tsh = 0; is_tsh < 2; is_tsh++) {
		struct maker m = small_file(is_tsh == 1);
		check_every_byte(&m.out, 20261121);
		check_random_bytes(buffer_span(&m.out), 0, 20261122);
		buffer_done(&m.out);
	}
}

TEST(any_allocation_may_fail)
{
	for (int is_tsh = 0; is_tsh < 2; is_tsh++) {
		struct maker m = small_file(is_tsh == 1);
		check_every_allocation(buffer_span(&m.out));
		buffer_done(&m.out);
	}
}

TEST(large_files)
{
	for (int is_tsh = 0; is_tsh < 2; is_tsh++) {
		struct maker m = maker_for(false);
		for (uint32_t i = 0; i < 20000; i++) {
			if (is_tsh == 1)
				tsh_record(&m, 1000000000 + i, 0x45, 1);
			else
				dag_record(&m, ATM, 1000000000 + i, 1);
		}
		const struct taken t = take_made(&m);
		CHECK(t.count == 20000 && !t.is_damaged);
	}
}

TEST(other_files_are_not_mistaken)
{
	CHECK(count_mistaken(&reader_tsh, 100000, 1) == 0);
	CHECK(count_mistaken(&reader_dag, 100000, 2) == 0);
	CHECK(!is_mistaken_for_text(&reader_tsh, 3));
	CHECK(!is_mistaken_for_text(&reader_dag, 4));
}

TEST_MAIN
