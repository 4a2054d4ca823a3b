// SPDX-License-Identifier: MIT
// The ERF reader: every type, extension headers, and damage in every place.
#include "capture/test_damage.h"
#include "capture/test_erf.h"

TEST(an_ethernet_record)
{
	struct maker m = maker_for(false);
	struct made r = ethernet(0);
	r.time |= 0x80000000;
	erf_record(&m, &r, 9);
	const struct taken t = take_made(&m);
	CHECK(t.is_open && !t.is_damaged && t.count == 1 && text_equal(t.format, "erf"));
	CHECK(t.frames[0].time_ns == 1600000000500000000 && t.frames[0].time_digits == 9);
	CHECK(t.frames[0].link_type == 1 && t.frames[0].length_wire == 66);
	CHECK(t.frames[0].captured.length == 66);  // 62 and 4 of padding
	CHECK(t.bytes[0][0] == 1 && t.bytes[0][13] == 0 && t.bytes[0][14] == 0x45);
	CHECK(t.bytes[0][61] == 9 && t.bytes[0][62] == 0);
}

#define LLC 0xaa, 0xaa, 0x03, 0, 0, 0, 0x08, 0x00, 0x45, 0

// What follows a record of each type: link type, bytes in front of the frame behind
// header and extensions, length on the wire.
static const struct {
	struct made record;
	uint16_t link_type;
	uint8_t front;
	uint16_t wire, captured;
} kinds[] = {
	{ { .type = 1, .start_length = 4, .start = { 0x0f, 0, 8, 0 }, .more = 40, .wire = 90 },
	  104,
	  0,
	  90,
	  44 },
	{ { .type = 1, .start_length = 4, .start = { 0x8f, 0, 0x20, 0 }, .more = 40, .wire = 44 },
	  104,
	  0,
	  44,
	  44 },
	{ { .type = 10, .start_length = 4, .start = { 0xff, 3, 0, 0x21 }, .more = 40, .wire = 44 },
	  50,
	  0,
	  44,
	  44 },
	{ { .type = 15, .start_length = 2, .start = { 0, 0x21 }, .more = 40, .wire = 42 },
	  9,
	  0,
	  42,
	  42 },
	{ { .type = 19, .start_length = 2, .start = { 0, 0x57 }, .more = 40, .wire = 42 },
	  9,
	  0,
	  42,
	  42 },
	{ { .type = 19, .start_length = 2, .start = { 0x18, 0x41 }, .more = 40, .wire = 42 },
	  197,
	  0,
	  58,
	  58 },
	{ { .type = 1, .start_length = 1, .start = { 0x0f }, .wire = 90 }, 197, 0, 106, 17 },
	{ { .type = 5,
	    .sub_length = 4,
	    .start_length = 4,
	    .start = { 0x0f, 0, 8, 0 },
	    .more = 40,
	    .wire = 44 },
	  104,
	  4,
	  44,
	  44 },
	{ { .type = 17,
	    .sub_length = 4,
	    .start_length = 4,
	    .start = { 0xff, 3, 0, 0x21 },
	    .more = 40,
	    .wire = 44 },
	  50,
	  4,
	  44,
	  44 },
	{ { .type = 11, .sub_length = 2, .more = 60, .wire = 64 }, 1, 2, 64, 60 },
	{ { .type = 16, .sub_length = 2, .more = 60, .wire = 60 }, 1, 2, 60, 60 },
	{ { .type = 20, .sub_length = 2, .more = 60, .wire = 50 }, 1, 2, 50, 50 },
	{ { .type = 2, .sub_length = 2, .sub = { 14 }, .more = 60, .wire = 60 }, 1, 2, 60, 60 },
	{ { .type = 3,
	    .start_length = 14,
	    .start = { 0, 0, 2, 0x10, LLC },
	    .more = 38,
	    .padding = 4,
	    .wire = 52 },
	  100,
	  4,
	  48,
	  48 },
	{ { .type = 3, .start_length = 4, .more = 48, .wire = 52 }, 197, 0, 68, 68 },
	{ { .type = 3, .start_length = 5, .start = { 0, 0, 0, 0, 0x45 }, .more = 47, .wire = 52 },
	  197,
	  0,
	  68,
	  68 },
	{ { .type = 7,
	    .sub_length = 4,
	    .start_length = 14,
	    .start = { 0, 0, 2, 0x10, LLC },
	    .more = 38,
	    .wire = 53 },
	  100,
	  8,
	  49,
	  48 },
	{ { .type = 4,
	    .start_length = 14,
	    .start = { 0, 0, 2, 0x10, LLC },
	    .more = 86,
	    .wire = 100 },
	  100,
	  4,
	  96,
	  96 },
	{ { .type = 4,
	    .start_length = 9,
	    .start = { 0, 0, 2, 0x10, 0xfe, 0xfe, 3, 0xcc, 0x45 },
	    .more = 39,
	    .wire = 48 },
	  100,
	  4,
	  44,
	  44 },
	{ { .type = 4,
	    .start_length = 8,
	    .start = { 0, 0, 2, 0x10, 0x45, 0, 0, 40 },
	    .more = 40,
	    .wire = 52 },
	  101,
	  4,
	  48,
	  44 },
	{ { .type = 4,
	    .start_length = 8,
	    .start = { 0, 0, 2, 0x10, 0x45, 0, 0, 19 },
	    .more = 40,
	    .wire = 52 },
	  197,
	  0,
	  68,
	  64 },
	{ { .type = 4,
	    .start_length = 8,
	    .start = { 0, 0, 2, 0x10, 0x44, 0, 0, 40 },
	    .more = 40,
	    .wire = 52 },
	  197,
	  0,
	  68,
	  64 },
	{ { .type = 9,
	    .sub_length = 4,
	    .start_length = 14,
	    .start = { 0, 0, 2, 0x10, LLC },
	    .more = 86,
	    .wire = 100 },
	  100,
	  8,
	  96,
	  96 },
	{ { .type = 4, .start_length = 2, .wire = 3 }, 197, 0, 19, 18 },
	{ { .type = 22, .start_length = 4, .start = { 0x45, 0, 0, 40 }, .more = 36, .wire = 40 },
	  228,
	  0,
	  40,
	  40 },
	{ { .type = 23,
	    .start_length = 4,
	    .start = { 0x60 },
	    .more = 36,
	    .padding = 8,
	    .wire = 40 },
	  229,
	  0,
	  40,
	  40 },
	{ { .type = META, .start_length = 4, .start = { 0xff, 0, 0, 4 }, .more = 4, .wire = 8 },
	  197,
	  0,
	  24,
	  24 },
	{ { .type = META, .start_length = 4, .start = { 0xff, 0, 0, 4 }, .more = 4, .wire = 0 },
	  197,
	  0,
	  16,
	  16 },
	{ { .type = 6, .sub_length = 4, .more = 20, .wire = 20 }, 197, 0, 40, 40 },
	{ { .type = 8, .sub_length = 4, .more = 20, .wire = 20 }, 197, 0, 40, 40 },
	{ { .type = 12, .sub_length = 4, .more = 20, .wire = 20 }, 197, 0, 40, 40 },
	{ { .type = 18, .sub_length = 4, .more = 20, .wire = 20 }, 197, 0, 40, 40 },
	{ { .type = 13, .more = 20, .wire = 20 }, 197, 0, 36, 36 },
	{ { .type = 14, .more = 20, .wire = 20 }, 197, 0, 36, 36 },
	{ { .type = 21, .more = 20, .wire = 20 }, 197, 0, 36, 36 },
	{ { .type = 24, .more = 20, .wire = 20 }, 197, 0, 36, 36 },
	{ { .type = 25, .more = 20, .wire = 20 }, 197, 0, 36, 36 },
	{ { .type = 26, .more = 20, .wire = 20 }, 197, 0, 36, 36 },
	{ { .type = 28, .more = 20, .wire = 20 }, 197, 0, 36, 36 },
	{ { .type = 29, .more = 20, .wire = 20 }, 197, 0, 36, 36 },
	{ { .type = 31, .more = 20, .wire = 20 }, 197, 0, 36, 36 },
	{ { .type = 47, .more = 20, .wire = 20 }, 197, 0, 36, 36 },
};

// Behind records that show what kind of file it is, more than are looked at, since
// some of these do not begin a file.
static struct maker recognisable(unsigned records)
{
	struct maker m = maker_for(false);
	for (unsigned i = 0; i < records; i++) {
		const struct made r = ethernet(i);
		erf_record(&m, &r, 1);
	}
	return m;
}

TEST(every_type_with_extension_headers)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		for (uint8_t extensions = 0; extensions < 6; extensions++) {
			struct maker m = recognisable(16);
			struct made r = kinds[i].record;
			r.time = some_time;
			r.extensions = extensions;
			const size_t start = m.out.length;
			erf_record(&m, &r, 0x77);
			uint8_t want = m.out.bytes[start];
			const size_t headers = 16u + 8u * extensions;
			const bool is_whole = kinds[i].link_type == 197;
			if (!is_whole)
				want = m.out.bytes[start + headers + kinds[i].front];
			const struct taken t = take_made(&m);
			const struct frame *frame = &t.frames[16];
			const size_t more = is_whole ? 8u * extensions : 0;
			CHECK(t.count == 17 && !t.is_damaged);
			CHECK(frame->link_type == kinds[i].link_type);
			CHECK(frame->length_wire == kinds[i].wire + more);
			CHECK(frame->captured.length == kinds[i].captured + more);
			CHECK(frame->captured.length == 0 || t.bytes[16][0] == want);
		}
}

TEST(times_are_rounded_to_the_nanosecond_they_came_from)
{
	struct random random = random_from(5);
	struct maker m = recognisable(16);
	uint64_t times[TAKEN_FRAMES];
	for (unsigned i = 16; i < TAKEN_FRAMES; i++) {
		const uint32_t ns = i == 16 ? 999999999 : random_below(&random, 1000000000);
		struct made r = ethernet(0);
		r.time |= (uint64_t)ns * (UINT64_C(1) << 32) / 1000000000;
		times[i] = 1600000000 * UINT64_C(1000000000) + ns;
		erf_record(&m, &r, 1);
	}
	const struct taken t = take_made(&m);
	CHECK(t.count == TAKEN_FRAMES);
	for (unsigned i = 16; i < TAKEN_FRAMES; i++)
		CHECK(t.frames[i].time_ns == times[i]);
}

TEST(padding_is_gone_over_and_metadata_counted)
{
	struct maker m = maker_for(false);
	struct made pad = { .type = PAD, .padding = 8 }, frame = ethernet(0);
	const struct made meta = { .time = some_time,
		                   .type = META,
		                   .start_length = 4,
		                   .start = { 0xff, 0, 0, 4 },
		                   .more = 100,
		                   .wire = 104 };
	for (int i = 0; i < 40; i++)
		erf_record(&m, &pad, 0);
	erf_record(&m, &meta, 3);
	erf_record(&m, &frame, 4);
	pad.padding = 0;
	erf_record(&m, &pad, 0);
	const struct taken first = take_bytes(buffer_span(&m.out));
	CHECK(first.is_open && first.count == 2 && !first.is_damaged);  // however much is in front

	struct maker late = recognisable(2);
	for (int i = 0; i < 5000; i++)
		erf_record(&late, &pad, 0);
	buffer_append(&late.out, m.out.bytes, m.out.length);
	const struct taken t = take_made(&late);
	CHECK(t.count == 4 && !t.is_damaged);
	CHECK(t.frames[2].link_type == 197 && t.frames[2].captured.length == 120);
	CHECK(t.frames[2].time_ns == 1600000000000000000 && t.bytes[2][8] == META);
	CHECK(t.frames[3].link_type == 1);
	buffer_done(&m.out);
}

TEST(records_of_fixed_length_are_cut_to_the_frame)
{
	struct maker m = maker_for(false);
	for (uint32_t i = 0; i < 3; i++) {
		struct made r = ethernet(i);
		r.flags = 0;
		r.padding = 1000;
		r.wire = 62;
		erf_record(&m, &r, 9);
	}
	const struct taken t = take_made(&m);
	CHECK(t.count == 3 && !t.is_damaged && t.frames[2].captured.length == 62);
}

TEST(large_files_and_compressed_ones)
{
	struct maker m = maker_for(false);
	for (uint32_t i = 0; i < 3000; i++) {
		struct made r = ethernet(i);
		r.more = i % 3 == 0 ? 9000 : 60;
		r.wire = (uint16_t)(r.more + 16);
		r.padding = 0;
		erf_record(&m, &r, 2);
	}
	struct buffer gz = buffer_up_to(MADE_MAX);
	make_gzip(&gz, buffer_span(&m.out));
	const struct taken packed = take_bytes(buffer_span(&gz));
	CHECK(packed.count == 3000 && !packed.is_damaged && text_equal(packed.format, "erf.gz"));
	const struct taken t = take_made(&m);
	CHECK(t.count == 3000 && !t.is_damaged && t.length == packed.length);
	buffer_done(&gz);
}

static struct maker small_file(size_t ends[7])
{
	struct maker m = maker_for(false);
	ends[0] = 0;
	for (uint32_t i = 0; i < 6; i++) {
		struct made r = ethernet(i);
		if (i == 2)
			r = kinds[16].record;
		r.time = some_time + ((uint64_t)i << 32);
		r.extensions = (uint8_t)(i % 3);
		erf_record(&m, &r, (uint8_t)i);
		ends[i + 1] = m.out.length;
	}
	return m;
}

TEST(breaking_off_at_every_byte)
{
	size_t ends[7];
	struct maker m = small_file(ends);
	check_every_cut(buffer_span(&m.out), ends, 6, ends[1]);
	buffer_done(&m.out);
}

TEST(records_that_contradict_themselves_are_damage)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *reason;
	} cases[] = {
		{ 8, 0, "the record is of a type that does not exist" },
		{ 8, 49, "the record is of a type that does not exist" },
		{ 8, 0xff, "the record is of a type that does not exist" },
		{ 11, 15, "the record claims to be shorter than its headers" },
		{ 11, 0, "the record claims to be shorter than its headers" },
		{ 11, 17, "the record claims to be shorter than its headers" },
		{ 10, 0xff, "it breaks off in the middle of a record" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct maker m = recognisable(20);
		const size_t offset = m.out.length;
		const struct made r = ethernet(20);
		erf_record(&m, &r, 1);
		m.out.bytes[offset + cases[i].at] = cases[i].value;
		erf_record(&m, &r, 2);
		const struct taken t = take_made(&m);
		CHECK(t.is_open && t.is_damaged && t.count == 20 && is_at_byte(&t, offset));
		CHECK(text_ends(t.error.text, cases[i].reason));
	}
}

TEST(extension_headers_without_an_end_are_damage)
{
	struct maker m = recognisable(20);
	struct made r = ethernet(20);
	r.extensions = 8;
	const size_t offset = m.out.length;
	erf_record(&m, &r, 0xff);
	m.out.bytes[offset + 16 + 7 * 8] = 0x80;
	memset(m.out.bytes + offset + 16 + 8 * 8, 0xff, 2 + 16 + 46 + 6);
	const struct taken t = take_made(&m);
	CHECK(t.count == 20 && t.is_damaged && is_at_byte(&t, offset));
}

TEST(any_byte_may_be_wrong)
{
	size_t ends[7];
	struct maker m = small_file(ends);
	check_every_byte(&m.out, 20261121);
	buffer_done(&m.out);
	m = recognisable(24);
	check_random_bytes(buffer_span(&m.out), ends[1] * 16, 20261122);
	buffer_done(&m.out);
}

TEST(any_allocation_may_fail)
{
	size_t ends[7];
	struct maker m = small_file(ends);
	check_every_allocation(buffer_span(&m.out));
	buffer_done(&m.out);
}

// Two records in order of time, at the end of the file, show what it is; but for local types.
TEST(a_file_of_any_type_is_recognised)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		struct made two[] = { kinds[i].record, kinds[i].record };
		two[0].time = two[1].time = some_time;
		const bool has_length = two[0].wire > 0 || two[0].type == META;
		const bool is_local = two[0].type == 26 || two[0].type >= 30;
		CHECK(is_taken(two, 2) == (has_length && !is_local));
	}
}

TEST_MAIN
