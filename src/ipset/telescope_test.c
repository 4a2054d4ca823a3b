// SPDX-License-Identifier: MIT
#include "ipset/telescope.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "base/text.h"

static int32_t day_of(const char *text)
{
	int32_t day = 0;
	CHECK(day_parse(text, &day));
	return day;
}

static uint64_t size_on(const char *text, const char *day)
{
	struct telescope t;
	struct error error;
	if (!telescope_parse(text, &t, &error)) {
		CHECK(false);
		return 0;
	}
	const uint64_t size = telescope_size(&t, day_of(day));
	telescope_done(&t);
	return size;
}

TEST(without_dates_all_days_are_the_same)
{
	struct telescope t;
	struct error error;
	CHECK(telescope_parse("192.0.2.0/25, 198.51.100.0/24,192.0.2.128/25", &t, &error));
	CHECK(t.count == 1 && telescope_undated(&t) == &t.periods[0].prefixes);
	CHECK(telescope_size(&t, -1000000) == 512 && telescope_size(&t, 1000000) == 512);
	CHECK(telescope_on(&t, 17000) == telescope_undated(&t));
	telescope_done(&t);
	const struct telescope none = { .count = 0 };
	CHECK(telescope_on(&none, 17000) == NULL && telescope_undated(&none) == NULL);
	CHECK(telescope_size(&none, 17000) == 0);
	CHECK(size_on("0.0.0.0/0", "2016-01-01") == UINT64_C(1) << 32);
}

TEST(days_are_included_on_both_sides)
{
	static const char text[] = "192.0.2.0/24,198.51.100.0/24@2016-01-01..2017-12-31";
	CHECK(size_on(text, "2015-12-31") == 256 && size_on(text, "2016-01-01") == 512);
	CHECK(size_on(text, "2017-12-31") == 512 && size_on(text, "2018-01-01") == 256);
	CHECK(size_on("10.0.0.0/8@2016-01-01..", "2015-12-31") == 0);
	CHECK(size_on("10.0.0.0/8@2016-01-01..", "2199-01-01") == 1 << 24);
	CHECK(size_on("10.0.0.0/8@..2016-01-01", "2016-01-01") == 1 << 24);
	CHECK(size_on("10.0.0.0/8@..2016-01-01", "2016-01-02") == 0);
	CHECK(size_on("10.0.0.0/8@2016-02-29..2016-02-29", "2016-02-29") == 1 << 24);
	CHECK(size_on("10.0.0.0/8@..", "2016-02-29") == 1 << 24);
}

TEST(overlaps_count_once)
{
	static const char text[] = "10.0.0.0/24@..2016-06-30,10.0.0.0/23@2016-06-01..2016-07-31,"
				   "10.0.1.0/24@2016-01-01..";
	CHECK(size_on(text, "2015-12-31") == 256 && size_on(text, "2016-01-01") == 512);
	CHECK(size_on(text, "2016-06-15") == 512 && size_on(text, "2016-07-31") == 512);
	CHECK(size_on(text, "2016-08-01") == 256);
}

static bool mean_the_same(const char *a, const char *b)
{
	struct telescope x, y;
	struct error error;
	CHECK(telescope_parse(a, &x, &error) && telescope_parse(b, &y, &error));
	const bool is_same = telescope_same(&x, &y);
	telescope_done(&x);
	telescope_done(&y);
	return is_same;
}

TEST(what_means_the_same_is_the_same)
{
	CHECK(mean_the_same("10.0.0.0/8", "10.0.0.0/9,10.128.0.0/9@..2016-01-01,"
	                                  "10.128.0.0/9@2016-01-02.."));
	CHECK(mean_the_same("10.0.0.0/8@2016-01-01..2016-12-31",
	                    "10.0.0.0/8@2016-01-01..2016-05-01,10.0.0.0/8@2016-03-01..2016-12-31"));
	CHECK(!mean_the_same("10.0.0.0/8", "10.0.0.0/8@2016-01-01.."));
	CHECK(!mean_the_same("10.0.0.0/8@2016-01-01..", "10.0.0.0/8@2016-01-02.."));
	CHECK(!mean_the_same("10.0.0.0/8@2016-01-01..", "11.0.0.0/8@2016-01-01.."));
}

TEST(ever_is_the_union_of_all_days)
{
	struct telescope t;
	struct ipset_prefixes ever;
	struct error error;
	CHECK(telescope_parse("10.0.0.0/24@..2015-01-01,10.0.1.0/24@2016-01-01..,1.0.0.0/32", &t,
	                      &error));
	CHECK(telescope_ever(&t, &ever, &error) && ever.count == 2);
	CHECK(ipset_prefixes_hold(&ever, 10u << 24) && ipset_prefixes_hold(&ever, 1u << 24));
	CHECK(ever.ranges[1].last == (10u << 24 | 0x1ff));
	ipset_prefixes_done(&ever);
	telescope_done(&t);
}

TEST(errors_are_one_line_that_names_the_piece)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "no prefix given" },
		{ "192.0.2.1/24", "has bits behind its length" },
		{ "192.0.2.0/24@", "needs two days with .. between them" },
		{ "192.0.2.0/24@2016-01-01", "needs two days with .. between them" },
		{ "192.0.2.0/24@2016-02-30..", "'192.0.2.0/24@2016-02-30..' are not such as" },
		{ "192.0.2.0/24@..2016-1-1", "are not such as 2016-01-01..2017-12-31" },
		{ "192.0.2.0/24@2016-01-01...2016-01-02", "are not such as" },
		{ "192.0.2.0/24@2016-01-01..2016-01-02..", "are not such as" },
		{ "192.0.2.0/24@2016-01-01 ..", "are not such as" },
		{ "192.0.2.0/24@2016-01-02..2016-01-01", "ends before it begins" },
		{ "@2016-01-01..", "'' is not a prefix" },
		{ "10.0.0.0/8,@", "'' is not a prefix" },
		{ "10.0.0.0/33@..", "'10.0.0.0/33' is not a prefix" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct telescope t = { .count = 99 };
		struct error error = { .kind = ERROR_NONE };
		CHECK(!telescope_parse(cases[i].text, &t, &error) && t.count == 99);
		const bool is_said = strstr(error.text, cases[i].says) != NULL;
		CHECK(error.kind == ERROR_USAGE && is_said);
		if (!is_said)
			printf("%s: %s\n", cases[i].text, error.text);
	}
}

TEST(days_of_change_have_a_maximum)
{
	struct buffer text = buffer_up_to(1 << 20);
	struct telescope t;
	struct error error;
	char day[CALENDAR_DAY_SIZE];
	for (int32_t i = 0; i < TELESCOPE_PERIODS_MAX; i++) {
		day_format(17000 + 2 * i, day);
		buffer_format(&text, "%s10.0.%d.%d/32@%s..", i > 0 ? "," : "", i / 256, i % 256,
		              day);
		if (i < TELESCOPE_PERIODS_MAX - 2)
			continue;
		buffer_byte(&text, '\0');
		const bool is_good = telescope_parse((const char *)text.bytes, &t, &error);
		CHECK(is_good == (i < TELESCOPE_PERIODS_MAX - 1));
		if (is_good) {
			CHECK(t.count == TELESCOPE_PERIODS_MAX);
			telescope_done(&t);
		} else {
			CHECK(strstr(error.text, "change on more than 511 days") != NULL);
		}
		text.length--;
	}
	buffer_done(&text);
}

TEST(without_memory_there_is_an_error)
{
	struct error error;
	struct telescope t;
	unsigned long fail_at = 1;
	for (bool is_done = false; !is_done; fail_at++) {
		memory_fail_at(fail_at);
		is_done = telescope_parse("10.0.0.0/8,11.0.0.0/8@2016-01-01..", &t, &error);
		memory_fail_at(0);
		CHECK(is_done || error.kind == ERROR_FAILED);
	}
	CHECK(fail_at > 5);
	telescope_done(&t);
}

TEST(a_gate_knows_the_borders_of_days_in_a_zone)
{
	static const struct {
		const char *zone;
		uint64_t begin_s;  // of 2016-11-06 there, a day of 25 hours in New York
		uint64_t length_s;
	} cases[] = {
		{ "UTC", 1478390400, 86400 },
		{ "+09:00", 1478358000, 86400 },
		{ "America/New_York", 1478404800, 90000 },
	};
	struct telescope t;
	struct error error;
	CHECK(telescope_parse("10.0.0.0/8@2016-11-06..2016-11-06", &t, &error));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct zone zone;
		if (!zone_parse(cases[i].zone, &zone, &error))
			continue;  // no time zone database
		struct telescope_gate gate = telescope_gate_make(&t, &zone);
		const uint64_t begin = cases[i].begin_s * NANOSECONDS_A_SECOND;
		const uint64_t end = begin + cases[i].length_s * NANOSECONDS_A_SECOND;
		const uint32_t inside = 10u << 24, outside = 11u << 24;
		for (int again = 0; again < 2; again++) {
			CHECK(!telescope_gate_passes(&gate, begin - 1, inside));
			CHECK(telescope_gate_passes(&gate, begin, inside));
			CHECK(telescope_gate_passes(&gate, end - 1, inside));
			CHECK(!telescope_gate_passes(&gate, begin, outside));
			CHECK(!telescope_gate_passes(&gate, end, inside));
		}
		CHECK(!telescope_gate_passes(&gate, UINT64_MAX, inside));
	}
	telescope_done(&t);
	const struct telescope none = { .count = 0 };
	struct zone utc;
	CHECK(zone_parse("UTC", &utc, &error));
	struct telescope_gate open = telescope_gate_make(&none, &utc);
	CHECK(telescope_gate_passes(&open, 0, 0) && telescope_gate_passes(&open, 5, 7));
}

// Prefixes out of a few addresses, with days out of a few, against a look at each entry.
TEST(random_telescopes_are_what_their_entries_say)
{
	enum { ROUNDS = 2000, ENTRIES = 6, DAYS = 8, ADDRESSES = 32, SEED = 61 };
	struct random dice = random_from(SEED);
	for (int round = 0; round < ROUNDS; round++) {
		struct {
			uint32_t first, count;
			int32_t from, to;
		} entries[ENTRIES];
		struct buffer text = buffer_up_to(4096);
		for (size_t i = 0; i < ENTRIES; i++) {
			const unsigned bits = 28 + random_below(&dice, 5);
			char from[CALENDAR_DAY_SIZE] = "", to[CALENDAR_DAY_SIZE] = "";
			entries[i].count = 1u << (32 - bits);
			entries[i].first = random_below(&dice, ADDRESSES) & -entries[i].count;
			entries[i].from = (int32_t)random_below(&dice, DAYS);
			entries[i].to = entries[i].from + (int32_t)random_below(&dice, 4);
			if (entries[i].from == 0)
				entries[i].from = INT32_MIN;
			else
				day_format(entries[i].from, from);
			if (entries[i].to >= DAYS)
				entries[i].to = INT32_MAX;
			else
				day_format(entries[i].to, to);
			buffer_format(&text, "%s0.0.0.%u/%u@%s..%s", i > 0 ? "," : "",
			              entries[i].first, bits, from, to);
		}
		buffer_byte(&text, '\0');
		struct telescope t;
		struct error error;
		CHECK(telescope_parse((const char *)text.bytes, &t, &error));
		unsigned wrong = 0;
		for (int32_t day = -2; day < DAYS + 3; day++) {
			uint64_t size = 0;
			for (uint32_t address = 0; address < 2 * ADDRESSES; address++) {
				bool is_in = false;
				for (size_t i = 0; i < ENTRIES; i++)
					is_in |= day >= entries[i].from && day <= entries[i].to &&
					         address - entries[i].first < entries[i].count;
				size += is_in;
				wrong += ipset_prefixes_hold(telescope_on(&t, day), address) !=
				         is_in;
			}
			wrong += telescope_size(&t, day) != size;
		}
		CHECK(wrong == 0);
		if (wrong > 0)
			printf("seed %d, round %d: %s\n", SEED, round, (const char *)text.bytes);
		telescope_done(&t);
		buffer_done(&text);
	}
}

TEST_MAIN
