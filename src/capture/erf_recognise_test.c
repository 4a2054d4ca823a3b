// SPDX-License-Identifier: MIT
// What is taken for ERF, which has no magic number, and what must not be.
#include "capture/test_damage.h"
#include "capture/test_erf.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

TEST(what_is_recognised)
{
	struct made r = ethernet(0);
	CHECK(is_taken(&r, 1));
	r.flags |= 0x80;
	CHECK(!is_taken(&r, 1));
	r = ethernet(0);
	r.time = UINT64_C(631151999) << 32;
	CHECK(!is_taken(&r, 1));
	r.time = UINT64_C(4102444801) << 32;
	CHECK(!is_taken(&r, 1));
	r = ethernet(0);
	r.wire = 62 + 6 - 17;
	CHECK(!is_taken(&r, 1));
	r.wire++;
	CHECK(is_taken(&r, 1));
	r.type = 33;
	CHECK(!is_taken(&r, 1));
}

// Frames that hold no IP.
static struct made spanning_tree(uint32_t second)
{
	struct made r = ethernet(second);
	r.sub[0] = 0x17;
	r.sub[1] = 0x51;
	r.start[12] = 0;
	r.start[13] = 38;
	return r;
}

// Two records, the second `seconds` after the first, and behind them half of a third.
static bool is_taken_after(int64_t seconds)
{
	struct maker m = maker_for(false);
	struct made r = spanning_tree(0);
	erf_record(&m, &r, 1);
	erf_record(&m, &r, 1);
	r.time += (uint64_t)seconds << 32;
	erf_record(&m, &r, 1);
	erf_record(&m, &r, 1);
	erf_record(&m, &r, 1);
	m.out.length -= 20;
	const bool is_erf = reader_erf.recognise(buffer_span(&m.out));
	buffer_done(&m.out);
	return is_erf;
}

TEST(order_of_time_is_evidence)
{
	CHECK(is_taken_after(0) && is_taken_after(-2) && is_taken_after(366 * 24 * 3600));
	CHECK(!is_taken_after(-3) && !is_taken_after(366 * 24 * 3600 + 1));
	struct made one = spanning_tree(0);
	CHECK(!is_taken(&one, 1));
}

// As cards write them: the two bytes in front of the frame are anything.
TEST(the_two_bytes_in_front_of_a_frame_say_nothing)
{
	struct random random = random_from(6);
	struct maker m = maker_for(false);
	for (uint32_t i = 0; i < 60; i++) {
		struct made r = ethernet(i);
		r.sub[0] = (uint8_t)random_below(&random, 256);
		r.sub[1] = (uint8_t)random_below(&random, 256);
		erf_record(&m, &r, 1);
	}
	const struct taken t = take_made(&m);
	CHECK(t.is_open && !t.is_damaged && t.count == 60);
	for (size_t i = 0; i < t.count; i++)
		CHECK(t.frames[i].link_type == 1 && t.bytes[i][0] == 1);
}

// What drivers note where they capture: a name, a number and padding; no section need begin it.
static struct made metadata(uint32_t second)
{
	return (struct made){ .time = some_time + ((uint64_t)second << 32),
		              .type = META,
		              .extensions = 1,
		              .flags = 4,
		              .start_length = 20,
		              .start = { 0, 1, 0, 5, 'c', 'a', 'r', 'd', '0', 0,
		                         0, 0, 0, 3, 0,   4,   0,   0,   0,   1 },
		              .more = 0,
		              .padding = 4,
		              .wire = 20 };
}

TEST(metadata_may_come_first)
{
	static const unsigned counts[] = { 1, 2, 15, 16, 17, 40 };
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		struct maker m = maker_for(false);
		for (uint32_t n = 0; n < counts[i]; n++) {
			const struct made meta = metadata(n);
			erf_record(&m, &meta, 0);
		}
		const size_t length = m.out.length;
		const struct taken alone = take_bytes(buffer_span(&m.out));
		CHECK(alone.is_open && alone.count == counts[i] && !alone.is_damaged);
		struct made frame = ethernet(counts[i]);
		frame.sub[0] = 0x71;
		erf_record(&m, &frame, 1);
		CHECK(m.out.length > length);
		const struct taken t = take_made(&m);
		CHECK(t.is_open && t.count == counts[i] + 1 && !t.is_damaged);
		CHECK(t.frames[counts[i]].link_type == 1);
	}
}

// One record among the first that cannot be, or whose time is off, does not hide the others.
TEST(good_records_show_what_it_is_whatever_follows)
{
	for (unsigned wrong = 0; wrong < 4; wrong++) {
		struct maker m = maker_for(false);
		size_t at = 0;
		for (uint32_t i = 0; i < 4; i++) {
			const struct made r = ethernet(i);
			at = i == wrong ? m.out.length : at;
			erf_record(&m, &r, 1);
		}
		m.out.bytes[at + 7] = 0xff;  // in 2105
		const struct taken late = take_bytes(buffer_span(&m.out));
		CHECK(late.is_open && late.count == 4 && !late.is_damaged);
		m.out.bytes[at + 8] = 0;
		const struct taken t = take_made(&m);
		CHECK(t.is_open == (wrong > 0));
		CHECK(!t.is_open || (t.is_damaged && t.count == wrong && is_at_byte(&t, at)));
	}
}

TEST(other_files_are_not_mistaken)
{
	CHECK(count_mistaken(&reader_erf, 100000, 1) == 0);
	CHECK(!is_mistaken_for_text(&reader_erf, 2));
}

// No capture of another kind, compressed or not, is taken for ERF or one of the other
// formats without a magic number.
static unsigned visited, mistaken;

static int visit(const char *path, const struct stat *about, int kind, struct FTW *place)
{
	(void)about;
	(void)place;
	static uint8_t bytes[256 * 1024];
	FILE *file = kind == FTW_F ? fopen(path, "rb") : NULL;
	if (file == NULL)
		return 0;
	const struct span head = { bytes, fread(bytes, 1, sizeof bytes, file) };
	fclose(file);
	struct capture *capture;
	struct error error;
	const char *format = "";
	const bool is_open = capture_open(path, &capture, &error);
	if (is_open)
		format = capture_format(capture);
	// Those that are ERF are named so, and have to be found.
	if (text_has(path, ".erf")
	            ? !text_starts(format, "erf")
	            : reader_erf.recognise(head) || reader_tsh.recognise(head) ||
	                      reader_dag.recognise(head) || text_starts(format, "erf") ||
	                      text_starts(format, "tsh") || text_starts(format, "dag")) {
		printf("%s\n", path);
		mistaken++;
	}
	if (is_open)
		capture_free(capture);
	visited++;
	return 0;
}

TEST(other_captures_are_not_mistaken)
{
	const char *folder = getenv("HOTARU_CAPTURES");
	if (folder == NULL)
		SKIP("HOTARU_CAPTURES names no collection of captures");
	CHECK(nftw(folder, visit, 16, FTW_PHYS) == 0);
	CHECK(visited > 1000 && mistaken == 0);
}

TEST_MAIN
