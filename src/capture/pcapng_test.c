// SPDX-License-Identifier: MIT
// The pcapng reader: sections, interfaces, clocks, and everything that can be
// wrong with a block.
#include "capture/test_capture.h"

#include "base/random.h"
#include "capture/pcapng_interface.h"

TEST(interfaces_have_clocks_of_their_own)
{
	for (int big = 0; big < 2; big++) {
		struct maker m = maker_for(big == 1);
		make_section(&m);
		make_interface(&m, 1, 6, 0);
		make_interface(&m, 12, 9, 0);
		make_interface(&m, 113, 0x80 | 10, 1000);
		make_interface(&m, 228, 0, -5);
		make_packet(&m, 0, 1600000000123456, 60, 1);
		make_packet(&m, 1, 1600000000123456789, 61, 2);
		make_packet(&m, 2, 1024 * 7 + 512, 62, 3);
		make_packet(&m, 3, 8, 0, 4);
		make_packet(&m, 3, 4, 1, 5);
		const struct reading r = read_made(&m);
		CHECK(r.frames == 5 && !r.is_damaged && text_equal(r.format, "pcapng"));
		CHECK(r.first[0].time_ns == 1600000000123456000 && r.first[0].time_digits == 6);
		CHECK(r.first[1].time_ns == 1600000000123456789 && r.first[1].time_digits == 9);
		CHECK(r.first[2].time_ns == 1007500000000 && r.first[2].time_digits == 4);
		CHECK(r.first[3].time_ns == 3000000000 && r.first[3].time_digits == 0);
		CHECK(r.first[4].time_ns == 0);  // a second before 1970
		CHECK(r.first[0].link_type == 1 && r.first[1].link_type == 101);
		CHECK(r.first[2].link_type == 113 && r.first[3].link_type == 228);
		CHECK(r.first[2].captured.length == 62 && r.first[2].length_wire == 66);
	}
}

static struct pcapng_interface clock_of(uint8_t resolution, int64_t offset_s)
{
	struct maker m = maker_for(false);
	make_interface(&m, 1, resolution, offset_s);
	struct pcapng_interface interface = { 0 };
	const struct span block = buffer_span(&m.out);
	CHECK(pcapng_interface_read(false, span_part(block, 8, block.length - 4), &interface));
	buffer_done(&m.out);
	return interface;
}

TEST(offsets_in_nanoseconds)
{
	static const struct {
		int32_t offset;
		uint64_t time_ns;
	} cases[] = { { 999999999, 8999999999 }, { -999999999, 7000000001 }, { 0, 8000000000 } };
	for (size_t i = 0; i < 12; i++) {
		struct maker m = maker_for(i % 2 == 1);
		make_section(&m);
		const size_t start = block_begin(&m, 1);
		make_u16(&m, 1);
		make_u16(&m, 0);
		make_u32(&m, 0);
		if (i < 6) {
			make_u16(&m, 14);
			make_u16(&m, 8);
			make_u64(&m, 5);
		}
		make_u16(&m, 19);
		make_u16(&m, 4);
		make_u32(&m, (uint32_t)cases[i / 2 % 3].offset);
		block_end(&m, start);
		make_packet(&m, 0, i < 6 ? 3000000 : 8000000, 60, 1);
		const struct reading r = read_made(&m);
		CHECK(r.frames == 1 && !r.is_damaged);
		CHECK(r.first[0].time_ns == cases[i / 2 % 3].time_ns);
	}
}

TEST(packets_with_options_that_contradict_themselves_are_read)
{
	struct maker m = maker_for(false);
	make_section(&m);
	make_interface(&m, 1, 6, 0);
	for (uint32_t i = 0; i < 2; i++) {
		const size_t start = block_begin(&m, 6);
		make_u32(&m, 0);
		make_u64(&m, 0);
		make_u32(&m, 61);
		make_u32(&m, 61);
		make_bytes(&m, 3, 61);
		make_bytes(&m, 0, 3);
		make_bytes(&m, 0xff, 8);  // an option of 65535 bytes
		block_end(&m, start);
	}
	const struct reading r = read_made(&m);
	CHECK(r.frames == 2 && !r.is_damaged && r.first[1].captured.length == 61);
}

TEST(clocks_do_not_overflow)
{
	struct pcapng_interface i = clock_of(0, 0);
	CHECK(pcapng_interface_time(&i, UINT64_MAX) == UINT64_MAX);
	CHECK(pcapng_interface_time(&i, 2) == 2000000000);
	i = clock_of(0, INT64_MIN);
	CHECK(pcapng_interface_time(&i, UINT64_MAX) == UINT64_MAX);
	CHECK(pcapng_interface_time(&i, 1) == 0);
	i = clock_of(0, INT64_MAX);
	CHECK(pcapng_interface_time(&i, UINT64_MAX) == UINT64_MAX);
	i = clock_of(12, 0);
	CHECK(pcapng_interface_time(&i, 1600000000123456789) == 1600000000123456);
	CHECK(i.time_digits == 9);
	i = clock_of(127, 0);
	CHECK(pcapng_interface_time(&i, UINT64_MAX) == 0);
	i = clock_of(28, 0);
	CHECK(pcapng_interface_time(&i, UINT64_MAX) == 1);
	i = clock_of(0x80 | 127, 0);
	CHECK(pcapng_interface_time(&i, UINT64_MAX) == 0 && i.time_digits == 9);
	i = clock_of(0x80 | 32, 0);
	const uint64_t halfway = UINT64_C(1600000000) << 32 | 1u << 31;
	CHECK(pcapng_interface_time(&i, halfway) == 1600000000500000000);
	i = clock_of(0x80, 0);
	CHECK(pcapng_interface_time(&i, 5) == 5000000000 && i.time_digits == 0);
	i = clock_of(0x81, 0);
	CHECK(i.time_digits == 1);
}

TEST(sections_begin_anew)
{
	struct maker m = maker_for(false);
	make_section(&m);
	make_interface(&m, 1, 6, 0);
	make_packet(&m, 0, 1, 10, 1);
	m.is_big_endian = true;
	make_section(&m);
	make_interface(&m, 101, 9, 0);
	make_packet(&m, 0, 2, 11, 2);
	make_packet(&m, 1, 3, 12, 3);  // an interface of nobody
	m.is_big_endian = false;
	make_section(&m);
	make_packet(&m, 0, 4, 13, 4);  // that of the first section does not count
	const struct reading r = read_made(&m);
	CHECK(r.frames == 4 && !r.is_damaged);
	CHECK(r.first[0].link_type == 1 && r.first[0].time_ns == 1000);
	CHECK(r.first[1].link_type == 101 && r.first[1].time_ns == 2);
	CHECK(r.first[2].link_type == 0xffff && r.first[2].time_ns == 3000);
	CHECK(r.first[3].link_type == 0xffff && r.first[3].captured.length == 13);
}

TEST(sections_of_other_versions_are_skipped_and_reported)
{
	struct maker m = maker_for(false);
	size_t section = 0;
	for (uint8_t i = 0; i < 3; i++) {
		if (i == 1)
			section = m.out.length;
		make_section(&m);
		make_interface(&m, 1, 6, 0);
		make_packet(&m, 0, i, 10, i);
	}
	static const struct {
		uint8_t major, minor;
		bool is_read;
	} versions[] = { { 1, 0, true },  { 1, 2, true },  { 1, 1, false }, { 1, 3, false },
		         { 2, 0, false }, { 0, 1, false }, { 2, 2, false } };
	for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
		m.out.bytes[section + 12] = versions[i].major;
		m.out.bytes[section + 14] = versions[i].minor;
		const struct reading r = read_bytes(buffer_span(&m.out));
		const bool is_read = versions[i].is_read;
		CHECK(r.frames == (is_read ? 3 : 2) && r.fill[1] == (is_read ? 1 : 2));
		CHECK(r.is_damaged == !is_read && (is_read || r.error.kind == ERROR_DAMAGED));
	}
	buffer_done(&m.out);
}

TEST(the_length_of_a_section_does_not_matter)
{
	static const uint64_t lengths[] = { 0, 4, 64, UINT64_MAX, 1000000, INT64_MAX };
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		struct maker m = maker_for(i % 2 == 0);
		for (uint8_t section = 0; section < 3; section++) {
			const size_t start = m.out.length;
			make_section(&m);
			for (unsigned byte = 0; byte < 8; byte++) {
				const unsigned shift = 8 * (m.is_big_endian ? 7 - byte : byte);
				m.out.bytes[start + 16 + byte] = (uint8_t)(lengths[i] >> shift);
			}
			if (section == 1)
				continue;  // nothing in it
			make_interface(&m, 1, 6, 0);
			make_packet(&m, 0, section, 10, section);
		}
		const struct reading r = read_made(&m);
		CHECK(r.frames == 2 && !r.is_damaged && r.fill[1] == 2);
	}
}

static void make_simple_packet(struct maker *m, uint32_t wire, uint32_t captured)
{
	const size_t start = block_begin(m, 3);
	make_u32(m, wire);
	make_bytes(m, 6, captured);
	block_end(m, start);
}

TEST(simple_and_obsolete_packets)
{
	struct maker m = maker_for(true);
	make_section(&m);
	make_simple_packet(&m, 4, 4);  // before there is an interface
	const size_t untimed = 28;
	make_interface(&m, 1, 9, 0);
	make_simple_packet(&m, 61, 61);
	make_simple_packet(&m, 100, 60);
	const size_t start = block_begin(&m, 2);
	make_u16(&m, 0);
	make_u16(&m, 77);  // drops
	make_u64(&m, 1600000000000000001);
	make_u32(&m, 33);
	make_u32(&m, 90);
	make_bytes(&m, 8, 33);
	block_end(&m, start);
	const struct reading r = read_made(&m);
	char place[40];
	text_format(place, sizeof place, "at byte %zu: a simple packet", untimed);
	CHECK(r.frames == 4 && r.is_damaged && text_has(r.error.text, place));
	CHECK(r.first[0].link_type == 0xffff && r.first[0].captured.length == 4);
	CHECK(r.first[1].link_type == 1 && r.first[1].captured.length == 61);
	CHECK(r.first[1].time_ns == 0 && r.first[1].time_digits == 0);
	CHECK(r.first[2].captured.length == 60 && r.first[2].length_wire == 100);
	CHECK(r.first[3].time_ns == 1600000000000000001 && r.first[3].captured.length == 33);
	CHECK(r.first[3].length_wire == 90 && r.fill[3] == 8);
}

TEST(simple_packets_have_the_time_of_the_packet_before)
{
	struct maker m = maker_for(false);
	make_section(&m);
	make_interface(&m, 1, 6, 0);
	make_packet(&m, 0, 1600000000000000, 10, 1);
	make_simple_packet(&m, 20, 20);
	make_simple_packet(&m, 20, 20);
	const size_t start = block_begin(&m, 0x0bad);
	block_end(&m, start);
	make_simple_packet(&m, 20, 20);
	make_packet(&m, 0, 1600000007000000, 10, 1);
	make_simple_packet(&m, 20, 20);
	for (size_t frames_max = 1; frames_max < 8; frames_max++) {
		const struct test_file file = file_with(buffer_span(&m.out));
		const struct reading r = read_path(file.path, frames_max);
		unlink(file.path);
		CHECK(r.frames == 6 && !r.is_damaged);
		for (size_t i = 0; i < 6; i++) {
			const uint64_t seconds = i < 4 ? 1600000000 : 1600000007;
			CHECK(r.first[i].time_ns == seconds * 1000000000);
			CHECK(r.first[i].time_digits == (i == 0 || i == 4 ? 6 : 0));
		}
	}

	// Another section knows nothing of it.
	make_section(&m);
	make_interface(&m, 1, 6, 0);
	const size_t untimed = m.out.length;
	make_simple_packet(&m, 20, 20);
	make_simple_packet(&m, 20, 20);
	char place[40];
	text_format(place, sizeof place, "at byte %zu: a simple packet", untimed);
	const struct reading r = read_bytes(buffer_span(&m.out));
	CHECK(r.frames == 8 && r.first[6].time_ns == 0 && r.is_damaged);
	CHECK(text_has(r.error.text, place) && r.error.kind == ERROR_DAMAGED);

	// Worse is reported in its place: damage of the compression, or behind it.
	struct buffer gz = buffer_up_to(MADE_MAX);
	make_gzip(&gz, buffer_span(&m.out));
	const struct reading cut = read_bytes(span_part(buffer_span(&gz), 0, gz.length - 4));
	CHECK(cut.is_damaged && cut.frames == 8);
	CHECK(text_ends(cut.error.text, "its gzip stream breaks off"));
	buffer_done(&gz);
	make_bytes(&m, 0, 12);
	const struct reading worse = read_made(&m);
	CHECK(worse.frames == 8 && text_ends(worse.error.text, "a block of impossible length"));
}

TEST(simple_packets_obey_the_snapshot_length)
{
	struct maker m = maker_for(false);
	make_section(&m);
	make_interface(&m, 1, 6, 0);
	m.out.bytes[28 + 12] = 41;
	make_simple_packet(&m, 100, 44);
	const struct reading r = read_made(&m);
	CHECK(r.frames == 1 && r.first[0].captured.length == 41 && r.first[0].length_wire == 100);
}

TEST(other_blocks_are_skipped_whatever_their_size)
{
	struct maker m = maker_for(false);
	make_section(&m);
	make_interface(&m, 1, 6, 0);
	static const uint32_t sizes[] = { 0, 4, 300000, 17 * 1024 * 1024, 40 * 1024 * 1024 };
	// An unknown one, name resolution, statistics, systemd journal, secrets.
	static const uint32_t types[] = { 0x0bad0000, 4, 5, 9, 10 };
	// Custom blocks, to be copied and not; one for local use; reserved.
	static const uint32_t more_types[] = { 0x0bad, 0x40000bad, 0x80000001, 0 };
	for (uint32_t i = 0; i < 4; i++) {
		const size_t start = block_begin(&m, more_types[i]);
		make_bytes(&m, 0xff, 20);
		block_end(&m, start);
	}
	for (uint32_t i = 0; i < 5; i++) {
		const size_t start = block_begin(&m, types[i]);
		make_bytes(&m, 0xee, sizes[i]);
		block_end(&m, start);
		make_packet(&m, 0, i, 10, (uint8_t)(i + 1));
	}
	const struct reading r = read_made(&m);
	CHECK(r.frames == 5 && !r.is_damaged && r.fill[4] == 5);
}

TEST(old_writers_leave_the_padding_out_of_the_length)
{
	struct maker m = maker_for(false);
	make_section(&m);
	make_interface(&m, 1, 6, 0);
	const size_t start = m.out.length;
	make_packet(&m, 0, 5, 61, 7);
	m.out.bytes[start + 4] -= 3;
	m.out.bytes[m.out.length - 4] -= 3;
	make_packet(&m, 0, 6, 60, 8);
	const struct reading r = read_made(&m);
	CHECK(r.frames == 2 && !r.is_damaged && r.first[0].captured.length == 61);
}

TEST(breaking_off_at_every_byte)
{
	for (int big = 0; big < 2; big++) {
		struct maker m = maker_for(big == 1);
		size_t ends[8], packets_before[8] = { 0 }, blocks = 0;
		make_section(&m);
		ends[blocks++] = m.out.length;
		make_interface(&m, 1, 9, 77);
		ends[blocks++] = m.out.length;
		for (uint32_t i = 0; i < 3; i++) {
			make_packet(&m, 0, i, 13 * i, 9);
			packets_before[blocks] = i + 1;
			ends[blocks++] = m.out.length;
		}
		const struct span whole = buffer_span(&m.out);
		for (size_t cut = 0; cut <= whole.length; cut++) {
			const struct reading r = read_bytes(span_part(whole, 0, cut));
			size_t done = 0;
			while (done < blocks && cut >= ends[done])
				done++;
			const bool is_whole = done > 0 && cut == ends[done - 1];
			CHECK(r.is_open == (cut >= 12));
			CHECK(r.frames == (done > 0 ? packets_before[done - 1] : 0));
			CHECK(r.is_damaged == (r.is_open && !is_whole));
			CHECK(!r.is_open || r.identity.length_bytes == cut);
		}
		buffer_done(&m.out);
	}
}

// Four frames; in the block of the third the byte at `at`, or `at_end` bytes from
// its end, becomes `value`.
static struct reading read_spoilt(size_t at, uint8_t value, size_t at_end, size_t *offset)
{
	struct maker m = maker_for(false);
	make_section(&m);
	make_interface(&m, 1, 6, 0);
	make_packet(&m, 0, 1, 60, 1);
	make_packet(&m, 0, 2, 60, 2);
	*offset = m.out.length;
	make_packet(&m, 0, 3, 60, 3);
	if (at_end > 0)
		m.out.bytes[m.out.length - at_end] = value;
	else
		m.out.bytes[*offset + at] = value;
	make_packet(&m, 0, 4, 60, 4);
	return read_made(&m);
}

TEST(blocks_that_contradict_themselves_are_damage)
{
	static const struct {
		size_t at, at_end;
		uint8_t value;
		const char *reason;
	} cases[] = {
		{ 4, 0, 8, "a block of impossible length" },
		{ 4, 0, 0, "a block of impossible length" },
		{ 4, 0, 88, "the two lengths of the block differ" },
		{ 0, 4, 88, "the two lengths of the block differ" },
		{ 7, 0, 1, "it breaks off in the middle of a block" },
		{ 7, 0, 0x7f, "the block claims 2130706524 bytes, more than 16842752" },
		{ 20, 0, 61, "a packet block holds less than it claims" },
		{ 23, 0, 0xff, "a packet block holds less than it claims" },
		{ 6, 0, 1, "it breaks off in the middle of a block" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		size_t offset;
		const struct reading r = read_spoilt(cases[i].at, cases[i].value, cases[i].at_end,
		                                     &offset);
		char text[200];
		text_format(text, sizeof text, "at byte %zu: %s", offset, cases[i].reason);
		CHECK(r.is_open && r.is_damaged && r.frames == 2);
		CHECK(text_ends(r.error.text, text));
	}
}

TEST(interface_options_that_contradict_themselves_are_damage)
{
	static const struct {
		uint16_t code, length;
		bool is_damaged;
	} cases[] = {
		{ 9, 1, false },   { 9, 2, true },   { 9, 0, true },   { 14, 8, false },
		{ 14, 4, true },   { 2, 8, false },  { 2, 9, true },   { 2, 65535, true },
		{ 0, 999, false }, { 77, 5, false }, { 19, 4, false }, { 19, 8, true },
		{ 13, 1, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct maker m = maker_for(true);
		make_section(&m);
		const size_t start = block_begin(&m, 1);
		make_u64(&m, 0x0001000000000000);
		make_u16(&m, cases[i].code);
		make_u16(&m, cases[i].length);
		make_bytes(&m, 0, cases[i].length < 9 ? (cases[i].length + 3u) / 4 * 4 : 8);
		block_end(&m, start);
		make_packet(&m, 0, 1, 60, 1);
		const struct reading r = read_made(&m);
		CHECK(r.is_damaged == cases[i].is_damaged);
		CHECK(r.frames == (cases[i].is_damaged ? 0 : 1));
	}
}

TEST(interfaces_are_limited)
{
	struct maker m = maker_for(false);
	make_section(&m);
	for (uint32_t i = 0; i < 65536; i++)
		make_interface(&m, 1, 6, 0);
	make_packet(&m, 65535, 1, 60, 1);
	make_interface(&m, 1, 6, 0);
	make_packet(&m, 0, 1, 60, 1);
	const struct reading r = read_made(&m);
	CHECK(r.frames == 1 && r.first[0].link_type == 1 && r.is_damaged);
	CHECK(text_ends(r.error.text, "the section has more than 65536 interfaces"));
}

TEST(any_byte_may_be_wrong)
{
	struct maker m = maker_for(false);
	make_section(&m);
	make_interface(&m, 1, 9, 3);
	make_packet(&m, 0, 1, 20, 1);
	make_simple_packet(&m, 20, 20);
	make_section(&m);
	make_packet(&m, 0, 1, 20, 1);
	const struct span whole = buffer_span(&m.out);
	struct random random = random_from(20261121);
	for (size_t at = 0; at < whole.length; at++)
		for (int round = 0; round < 4; round++) {
			const uint8_t right = m.out.bytes[at];
			m.out.bytes[at] = (uint8_t)random_below(&random, 256);
			const struct test_file file = file_with(whole);
			struct capture *capture;
			struct error error;
			struct frame frames[3];
			size_t total = 0, count = 0;
			if (capture_open(file.path, &capture, &error)) {
				while ((count = capture_next(capture, frames, 3)) > 0)
					total += count;
				CHECK(capture_identity(capture).length_bytes == whole.length);
				capture_free(capture);
			}
			CHECK(total <= 3);
			unlink(file.path);
			m.out.bytes[at] = right;
		}
	buffer_done(&m.out);
}

TEST_MAIN
