// SPDX-License-Identifier: MIT
#include "present/present.h"

#include "base/memory.h"
#include "base/test.h"
#include "present/words/width.h"

#include <math.h>
#include <stdlib.h>

static const struct column columns[] = {
	{ "capture", CELL_TEXT },
	{ "frames", CELL_NUMBER },
	{ "share", CELL_NUMBER },
	{ "note", CELL_TEXT },
};

static void write_rows(struct table *t)
{
	table_text(t, "a.pcap");
	table_u64(t, UINT64_MAX);
	table_real(t, 0.5);
	table_text(t, "plain");
	table_end_row(t);
	table_text(t, "蛍");
	table_u64(t, 70);
	table_empty(t);
	table_text(t, "");
	table_end_row(t);
}

static bool output_is(enum format format, bool color, void (*rows)(struct table *),
                      const char *expected)
{
	char *text = NULL;
	size_t length = 0;
	struct error error;
	FILE *file = open_memstream(&text, &length);
	struct table t = table_open(file, format, columns, 4, color);
	rows(&t);
	bool good = table_finish(&t, &error);
	fclose(file);
	good = good && strcmp(text, expected) == 0;
	if (!good)
		printf("%s", text);
	free(text);
	return good;
}

TEST(people_get_aligned_columns)
{
	CHECK(output_is(FORMAT_TABLE, false, write_rows,
	                "capture                frames  share  note\n"
	                "a.pcap   18446744073709551615    0.5  plain\n"
	                "蛍                         70      -  \n"));
	CHECK(output_is(FORMAT_TABLE, true, write_rows,
	                "\033[1mcapture                frames  share  note\033[0m\n"
	                "a.pcap   18446744073709551615    0.5  plain\n"
	                "蛍                         70      -  \n"));
}

TEST(csv_has_a_header_and_plain_numbers)
{
	CHECK(output_is(FORMAT_CSV, true, write_rows,
	                "capture,frames,share,note\n"
	                "a.pcap,18446744073709551615,0.5,plain\n"
	                "蛍,70,,\n"));
}

TEST(json_is_one_object_a_line)
{
	CHECK(output_is(FORMAT_JSON, true, write_rows,
	                "{\"capture\":\"a.pcap\",\"frames\":18446744073709551615,\"share\":0.5,"
	                "\"note\":\"plain\"}\n"
	                "{\"capture\":\"蛍\",\"frames\":70,\"share\":null,\"note\":\"\"}\n"));
}

static void write_hostile(struct table *t)
{
	table_text(t, "=cmd(\"x\"),\n\xff");
	table_real(t, -0.0);
	table_real(t, NAN);
	table_text(t, "\x1b[2J\xe2\x80\xae<b>\\");
	table_end_row(t);
}

TEST(hostile_texts_stay_in_their_cell)
{
	CHECK(output_is(FORMAT_CSV, false, write_hostile,
	                "capture,frames,share,note\n"
	                "\"'=cmd(\"\"x\"\"),\xef\xbf\xbd\xef\xbf\xbd\",0,,"
	                "\xef\xbf\xbd[2J\xef\xbf\xbd<b>\\\n"));
	CHECK(output_is(FORMAT_JSON, false, write_hostile,
	                "{\"capture\":\"=cmd(\\\"x\\\"),\\u000a\xef\xbf\xbd\",\"frames\":0,"
	                "\"share\":null,"
	                "\"note\":\"\\u001b[2J\\u202e\\u003cb\\u003e\\\\\"}\n"));
	CHECK(output_is(FORMAT_TABLE, false, write_hostile,
	                "capture       frames  share  note\n"
	                "=cmd(\"x\"),\xef\xbf\xbd\xef\xbf\xbd       0      -  "
	                "\xef\xbf\xbd[2J\xef\xbf\xbd<b>\\\n"));
}

static void write_reals(struct table *t)
{
	table_real(t, 1.0 / 3);
	table_real(t, 12);
	table_real(t, 1e-9);
	table_real(t, -1e-9);
	table_end_row(t);
	table_real(t, 2.50);
	table_real(t, INFINITY);
	table_real(t, 100);
	table_real(t, 0.000001);
	table_end_row(t);
}

TEST(reals_have_six_decimals_at_most)
{
	CHECK(output_is(FORMAT_CSV, false, write_reals,
	                "capture,frames,share,note\n0.333333,12,0,0\n2.5,,100,0.000001\n"));
}

static void write_small(struct table *t)
{
	table_small(t, 0.03125);
	table_small(t, 4.0678e-31);
	table_small(t, 0);
	table_small(t, 1);
	table_end_row(t);
}

TEST(what_is_small_keeps_its_digits)
{
	CHECK(output_is(FORMAT_CSV, false, write_small,
	                "capture,frames,share,note\n0.0312,4.07e-31,0,1\n"));
}

static void write_nothing(struct table *t)
{
	(void)t;
}

TEST(no_rows_leave_the_header)
{
	CHECK(output_is(FORMAT_CSV, false, write_nothing, "capture,frames,share,note\n"));
	CHECK(output_is(FORMAT_TABLE, false, write_nothing, "capture  frames  share  note\n"));
	CHECK(output_is(FORMAT_JSON, false, write_nothing, ""));
}

TEST(an_endless_table_is_not_held)
{
	struct error error;
	FILE *file = fopen("/dev/null", "w");
	struct table t = table_open(file, FORMAT_TABLE, columns, 1, false);
	for (int i = 0; i < 3 * TABLE_ROWS_HELD; i++) {
		table_text(&t, i < TABLE_ROWS_HELD ? "short" : "a longer text than before");
		table_end_row(&t);
		CHECK(t.rows_held < TABLE_ROWS_HELD);
		CHECK((i < TABLE_ROWS_HELD - 1) == (t.scratch.length > 0));
	}
	CHECK(t.widths[0] == 7);
	CHECK(table_finish(&t, &error));
	fclose(file);
}

TEST(a_failed_write_is_reported_with_its_reason)
{
	struct error error = { .kind = ERROR_NONE };
	FILE *file = fopen("/dev/full", "w");
	if (file == NULL)
		SKIP("there is no /dev/full");
	setvbuf(file, NULL, _IONBF, 0);
	struct table t = table_open(file, FORMAT_CSV, columns, 4, false);
	CHECK(t.failed);
	write_rows(&t);
	CHECK(!table_finish(&t, &error));
	CHECK(error.kind == ERROR_FAILED && strstr(error.text, "No space") != NULL);
	fclose(file);
}

TEST(running_out_of_memory_is_reported)
{
	FILE *file = fopen("/dev/null", "w");
	bool worked = false;
	for (unsigned long n = 1; n < 100 && !worked; n++) {
		struct error error = { .kind = ERROR_NONE };
		memory_fail_at(n);
		struct table t = table_open(file, FORMAT_TABLE, columns, 4, false);
		for (int i = 0; i < 50; i++)
			write_rows(&t);
		worked = table_finish(&t, &error);
		memory_fail_at(0);
		CHECK(worked || error.kind == ERROR_FAILED);
	}
	CHECK(worked);
	fclose(file);
}

TEST(widths_count_characters)
{
	CHECK(width_cells("abc", 3) == 3);
	CHECK(width_cells("蛍", 3) == 2);
	CHECK(width_cells("e\xcc\x81", 3) == 1);
	CHECK(width_cells("\xff\xfe", 2) == 2);
	CHECK(width_cells("\xe8\x9b", 2) == 2);
	CHECK(width_fit("蛍蛍蛍", 2.5) == 6);
	CHECK(width_fit("mirai-2016", width_em("mirai-2016")) == 10);
	CHECK(width_fit("", 0) == 0);
}

TEST_MAIN
