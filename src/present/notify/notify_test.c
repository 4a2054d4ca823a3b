// SPDX-License-Identifier: MIT
// Notices as receivers read them: names that somebody else gave do no harm in any format, and none
// gets into the name of a file.
#include "present/notify/notify.h"

#include "base/test.h"
#include "base/text.h"
#include "place/place.h"

#include <string.h>

static const struct fingerprint mirai = { .name = "mirai",
	                                  .kind = FINGERPRINT_FAMILY,
	                                  .rule = "a \"rule\"\n",
	                                  .what = "what",
	                                  .source = "source",
	                                  .strength = "seen" };
static const struct fingerprint weak = { .name = "own",
	                                 .kind = FINGERPRINT_FAMILY,
	                                 .rule = "tcp",
	                                 .what = "",
	                                 .source = "",
	                                 .strength = "weak" };
static const struct fingerprint *const families[] = { &mirai, &weak };

static const char *stem_of(const char *id, enum place_kind kind)
{
	static char stem[NOTIFY_STEM_SIZE];
	struct place place = { .name = "" };
	text_copy(place.id, sizeof place.id, id);
	notify_stem(&place, kind == PLACE_COUNTRY, stem);
	return stem;
}

TEST(files_are_named_by_numbers_and_letters)
{
	static const char *const bad[] = { "unknown", "",      "AS/etc",       "AS-1", "AS1.csv",
		                           "as1",     "../JP", "AS4294967296", "AS 1", "J",
		                           "JPN",     "jp",    "J/",           "..",   "JP\n" };
	CHECK(text_equal(stem_of("AS4713", PLACE_NETWORK), "AS4713"));
	CHECK(text_equal(stem_of("AS4294967295", PLACE_NETWORK), "AS4294967295"));
	CHECK(text_equal(stem_of("JP", PLACE_COUNTRY), "JP"));
	CHECK(text_equal(stem_of("JP", PLACE_NETWORK), "unknown"));
	CHECK(text_equal(stem_of("AS4713", PLACE_COUNTRY), "unknown"));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK(text_equal(stem_of(bad[i], PLACE_NETWORK), "unknown"));
		CHECK(text_equal(stem_of(bad[i], PLACE_COUNTRY), "unknown"));
	}
}

// The sheet of one row, as a text.
static char *sheet_of(enum notify_format format, const char *as_name, size_t family)
{
	static char text[65536];
	const struct notify_about about = { families, 2, "=Producer\"\x1b[2J", UINT64_C(1) << 60 };
	const struct notice notice = { .source = 0x01020304,
		                       .family = family,
		                       .days = 1,
		                       .packets = UINT64_C(1) << 40,
		                       .ports = { { 23, 5 }, { 80, 1 } },
		                       .port_count = 2,
		                       .ports_seen = 2 };
	struct place country = { .id = "JP", .name = "Japan" }, network = { .id = "AS1" };
	const struct notify_row row = { &notice, &country, &network };
	struct notify_sheet sheet;
	text_copy(network.name, sizeof network.name, as_name);
	notify_begin(&sheet, format, &about, "all", sizeof text - 1);
	notify_add(&sheet, &row);
	notify_end(&sheet);
	CHECK(!sheet.out.failed && sheet.out.length < sizeof text);
	memcpy(text, sheet.out.bytes, sheet.out.length);
	text[sheet.out.length] = '\0';
	notify_done(&sheet);
	return text;
}

TEST(names_from_outside_are_escaped)
{
	static const char evil[] = "=HYPERLINK(\"x\"),\n</script>\x1b]0;\"}";
	for (enum notify_format format = NOTIFY_CSV; format <= NOTIFY_STIX; format++) {
		const char *text = sheet_of(format, evil, 0);
		CHECK(strchr(text, '\x1b') == NULL && strstr(text, "mirai") != NULL);
		CHECK(strstr(text, "1.2.3.4") != NULL);
		CHECK(format == NOTIFY_EVENT4 ||
		      strstr(text, format == NOTIFY_CSV ? "\"'=HYPERLINK(\"\"x\"\"),"
		                                        : "\"=HYPERLINK(\\\"x\\\"),") != NULL);
		size_t lines = 0;
		for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
			lines++;
		CHECK(format == NOTIFY_STIX || lines == (format == NOTIFY_INTELMQ ? 1 : 2));
	}
	CHECK(strstr(sheet_of(NOTIFY_EVENT4, evil, 0), "'=Producer") != NULL);
}

TEST(weak_fingerprints_infect_nobody)
{
	CHECK(strstr(sheet_of(NOTIFY_INTELMQ, "", 0), "infected-system") != NULL);
	CHECK(strstr(sheet_of(NOTIFY_INTELMQ, "", 1), "infected-system") == NULL);
	CHECK(strstr(sheet_of(NOTIFY_INTELMQ, "", 1), "malware.name") == NULL);
	CHECK(strstr(sheet_of(NOTIFY_EVENT4, "", 1), ",low,,23,") != NULL);
	CHECK(strstr(sheet_of(NOTIFY_EVENT4, "", 0), ",high,,23,") != NULL);
	CHECK(strstr(sheet_of(NOTIFY_STIX, "", 1), "\"confidence\":15") != NULL);
	CHECK(strstr(sheet_of(NOTIFY_STIX, "", 0), "\"confidence\":85") != NULL);
	CHECK(strstr(sheet_of(NOTIFY_STIX, "", 0), "\"number_observed\":999999999,") != NULL);
}

TEST(a_sheet_that_is_full_says_so)
{
	const struct notify_about about = { families, 2, NULL, 0 };
	struct notify_sheet sheet;
	notify_begin(&sheet, NOTIFY_STIX, &about, "all", 100);
	CHECK(sheet.out.failed);
	notify_done(&sheet);
}

TEST_MAIN
