// SPDX-License-Identifier: MIT
// Every reason in words, in both languages.
#include "base/test.h"
#include "base/text.h"
#include "decode/decode.h"
#include "present/present.h"

#include <string.h>

static bool is_text(enum lang lang, const char *reason, uint32_t number, const char *expected)
{
	char text[REASON_TEXT_SIZE];
	reason_text(lang, reason, number, text);
	if (!text_equal(text, expected))
		printf("%s\n", text);
	return text_equal(text, expected);
}

TEST(numbers_are_written_as_their_field_does)
{
	CHECK(is_text(LANG_EN, "ethertype", 0x0806, "EtherType 0x0806 (ARP)"));
	CHECK(is_text(LANG_JA, "ethertype", 0x0806, "EtherType 0x0806 (ARP)"));
	CHECK(is_text(LANG_EN, "ethertype", 0x1234, "EtherType 0x1234"));
	CHECK(is_text(LANG_EN, "llc_sap", 0x42, "LLC, destination SAP 0x42 (spanning tree)"));
	CHECK(is_text(LANG_EN, "snap", 12, "SNAP, protocol of organisation 0x00000c (Cisco)"));
	CHECK(is_text(LANG_EN, "ip_version", 5, "IP version 5 where IPv4 was announced"));
	CHECK(is_text(LANG_EN, "other", 7, "other reasons"));
	CHECK(is_text(LANG_JA, "cut_tcp", 0, "TCPヘッダーの途中までのキャプチャ"));
}

// No two reasons read the same, all say their number or none, and the longest fits.
TEST(every_reason_has_words)
{
	for (unsigned lang = 0; lang < 2; lang++)
		for (unsigned reason = 0; reason < REASON_COUNT; reason++) {
			char text[REASON_TEXT_SIZE], other[REASON_TEXT_SIZE];
			reason_text(lang, reason_names[reason], UINT32_MAX, text);
			CHECK(text[0] != '\0' && strchr(text, '{') == NULL);
			CHECK(strstr(text, "ffffffff") != NULL ||
			      strstr(text, "4294967295") != NULL ||
			      strpbrk(text, "0123456789") == NULL ||
			      strstr(text, "802.11") != NULL || strstr(text, "IPv4") != NULL);
			for (unsigned k = 0; k < reason; k++) {
				reason_text(lang, reason_names[k], UINT32_MAX, other);
				CHECK(!text_equal(text, other));
			}
		}
}

TEST(link_types_by_number_and_name)
{
	char text[REASON_TEXT_SIZE];
	link_type_text(1, "ETHERNET", text);
	CHECK(text_equal(text, "1 (ETHERNET)"));
	link_type_text(147, NULL, text);
	CHECK(text_equal(text, "147"));
	link_type_text(-1, NULL, text);
	CHECK(text_equal(text, ""));
}

TEST_MAIN
