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
	const struct table_look look = { .color = color };
	struct table t = table_open(file, format, columns, 4, &look);
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
	struct table t = table_open(file, FORMAT_TABLE, columns, 1, NULL);
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
	struct table t = table_open(file, FORMAT_CSV, columns, 4, NULL);
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
		struct table t = table_open(file, FORMAT_TABLE, columns, 4, NULL);
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

// ---- rows whose values have forms, and tables that fit

static const struct column various[] = {
	{ "source", CELL_TEXT },
	{ "packets", CELL_NUMBER, .spare = 1 },
	{ "is_new", CELL_NUMBER, .form = FORM_BOOL, .spare = 2 },
	{ "names", CELL_TEXT, .form = FORM_LIST, .spare = 1 },
	{ "ports", CELL_TEXT, .form = FORM_COUNTS },
	{ "note", CELL_TEXT, UNIT_NONE, true },
};

static struct cell text_cell(const char *text)
{
	return (struct cell){ .text = { (const uint8_t *)text, strlen(text) } };
}

static bool various_is(enum format format, const struct table_look *look, size_t rows,
                       const char *expected)
{
	const struct cell cells[][6] = {
		{ text_cell("1.0.0.1"),
		  { .number = 7 },
		  { .number = 1 },
		  text_cell("a;b\"c"),
		  text_cell("23:5;JP:0.25;x:y;2001:db8:7;none"),
		  text_cell("...") },
		{ { .state = CELL_NUMERAL, .number = 12 },
		  { .state = CELL_UNKNOWN },
		  { .number = 0 },
		  text_cell(""),
		  text_cell(""),
		  { .state = CELL_EMPTY } },
	};
	char *text = NULL;
	size_t length = 0;
	struct error error;
	FILE *file = open_memstream(&text, &length);
	bool good = table_look_check(look, various, 6, &error);
	struct table t = table_open(file, format, various, 6, look);
	for (size_t i = 0; i < rows; i++)
		table_row(&t, cells[i]);
	good = table_finish(&t, &error) && good;
	fclose(file);
	good = good && strcmp(text, expected) == 0;
	if (!good)
		printf("%s", text);
	free(text);
	return good;
}

TEST(json_has_booleans_lists_and_counts)
{
	const struct table_look plain = { .width = 10 };
	CHECK(various_is(FORMAT_JSON, &plain, 2,
	                 "{\"source\":\"1.0.0.1\",\"packets\":7,\"is_new\":true,\"names\":[\"a\","
	                 "\"b\\\"c\"],\"ports\":{\"23\":5,\"JP\":0.25,\"2001:db8\":7},"
	                 "\"note\":\"...\"}\n"
	                 "{\"source\":12,\"packets\":null,\"is_new\":false,\"names\":[],"
	                 "\"ports\":{},\"note\":null}\n"));
	CHECK(various_is(FORMAT_CSV, &plain, 2,
	                 "source,packets,is_new,names,ports,note\n"
	                 "1.0.0.1,7,yes,\"a;b\"\"c\",23:5;JP:0.25;x:y;2001:db8:7;none,...\n"
	                 "12,,no,,,\n"));
}

static bool forms_are(enum format format, const char *expected)
{
	static const struct column forms[] = {
		{ "chance", CELL_NUMBER, .form = FORM_ONE_IN },
		{ "options", CELL_TEXT, .form = FORM_COMMAS },
		{ "example", CELL_TEXT, .form = FORM_WORDS },
	};
	const struct cell rows[][3] = {
		{ { .number = 65536 }, text_cell("mss,nop"), text_cell("ttl=64 tos=\"0") },
		{ { .number = UINT64_C(1) << 32 }, text_cell("none"), text_cell("") },
		{ { .number = 1 }, { .state = CELL_EMPTY }, { .state = CELL_UNKNOWN } },
	};
	char *text = NULL;
	size_t length = 0;
	struct error error;
	FILE *file = open_memstream(&text, &length);
	struct table t = table_open(file, format, forms, 3, NULL);
	for (size_t i = 0; i < 3; i++)
		table_row(&t, rows[i]);
	bool good = table_finish(&t, &error);
	fclose(file);
	good = good && strcmp(text, expected) == 0;
	if (!good)
		printf("%s", text);
	free(text);
	return good;
}

TEST(a_chance_is_a_number_for_programs_and_lists_are_arrays)
{
	CHECK(forms_are(FORMAT_JSON,
	                "{\"chance\":0.0000152587890625,\"options\":[\"mss\",\"nop\"],"
	                "\"example\":[\"ttl=64\",\"tos=\\\"0\"]}\n"
	                "{\"chance\":0.00000000023283064365386962890625,\"options\":[\"none\"],"
	                "\"example\":[]}\n"
	                "{\"chance\":1,\"options\":null,\"example\":null}\n"));
	CHECK(forms_are(FORMAT_CSV, "chance,options,example\n"
	                            "0.0000152587890625,\"mss,nop\",\"ttl=64 tos=\"\"0\"\n"
	                            "0.00000000023283064365386962890625,none,\n"
	                            "1,,\n"));
	CHECK(forms_are(FORMAT_TABLE, "chance        options  example\n"
	                              "1/65536       mss,nop  ttl=64 tos=\"0\n"
	                              "1/4294967296  none     \n"
	                              "1/1           -        unknown\n"));
}

TEST(lists_of_numbers_are_numbers_for_programs)
{
	static const struct column ports = { "ports", CELL_TEXT, .form = FORM_NUMBERS };
	const char *const texts[] = { "23;2323", "80", "" };
	char *text = NULL;
	size_t length = 0;
	struct error error;
	FILE *file = open_memstream(&text, &length);
	struct table t = table_open(file, FORMAT_JSON, &ports, 1, NULL);
	for (size_t i = 0; i < 3; i++) {
		const struct cell row = text_cell(texts[i]);
		table_row(&t, &row);
	}
	CHECK(table_finish(&t, &error));
	fclose(file);
	CHECK(strcmp(text, "{\"ports\":[23,2323]}\n{\"ports\":[80]}\n{\"ports\":[]}\n") == 0);
	free(text);
}

TEST(columns_are_those_that_are_named)
{
	const struct table_look two = { .columns = "note, source" };
	CHECK(various_is(FORMAT_CSV, &two, 1, "note,source\n...,1.0.0.1\n"));
	CHECK(various_is(FORMAT_JSON, &two, 1, "{\"note\":\"...\",\"source\":\"1.0.0.1\"}\n"));
	CHECK(various_is(FORMAT_TABLE, &two, 1, "note  source\n...   1.0.0.1\n"));
	struct error error;
	const struct table_look wrong = { .columns = "source,Packet" }, none = { .columns = ", " };
	CHECK(!table_look_check(&wrong, various, 6, &error) && error.kind == ERROR_USAGE &&
	      strcmp(error.text,
	             "there is no column 'Packet'; there are "
	             "source,packets,is_new,names,ports,note; did you mean 'packets'?") == 0);
	CHECK(!table_look_check(&none, various, 6, &error));
}

TEST(a_table_spares_what_it_can_and_then_is_records)
{
	const struct table_look as_long_as_it_is = { .width = 0 },
				wide = { .is_wide = true, .width = 5 }, narrow = { .width = 46 },
				narrower = { .width = 30 }, narrowest = { .width = 28 };
	CHECK(various_is(FORMAT_TABLE, &as_long_as_it_is, 1,
	                 "source   packets  is_new  names  ports\n"
	                 "1.0.0.1        7  yes     a;b\"c  23:5;JP:0.25;x:y;2001:db8:7;none\n"));
	CHECK(various_is(
		FORMAT_TABLE, &wide, 1,
		"source   packets  is_new  names  ports                             note\n"
		"1.0.0.1        7  yes     a;b\"c  23:5;JP:0.25;x:y;2001:db8:7;none  ...\n"));
	// The highest number first, of equal ones the last; a text at the right goes on below.
	CHECK(various_is(FORMAT_TABLE, &narrow, 1,
	                 "source   packets  names  ports\n"
	                 "1.0.0.1        7  a;b\"c  23:5;JP:0.25;x:y;\n"
	                 "                         2001:db8:7;none\n"));
	CHECK(various_is(FORMAT_TABLE, &narrower, 1,
	                 "source   ports\n"
	                 "1.0.0.1  23:5;JP:0.25;x:y;\n"
	                 "         2001:db8:7;none\n"));
	CHECK(various_is(FORMAT_TABLE, &narrowest, 2,
	                 "source   1.0.0.1\n"
	                 "packets  7\n"
	                 "is_new   yes\n"
	                 "names    a;b\"c\n"
	                 "ports    23:5;JP:0.25;x:y;\n"
	                 "         2001:db8:7;none\n"
	                 "\n"
	                 "source   12\n"
	                 "packets  unknown\n"
	                 "is_new   no\n"
	                 "names    \n"
	                 "ports    \n"));
	CHECK(various_is(FORMAT_TABLE, &narrowest, 0, "source  packets  ports\n"));
	const struct table_look tiny = { .width = 9 };
	CHECK(various_is(FORMAT_TABLE, &tiny, 0, "source\npackets\nis_new\nnames\nports\n"));
}

TEST(what_was_left_out_is_known)
{
	char names[TABLE_NAMES_SIZE];
	struct error error;
	FILE *file = fopen("/dev/null", "w");
	const struct table_look narrow = { .width = 30 };
	struct table t = table_open(file, FORMAT_TABLE, various, 6, &narrow);
	table_left_out(&t, names);
	CHECK(names[0] == '\0');
	CHECK(table_finish(&t, &error));
	table_left_out(&t, names);
	CHECK(strcmp(names, "is_new") == 0);
	fclose(file);
}

TEST(texts_are_cut_between_characters)
{
	CHECK(width_fit_cells("蛍蛍", 6, 3) == 3 && width_fit_cells("蛍蛍", 6, 4) == 6);
	CHECK(width_fit_cells("e\xcc\x81x", 4, 1) == 3 && width_fit_cells("abc", 3, 0) == 0);
}

TEST_MAIN
