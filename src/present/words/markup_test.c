// SPDX-License-Identifier: MIT
#include "present/words/markup.h"

#include "base/calendar.h"
#include "base/memory.h"
#include "base/test.h"
#include "present/words/numbers.h"

#include <math.h>

static bool is_text(struct buffer *b, const char *expected)
{
	buffer_byte(b, '\0');
	const bool good = !b->failed && strcmp((const char *)b->bytes, expected) == 0;
	if (!good)
		printf("%s\n", b->failed ? "failed" : (const char *)b->bytes);
	buffer_done(b);
	return good;
}

TEST(text_cannot_leave_its_place)
{
	struct buffer b = buffer_up_to(1 << 16);
	markup_text(&b, "<a href=\"x\" id='y'>&\n\x1b\xff\xe2\x80\xae\xef\xbf\xbf\xef\xbf\xbe蛍");
	CHECK(is_text(&b, "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;"
	                  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
	                  "\xef\xbf\xbd蛍"));
	markup_text(&b, "");
	CHECK(is_text(&b, ""));
}

TEST(long_text_is_cut_at_a_character)
{
	struct buffer b = buffer_up_to(1 << 16);
	markup_cut(&b, "蛍蛍蛍蛍", 3);
	CHECK(is_text(&b, "蛍蛍…"));
	markup_cut(&b, "蛍蛍蛍", 3);
	CHECK(is_text(&b, "蛍蛍蛍"));
}

TEST(coordinates_are_tenths)
{
	struct buffer b = buffer_up_to(1 << 16);
	const double values[] = { 0, -0.04, 1.25, -3.5, 100, 0.06, -0.06 };
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		markup_coordinate(&b, values[i]);
		buffer_byte(&b, ' ');
	}
	CHECK(is_text(&b, "0 0 1.3 -3.5 100 0.1 -0.1 "));
}

TEST(phrases_take_values_and_escape_them)
{
	struct buffer b = buffer_up_to(1 << 16);
	markup_phrase(&b, LANG_EN, WORD_RANGE,
	              (struct markup_values){ .one = "<1>", .two = "{1}" });
	CHECK(is_text(&b, "&lt;1&gt; to {1}"));
	markup_plain_phrase(&b, LANG_JA, WORD_RANGE,
	                    (struct markup_values){ .one = "<", .two = ">" });
	CHECK(is_text(&b, "<～>"));
}

// What stands behind a number depends on it, and may have it inside.
TEST(phrases_know_one_and_many)
{
	static const struct {
		const char *one, *two, *text;
	} cases[] = {
		{ "1", "1", "1 host answered, in 1 cluster." },
		{ "11", "1", "11 hosts answered, in 1 cluster." },
		{ "1", "1,000", "1 host answered, in 1,000 clusters." },
		{ "0", "}", "0 hosts answered, in } clusters." },
	};
	struct buffer b = buffer_up_to(1 << 16);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		markup_phrase(&b, LANG_EN, WORD_MODELS_LEAD,
		              (struct markup_values){ .one = cases[i].one, .two = cases[i].two });
		CHECK(is_text(&b, cases[i].text));
	}
	markup_plain_phrase(&b, LANG_EN, WORD_MODELS_GAVE_UP, (struct markup_values){ .one = "1" });
	CHECK(is_text(&b, "Rules took too long once, and count as not matching."));
	markup_plain_phrase(&b, LANG_EN, WORD_MODELS_GAVE_UP,
	                    (struct markup_values){ .one = "28" });
	CHECK(is_text(&b, "Rules took too long 28 times, and count as not matching."));
}

// In every text of both languages braces are closed, and are none of the page's when they are filled.
TEST(no_phrase_leaves_a_brace)
{
	struct buffer b = buffer_up_to(1 << 20);
	for (int word = 0; word < WORD_COUNT; word++)
		for (int lang = 0; lang < 2; lang++)
			for (int i = 0; i < 2; i++) {
				const char *n = i == 0 ? "1" : "7";
				b.length = 0;
				markup_phrase(&b, (enum lang)lang, (enum word)word,
				              (struct markup_values){ n, n, n, n });
				buffer_byte(&b, '\0');
				CHECK(strpbrk((const char *)b.bytes, "{}") == NULL);
			}
	buffer_done(&b);
}

TEST(addresses_are_names_only)
{
	struct buffer b = buffer_up_to(1 << 16);
	markup_address(&b, "javascript:alert(1)/\"&蛍 x.csv");
	CHECK(is_text(&b, "javascript%3Aalert%281%29%2F%22%26%E8%9B%8D%20x.csv"));
}

TEST(numbers_for_people)
{
	char text[NUMBER_SIZE];
	number_grouped(0, text);
	CHECK(strcmp(text, "0") == 0);
	number_grouped(999, text);
	CHECK(strcmp(text, "999") == 0);
	number_grouped(1000, text);
	CHECK(strcmp(text, "1,000") == 0);
	number_grouped(UINT64_MAX, text);
	CHECK(strcmp(text, "18,446,744,073,709,551,615") == 0);
	number_count(1234.9, text);
	CHECK(text_equal(text, "1,234"));
	number_count((double)UINT64_MAX, text);
	CHECK(text_equal(text, "18,446,744,073,709,551,615"));
	number_count(2e19, text);
	CHECK(text_equal(text, "18,446,744,073,709,551,615"));
	number_share(0.0004, text);
	CHECK(strcmp(text, "<0.1%") == 0);
	number_share(0.9999, text);
	CHECK(strcmp(text, ">99.9%") == 0);
	number_share(1, text);
	CHECK(strcmp(text, "100.0%") == 0);
	number_share(0.0 / 1, text);
	CHECK(strcmp(text, "0.0%") == 0);
	number_tenths(12.34, text);
	CHECK(strcmp(text, "12.3") == 0);
}

TEST(numbers_for_axes)
{
	static const struct {
		double value;
		const char *texts[2];
	} cases[] = {
		{ 0, { "0", "0" } },
		{ 200, { "200", "200" } },
		{ 1000, { "1k", "1000" } },
		{ 10000, { "10k", "1万" } },
		{ 2500000, { "2.5M", "250万" } },
		{ 1e9, { "1G", "10億" } },
		{ 2e13, { "20T", "20兆" } },
		{ NAN, { "–", "–" } },
		{ -1, { "–", "–" } },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (enum lang lang = LANG_EN; lang <= LANG_JA; lang++) {
			char text[NUMBER_SIZE];
			number_short(cases[i].value, lang, text);
			CHECK(strcmp(text, cases[i].texts[lang]) == 0);
		}
	}
}

// Which of {1} .. {4} a word has, as bits.
static unsigned places(const char *text)
{
	unsigned bits = 0;
	for (; *text != '\0'; text++)
		if (text[0] == '{' && text[1] >= '1' && text[1] <= '4' && text[2] == '}')
			bits |= 1u << (text[1] - '1');
	return bits;
}

TEST(both_languages_have_every_word)
{
	for (int i = 0; i < WORD_COUNT; i++) {
		const char *en = word_in(LANG_EN, (enum word)i),
			   *ja = word_in(LANG_JA, (enum word)i);
		CHECK(en != NULL && en[0] != '\0');
		CHECK(ja != NULL && ja[0] != '\0');
		CHECK(places(en) == places(ja));
		CHECK(strpbrk(en, "<>&\"'") == NULL);
		CHECK(strpbrk(ja, "<>&\"'") == NULL);
	}
}

TEST_MAIN
