// SPDX-License-Identifier: MIT
// Command lines of a made-up command with one option of each kind.
#include "base/calendar.h"
#include "base/options.h"
#include "base/test.h"
#include "base/text.h"

#include <string.h>

struct fields {
	bool quiet;
	const char *store;
	uint64_t gap, memory;
	double rate;
	struct option_day from;
	unsigned format;
	uint64_t top;
	const char *unit;
};

static const char *const formats[] = { "text", "json", "csv", NULL };

static const char *const units[] = { "days", "weeks", NULL };

static const struct option own[] = {
	{ .name = "quiet",
	  .letter = 'q',
	  .kind = OPTION_FLAG,
	  .offset = offsetof(struct fields, quiet) },
	{ .name = "store",
	  .letter = 's',
	  .kind = OPTION_TEXT,
	  .offset = offsetof(struct fields, store),
	  .value = "DIR" },
	{ .name = "gap",
	  .letter = 'g',
	  .kind = OPTION_NUMBER,
	  .offset = offsetof(struct fields, gap),
	  .value = "DAYS",
	  .minimum = 1,
	  .maximum = 365 },
	{ .name = "top",
	  .kind = OPTION_NUMBER,
	  .offset = offsetof(struct fields, top),
	  .value = "N" },
};

static const struct option shared[] = {
	{ .name = "memory",
	  .letter = 'm',
	  .kind = OPTION_SIZE,
	  .offset = offsetof(struct fields, memory),
	  .value = "SIZE",
	  .minimum = 1024,
	  .maximum = UINT64_C(1) << 40 },
	{ .name = "unit",
	  .kind = OPTION_WORD,
	  .offset = offsetof(struct fields, unit),
	  .value = "UNIT",
	  .choices = units },
	{ .name = "last", .letter = 'l', .kind = OPTION_ABSENT, .help = "there is no last one" },
	{ .name = "rate",
	  .kind = OPTION_REAL,
	  .offset = offsetof(struct fields, rate),
	  .value = "X" },
	{ .name = "from",
	  .kind = OPTION_DAY,
	  .offset = offsetof(struct fields, from),
	  .value = "DAY" },
	{ .name = "format",
	  .letter = 'f',
	  .kind = OPTION_CHOICE,
	  .offset = offsetof(struct fields, format),
	  .value = "text|json|csv",
	  .choices = formats },
};

static const struct option_table own_table = { own, sizeof own / sizeof *own };
static const struct option_table shared_table = { shared, sizeof shared / sizeof *shared };
static const struct option_table *const tables[] = { &own_table, &shared_table, NULL };

enum { WORDS_MAX = 16, LINE_SIZE = 256 };

// A command line, its words divided by single blanks; "''" stands for an empty word.
struct line {
	char text[LINE_SIZE];
	char *words[WORDS_MAX];
	struct option_words list;
	struct fields fields;
	struct error error;
};

static bool parse(struct line *line, const char *text)
{
	*line = (struct line){ .fields = { .store = "default", .gap = 9, .format = 2 } };
	text_copy(line->text, sizeof line->text, text);
	line->list.words = line->words;
	for (char *at = line->text[0] != '\0' ? line->text : NULL; at != NULL;) {
		char *end = strchr(at, ' ');
		if (end != NULL)
			*end++ = '\0';
		if (text_equal(at, "''"))
			*at = '\0';
		line->words[line->list.count++] = at;
		at = end;
	}
	return options_parse(tables, &line->fields, &line->list, &line->error);
}

TEST(what_is_not_given_keeps_its_default)
{
	struct line line;
	CHECK(parse(&line, ""));
	CHECK(!line.fields.quiet && text_equal(line.fields.store, "default") &&
	      line.fields.gap == 9);
	CHECK(line.fields.format == 2 && !line.fields.from.is_given && line.list.count == 0);
}

TEST(every_kind_of_option_is_read)
{
	struct line line;
	CHECK(parse(&line, "--quiet --store a/b --gap 30 --memory 512M --rate 0.25 --from "
	                   "2016-09-20 --format json"));
	CHECK(line.fields.quiet && text_equal(line.fields.store, "a/b") && line.fields.gap == 30);
	CHECK(line.fields.memory == UINT64_C(512) << 20 && line.fields.rate > 0.24 &&
	      line.fields.rate < 0.26);
	CHECK(line.fields.from.is_given && line.fields.from.day == day_from_date(2016, 9, 20));
	CHECK(line.fields.format == 1 && line.list.count == 0);
	CHECK(parse(&line, "--top 18446744073709551615") && line.fields.top == UINT64_MAX);
}

TEST(days_count_from_today_or_from_the_last_one)
{
	static const struct {
		const char *line;
		enum option_day_from from;
		int32_t day;
	} good[] = {
		{ "--from today", DAY_FROM_TODAY, 0 },
		{ "--from=yesterday", DAY_FROM_TODAY, -1 },
		{ "--from -7", DAY_FROM_LAST, -7 },
		{ "--from=-0", DAY_FROM_LAST, 0 },
		{ "--from -1000000", DAY_FROM_LAST, -1000000 },
		{ "--from -7 --from 1970-01-03", DAY_OF_CALENDAR, 2 },
	};
	struct line line;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		CHECK(parse(&line, good[i].line) && line.fields.from.is_given &&
		      line.fields.from.from == good[i].from &&
		      line.fields.from.day == good[i].day && line.list.count == 0);
}

TEST(values_stand_behind_or_inside_the_word)
{
	struct line line;
	CHECK(parse(&line, "--store=x --gap=5 -q") && line.fields.quiet);
	CHECK(text_equal(line.fields.store, "x") && line.fields.gap == 5);
	CHECK(parse(&line, "-s x -g 5 -fcsv -m1K"));
	CHECK(text_equal(line.fields.store, "x") && line.fields.gap == 5 &&
	      line.fields.memory == 1024);
	CHECK(parse(&line, "-svalue -g7"));
	CHECK(text_equal(line.fields.store, "value") && line.fields.gap == 7);
	CHECK(parse(&line, "--store=a=b") && text_equal(line.fields.store, "a=b"));
	CHECK(parse(&line, "--store=") && text_equal(line.fields.store, ""));
	CHECK(parse(&line, "--store ''") && text_equal(line.fields.store, ""));
	CHECK(parse(&line, "-s -q") && text_equal(line.fields.store, "-q") && !line.fields.quiet);
	CHECK(parse(&line, "-s=x") && text_equal(line.fields.store, "=x"));
}

TEST(the_last_value_counts)
{
	struct line line;
	CHECK(parse(&line, "--gap 5 -g6 --gap=7 --format json --format text -q -q"));
	CHECK(line.fields.gap == 7 && line.fields.format == 0 && line.fields.quiet);
}

TEST(operands_move_to_the_front_in_their_order)
{
	struct line line;
	CHECK(parse(&line, "a -q b --store x - c -g 4 '' d"));
	static const char *const expected[] = { "a", "b", "-", "c", "", "d" };
	CHECK(line.list.count == 6);
	for (size_t i = 0; i < line.list.count && i < 6; i++)
		CHECK(text_equal(line.list.words[i], expected[i]));
	CHECK(line.fields.quiet && text_equal(line.fields.store, "x") && line.fields.gap == 4);
}

TEST(two_dashes_end_the_options)
{
	struct line line;
	CHECK(parse(&line, "a -- -q --gap -- b"));
	static const char *const expected[] = { "a", "-q", "--gap", "--", "b" };
	CHECK(line.list.count == 5 && !line.fields.quiet);
	for (size_t i = 0; i < line.list.count && i < 5; i++)
		CHECK(text_equal(line.list.words[i], expected[i]));
	CHECK(parse(&line, "--") && line.list.count == 0);
}

TEST(wrong_usage_is_refused_with_the_option_named)
{
	static const struct {
		const char *line, *named;
	} bad[] = {
		{ "--nonsense", "--nonsense" },
		{ "-x", "-x" },
		{ "--qui", "--qui" },
		{ "--quiett", "--quiett" },
		{ "--=x", "--=x" },
		{ "---quiet", "---quiet" },
		{ "--QUIET", "--QUIET" },
		{ "--quiet=yes", "--quiet" },
		{ "--quiet=", "--quiet" },
		{ "-qx", "--quiet" },
		{ "--store", "--store" },
		{ "a -s", "--store" },
		{ "--gap", "--gap" },
		{ "--gap=", "--gap" },
		{ "--gap 0", "--gap" },
		{ "--gap 366", "--gap" },
		{ "--gap -1", "--gap" },
		{ "--gap 1x", "--gap" },
		{ "--gap 99999999999999999999", "--gap" },
		{ "--top -1", "--top" },
		{ "--memory 1X", "--memory" },
		{ "--memory=", "--memory" },
		{ "-m 99999999T", "--memory" },
		{ "--rate x", "--rate" },
		{ "--rate 1e9", "--rate" },
		{ "--rate nan", "--rate" },
		{ "--from tomorrow", "--from" },
		{ "--from Today", "--from" },
		{ "--from 7", "--from" },
		{ "--from -", "--from" },
		{ "--from -7d", "--from" },
		{ "--from --7", "--from" },
		{ "--from -1000001", "--from" },
		{ "--from 2015-02-29", "--from" },
		{ "--format xml", "--format" },
		{ "--format=", "--format" },
		{ "-f tex", "--format" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct line line;
		const bool is_refused = !parse(&line, bad[i].line);
		CHECK(is_refused && line.error.kind == ERROR_USAGE &&
		      strstr(line.error.text, bad[i].named) != NULL);
		CHECK(!line.fields.from.is_given && line.fields.gap == 9 &&
		      line.fields.format == 2);
		if (!is_refused)
			printf("taken: %s\n", bad[i].line);
	}
}

TEST(choices_that_are_refused_are_told)
{
	struct line line;
	CHECK(!parse(&line, "--format xml"));
	CHECK(strstr(line.error.text, "text|json|csv") != NULL &&
	      strstr(line.error.text, "xml") != NULL);
	CHECK(!parse(&line, "--gap 400") && strstr(line.error.text, "1 to 365") != NULL);
	CHECK(!parse(&line, "--unit hours") &&
	      strstr(line.error.text, "--unit takes days|weeks, not 'hours'") != NULL);
	CHECK(parse(&line, "--unit weeks") && text_equal(line.fields.unit, "weeks"));
	CHECK(!parse(&line, "--memory 2T") && strstr(line.error.text, "1K to 1T") != NULL);
	CHECK(!parse(&line, "--memory 1023") && strstr(line.error.text, "1K to 1T") != NULL);
	CHECK(parse(&line, "--memory 1024") && parse(&line, "--memory 1T"));
}

static bool is_suggested(const char *text, const char *meant)
{
	struct line line;
	char end[64];
	text_format(end, sizeof end, "; did you mean '%s'?", meant);
	const bool is_refused = !parse(&line, text);
	if (meant[0] == '\0')
		return is_refused && strstr(line.error.text, "did you mean") == NULL;
	return is_refused && text_ends(line.error.text, end);
}

TEST(what_was_probably_meant_is_told)
{
	CHECK(is_suggested("--sore x", "--store") && is_suggested("--STORE=x", "--store"));
	CHECK(is_suggested("--qui", "--quiet") && is_suggested("--frm today", "--from"));
	CHECK(is_suggested("-S x", "-s") && is_suggested("-x", ""));
	CHECK(is_suggested("--format JSON", "json") && is_suggested("--format jsno", "json"));
	CHECK(is_suggested("--format xml", "") && is_suggested("--unit wek", "weeks"));
	CHECK(is_suggested("--from Yesterday", "yesterday") && is_suggested("--from 2016", ""));
	CHECK(is_suggested("--elsewhere", ""));
}

TEST(an_option_that_is_not_there_says_why)
{
	struct line line;
	CHECK(!parse(&line, "a --last 3") && line.error.kind == ERROR_USAGE &&
	      text_equal(line.error.text, "there is no last one"));
	CHECK(!parse(&line, "-l") && text_equal(line.error.text, "there is no last one"));
	CHECK(is_suggested("--lost", ""));
}

TEST(labels_show_letter_name_and_value)
{
	char label[OPTION_LABEL_SIZE];
	option_label(&own[1], label);
	CHECK(text_equal(label, "-s, --store DIR"));
	option_label(&own[0], label);
	CHECK(text_equal(label, "-q, --quiet"));
	option_label(&own[3], label);
	CHECK(text_equal(label, "    --top N"));
}

TEST_MAIN
