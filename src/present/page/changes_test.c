// SPDX-License-Identifier: MIT
// What changed, from an answer to its words, and to the text of a terminal.
#include "present/page/changes.h"
#include "present/page/changes_text.h"

#include "answer/question.h"
#include "answer/rows.h"
#include "base/calendar.h"
#include "base/test.h"

#include <string.h>

enum { DAY = 17132 };  // 2016-11-27

struct row {
	int32_t day;
	const char *change, *subject, *id, *name;
	uint64_t sources, usual, most;
};

static const struct row rows_of_days[] = {
	{ DAY, "grown", "family", "mirai", "", 11279, 5692, 8337 },
	{ DAY, "new", "port", "tcp/7547", "", 7199, 28, 615 },
	{ DAY, "new", "port", "udp/53413", "", 20, 0, 0 },
	{ DAY, "new", "rule", "window=1320;window=2376 => window=792", "", 39, REPORT_UNKNOWN, 14 },
	{ DAY, "grown", "country", "JP", "Japan", 700, 300, 500 },
	{ DAY, "new", "network", "AS1", "A Name That Is Much Too Long For Any Sentence", 25, 0, 4 },
	{ DAY, "new", "network", "AS2", "", 24, 0, 4 },
	{ DAY, "new", "network", "AS3", "c", 23, 0, 4 },
	{ DAY, "new", "network", "AS4", "d", 22, 0, 4 },
	{ DAY, "new", "network", "AS5", "e", 21, 0, 4 },
	{ DAY - 2, "gone", "rule", "tos=24 => tos=0", "", 0, 120, 130 },
};
enum { ROWS = sizeof rows_of_days / sizeof *rows_of_days };

static void fill(struct answer *a, const struct row *list, size_t count)
{
	const struct question q = { .kind = QUESTION_CHANGES };
	struct schema schema;
	struct rows rows;
	struct error error;
	question_schema(&q, &schema);
	*a = answer_new();
	CHECK(rows_begin(&rows, &a->receiver, &schema, &error));
	for (size_t i = 0; i < count; i++) {
		rows_day(&rows, list[i].day);
		rows_text(&rows, list[i].change);
		rows_text(&rows, list[i].subject);
		rows_text(&rows, list[i].id);
		rows_text(&rows, list[i].name);
		rows_number(&rows, list[i].sources);
		if (list[i].usual != REPORT_UNKNOWN)
			rows_number(&rows, list[i].usual);
		else
			rows_empty(&rows);
		rows_number(&rows, list[i].most);
		rows_end(&rows);
	}
	CHECK(rows_finish(&rows, &error));
}

static void take_name(struct buffer *out, const struct report_change *change, void *context)
{
	changes_name(out, *(enum lang *)context, change, true);
}

static bool sentence_is(const struct report_changes *c, enum lang lang, int32_t day,
                        enum report_change_kind kind, bool has_numbers, const char *text)
{
	struct buffer b = buffer_up_to(1 << 16);
	changes_sentence(&b, lang, c, day, kind, has_numbers, take_name, &lang);
	buffer_byte(&b, '\0');
	const bool is_same = text_equal((const char *)b.bytes, text);
	if (!is_same)
		printf("%s\n", (const char *)b.bytes);
	buffer_done(&b);
	return is_same;
}

static bool nothing_is(const struct report_changes *c, enum lang lang, const char *text)
{
	struct buffer b = buffer_up_to(1 << 16);
	const bool has_nothing = changes_nothing(&b, lang, c);
	buffer_byte(&b, '\0');
	const bool is_same = has_nothing == (text != NULL) &&
	                     text_equal((const char *)b.bytes, text != NULL ? text : "");
	if (!is_same)
		printf("%s\n", (const char *)b.bytes);
	buffer_done(&b);
	return is_same;
}

static struct caveats caveats_of(struct caveat caveat)
{
	struct caveats list = { .count = 0 };
	struct error error;
	CHECK(caveats_add(&list, &caveat, &error));
	return list;
}

TEST(the_sentence_names_the_first_and_counts_the_others)
{
	struct caveats caveats = caveats_of((struct caveat){ CAVEAT_CHANGES, { 10, 99, 28, 1 } });
	struct answer a;
	struct changes_found f;
	struct error error;
	fill(&a, rows_of_days, ROWS);
	CHECK(changes_read(&a, &caveats, (struct day_range){ DAY - 6, DAY }, &f, &error));
	const struct report_changes *c = &f.changes;
	CHECK(c->count == ROWS && changes_count(c, DAY) == 10 && changes_count(c, DAY - 1) == 0);
	CHECK(changes_kind_count(c, DAY, REPORT_GROWN) == 2);
	CHECK(sentence_is(c, LANG_EN, DAY, REPORT_NEW, true,
	                  "ports 7547 TR-069 of routers (7,199 sources, at most 615 before), "
	                  "53413/UDP (20 sources, at most 0 before); rule window size 1320, 2376 "
	                  "⇒ 792 (39 sources, at most 14 before); networks AS1 A Name That Is Much "
	                  "Too Lo…, AS2, AS3 c and 2 more"));
	CHECK(sentence_is(c, LANG_EN, DAY, REPORT_GROWN, true,
	                  "family mirai (11,279 sources, at most 8,337 before); country Japan"));
	CHECK(sentence_is(c, LANG_EN, DAY - 2, REPORT_GONE, true,
	                  "rule type of service 24 ⇒ 0 (usually 120 sources, now 0)"));
	CHECK(sentence_is(c, LANG_EN, DAY - 1, REPORT_NEW, true, ""));
	CHECK(sentence_is(c, LANG_JA, DAY, REPORT_GROWN, false, "ファミリーmirai、国・地域 日本"));
	CHECK(nothing_is(c, LANG_EN, NULL));
	struct report_changes all = *c;
	all.names_all = true;
	CHECK(sentence_is(
		&all, LANG_EN, DAY, REPORT_NEW, false,
		"ports 7547 TR-069 of routers, 53413/UDP; rule window size 1320, 2376 ⇒ 792; "
		"networks AS1 A Name That Is Much Too Lo…, AS2, AS3 c, AS4 d, AS5 e"));
	changes_found_done(&f);
	answer_done(&a);
	caveats_done(&caveats);
}

TEST(why_there_is_nothing)
{
	static const struct {
		struct caveat caveat;
		enum lang lang;
		const char *text;
	} cases[] = {
		{ { CAVEAT_CHANGES, { 0, 6592, 28, 1 } },
		  LANG_EN,
		  "Nothing changed on 2016-11-27: of 6,592 families, ports, rules, countries and "
		  "networks none is new, has grown or is gone against the 28 days before." },
		{ { CAVEAT_CHANGES, { 0, 52, 28, 0 } },
		  LANG_EN,
		  "Nothing changed on 2016-11-27: of 52 families, ports and rules none is new, has "
		  "grown or is gone against the 28 days before." },
		{ { CAVEAT_CHANGES_UNKNOWN, { 6, 7, 28 } },
		  LANG_EN,
		  "What changed on 2016-11-27 is not known yet: 6 of the 28 days before it are known, "
		  "and it takes 7 of them." },
		{ { CAVEAT_CHANGES_UNKNOWN, { 6, 7, 28 } },
		  LANG_JA,
		  "2016-11-27の変化はまだ判定できません。直前の28日間のうち7日以上のデータが必要ですが、"
		  "現在は6日です。" },
		{ { CAVEAT_CHANGES_NO_DATA, { 0 } },
		  LANG_EN,
		  "What changed on 2016-11-27 is not known: there are no captures of that day." },
		{ { CAVEAT_CHANGES_NO_DATA, { 1 } },
		  LANG_EN,
		  "What changed on 2016-11-27 is not known: what was stored of that day is damaged." },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct caveats caveats = caveats_of(cases[i].caveat);
		struct answer a;
		struct changes_found f;
		struct error error;
		fill(&a, rows_of_days, 0);
		CHECK(changes_read(&a, &caveats, (struct day_range){ DAY, DAY }, &f, &error));
		CHECK(nothing_is(&f.changes, cases[i].lang, cases[i].text));
		changes_found_done(&f);
		answer_done(&a);
		caveats_done(&caveats);
	}
}

TEST(any_text_is_a_rule)
{
	static const char *const ids[] = { "",        " => ",           "a",
		                           "a=1 => ", " => b=2",        ";",
		                           "=;= => ", "a=1;b => c=2;d", "a => b => c=1" };
	static const size_t items[] = { 0, 0, 1, 1, 1, 1, 2, 4, 2 };
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		struct caveats caveats = { .count = 0 };
		const struct row row = { DAY, "new", "rule", ids[i], "", 1, 2, 3 };
		struct answer a;
		struct changes_found f;
		struct error error;
		fill(&a, &row, 1);
		CHECK(changes_read(&a, &caveats, (struct day_range){ DAY, DAY }, &f, &error));
		const struct report_rule *rule = &f.rows[0].rule;
		if (i > 0 && ids[i][0] != ' ')
			CHECK(rule->antecedent_count + rule->consequent_count == items[i]);
		CHECK(sentence_is(&f.changes, LANG_EN, DAY - 1, REPORT_NEW, true, ""));
		changes_found_done(&f);
		answer_done(&a);
	}
}

// ---- at a terminal

static bool text_is(const struct changes_found *f, const char *home_text, const char *more,
                    const char *text)
{
	struct home home = { .count = 0 };
	struct changes_text about = { .changes = &f->changes,
		                      .home = &home,
		                      .unknown = { [HOME_PREFIX] = "no prefixes" },
		                      .more = more };
	struct changes_found marked = *f;
	struct buffer b = buffer_up_to(1 << 16);
	struct error error;
	CHECK(home_text == NULL || home_parse(home_text, &home, &error));
	changes_mark_home(&marked, &home);
	changes_text(&b, &about);
	buffer_byte(&b, '\0');
	const bool is_same = text_equal((const char *)b.bytes, text);
	if (!is_same)
		printf("%s\n", (const char *)b.bytes);
	buffer_done(&b);
	return is_same;
}

TEST(the_text_has_all_of_ones_own_in_front)
{
	static const struct row rows[] = {
		{ DAY, "new", "network", "AS1", "a\x1b[31m", 25, 0, 4 },
		{ DAY, "new", "network", "AS2", "", 24, 0, 4 },
		{ DAY, "gone", "country", "JP", "Japan", 1, 300, 500 },
		{ DAY - 2, "new", "network", "AS2", "", 24, 0, 4 },
		{ DAY - 2, "new", "port", "tcp/7547", "", 7199, 28, 615 },
	};
	struct caveats caveats = caveats_of((struct caveat){ CAVEAT_CHANGES, { 3, 99, 28, 1 } });
	struct answer a;
	struct changes_found f;
	struct error error;
	fill(&a, rows, sizeof rows / sizeof *rows);
	CHECK(changes_read(&a, &caveats, (struct day_range){ DAY - 6, DAY }, &f, &error));
	CHECK(text_is(&f, NULL, NULL,
	              "What changed on 2016-11-27\n\n"
	              "New: networks AS1 a\ufffd[31m, AS2\n"
	              "Gone: country Japan\n"
	              "\nIn the 6 days before:\n"
	              "2016-11-25  New: port 7547 TR-069 of routers; network AS2\n"));
	CHECK(text_is(&f, "AS2,192.0.2.0/24,jp", NULL,
	              "What changed on 2016-11-27\n\n"
	              "Your own (AS2, JP): New: network AS2  Gone: country Japan\n\n"
	              "New: network AS1 a\ufffd[31m\n"
	              "\nIn the 6 days before:\n"
	              "2016-11-25  Your own: New: network AS2\n"
	              "            New: port 7547 TR-069 of routers\n"
	              "\nNot known of 192.0.2.0/24: no prefixes.\n"));
	CHECK(text_is(&f, "AS7", "more",
	              "What changed on 2016-11-27\n\n"
	              "Your own (AS7): nothing changed.\n\n"
	              "New: networks AS1 a\ufffd[31m, AS2\n"
	              "Gone: country Japan\n"
	              "\nIn the 6 days before:\n"
	              "2016-11-25  New: port 7547 TR-069 of routers; network AS2\n"));
	changes_found_done(&f);
	answer_done(&a);
	caveats_done(&caveats);
}

// What is more than a screen is left out where that is said, and days of which nothing is said take no line.
TEST(days_before_are_as_many_as_a_screen_has)
{
	struct row rows[40];
	struct caveats caveats = caveats_of((struct caveat){ CAVEAT_CHANGES, { 1, 99, 28, 1 } });
	struct answer a;
	struct changes_found f;
	struct error error;
	struct buffer text = buffer_up_to(1 << 16);
	for (int32_t i = 0; i < 40; i++)
		rows[i] = (struct row){ DAY - 2 * i, "new", "network", "AS2", "", 24, 0, 4 };
	fill(&a, rows, 40);
	CHECK(changes_read(&a, &caveats, (struct day_range){ DAY - 80, DAY }, &f, &error));
	buffer_text(&text, "What changed on 2016-11-27\n\nNew: network AS2\n"
	                   "\nIn the 80 days before:\n");
	for (int32_t day = DAY - 2; day > DAY - 2 * 15; day -= 2) {
		char date[CALENDAR_DAY_SIZE];
		day_format(day, date);
		buffer_format(&text, "%s  New: network AS2\n", date);
	}
	buffer_text(&text, "more\n");
	buffer_byte(&text, '\0');
	CHECK(text_is(&f, NULL, "more", (const char *)text.bytes));
	buffer_done(&text);
	changes_found_done(&f);
	answer_done(&a);
	caveats_done(&caveats);
}

TEST_MAIN
