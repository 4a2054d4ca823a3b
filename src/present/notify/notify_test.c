// SPDX-License-Identifier: MIT
// Notices as receivers read them: names that somebody else gave do no harm in any format, and none
// gets into the name of a file.
#include "present/notify/notify.h"

#include "base/test.h"
#include "base/text.h"
#include "place/place.h"

#include <string.h>

static const struct described_fingerprint mirai = { .name = "mirai",
	                                            .rule = "a \"rule\"\n",
	                                            .what = "what",
	                                            .source = "source",
	                                            .strength = "seen",
	                                            .is_family = true };
static const struct described_fingerprint weak = { .name = "own",
	                                           .rule = "tcp",
	                                           .what = "",
	                                           .source = "",
	                                           .strength = "weak",
	                                           .is_family = true };
static const struct described_fingerprint *const families[] = { &mirai, &weak };

static uint32_t stem_number;

static const char *stem_of(const char *id, enum place_kind kind)
{
	static char stem[NOTIFY_STEM_SIZE];
	struct place place = { .name = "" };
	text_copy(place.id, sizeof place.id, id);
	const bool is_known = notify_stem(&place, kind == PLACE_COUNTRY, stem, &stem_number);
	CHECK(is_known == !text_equal(stem, "unknown"));
	return stem;
}

TEST(files_are_named_by_numbers_and_letters)
{
	static const char *const bad[] = { "unknown", "",      "AS/etc",       "AS-1", "AS1.csv",
		                           "as1",     "../JP", "AS4294967296", "AS 1", "J",
		                           "JPN",     "jp",    "J/",           "..",   "JP\n",
		                           "AP",      "EU",    "A1",           "ZZ" };
	CHECK(text_equal(stem_of("AS4713", PLACE_NETWORK), "AS4713"));
	CHECK(text_equal(stem_of("AS4294967295", PLACE_NETWORK), "AS4294967295"));
	CHECK(stem_number == UINT32_MAX);
	CHECK(text_equal(stem_of("JP", PLACE_COUNTRY), "JP"));
	const uint32_t japan = stem_number;
	CHECK(text_equal(stem_of("PE", PLACE_COUNTRY), "PE") && stem_number != japan);
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
	struct notify_row row = { .source = 0x01020304,
		                  .family = families[family],
		                  .days = 1,
		                  .packets = UINT64_C(1) << 40,
		                  .ports = { 23, 80 },
		                  .port_count = 2,
		                  .ports_seen = 2,
		                  .country = { .id = "JP", .name = "Japan" },
		                  .network = { .id = "AS1" } };
	struct notify_sheet sheet;
	text_copy(row.network.name, sizeof row.network.name, as_name);
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

// ---- rows of an answer

static struct cell text_cell(const char *text)
{
	return (struct cell){ .text = { (const uint8_t *)text, strlen(text) } };
}

// The columns in another order than schemas.c has them, and one that is not asked for.
static const char *const columns[] = { "network_name", "network", "country_name", "country",
	                               "ports_seen",   "another", "ports",        "packets",
	                               "days",         "last",    "first",        "family",
	                               "source" };
enum { COLUMNS = sizeof columns / sizeof *columns };

static struct notify_row row_of(const struct cell *cells)
{
	static const struct notify_about about = { families, 2, NULL, 0 };
	struct schema schema = { .count = COLUMNS };
	struct notify_row row;
	for (size_t i = 0; i < COLUMNS; i++)
		text_copy(schema.columns[i].name, sizeof schema.columns[i].name, columns[i]);
	const struct notify_reader reader = notify_reader_of(&schema, &about);
	notify_read(&reader, cells, &row);
	return row;
}

TEST(rows_are_read_by_the_names_of_columns)
{
	const struct cell cells[COLUMNS] = {
		text_cell("A network"),    text_cell("AS1"),  text_cell("Japan"),
		text_cell("JP"),           { .number = 20 },  { .number = 9 },
		text_cell("23:5;2323:1"),  { .number = 6 },   { .number = 2 },
		{ .time_ns = 12 },         { .time_ns = 11 }, text_cell("own"),
		{ .address = 0x01020304 },
	};
	const struct notify_row row = row_of(cells);
	CHECK(row.source == 0x01020304 && row.family == &weak);
	CHECK(row.first_ns == 11 && row.last_ns == 12 && row.days == 2 && row.packets == 6);
	CHECK(row.port_count == 2 && row.ports[0] == 23 && row.ports[1] == 2323);
	CHECK(row.ports_seen == 20);
	CHECK(text_equal(row.country.id, "JP") && text_equal(row.country.name, "Japan"));
	CHECK(text_equal(row.network.id, "AS1") && text_equal(row.network.name, "A network"));
}

TEST(places_may_be_unknown_and_ports_none)
{
	struct cell cells[COLUMNS] = { { .state = CELL_UNKNOWN } };
	cells[1] = cells[2] = cells[3] = cells[0];
	cells[6] = text_cell("");
	cells[11] = text_cell("mirai");
	const struct notify_row row = row_of(cells);
	CHECK(row.family == &mirai && row.port_count == 0);
	CHECK(text_equal(row.country.id, "unknown") && row.country.name[0] == '\0');
	CHECK(text_equal(row.network.id, "unknown") && row.network.name[0] == '\0');
}

TEST(ports_beyond_the_most_are_not_listed)
{
	char text[512] = "";
	struct cell cells[COLUMNS] = { { .state = CELL_UNKNOWN } };
	cells[1] = cells[2] = cells[3] = cells[0];
	cells[11] = text_cell("mirai");
	for (unsigned port = 1; port <= NOTIFY_PORTS_MAX + 1; port++) {
		char word[64];
		text_format(word, sizeof word, "%s%u:18446744073709551615", port > 1 ? ";" : "",
		            65500 + port);
		text_format(text + strlen(text), sizeof text - strlen(text), "%s", word);
	}
	cells[6] = text_cell(text);
	const struct notify_row row = row_of(cells);
	CHECK(row.port_count == NOTIFY_PORTS_MAX && row.ports[NOTIFY_PORTS_MAX - 1] == 65516);
}

TEST_MAIN
