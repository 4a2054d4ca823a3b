// SPDX-License-Identifier: MIT
#include "base/suggest.h"

#include "base/random.h"
#include "base/test.h"
#include "base/text.h"

#include <limits.h>
#include <string.h>

TEST(a_slip_is_a_distance_of_one)
{
	CHECK(suggest_distance("", "") == 0 && suggest_distance("survey", "survey") == 0);
	CHECK(suggest_distance("survey", "survy") == 1);    // left out
	CHECK(suggest_distance("survey", "surrvey") == 1);  // twice
	CHECK(suggest_distance("survey", "sutvey") == 1);   // the key beside it
	CHECK(suggest_distance("survey", "sruvey") == 1);   // swapped
	CHECK(suggest_distance("ab", "ba") == 1 && suggest_distance("abc", "cab") == 2);
	CHECK(suggest_distance("Survey", "sURVEY") == 0);
	CHECK(suggest_distance("", "abc") == 3 && suggest_distance("abc", "") == 3);
	CHECK(suggest_distance("kitten", "sitting") == 3);
	// Letters that were swapped are not changed again.
	CHECK(suggest_distance("ca", "abc") == 3);
}

TEST(words_that_are_too_long_are_near_to_nothing)
{
	char longest[SUGGEST_LENGTH_MAX + 2];
	memset(longest, 'a', sizeof longest);
	longest[SUGGEST_LENGTH_MAX + 1] = '\0';
	CHECK(suggest_distance(longest, "a") == UINT_MAX &&
	      suggest_distance("a", longest) == UINT_MAX);
	struct suggestion s = { .word = longest };
	suggestion_try(&s, longest);
	CHECK(s.best == NULL);
	longest[SUGGEST_LENGTH_MAX] = '\0';
	CHECK(suggest_distance(longest, "a") == SUGGEST_LENGTH_MAX - 1);
}

// By the definition, and slowly.
static unsigned naive(const char *a, size_t i, const char *b, size_t j)
{
	if (i == 0 || j == 0)
		return (unsigned)(i + j);
	unsigned least = naive(a, i - 1, b, j - 1) + (a[i - 1] != b[j - 1]);
	const unsigned others[] = { naive(a, i - 1, b, j) + 1, naive(a, i, b, j - 1) + 1,
		                    i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]
		                            ? naive(a, i - 2, b, j - 2) + 1
		                            : UINT_MAX };
	for (size_t k = 0; k < 3; k++)
		least = others[k] < least ? others[k] : least;
	return least;
}

TEST(distances_are_those_of_the_definition)
{
	struct random r = random_from(9);
	for (int round = 0; round < 500; round++) {
		char words[2][7] = { "", "" };
		for (size_t w = 0; w < 2; w++)
			for (size_t i = 0, length = random_below(&r, 7); i < length; i++)
				words[w][i] = (char)('a' + random_below(&r, 3));
		const char *a = words[0], *b = words[1];
		CHECK(suggest_distance(a, b) == naive(a, strlen(a), b, strlen(b)));
		CHECK(suggest_distance(a, b) == suggest_distance(b, a));
	}
}

static const char *meant(const char *word)
{
	static const char *const commands[] = { "ingest", "info", "survey", "ports",
		                                "asn",    "-7",   NULL };
	struct suggestion s = { .word = word };
	for (size_t i = 0; commands[i] != NULL; i++)
		suggestion_try(&s, commands[i]);
	return s.best != NULL ? s.best : "";
}

TEST(what_is_close_is_suggested_and_nothing_else)
{
	static const struct {
		const char *word, *meant;
	} cases[] = {
		{ "SURVEY", "survey" },
		{ "survy", "survey" },
		{ "surveys", "survey" },
		{ "sur", "survey" },
		{ "su", "" },
		{ "Port", "ports" },
		{ "as", "asn" },
		{ "ann", "asn" },
		{ "city", "" },
		{ "x", "" },
		{ "", "" },
		{ "-8", "" },
		{ "inf", "info" },
		{ "ingets", "ingest" },
		{ "sorvye", "survey" },
		{ "sorvze", "" },
		{ "sorveys", "survey" },
		{ "poort", "ports" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const bool is_meant = text_equal(meant(cases[i].word), cases[i].meant);
		CHECK(is_meant);
		if (!is_meant)
			printf("%s: %s\n", cases[i].word, meant(cases[i].word));
	}
}

TEST(it_stands_behind_the_error)
{
	struct error error;
	struct suggestion s = { .word = "survy" };
	error_set(&error, ERROR_USAGE, "there is no '%s'", s.word);
	CHECK(!suggestion_add(&s, "", &error) && text_equal(error.text, "there is no 'survy'"));
	suggestion_try(&s, "survey");
	CHECK(!suggestion_add(&s, "--", &error) && error.kind == ERROR_USAGE);
	CHECK(text_equal(error.text, "there is no 'survy'; did you mean '--survey'?"));
	char word[600];
	memset(word, 'x', sizeof word);
	word[sizeof word - 1] = '\0';
	error_set(&error, ERROR_USAGE, "there is no '%s'", word);
	suggestion_add(&s, "", &error);
	CHECK(text_starts(error.text, "there is no 'xxx") &&
	      text_ends(error.text, "; did you mean 'survey'?"));
}

TEST_MAIN
