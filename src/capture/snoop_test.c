// SPDX-License-Identifier: MIT
// The snoop reader: link types of both writers, damage in every place.
#include "capture/test_damage.h"

static struct maker snoop_file(uint32_t version, uint32_t link_type)
{
	struct maker m = maker_for(true);
	buffer_append(&m.out, "snoop\0\0", 8);
	make_u32(&m, version);
	make_u32(&m, link_type);
	return m;
}

static void snoop_record(struct maker *m, uint32_t captured, uint32_t padding, uint8_t fill)
{
	make_u32(m, captured + 4);
	make_u32(m, captured);
	make_u32(m, 24 + captured + padding);
	make_u32(m, 7);  // drops
	make_u32(m, 1600000000);
	make_u32(m, 123456);
	make_bytes(m, fill, captured);
	make_bytes(m, 0xee, padding);
}

TEST(frames)
{
	struct maker m = snoop_file(2, 4);
	snoop_record(&m, 61, 3, 1);
	snoop_record(&m, 0, 0, 0);
	snoop_record(&m, 1500, 6, 2);
	snoop_record(&m, 262144, 0, 3);
	snoop_record(&m, 1, 4096, 4);
	const struct reading r = read_made(&m);
	CHECK(r.is_open && !r.is_damaged && r.frames == 5 && text_equal(r.format, "snoop"));
	CHECK(r.first[0].time_ns == 1600000000123456000 && r.first[0].time_digits == 6);
	CHECK(r.first[0].captured.length == 61 && r.first[0].length_wire == 65);
	CHECK(r.first[0].link_type == 1 && r.fill[0] == 1 && r.fill[2] == 2);
	CHECK(r.first[1].captured.length == 0 && r.first[3].captured.length == 262144);
	CHECK(r.first[4].captured.length == 1 && r.fill[4] == 4);
}

TEST(link_types)
{
	static const struct {
		uint32_t in_file, padding;
		uint16_t link_type;
	} cases[] = {
		{ 0, 0, 1 },
		{ 2, 3, 6 },
		{ 4, 2, 1 },
		{ 8, 0, 10 },
		{ 9, 0, 65535 },
		{ 1, 0, 65535 },
		{ 14, 0, 0 },
		{ 16, 0, 122 },
		{ 18, 4, 123 },
		{ 27, 0, 65535 },
		{ 0x80000005, 0, 226 },
		{ 10, 0, 65535 },
		{ 10, 15, 65535 },
		// with the padding of Surveyor
		{ 4, 16, 1 },
		{ 10, 16, 1 },
		{ 12, 17, 1 },
		{ 19, 16, 1 },
		{ 11, 16, 6 },
		{ 13, 16, 6 },
		{ 14, 16, 6 },
		{ 18, 16, 65535 },
		{ 8, 16, 10 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct maker m = snoop_file(2, cases[i].in_file);
		snoop_record(&m, 60, cases[i].padding, 1);
		snoop_record(&m, 60, 0, 1);
		const struct reading r = read_made(&m);
		CHECK(r.frames == 2 && !r.is_damaged);
		CHECK(r.first[0].link_type == cases[i].link_type);
	}
}

TEST(versions)
{
	for (uint32_t version = 0; version < 8; version++) {
		struct maker m = snoop_file(version, 4);
		snoop_record(&m, 60, 0, 1);
		const struct taken t = take_made(&m);
		const bool is_known = version >= 2 && version <= 5;
		CHECK(t.is_open && t.count == is_known && t.is_damaged == !is_known);
		CHECK(is_known || is_at_byte(&t, 8));
	}
}

static struct maker small_file(size_t ends[5])
{
	struct maker m = snoop_file(2, 4);
	ends[0] = m.out.length;
	for (uint32_t i = 0; i < 4; i++) {
		snoop_record(&m, 13 * i, 3 * i, (uint8_t)i);
		ends[i + 1] = m.out.length;
	}
	return m;
}

TEST(breaking_off_at_every_byte)
{
	size_t ends[5];
	struct maker m = small_file(ends);
	check_every_cut(buffer_span(&m.out), ends, 4, 8);
	buffer_done(&m.out);
}

TEST(records_that_contradict_themselves_are_damage)
{
	static const struct {
		uint32_t captured, record;
		bool is_damaged;
	} cases[] = {
		{ 60, 84, false },        { 60, 83, true },         { 60, 0, true },
		{ 61, 84, true },         { 60, 84 + 4097, true },  { 0xffffffff, 84, true },
		{ 262145, 262169, true }, { 0xffffffff, 23, true }, { 60, 0xffffffff, true },
		{ 0, 84, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct maker m = snoop_file(2, 4);
		snoop_record(&m, 60, 0, 1);
		const size_t offset = m.out.length;
		snoop_record(&m, 60, 0, 2);
		for (unsigned byte = 0; byte < 4; byte++) {
			const unsigned shift = 24 - 8 * byte;
			m.out.bytes[offset + 4 + byte] = (uint8_t)(cases[i].captured >> shift);
			m.out.bytes[offset + 8 + byte] = (uint8_t)(cases[i].record >> shift);
		}
		snoop_record(&m, 60, 0, 3);
		const struct taken t = take_made(&m);
		CHECK(t.is_damaged == cases[i].is_damaged);
		CHECK(t.count == (cases[i].is_damaged ? 1 : 3));
		CHECK(!t.is_damaged || is_at_byte(&t, offset));
	}
}

TEST(any_byte_may_be_wrong)
{
	size_t ends[5];
	struct maker m = small_file(ends);
	check_every_byte(&m.out, 20261121);
	check_random_bytes(buffer_span(&m.out), 16, 20261122);
	buffer_done(&m.out);
}

TEST(any_allocation_may_fail)
{
	size_t ends[5];
	struct maker m = small_file(ends);
	check_every_allocation(buffer_span(&m.out));
	buffer_done(&m.out);
}

TEST(other_files_are_not_mistaken)
{
	CHECK(count_mistaken(&reader_snoop, 100000, 1) == 0);
	CHECK(!is_mistaken_for_text(&reader_snoop, 2));
}

TEST_MAIN
