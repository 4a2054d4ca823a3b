// SPDX-License-Identifier: MIT
// Hostile texts, each in all four formats; and random bytes, whose escaped form is checked
// for what must not be in it.
#include "base/escape.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"

#include <string.h>

typedef void escape(struct buffer *out, const char *text, size_t length);

#define BAD "\xef\xbf\xbd"

// The literal's bytes, with the zero bytes inside it.
#define BECOMES(function, text, expected)                                                          \
	CHECK(becomes(function, text, sizeof text - 1, expected, sizeof expected - 1))

static bool becomes(escape *function, const char *text, size_t length, const char *expected,
                    size_t expected_length)
{
	struct buffer out = buffer_up_to(10000);
	function(&out, text, length);
	const bool is_same = !out.failed && out.length == expected_length &&
	                     (length == 0 || memcmp(out.bytes, expected, expected_length) == 0);
	if (!is_same)
		printf("became \"%.*s\"\n", (int)out.length, (const char *)out.bytes);
	buffer_done(&out);
	return is_same;
}

TEST(harmless_text_stays_as_it_is)
{
	static escape *const all[] = { escape_html, escape_json, escape_csv, escape_terminal };
	for (size_t i = 0; i < 4; i++) {
		BECOMES(all[i], "", "");
		BECOMES(all[i], "plain text 192.0.2.1", "plain text 192.0.2.1");
		BECOMES(all[i], "\xc3\xa9 \xe8\x9b\x8d \xf0\x9f\x94\xa5",
		        "\xc3\xa9 \xe8\x9b\x8d \xf0\x9f\x94\xa5");
		BECOMES(all[i],
		        "\xc2\xa0 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xf0\x90\x80\x80",
		        "\xc2\xa0 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 "
		        "\xf0\x90\x80\x80");
	}
}

TEST(bytes_that_are_no_utf8_are_replaced_one_by_one)
{
	static escape *const all[] = { escape_html, escape_json, escape_csv, escape_terminal };
	for (size_t i = 0; i < 4; i++) {
		BECOMES(all[i], "\xff", BAD);
		BECOMES(all[i], "a\x80z", "a" BAD "z");
		BECOMES(all[i], "\xc3", BAD);  // cut
		BECOMES(all[i], "\xc3(", BAD "(");
		BECOMES(all[i], "\xe8\x9b", BAD BAD);
		BECOMES(all[i], "\xe8\x9b(", BAD BAD "(");
		BECOMES(all[i], "\xf0\x9f\x94", BAD BAD BAD);
		BECOMES(all[i], "\xc0\xaf", BAD BAD);  // overlong slash
		BECOMES(all[i], "\xc1\xbf", BAD BAD);
		BECOMES(all[i], "\xe0\x80\xaf", BAD BAD BAD);
		BECOMES(all[i], "\xe0\x9f\xbf", BAD BAD BAD);
		BECOMES(all[i], "\xf0\x8f\xbf\xbf", BAD BAD BAD BAD);
		BECOMES(all[i], "\xed\xa0\x80", BAD BAD BAD);  // surrogates
		BECOMES(all[i], "\xed\xbf\xbf", BAD BAD BAD);
		BECOMES(all[i], "\xf4\x90\x80\x80", BAD BAD BAD BAD);  // beyond U+10FFFF
		BECOMES(all[i], "\xf8\x88\x80\x80\x80", BAD BAD BAD BAD BAD);
		BECOMES(all[i], "\xfe\xff", BAD BAD);
		BECOMES(all[i], "\xc3\xc3\xa9", BAD "\xc3\xa9");  // the next character survives
	}
}

TEST(html_keeps_out_markup)
{
	BECOMES(escape_html, "<a href=\"x\" b='y'>&amp;",
	        "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;");
	BECOMES(escape_html, "a\0b\x1b[0m\x7f", "a" BAD "b" BAD "[0m" BAD);
	BECOMES(escape_html,
	        "\xc2\x9b"
	        "31m\xc2\x80",
	        BAD "31m" BAD);
	BECOMES(escape_html, "\xc0\xbcscript>", BAD BAD "script&gt;");
	// No character of XML 1.0 (production 2), so that an SVG with one in it does not open.
	BECOMES(escape_html, "\xef\xbf\xbe\xef\xbf\xbf", BAD BAD);
}

TEST(json_keeps_out_what_ends_a_string_or_a_script)
{
	BECOMES(escape_json, "\"\\/", "\\\"\\\\/");
	BECOMES(escape_json, "</script><!--&", "\\u003c/script\\u003e\\u003c!--\\u0026");
	BECOMES(escape_json, "\0\n\t\x1f\x7f", "\\u0000\\u000a\\u0009\\u001f\\u007f");
	BECOMES(escape_json, "\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa", "\\u2028\\u2029\\u202a");
	BECOMES(escape_json, "\xd8\x9c\xe2\x81\xa9\xe2\x80\xaf", "\\u061c\\u2069\xe2\x80\xaf");
	BECOMES(escape_json, "\xc2\x9b", "\\u009b");
}

TEST(csv_quotes_and_disarms)
{
	BECOMES(escape_csv, "a b", "a b");
	BECOMES(escape_csv, "a,b", "\"a,b\"");
	BECOMES(escape_csv, "say \"x\"", "\"say \"\"x\"\"\"");
	BECOMES(escape_csv, "a\nb\rc\td", "a" BAD "b" BAD "c" BAD "d");  // a row is a line
	BECOMES(escape_csv, "\x1b]0;title\x07", BAD "]0;title" BAD);
	BECOMES(escape_csv, "a\xe2\x80\xae\xc2\x9b", "a" BAD BAD);
	BECOMES(escape_csv, "=1+2", "'=1+2");
	BECOMES(escape_csv, "+1", "'+1");
	BECOMES(escape_csv, "-1", "'-1");
	BECOMES(escape_csv, "@SUM(A1)", "'@SUM(A1)");
	BECOMES(escape_csv, "\t=1", "'" BAD "=1");
	BECOMES(escape_csv, "\n=1", "'" BAD "=1");
	BECOMES(escape_csv,
	        "\xef\xbc\x9d"
	        "1",
	        "'\xef\xbc\x9d"
	        "1");  // full-width =
	BECOMES(escape_csv, "\xef\xbc\x8b\xef\xbc\x8d", "'\xef\xbc\x8b\xef\xbc\x8d");
	BECOMES(escape_csv, "\xef\xbc\xa0", "'\xef\xbc\xa0");
	BECOMES(escape_csv, "\xef\xbc\xa1", "\xef\xbc\xa1");  // a full-width A is none
	BECOMES(escape_csv, "a;=1;b;-2;;@3;", "a;'=1;b;'-2;;'@3;");
	BECOMES(escape_csv,
	        "\xef\xb9\xa6"
	        "1",
	        "'\xef\xb9\xa6"
	        "1");  // a small =
	BECOMES(escape_csv, "mirai;mirai-2016", "mirai;mirai-2016");
	BECOMES(escape_csv, "=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
	BECOMES(escape_csv, "a=1-2", "a=1-2");
	BECOMES(escape_csv, "a\0b", "a" BAD "b");
}

TEST(csv_disarms_formulas_behind_what_is_passed_over)
{
	static const char *const before[] = {
		" ",
		"  \xc2\xa0",
		"\xef\xbb\xbf",
		"\xe2\x80\xa8",
		"\xe2\x80\xa9",
		"\xe2\x80\x8b",
		"\xe2\x81\xa0",
		"\xe3\x80\x80",
		"\xe1\x9a\x80",
		"\xe2\x80\xaf",
		"\xc2\xad",
		"\x01",
		"\xff",
		"\xf3\xa0\x80\xa0",
		BAD,
		"\xe2\x80\x80 \xe2\x80\x8a",
	};
	static const char *const starts[] = {
		"=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xb9\xa2", "\xef\xb9\xab"
	};
	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		for (size_t k = 0; k < sizeof starts / sizeof *starts; k++) {
			char text[32];
			struct buffer out = buffer_up_to(64);
			snprintf(text, sizeof text, "a;%s%s1", before[i], starts[k]);
			escape_csv(&out, text, strlen(text));
			CHECK(out.length > 3 && memcmp(out.bytes, "a;'", 3) == 0);
			buffer_done(&out);
		}
	BECOMES(escape_csv, " a=1", " a=1");
	BECOMES(escape_csv, "  ", "  ");
	BECOMES(escape_csv, "\xe3\x80\x80\xe6\xbc\xa2-", "\xe3\x80\x80\xe6\xbc\xa2-");
}

// First and last of each range, and one beside it that is to be seen.
TEST(what_is_not_to_be_seen_is_replaced)
{
	static const struct {
		const char *text, *json;
	} invisible[] = {
		{ "\xc2\xad", "\\u00ad" },
		{ "\xcd\x8f", "\\u034f" },
		{ "\xe1\x85\x9f", "\\u115f" },
		{ "\xe1\x85\xa0", "\\u1160" },
		{ "\xe1\xa0\x8e", "\\u180e" },
		{ "\xe2\x80\x8b", "\\u200b" },
		{ "\xe2\x80\x8d", "\\u200d" },
		{ "\xe2\x80\xa8", "\\u2028" },
		{ "\xe2\x81\xa0", "\\u2060" },
		{ "\xe2\x81\xaf", "\\u206f" },
		{ "\xe3\x85\xa4", "\\u3164" },
		{ "\xef\xbb\xbf", "\\ufeff" },
		{ "\xef\xbe\xa0", "\\uffa0" },
		{ "\xef\xbf\xbb", "\\ufffb" },
		{ "\xf0\x9d\x85\xb3", "\\ud834\\udd73" },
		{ "\xf3\xa0\x81\xbf", "\\udb40\\udc7f" },
	};
	static const char *const seen[] = {
		"\xc2\xac",     "\xc2\xae",         "\xcd\x8e",
		"\xe2\x80\x90", "\xe2\x80\xaf",     "\xe3\x85\xa5",
		"\xef\xb8\x8f", "\xf3\xa0\x84\x80", "\xf0\x9f\x94\xa5"
	};
	for (size_t i = 0; i < sizeof invisible / sizeof *invisible; i++) {
		CHECK(becomes(escape_terminal, invisible[i].text, strlen(invisible[i].text), BAD,
		              3));
		CHECK(becomes(escape_csv, invisible[i].text, strlen(invisible[i].text), BAD, 3));
		CHECK(becomes(escape_html, invisible[i].text, strlen(invisible[i].text), BAD, 3));
		CHECK(becomes(escape_json, invisible[i].text, strlen(invisible[i].text),
		              invisible[i].json, strlen(invisible[i].json)));
	}
	for (size_t i = 0; i < sizeof seen / sizeof *seen; i++) {
		CHECK(becomes(escape_terminal, seen[i], strlen(seen[i]), seen[i], strlen(seen[i])));
		CHECK(becomes(escape_csv, seen[i], strlen(seen[i]), seen[i], strlen(seen[i])));
		CHECK(becomes(escape_html, seen[i], strlen(seen[i]), seen[i], strlen(seen[i])));
		CHECK(becomes(escape_json, seen[i], strlen(seen[i]), seen[i], strlen(seen[i])));
	}
}

TEST(terminal_gets_no_sequences_and_no_turns)
{
	BECOMES(escape_terminal, "\x1b]0;title\x07", BAD "]0;title" BAD);
	BECOMES(escape_terminal, "a\r\nb\tc\0d\x7f\b", "a" BAD BAD "b" BAD "c" BAD "d" BAD BAD);
	BECOMES(escape_terminal,
	        "\xc2\x9b"
	        "31m\xc2\x85\xc2\x9f",
	        BAD "31m" BAD BAD);
	BECOMES(escape_terminal, "\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f", BAD BAD BAD);
	BECOMES(escape_terminal, "\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad\xe2\x80\xae",
	        BAD BAD BAD BAD BAD);
	BECOMES(escape_terminal, "\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9",
	        BAD BAD BAD BAD);
	BECOMES(escape_terminal, "<&\"'>\xe2\x80\x93", "<&\"'>\xe2\x80\x93");
}

// Plain check of UTF-8 by its table (Unicode, table 3-7), apart from the decoder under test.
static size_t character_length(const uint8_t *at, size_t left)
{
	const uint8_t a = at[0], b = left > 1 ? at[1] : 0;
	size_t length = 0;
	if (a < 0x80)
		return 1;
	if (a >= 0xc2 && a <= 0xdf)
		length = 2;
	else if (a >= 0xe0 && a <= 0xef)
		length = (a != 0xe0 || b >= 0xa0) && (a != 0xed || b < 0xa0) ? 3 : 0;
	else if (a >= 0xf0 && a <= 0xf4)
		length = (a != 0xf0 || b >= 0x90) && (a != 0xf4 || b < 0x90) ? 4 : 0;
	if (length > left)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

static size_t random_text(struct random *r, char *text, size_t size)
{
	static const char *const pieces[] = { "<",
		                              "&",
		                              "\"",
		                              "'",
		                              "=",
		                              ",",
		                              "\\",
		                              "\n",
		                              "\x1b",
		                              "\xc2\x9b",
		                              "\xe2\x80\xae",
		                              "\xed\xa0\x80",
		                              "\xc0\x80",
		                              "\xe2\x80",
		                              "\xf0\x9f",
		                              "a",
		                              "\xc3\xa9",
		                              "\xf0\x9f\x94\xa5" };
	size_t length = 0;
	while (length + 8 < size && random_below(r, 20) != 0) {
		if (random_below(r, 2) == 0) {
			text[length++] = (char)random_u32(r);
			continue;
		}
		const char *piece = pieces[random_below(r, sizeof pieces / sizeof *pieces)];
		memcpy(text + length, piece, strlen(piece));
		length += strlen(piece);
	}
	return length;
}

static void check_escaped(escape *function, const char *text, size_t length, const char *forbidden)
{
	struct buffer out = buffer_up_to(10000);
	function(&out, text, length);
	CHECK(!out.failed);
	for (size_t at = 0; at < out.length;) {
		const size_t step = character_length(out.bytes + at, out.length - at);
		CHECK(step > 0);
		if (step == 0)
			break;
		CHECK(step > 1 || out.bytes[at] == '\0' ||
		      strchr(forbidden, out.bytes[at]) == NULL);
		CHECK(step > 1 || out.bytes[at] != '\0');
		// C1 controls.
		CHECK(step != 2 || out.bytes[at] != 0xc2 || out.bytes[at + 1] >= 0xa0);
		at += step;
	}
	buffer_done(&out);
}

// Valid text, nothing more and nothing less: what is not valid becomes one U+FFFD a byte.
static void check_replaced(const char *text, size_t length)
{
	struct buffer out = buffer_up_to(10000), expected = buffer_up_to(10000);
	for (size_t at = 0; at < length;) {
		const size_t step = character_length((const uint8_t *)text + at, length - at);
		if (step == 0)
			buffer_text(&expected, BAD);
		else
			escape_terminal(&expected, text + at, step);
		at += step == 0 ? 1 : step;
	}
	escape_terminal(&out, text, length);
	CHECK(out.length == expected.length &&
	      (out.length == 0 || memcmp(out.bytes, expected.bytes, out.length) == 0));
	buffer_done(&out);
	buffer_done(&expected);
}

TEST(random_bytes_come_out_harmless)
{
	for (uint64_t seed = 0; seed < 5000; seed++) {
		struct random r = random_from(seed);
		char text[200];
		const unsigned before = test_failed_checks;
		const size_t length = random_text(&r, text, sizeof text);
		check_escaped(escape_html, text, length, "<>\"'\x1b\x07\x08\r\x7f");
		check_escaped(escape_json, text, length, "<>&\n\t\r\x1b\x7f");
		check_escaped(escape_csv, text, length, "\n\t\r\x1b\x07\x08\x7f");
		check_escaped(escape_terminal, text, length, "\n\t\r\x1b\x07\x08\x7f");
		check_replaced(text, length);
		if (test_failed_checks > before)
			printf("seed %llu\n", (unsigned long long)seed);
	}
}

TEST(length_is_all_that_is_read)
{
	static const char four[4] = { 'a', 'b', '\xc3', '\xa9' };
	BECOMES(escape_html, four, "ab" BAD);  // without the last byte
	struct buffer out = buffer_up_to(3);
	escape_html(&out, "a<b", 3);
	CHECK(out.failed && out.length <= 3);
	buffer_done(&out);
	memory_fail_at(1);
	escape_json(&out, "a", 1);
	memory_fail_at(0);
	CHECK(out.failed);
	buffer_done(&out);
}

TEST_MAIN
