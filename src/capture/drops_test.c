// SPDX-License-Identifier: MIT
// What captures say of drops: each format's counters in both byte orders, what is said and what is
// not, and numbers that cannot be.
#include "capture/test_capture.h"

#define BIT(counter) (1u << (counter))

// ---- sums

TEST(sums_stop)
{
	struct capture_drops d = { .said = 0 };
	uint64_t lost = 77;
	CHECK(!drops_lost(&d, &lost) && lost == 77);
	drops_add(&d, DROP_RECEIVED, 5);
	CHECK(!drops_lost(&d, &lost) && d.said == BIT(DROP_RECEIVED));
	drops_add(&d, DROP_BY_SYSTEM, 0);
	CHECK(drops_lost(&d, &lost) && lost == 0 && drops_say(&d, DROP_BY_SYSTEM));
	CHECK(!drops_say(&d, DROP_BY_INTERFACE));
	drops_add(&d, DROP_BY_INTERFACE, 30);
	drops_add(&d, DROP_BY_SYSTEM, 12);
	CHECK(drops_lost(&d, &lost) && lost == 42);
	drops_add(&d, DROP_BETWEEN, 41);
	CHECK(drops_lost(&d, &lost) && lost == 42);
	drops_add(&d, DROP_BETWEEN, 2);
	CHECK(drops_lost(&d, &lost) && lost == 43);
	drops_add(&d, DROP_BETWEEN, DROPS_MAX - 44);
	CHECK(d.packets[DROP_BETWEEN] == DROPS_MAX - 1);
	drops_add(&d, DROP_BETWEEN, 2);
	CHECK(d.packets[DROP_BETWEEN] == DROPS_MAX);
	drops_add(&d, DROP_BY_INTERFACE, UINT64_MAX);
	CHECK(drops_lost(&d, &lost) && lost == DROPS_MAX);
}

TEST(counters_have_names)
{
	for (unsigned a = 0; a < DROP_COUNTERS; a++)
		for (unsigned b = 0; b < a; b++)
			CHECK(!text_equal(drop_counter_names[a], drop_counter_names[b]));
}

// ---- pcapng

struct option {
	uint16_t code;
	uint64_t number;
};

static void make_counter(struct maker *m, uint16_t code, uint64_t number)
{
	make_u16(m, code);
	make_u16(m, 8);
	make_u64(m, number);
}

static void make_statistics(struct maker *m, uint32_t interface, const struct option *options,
                            size_t count)
{
	const size_t start = block_begin(m, 5);
	make_u32(m, interface);
	make_u64(m, 0);
	for (size_t i = 0; i < count; i++)
		make_counter(m, options[i].code, options[i].number);
	make_u32(m, 0);  // their end
	block_end(m, start);
}

static void say(struct maker *m, uint32_t interface, uint16_t code, uint64_t number)
{
	make_statistics(m, interface, &(struct option){ code, number }, 1);
}

// A packet of `captured` bytes; with an option of 8 bytes unless its code is 0.
static void make_optional(struct maker *m, uint32_t captured, uint16_t code, uint64_t number)
{
	const size_t start = block_begin(m, 6);
	make_u32(m, 0);
	make_u64(m, 1);
	make_u32(m, captured);
	make_u32(m, captured);
	make_bytes(m, 9, captured);
	make_bytes(m, 0, -captured % 4);
	make_u16(m, 2);  // flags
	make_u16(m, 4);
	make_u32(m, 1);
	if (code != 0)
		make_counter(m, code, number);
	block_end(m, start);
}

static struct maker section_of(int i, uint32_t interfaces)
{
	struct maker m = maker_for(i % 2 == 1);
	make_section(&m);
	for (uint32_t n = 0; n < interfaces; n++)
		make_interface(&m, 1, 6, 0);
	return m;
}

TEST(a_pcapng_file_without_counters_says_nothing)
{
	for (int i = 0; i < 2; i++) {
		struct maker m = section_of(i, 2);
		make_packet(&m, 0, 1, 61, 9);
		make_optional(&m, 61, 0, 0);
		make_optional(&m, 61, 5, 7);  // another option
		make_statistics(&m, 0, NULL, 0);
		const struct reading r = read_made(&m);
		CHECK(r.frames == 3 && !r.is_damaged && !r.says_drops);
	}
}

TEST(all_counters_of_an_interface)
{
	static const struct option all[] = { { 2, 1 },  { 4, 100 }, { 5, 10 }, { 6, 0 }, { 7, 4 },
		                             { 8, 77 }, { 9, 555 }, { 3, 1 },  { 99, 1 } };
	for (int i = 0; i < 2; i++) {
		struct maker m = section_of(i, 1);
		make_packet(&m, 0, 1, 61, 9);
		make_statistics(&m, 0, all, sizeof all / sizeof *all);
		const struct reading r = read_made(&m);
		uint64_t lost;
		CHECK(r.frames == 1 && !r.is_damaged && r.says_drops);
		CHECK(r.drops.packets[DROP_RECEIVED] == 100 &&
		      r.drops.packets[DROP_DELIVERED] == 77);
		CHECK(r.drops.packets[DROP_BY_INTERFACE] == 10);
		CHECK(r.drops.packets[DROP_BY_SYSTEM] == 4);
		CHECK(drops_say(&r.drops, DROP_ACCEPTED) && r.drops.packets[DROP_ACCEPTED] == 0);
		CHECK(!drops_say(&r.drops, DROP_BETWEEN));
		CHECK(drops_lost(&r.drops, &lost) && lost == 14);
	}
}

TEST(of_each_counter_the_last_one_counts)
{
	for (int i = 0; i < 2; i++) {
		struct maker m = section_of(i, 2);
		say(&m, 1, 5, 3);
		say(&m, 0, 5, 1000);
		say(&m, 0, 7, 5);
		say(&m, 0, 5, 20);  // a counter may fall
		make_statistics(&m, 0, NULL, 0);
		make_packet(&m, 0, 1, 61, 9);
		say(&m, 1, 5, 4);
		const struct reading r = read_made(&m);
		CHECK(r.drops.said == (BIT(DROP_BY_INTERFACE) | BIT(DROP_BY_SYSTEM)));
		CHECK(r.drops.packets[DROP_BY_INTERFACE] == 24);
		CHECK(r.drops.packets[DROP_BY_SYSTEM] == 5);
	}
}

TEST(sections_add_up)
{
	struct maker m = section_of(0, 1);
	say(&m, 0, 5, 1);
	say(&m, 0, 5, 2);
	m.is_big_endian = true;
	make_section(&m);
	say(&m, 0, 5, 4000);  // of nobody yet
	make_interface(&m, 1, 6, 0);
	say(&m, 0, 5, 40);
	say(&m, 1, 5, 8000);  // of nobody
	make_section(&m);
	make_interface(&m, 1, 6, 0);
	say(&m, 0, 7, 500);
	const struct reading r = read_made(&m);
	CHECK(!r.is_damaged && r.drops.packets[DROP_BY_INTERFACE] == 42);
	CHECK(r.drops.packets[DROP_BY_SYSTEM] == 500);
}

TEST(many_interfaces)
{
	struct maker m = section_of(0, 1000);
	for (uint32_t n = 1000; n-- > 0;)
		say(&m, n * 7 % 1000, 5, n);
	const struct reading r = read_made(&m);
	CHECK(r.drops.packets[DROP_BY_INTERFACE] == 999 * 1000 / 2);
}

TEST(drops_between_packets)
{
	for (int i = 0; i < 2; i++)
		for (uint32_t captured = 60; captured < 64; captured++) {
			struct maker m = section_of(i, 1);
			make_optional(&m, captured, 4, 0);
			make_packet(&m, 0, 1, captured, 9);
			make_optional(&m, captured, 4, 12345);
			make_optional(&m, captured, 4, 7);
			const struct reading r = read_made(&m);
			CHECK(r.frames == 4 && !r.is_damaged);
			CHECK(r.drops.said == BIT(DROP_BETWEEN));
			CHECK(r.drops.packets[DROP_BETWEEN] == 12352);
		}
}

TEST(none_between_packets)
{
	struct maker m = section_of(0, 1);
	make_optional(&m, 61, 4, 0);
	const struct reading r = read_made(&m);
	uint64_t lost = 1;
	CHECK(r.says_drops && drops_lost(&r.drops, &lost) && lost == 0);
}

static void make_obsolete(struct maker *m, uint16_t drops)
{
	const size_t start = block_begin(m, 2);
	make_u16(m, 0);
	make_u16(m, drops);
	make_u64(m, 1);
	make_u32(m, 33);
	make_u32(m, 90);
	make_bytes(m, 8, 33);
	block_end(m, start);
}

TEST(obsolete_packets_may_not_know)
{
	for (int i = 0; i < 2; i++) {
		struct maker unknown = section_of(i, 1), known = section_of(i, 1);
		make_obsolete(&unknown, 0xffff);
		struct reading r = read_made(&unknown);
		CHECK(r.frames == 1 && !r.says_drops);
		make_obsolete(&known, 0xffff);
		make_obsolete(&known, 0xfffe);
		make_obsolete(&known, 1);
		r = read_made(&known);
		CHECK(r.frames == 3 && r.drops.packets[DROP_BETWEEN] == 0xffff);
	}
}

// As it is with all blocks that hold no frames: what they say cannot damage a capture.
TEST(statistics_that_contradict_themselves_are_no_damage)
{
	static const uint8_t bodies[][24] = {
		{ 0 },                                            // too short
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 4 },  // an option of another length
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 9 },
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0xff, 0xff },
	};
	static const size_t lengths[] = { 8, 20, 24, 24 };
	for (size_t i = 0; i < 4; i++) {
		struct maker m = section_of(0, 1);
		const size_t start = block_begin(&m, 5);
		buffer_append(&m.out, bodies[i], lengths[i]);
		block_end(&m, start);
		make_packet(&m, 0, 1, 61, 9);
		const struct reading r = read_made(&m);
		CHECK(r.frames == 1 && !r.is_damaged && !r.says_drops);
	}
}

TEST(hostile_numbers_are_numbers)
{
	struct maker m = section_of(0, 2);
	say(&m, 0, 5, UINT64_MAX);
	say(&m, 1, 5, UINT64_MAX);
	make_optional(&m, 61, 4, UINT64_MAX);
	make_optional(&m, 61, 4, UINT64_MAX);
	const struct reading r = read_made(&m);
	uint64_t lost;
	CHECK(r.drops.packets[DROP_BY_INTERFACE] == DROPS_MAX);
	CHECK(r.drops.packets[DROP_BETWEEN] == DROPS_MAX);
	CHECK(drops_lost(&r.drops, &lost) && lost == DROPS_MAX);
}

TEST(before_a_damage)
{
	struct maker m = section_of(0, 1);
	say(&m, 0, 5, 3);
	make_packet(&m, 0, 1, 61, 9);
	make_bytes(&m, 0, 12);
	say(&m, 0, 5, 9);
	const struct reading r = read_made(&m);
	CHECK(r.is_damaged && r.drops.packets[DROP_BY_INTERFACE] == 3);
}

// ---- ERF

static void make_erf(struct maker *m, uint8_t type, uint16_t lost)
{
	const uint64_t time = UINT64_C(1600000000) << 32;
	buffer_u64(&m->out, time);
	buffer_byte(&m->out, type);
	buffer_byte(&m->out, 4);
	make_u16(m, 16 + 64);
	make_u16(m, lost);
	make_u16(m, 60);
	make_bytes(m, 0, 64);
}

// A file is told by its first 16 records: of Ethernet, each after two lost ones.
static struct maker erf_file(void)
{
	struct maker m = maker_for(true);
	for (unsigned i = 0; i < 16; i++)
		make_erf(&m, 2, 2);
	return m;
}

TEST(records_that_erf_lost)
{
	struct maker none = maker_for(true), some = erf_file(), stuck = erf_file();
	for (unsigned i = 0; i < 8; i++)
		make_erf(&none, 2, 0);
	struct reading r = read_made(&none);
	CHECK(r.frames == 8 && r.says_drops && r.drops.packets[DROP_BETWEEN] == 0);
	r = read_made(&some);
	CHECK(r.frames == 16 && r.drops.said == BIT(DROP_BETWEEN));
	CHECK(r.drops.packets[DROP_BETWEEN] == 32);
	make_erf(&stuck, 2, 0xffff);
	make_erf(&stuck, 2, 0xffff);
	r = read_made(&stuck);
	CHECK(r.drops.packets[DROP_BETWEEN] == 32 + 2 * 0xffff);
}

// Of all types that there are.
TEST(colours_are_no_losses)
{
	static const uint8_t silent[] = { 10, 11, 15, 16, 17, 19, 20, 26, 30, 31, 32, 47 };
	for (uint8_t type = 1; type <= 48; type++) {
		bool is_silent = type > 29 && type < 48;
		struct maker m = erf_file();
		for (size_t i = 0; i < sizeof silent; i++)
			is_silent = is_silent || silent[i] == type;
		make_erf(&m, type, 0x0300);
		const struct reading r = read_made(&m);
		CHECK(!r.is_damaged && r.frames == (type == 48 ? 16 : 17));
		CHECK(r.drops.packets[DROP_BETWEEN] == 32 + (is_silent ? 0 : 0x0300));
	}
}

TEST(colours_alone_say_nothing)
{
	struct maker m = maker_for(true);
	for (unsigned i = 0; i < 8; i++)
		make_erf(&m, 11, 0x0102);
	const struct reading r = read_made(&m);
	CHECK(r.frames == 8 && !r.says_drops);
}

// ---- snoop

static void make_snoop(struct maker *m, uint32_t drops)
{
	make_u32(m, 60);
	make_u32(m, 60);
	make_u32(m, 84);
	make_u32(m, drops);
	make_u64(m, 1600000000);
	make_bytes(m, 1, 60);
}

static struct maker snoop_file(void)
{
	struct maker m = maker_for(true);
	buffer_append(&m.out, "snoop\0\0", 8);
	make_u32(&m, 2);
	make_u32(&m, 4);
	return m;
}

TEST(the_last_record_of_snoop_counts)
{
	struct maker m = snoop_file();
	make_snoop(&m, 0);
	make_snoop(&m, 3);
	make_snoop(&m, 3);
	make_snoop(&m, 5);
	const struct test_file file = file_with(buffer_span(&m.out));
	for (size_t frames_max = 1; frames_max < 6; frames_max++) {
		const struct reading r = read_path(file.path, frames_max);
		CHECK(r.frames == 4 && r.drops.said == BIT(DROP_BETWEEN));
		CHECK(r.drops.packets[DROP_BETWEEN] == 5);
	}
	unlink(file.path);
	make_snoop(&m, UINT32_MAX);
	make_bytes(&m, 0, 30);  // a record that is cut off
	const struct reading r = read_made(&m);
	CHECK(r.is_damaged && r.drops.packets[DROP_BETWEEN] == UINT32_MAX);
}

TEST(a_zero_of_snoop_says_nothing)
{
	struct maker m = snoop_file();
	make_snoop(&m, 0);
	make_snoop(&m, 0);
	const struct reading r = read_made(&m);
	CHECK(r.frames == 2 && !r.says_drops);
}

// ---- what is not read, and what cannot say anything

TEST(pcap_says_nothing)
{
	struct maker m = maker_for(false);
	make_pcap(&m, 0xa1b2c3d4, 4, 1);
	make_record(&m, 1, 2, 60, 3);
	const struct reading r = read_made(&m);
	CHECK(r.frames == 1 && !r.says_drops);
}

TEST(what_is_skimmed_says_nothing)
{
	struct maker m = section_of(0, 1);
	say(&m, 0, 5, 3);
	make_packet(&m, 0, 1, 61, 9);
	const struct test_file file = file_with(buffer_span(&m.out));
	struct capture *capture;
	struct capture_drops drops = { .said = 99 };
	struct error error;
	CHECK(capture_open(file.path, &capture, &error));
	capture_skim(capture);
	CHECK(!capture_drops(capture, &drops) && drops.said == 99);
	capture_free(capture);
	unlink(file.path);
	buffer_done(&m.out);
}

TEST_MAIN
