// SPDX-License-Identifier: MIT
// The pcap reader: every variant, every place to break off, and absurd records.
#include "capture/test_capture.h"

#include "base/random.h"

TEST(every_magic_in_both_byte_orders)
{
	static const struct {
		uint32_t magic;
		uint8_t digits;
		uint64_t unit_ns;
		bool is_kuznetzov, is_ixia;
	} variants[] = {
		{ 0xa1b2c3d4, 6, 1000, false, false }, { 0xa1b23c4d, 9, 1, false, false },
		{ 0xa1b2cd34, 6, 1000, true, false },  { 0x1c0001ac, 9, 1, false, true },
		{ 0x1c0001ab, 6, 1000, false, true },
	};
	for (size_t i = 0; i < 10; i++) {
		struct maker m = maker_for(i % 2 == 1);
		make_pcap(&m, variants[i / 2].magic, 4, 1);
		if (variants[i / 2].is_ixia)
			make_u32(&m, 76);  // length of all records
		make_u32(&m, 1600000000);
		make_u32(&m, 123456);
		make_u32(&m, 60);
		make_u32(&m, 90);
		if (variants[i / 2].is_kuznetzov)
			make_u64(&m, 0x0102030405060708);
		make_bytes(&m, 0xaa, 60);
		const struct reading r = read_made(&m);
		const struct frame *frame = &r.first[0];
		CHECK(r.is_open && !r.is_damaged && r.frames == 1);
		CHECK(text_equal(r.format, "pcap"));
		CHECK(frame->time_digits == variants[i / 2].digits);
		const uint64_t fraction_ns = 123456 * variants[i / 2].unit_ns;
		CHECK(frame->time_ns == 1600000000000000000 + fraction_ns);
		CHECK(frame->captured.length == 60 && frame->length_wire == 90);
		CHECK(r.fill[0] == 0xaa);
		CHECK(frame->link_type == 1);
	}
}

TEST(fractions_above_a_second_carry_over)
{
	struct maker m = maker_for(false);
	make_pcap(&m, 0xa1b2c3d4, 4, 1);
	make_record(&m, 10, 2500000, 4, 1);
	make_record(&m, UINT32_MAX, UINT32_MAX, 4, 1);
	const struct reading r = read_made(&m);
	CHECK(r.frames == 2 && !r.is_damaged);
	CHECK(r.first[0].time_ns == 12500000000);
	CHECK(r.first[1].time_ns == UINT64_C(4294967295) * (1000000000 + 1000));
}

TEST(link_types)
{
	static const struct {
		uint32_t field;
		uint16_t link_type;
	} cases[] = { { 0, 0 },
		      { 101, 101 },
		      { 12, 101 },
		      { 14, 101 },
		      { 113, 113 },
		      { 0x14000001, 1 },
		      { 228, 228 },
		      { 0x2400000c, 101 },
		      // length of a frame check sequence without its flag; reserved bits
		      { 0xf0000001, 1 },
		      { 0x00010001, 0xffff },
		      { 0x02240002, 0xffff },
		      { 0x08000001, 0xffff } };
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct maker m = maker_for(true);
		make_pcap(&m, 0xa1b2c3d4, 4, cases[i].field);
		make_record(&m, 1, 1, 20, 7);
		const struct reading r = read_made(&m);
		CHECK(r.frames == 1 && r.first[0].link_type == cases[i].link_type);
	}
}

TEST(old_versions_swap_the_lengths)
{
	for (uint16_t minor = 0; minor <= 4; minor++) {
		struct maker m = maker_for(false);
		make_pcap(&m, 0xa1b2c3d4, minor, 1);
		make_u64(&m, 0);
		make_u32(&m, minor < 4 ? 100 : 40);
		make_u32(&m, minor < 4 ? 40 : 100);
		make_bytes(&m, 3, 40);
		const struct reading r = read_made(&m);
		CHECK(r.frames == 1 && !r.is_damaged);
		CHECK(r.first[0].captured.length == 40 && r.first[0].length_wire == 100);
	}
}

TEST(unknown_version_is_damage)
{
	struct maker m = maker_for(false);
	make_pcap(&m, 0xa1b2c3d4, 4, 1);
	make_record(&m, 1, 1, 20, 7);
	m.out.bytes[4] = 3;
	const struct reading r = read_made(&m);
	CHECK(r.is_open && r.frames == 0 && r.is_damaged && r.error.kind == ERROR_DAMAGED);
	CHECK(text_has(r.error.text, "at byte 4: "));
	CHECK(r.identity.length_bytes == 24 + 16 + 20);

	m = maker_for(false);
	make_pcap(&m, 0xa1b2c3d4, 5, 1);
	make_record(&m, 1, 1, 20, 7);
	const struct reading later = read_made(&m);
	CHECK(later.frames == 0 && later.is_damaged && text_has(later.error.text, "at byte 4: "));
}

TEST(ixia_files_that_break_off_in_their_header)
{
	struct maker m = maker_for(true);
	make_pcap(&m, 0x1c0001ac, 4, 1);
	const struct reading r = read_made(&m);
	CHECK(r.is_open && r.is_damaged && r.frames == 0 && text_has(r.error.text, "at byte 0: "));
}

TEST(aix_counts_nanoseconds_and_has_its_own_link_types)
{
	static const struct {
		uint16_t minor;
		uint32_t field;
		uint16_t link_type;
		bool is_aix;
	} cases[] = {
		{ 2, 6, 1, true },
		{ 2, 9, 6, true },
		{ 2, 24, 0, true },
		{ 2, 15, 0xffff, true },
		{ 2, 1, 1, false },
		{ 4, 6, 6, false },
		{ 2, 0x10006, 0xffff, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct maker m = maker_for(true);
		make_pcap(&m, 0xa1b2c3d4, cases[i].minor, cases[i].field);
		make_u32(&m, 1);
		make_u32(&m, 500);
		make_u32(&m, 60);
		make_u32(&m, 60);
		make_bytes(&m, 4, 60);
		const struct reading r = read_made(&m);
		CHECK(r.frames == 1 && !r.is_damaged);
		CHECK(r.first[0].link_type == cases[i].link_type);
		CHECK(r.first[0].time_ns == 1000000000 + (cases[i].is_aix ? 500 : 500000));
		CHECK(r.first[0].time_digits == (cases[i].is_aix ? 9 : 6));
	}
}

// Writers that put more into record headers than the magic number says.
enum writer { USUAL, LINUX_SHORT, LINUX_LONG, NOKIA };

static struct maker made_by(enum writer writer, bool is_big_endian, uint32_t magic, size_t records)
{
	struct maker m = maker_for(is_big_endian);
	make_pcap(&m, magic, 4, 1);
	for (uint32_t i = 0; i < records; i++) {
		make_u32(&m, 1000000000 + i);
		make_u32(&m, 123456);
		make_u32(&m, 60 + i);
		make_u32(&m, 90);
		if (writer == LINUX_SHORT || writer == LINUX_LONG) {
			make_u32(&m, 3);
			make_u16(&m, 0x0800);
			make_bytes(&m, 4, 1);
			make_bytes(&m, 0xee, writer == LINUX_LONG ? 5 : 1);
		} else if (writer == NOKIA) {
			static const uint8_t more[] = { 0x02, 0xd6, 0xbf, 0x9f };
			buffer_append(&m.out, more, sizeof more);
		}
		make_bytes(&m, 0xaa, 60 + i);
	}
	return m;
}

TEST(longer_record_headers_are_found_in_the_first_records)
{
	static const struct {
		enum writer writer;
		uint32_t magic;
	} cases[] = {
		{ LINUX_SHORT, 0xa1b2c3d4 }, { NOKIA, 0xa1b2c3d4 }, { LINUX_SHORT, 0xa1b2cd34 },
		{ LINUX_LONG, 0xa1b2cd34 },  { USUAL, 0xa1b2c3d4 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (size_t records = 0; records < 1700; records = records * 3 + 1)
			for (int big = 0; big < 2; big++) {
				struct maker m = made_by(cases[i].writer, big == 1, cases[i].magic,
				                         records);
				const struct reading r = read_made(&m);
				CHECK(r.frames == records && !r.is_damaged);
				CHECK(records == 0 || r.first[0].captured.length == 60);
				CHECK(records == 0 || r.fill[0] == 0xaa);
			}
}

TEST(longer_record_headers_have_to_fit_in_every_field)
{
	static const struct {
		size_t at;
		uint8_t value;
	} wrong[] = { { 18, 1 }, { 20, 0x18 }, { 22, 5 }, { 3, 0x34 } };
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct maker m = made_by(LINUX_SHORT, false, 0xa1b2c3d4, 5);
		const size_t second = 24 + 24 + 60;
		if (wrong[i].at == 20)
			m.out.bytes[second + 21] = 0;
		m.out.bytes[second + wrong[i].at] = wrong[i].value;
		const struct test_file file = file_with(buffer_span(&m.out));
		struct capture *capture;
		struct error error;
		struct frame frames[8];
		CHECK(capture_open(file.path, &capture, &error));
		CHECK(capture_next(capture, frames, 8) >= 1);
		CHECK(frames[0].captured.bytes[0] == 3);  // the interface: it is not a header's
		capture_free(capture);
		unlink(file.path);
		buffer_done(&m.out);
	}
}

TEST(one_record_alone_does_not_show_that_headers_are_longer)
{
	struct maker m = made_by(LINUX_SHORT, false, 0xa1b2c3d4, 1);
	const struct span one = buffer_span(&m.out);
	CHECK(read_bytes(one).frames == 1 && read_bytes(one).fill[0] == 0xaa);
	make_record(&m, 1000000001, 5, 262144, 0);  // larger than what is looked at
	make_bytes(&m, 0, 100000);
	const struct test_file file = file_with(buffer_span(&m.out));
	struct capture *capture;
	struct error error;
	struct frame frame;
	CHECK(capture_open(file.path, &capture, &error));
	CHECK(capture_next(capture, &frame, 1) == 1 && frame.captured.bytes[0] == 3);
	capture_free(capture);
	unlink(file.path);
	buffer_done(&m.out);
}

TEST(damaged_files_are_not_taken_for_those_of_another_writer)
{
	struct random random = random_from(20261121);
	for (int round = 0; round < 300; round++) {
		struct maker m = maker_for(round % 2 == 0);
		make_pcap(&m, round % 3 == 0 ? 0xa1b2cd34 : 0xa1b2c3d4, 4, 1);
		size_t ends[6] = { m.out.length };
		for (uint32_t i = 0; i < 5; i++) {
			make_u32(&m, 1000000000 + i);
			make_u32(&m, 5);
			make_u32(&m, 70);
			make_u32(&m, 70);
			if (round % 3 == 0)
				make_u64(&m, 0);
			make_bytes(&m, (uint8_t)(round % 5), 70);
			ends[i + 1] = m.out.length;
		}
		const size_t damaged = 1 + random_below(&random, 3);
		memset(m.out.bytes + ends[damaged] + 8, 0xff, 4);
		const struct reading r = read_made(&m);
		CHECK(r.frames == damaged && r.is_damaged);
		CHECK(r.first[0].captured.length == 70 && r.first[0].length_wire == 70);
	}
}

TEST(captured_more_than_on_the_wire_is_taken_as_it_is)
{
	struct maker m = maker_for(false);
	make_pcap(&m, 0xa1b2c3d4, 4, 1);
	make_u64(&m, 0);
	make_u32(&m, 60);
	make_u32(&m, 40);
	make_bytes(&m, 5, 60);
	const struct reading r = read_made(&m);
	CHECK(r.frames == 1 && !r.is_damaged);
	CHECK(r.first[0].captured.length == 60 && r.first[0].length_wire == 40);
}

TEST(breaking_off_at_every_byte)
{
	static const uint32_t sizes[] = { 0, 1, 60, 17 };
	for (size_t variant = 0; variant < 2; variant++) {
		struct maker m = maker_for(variant == 1);
		size_t ends[5];
		make_pcap(&m, 0xa1b2c3d4, 4, 1);
		ends[0] = m.out.length;
		for (size_t i = 0; i < 4; i++) {
			make_record(&m, 1, 1, sizes[i], 9);
			ends[i + 1] = m.out.length;
		}
		const struct span whole = buffer_span(&m.out);
		for (size_t cut = 0; cut <= whole.length; cut++) {
			const struct reading r = read_bytes(span_part(whole, 0, cut));
			size_t frames = 0;
			while (frames < 4 && cut >= ends[frames + 1])
				frames++;
			const bool is_whole = cut >= ends[0] && cut == ends[frames];
			CHECK(r.is_open == (cut >= 4));
			CHECK(r.frames == frames);
			CHECK(r.is_damaged == (r.is_open && !is_whole));
			CHECK(!r.is_open || r.identity.length_bytes == cut);
		}
		buffer_done(&m.out);
	}
}

TEST(absurd_lengths_are_damage)
{
	static const struct {
		uint32_t snapshot, captured;
		bool is_absurd;
	} cases[] = {
		{ 65535, 262144, false },
		{ 65535, 262145, true },
		{ 0, 262144, false },
		{ 0x7fffffff, 300000, true },
		{ 300000, 300000, false },
		{ 300000, 300001, true },
		{ 16 * 1024 * 1024, 16 * 1024 * 1024, false },
		{ 65535, 0xffffffff, true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct maker m = maker_for(false);
		make_pcap(&m, 0xa1b2c3d4, 4, 1);
		for (unsigned byte = 0; byte < 4; byte++)
			m.out.bytes[16 + byte] = (uint8_t)(cases[i].snapshot >> 8 * byte);
		make_record(&m, 1, 1, 60, 7);
		const size_t offset = m.out.length;
		make_record(&m, 2, 2, cases[i].captured % (32 * 1024 * 1024), 8);
		for (unsigned byte = 0; byte < 4; byte++)
			m.out.bytes[offset + 8 + byte] = (uint8_t)(cases[i].captured >> 8 * byte);
		make_record(&m, 3, 3, 60, 9);
		const uint64_t length = m.out.length;
		const struct reading r = read_made(&m);
		CHECK(r.is_damaged == cases[i].is_absurd);
		CHECK(r.frames == (cases[i].is_absurd ? 1 : 3));
		CHECK(r.identity.length_bytes == length);
		char place[40];
		text_format(place, sizeof place, "at byte %zu: ", offset);
		CHECK(!r.is_damaged || text_has(r.error.text, place));
	}
}

TEST_MAIN
