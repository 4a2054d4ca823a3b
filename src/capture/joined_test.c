// SPDX-License-Identifier: MIT
// Captures that were written one behind the other into one file: every format behind every other.
#include "capture/test_damage.h"
#include "capture/test_erf.h"

enum { SECONDS = 1600000000, RECORDS = 3, FRAME = 60 };

// One capture of RECORDS frames of one byte each, a second apart from `second` on.
typedef void make_capture(struct maker *m, uint32_t number, uint32_t second);

static void make_pcap_capture(struct maker *m, uint32_t number, uint32_t second)
{
	static const uint32_t magics[] = { 0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34, 0x1c0001ac,
		                           0x1c0001ab };
	const uint32_t magic = magics[number / 2];
	m->is_big_endian = number % 2 == 1;
	make_pcap(m, magic, 4, 1);
	if (magic >> 16 == 0x1c00)
		make_u32(m, 0);
	for (uint32_t i = 0; i < RECORDS; i++) {
		make_u32(m, second + i);
		make_u32(m, 5000);
		make_u32(m, FRAME);
		make_u32(m, FRAME);
		make_bytes(m, 0, magic == 0xa1b2cd34 ? 8 : 0);
		make_bytes(m, 7, FRAME);
	}
}

// Before 2.4: the lengths are swapped, or may be.
static void make_old_pcap(struct maker *m, uint32_t number, uint32_t second)
{
	m->is_big_endian = number % 2 == 1;
	make_pcap(m, 0xa1b2c3d4, number < 2 ? 2 : 3, 1);
	for (uint32_t i = 0; i < RECORDS; i++) {
		make_u32(m, second + i);
		make_u32(m, 5000);
		make_u32(m, FRAME + 4);
		make_u32(m, FRAME);
		make_bytes(m, 7, FRAME);
	}
}

static void make_pcapng_capture(struct maker *m, uint32_t number, uint32_t second)
{
	m->is_big_endian = number % 2 == 1;
	make_section(m);
	make_interface(m, 1, 6, 0);
	for (uint32_t i = 0; i < RECORDS; i++)
		make_packet(m, 0, (uint64_t)(second + i) * 1000000 + 5, FRAME, 7);
}

static void make_snoop_capture(struct maker *m, uint32_t number, uint32_t second)
{
	(void)number;
	m->is_big_endian = true;
	buffer_append(&m->out, "snoop\0\0", 8);
	make_u32(m, 2);
	make_u32(m, 4);
	for (uint32_t i = 0; i < RECORDS; i++) {
		make_u32(m, FRAME);
		make_u32(m, FRAME);
		make_u32(m, 24 + FRAME);
		make_u32(m, 0);
		make_u32(m, second + i);
		make_u32(m, 5);
		make_bytes(m, 7, FRAME);
	}
}

static void make_erf_capture(struct maker *m, uint32_t number, uint32_t second)
{
	(void)number;
	for (uint32_t i = 0; i < RECORDS; i++) {
		struct made r = ethernet(second - SECONDS + i);
		r.sub[0] = 0x17;
		erf_record(m, &r, 7);
	}
}

// Two formats without a magic number, that only begin a file: they take RECORDS + 1 to be known.
static void make_tsh_capture(struct maker *m, uint32_t number, uint32_t second)
{
	static const uint8_t ip[] = { 0x45, 0, 0, 40 };
	(void)number;
	m->is_big_endian = true;
	for (uint32_t i = 0; i < RECORDS + 1; i++) {
		make_u32(m, second + i);
		make_u32(m, 5);
		buffer_append(&m->out, ip, sizeof ip);
		make_bytes(m, 0, 32);
	}
}

static void make_dag_capture(struct maker *m, uint32_t number, uint32_t second)
{
	(void)number;
	m->is_big_endian = false;
	for (uint32_t i = 0; i < RECORDS + 1; i++) {
		make_u32(m, 5);
		make_u32(m, second + i);
		buffer_u16(&m->out, 60 << 8);
		make_bytes(m, 7, 12);
		buffer_u16(&m->out, 0x0008);
		make_bytes(m, 0x45, 40);
	}
}

static const struct kind_of_capture {
	const char *format;
	make_capture *make;
	uint32_t number;
	size_t frames;
} forms[] = {
	{ "pcap", make_pcap_capture, 0, RECORDS },
	{ "pcap", make_pcap_capture, 1, RECORDS },
	{ "pcap", make_pcap_capture, 2, RECORDS },
	{ "pcap", make_pcap_capture, 3, RECORDS },
	{ "pcap", make_pcap_capture, 4, RECORDS },
	{ "pcap", make_pcap_capture, 5, RECORDS },
	{ "pcap", make_pcap_capture, 6, RECORDS },
	{ "pcap", make_pcap_capture, 7, RECORDS },
	{ "pcap", make_pcap_capture, 8, RECORDS },
	{ "pcap", make_pcap_capture, 9, RECORDS },
	{ "pcap", make_old_pcap, 0, RECORDS },
	{ "pcap", make_old_pcap, 1, RECORDS },
	{ "pcap", make_old_pcap, 2, RECORDS },
	{ "pcap", make_old_pcap, 3, RECORDS },
	{ "pcapng", make_pcapng_capture, 0, RECORDS },
	{ "pcapng", make_pcapng_capture, 1, RECORDS },
	{ "snoop", make_snoop_capture, 0, RECORDS },
	{ "erf", make_erf_capture, 0, RECORDS },
	{ "tsh", make_tsh_capture, 0, RECORDS + 1 },
	{ "dag", make_dag_capture, 0, RECORDS + 1 },
};
enum { FORMS = sizeof forms / sizeof *forms, WITH_MAGIC = 17 };

struct joined {
	struct taken taken;
	struct capture_remarks remarks;
};

static struct joined read_joined(struct span bytes)
{
	static struct joined j;
	const struct test_file file = file_with(bytes);
	struct capture *capture;
	struct frame frames[5];
	j = (struct joined){ .taken = { .is_open = false } };
	j.taken.is_open = capture_open(file.path, &capture, &j.taken.error);
	CHECK(j.taken.is_open);
	if (j.taken.is_open) {
		for (size_t count; (count = capture_next(capture, frames, 5)) > 0;)
			take_frames(&j.taken, frames, count);
		j.taken.is_damaged = capture_damage(capture, &j.taken.error);
		j.taken.length = capture_identity(capture).length_bytes;
		j.remarks = capture_remarks(capture);
		text_copy(j.taken.format, sizeof j.taken.format, capture_format(capture));
		capture_free(capture);
	}
	unlink(file.path);
	return j;
}

static bool has_times(const struct taken *t, size_t from, size_t count, uint32_t second)
{
	bool is_right = true;
	for (size_t i = 0; i < count; i++)
		is_right = is_right && t->frames[from + i].time_ns / 1000000000 == second + i;
	return is_right;
}

TEST(every_capture_behind_every_other)
{
	for (size_t a = 0; a < FORMS; a++)
		for (size_t b = 0; b < WITH_MAGIC; b++) {
			struct maker m = maker_for(false);
			forms[a].make(&m, forms[a].number, SECONDS);
			const size_t second_at = m.out.length;
			forms[b].make(&m, forms[b].number, SECONDS + 86400);
			const struct joined j = read_joined(buffer_span(&m.out));
			const struct taken *t = &j.taken;
			const bool is_pcapng = forms[a].make == make_pcapng_capture &&
			                       forms[b].make == make_pcapng_capture;
			const size_t frames = forms[a].frames + forms[b].frames;
			if (t->count != frames || t->is_damaged)
				printf("%s %u + %s %u: %zu frames, %s\n", forms[a].format,
				       forms[a].number, forms[b].format, forms[b].number, t->count,
				       t->is_damaged ? t->error.text : "no damage");
			CHECK(!t->is_damaged && t->count == frames);
			CHECK(has_times(t, 0, forms[a].frames, SECONDS));
			CHECK(has_times(t, forms[a].frames, forms[b].frames, SECONDS + 86400));
			// Sections are what pcapng is made of: nothing is to be said of them.
			CHECK(j.remarks.captures == (is_pcapng ? 1 : 2));
			CHECK(is_pcapng || j.remarks.second_at == second_at);
			CHECK(text_equal(t->format, forms[a].format));
			CHECK(t->length == m.out.length);
			buffer_done(&m.out);
		}
}

// Cut anywhere, what stands in front of the cut is there.
TEST(breaking_off_at_every_byte)
{
	enum { HEADER = 24, RECORD = 16 + FRAME, ONE = HEADER + RECORDS * RECORD };
	struct maker m = maker_for(false);
	make_pcap_capture(&m, 0, SECONDS);
	make_pcap_capture(&m, 1, SECONDS);
	for (size_t cut = HEADER; cut <= m.out.length; cut++) {
		const size_t in_second = cut > ONE ? cut - ONE : 0;
		const size_t first = (cut - in_second - HEADER) / RECORD;
		const size_t second = in_second < HEADER ? 0 : (in_second - HEADER) / RECORD;
		const bool is_whole = in_second == 0 ? (cut - HEADER) % RECORD == 0
		                                     : in_second >= HEADER &&
		                                               (in_second - HEADER) % RECORD == 0;
		const struct taken t = take_bytes(span_part(buffer_span(&m.out), 0, cut));
		CHECK(t.is_open && t.count == first + second && t.is_damaged == !is_whole);
	}
	buffer_done(&m.out);
}

static struct maker three_captures(void)
{
	struct maker m = maker_for(false);
	make_erf_capture(&m, 0, SECONDS);
	make_pcap_capture(&m, 3, SECONDS + 10);
	make_pcapng_capture(&m, 1, SECONDS + 20);
	return m;
}

TEST(any_byte_may_be_wrong)
{
	struct maker m = three_captures();
	check_every_byte(&m.out, 20261130);
	check_random_bytes(buffer_span(&m.out), 0, 20261201);
	buffer_done(&m.out);
}

TEST(any_allocation_may_fail)
{
	struct maker m = three_captures();
	check_every_allocation(buffer_span(&m.out));
	buffer_done(&m.out);
}

// Headers without end cost no more than their bytes, and records of nothing are none.
TEST(as_many_as_there_are)
{
	struct maker m = maker_for(false);
	for (uint32_t i = 0; i < 20000; i++) {
		m.is_big_endian = i % 2 == 1;
		make_pcap(&m, 0xa1b2c3d4, 4, 1);
		if (i % 1000 == 0)
			make_record(&m, SECONDS + i, 5, 0, 7);
	}
	const struct joined j = read_joined(buffer_span(&m.out));
	CHECK(!j.taken.is_damaged && j.taken.count == 20 && j.remarks.captures == 20000);
	CHECK(j.remarks.second_at == 24 + 16);
	buffer_done(&m.out);
}

TEST(drops_of_all_add_up)
{
	struct maker m = maker_for(false);
	const size_t drops_at = FRAME + 24 - 15;  // in the last record, from its end on
	make_snoop_capture(&m, 0, SECONDS);
	m.out.bytes[m.out.length - drops_at] = 5;
	make_pcap_capture(&m, 0, SECONDS);
	make_snoop_capture(&m, 0, SECONDS);
	m.out.bytes[m.out.length - drops_at] = 9;
	const struct reading r = read_made(&m);
	CHECK(r.says_drops && r.drops.packets[DROP_BETWEEN] == 5 + 9);
}

TEST_MAIN
