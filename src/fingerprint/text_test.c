// SPDX-License-Identifier: MIT
#include "base/test.h"
#include "base/text.h"
#include "fingerprint/fingerprint.h"

// What is behind such a byte was ignored, and nobody was told.
TEST(a_text_that_would_be_cut_is_refused_with_its_line)
{
	static const struct {
		const char *text;
		size_t length;
		const char *why;  // NULL: it is taken
	} texts[] = {
		{ "a = tcp\nb = udp\n", 16, NULL },
		{ "a = tcp\r\nb\t= udp\r\n", 18, NULL },
		{ "a = tcp\r", 8, NULL },
		{ "", 0, NULL },
		{ "a = tcp\nb = u\0p\n", 16, "mine:2: a control byte, 0x00" },
		{ "# \0\na = tcp\n", 12, "mine:1: a control byte, 0x00" },
		{ "a = tcp\rb = udp\n", 16, "mine:1: a carriage return within a line" },
		{ "a = tcp\n\nb = udp\r\r\n", 19, "mine:3: a carriage return within a line" },
		{ "a = tcp # \x1b[31m\n", 16, "mine:1: a control byte, 0x1b" },
		{ "a = tcp\n\x7f", 9, "mine:2: a control byte, 0x7f" },
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct error error = { .text = "" };
		const struct span text = { (const uint8_t *)texts[i].text, texts[i].length };
		const bool is_taken = fingerprint_text_check(text, "mine", &error);
		CHECK(is_taken == (texts[i].why == NULL));
		CHECK(is_taken ||
		      (error.kind == ERROR_USAGE && text_starts(error.text, texts[i].why)));
	}
}

// An older hotaru wrote "..." for "more".
TEST(older_texts_are_read_and_shown_as_they_are_written_now)
{
#define TEN "nop,nop,nop,nop,nop,nop,nop,nop,nop,nop"
	struct fingerprint_set set;
	struct error error;
	unsigned bit;
	CHECK(fingerprint_set_init(&set,
	                           "# ,...\n"
	                           "a = source options=" TEN ",... options=" TEN ",...,malformed\n"
	                           "b = source options=" TEN ",more,malformed options=" TEN
	                           ",more\n",
	                           "F", &error));
	const struct fingerprint *a = fingerprint_find(&set, "a", &bit);
	const struct fingerprint *b = fingerprint_find(&set, "b", &bit);
	CHECK(a->item_count == 2 && fingerprint_same(a, b));
	CHECK(text_equal(a->rule, "source options=" TEN ",more options=" TEN ",more,malformed"));
	fingerprint_set_done(&set);
	CHECK(!fingerprint_set_init(&set, "a = source options=...,nop", "F", &error));
#undef TEN
}

TEST_MAIN
