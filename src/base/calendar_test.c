// SPDX-License-Identifier: MIT
// Days against a calendar that counts them one by one, and zones against their own spans.
#include "base/calendar.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "base/text.h"

#include <string.h>

#define NS NANOSECONDS_A_SECOND
#define A_DAY (UINT64_C(86400) * NS)
#define AN_HOUR (UINT64_C(3600) * NS)

static struct zone zone_of(const char *text)
{
	struct zone zone = { .offset_s = 0 };
	struct error error = { .kind = ERROR_NONE };
	const bool ok = zone_parse(text, &zone, &error);
	CHECK(ok);
	if (!ok)
		printf("zone %s: %s\n", text, error.text);
	return zone;
}

static int32_t day_of(const char *text)
{
	int32_t day = -1;
	CHECK(day_parse(text, &day));
	return day;
}

static unsigned days_in(int32_t year, unsigned month)
{
	static const unsigned days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (month == 2 && is_leap);
}

TEST(dates_and_days_agree_with_counting)
{
	int32_t day = day_from_date(1900, 1, 1);
	CHECK(day == -25567);
	for (int32_t year = 1900; year <= 2200; year++)
		for (unsigned month = 1; month <= 12; month++)
			for (unsigned date = 1; date <= days_in(year, month); date++, day++) {
				int32_t back_year;
				unsigned back_month, back_date;
				day_to_date(day, &back_year, &back_month, &back_date);
				CHECK(day_from_date(year, month, date) == day);
				CHECK(back_year == year && back_month == month &&
				      back_date == date);
			}
	CHECK(day_from_date(1970, 1, 1) == 0 && day_from_date(2000, 2, 29) == 11016);
}

TEST(day_text_comes_back)
{
	char text[CALENDAR_DAY_SIZE];
	for (int32_t day = day_from_date(1900, 1, 1); day < day_from_date(2200, 12, 31); day++) {
		int32_t back = -1;
		day_format(day, text);
		CHECK(strlen(text) == 10 && day_parse(text, &back) && back == day);
	}
	day_format(0, text);
	CHECK(text_equal(text, "1970-01-01"));
}

TEST(days_that_are_none_are_refused)
{
	static const char *const bad[] = { "",
		                           "2016",
		                           "2016-1-01",
		                           "2016-01-1",
		                           "16-01-01",
		                           "2016-00-10",
		                           "2016-13-01",
		                           "2016-01-00",
		                           "2016-01-32",
		                           "2016-04-31",
		                           "2015-02-29",
		                           "1900-02-29",
		                           "2100-02-29",
		                           "2016/01/01",
		                           "2016-01-01 ",
		                           " 2016-01-01",
		                           "2016-01-01T",
		                           "+016-01-01",
		                           "-016-01-01",
		                           "2016-+1-01",
		                           "2016-01- 1",
		                           "2016-0a-01",
		                           "20160101" };
	int32_t day = 7;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!day_parse(bad[i], &day) && day == 7);
	CHECK(day_parse("2016-02-29", &day) && day_parse("2000-02-29", &day));
}

TEST(zones_that_are_none_are_refused)
{
	static const char *const bad[] = {
		"", "../x", "/etc/passwd", "+9:00", "+15:00", "-15:00", "+09:60", "+0900",
		"+09:00 ", "09:00", "+-9:00", "+09:+1", "Europe//Berlin", "/Europe/Berlin",
		"Europe/Berlin/", "Europe/Nowhere", "Europe/../UTC", ":UTC", "JST-9", "UTC ",
		// A folder and a list that stand among the zones.
		"Europe", "leapseconds",
		"Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct zone zone = { .name = "as it was", .offset_s = 7 };
		struct error error = { .kind = ERROR_NONE };
		const bool is_refused = !zone_parse(bad[i], &zone, &error) &&
		                        error.kind == ERROR_USAGE;
		CHECK(is_refused && error.text[0] != '\0');
		CHECK(!is_refused || (text_equal(zone.name, "as it was") && zone.offset_s == 7));
		if (!is_refused)
			printf("zone '%s' was taken\n", bad[i]);
	}
}

TEST(zone_names_are_canonical)
{
	CHECK(text_equal(zone_of("UTC").name, "UTC") && !zone_of("UTC").is_named);
	CHECK(text_equal(zone_of("+00:00").name, "UTC") &&
	      text_equal(zone_of("-00:00").name, "UTC"));
	const struct zone tokyo = zone_of("+09:00"), newfoundland = zone_of("-03:30");
	CHECK(text_equal(tokyo.name, "+09:00") && tokyo.offset_s == 9 * 3600 && !tokyo.is_named);
	CHECK(newfoundland.offset_s == -(3 * 3600 + 1800));
	CHECK(zone_of("+14:00").offset_s == 14 * 3600 && zone_of("+05:45").offset_s == 20700);
	const struct zone berlin = zone_of("Europe/Berlin");
	CHECK(text_equal(berlin.name, "Europe/Berlin") && berlin.is_named);
}

TEST(fixed_zones_begin_their_days_where_they_should)
{
	const uint64_t noon = (uint64_t)day_of("2016-09-20") * A_DAY + 12 * AN_HOUR;
	const struct zone utc = zone_of("UTC"), tokyo = zone_of("+09:00"), west = zone_of("-03:30");
	struct day_span span = zone_day(&utc, noon);
	CHECK(span.day == day_of("2016-09-20") && span.begin_ns == noon - 12 * AN_HOUR);
	CHECK(span.end_ns == noon + 12 * AN_HOUR);
	span = zone_day(&tokyo, noon);
	CHECK(span.day == day_of("2016-09-20") && span.begin_ns == noon - 21 * AN_HOUR);
	CHECK(zone_day(&tokyo, span.end_ns).day == span.day + 1);
	CHECK(zone_day(&tokyo, span.end_ns - 1).day == span.day);
	span = zone_day(&west, noon);
	CHECK(span.begin_ns == noon - 12 * AN_HOUR + 7 * AN_HOUR / 2);
	CHECK(zone_day(&west, span.begin_ns - 1).day == span.day - 1);
	// Around the epoch: what lies before it cannot be told.
	CHECK(zone_day(&tokyo, 0).day == 0 && zone_day(&tokyo, 0).begin_ns == 0);
	CHECK(zone_day(&tokyo, 0).end_ns == 15 * AN_HOUR);
	CHECK(zone_day(&west, 0).day == -1 && zone_day(&west, 0).begin_ns == 0);
	CHECK(zone_day(&west, 0).end_ns == 7 * AN_HOUR / 2 &&
	      zone_day(&west, 7 * AN_HOUR / 2).day == 0);
}

TEST(a_day_has_its_span)
{
	const struct zone west = zone_of("-03:30"), far_east = zone_of("+14:00"),
			  berlin = zone_of("Europe/Berlin");
	const struct zone *const zones[] = { &west, &far_east, &berlin };
	const int32_t days[] = { 0, 1, day_of("2016-03-27"), day_of("2016-10-30") };
	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
		for (size_t k = 0; k < sizeof days / sizeof *days; k++) {
			const struct day_span span = zone_span_of_day(zones[i], days[k]);
			CHECK(span.day == days[k] &&
			      zone_day(zones[i], span.begin_ns).day == days[k]);
			CHECK(zone_day(zones[i], span.end_ns).day == days[k] + 1);
		}
	CHECK(zone_span_of_day(&west, -1000).day == -1);
	CHECK(zone_span_of_day(&west, INT32_MAX).day == day_of("2199-12-30"));
	CHECK(zone_span_of_day(&west, INT32_MAX).end_ns == UINT64_MAX);
}

TEST(days_of_berlin_have_23_to_25_hours)
{
	const struct zone berlin = zone_of("Europe/Berlin");
	const uint64_t noon = 12 * AN_HOUR;
	struct day_span span = zone_day(&berlin, (uint64_t)day_of("2016-03-27") * A_DAY + noon);
	CHECK(span.day == day_of("2016-03-27") && span.end_ns - span.begin_ns == 23 * AN_HOUR);
	CHECK(span.begin_ns == (uint64_t)day_of("2016-03-26") * A_DAY + 23 * AN_HOUR);
	span = zone_day(&berlin, (uint64_t)day_of("2016-10-30") * A_DAY + noon);
	CHECK(span.day == day_of("2016-10-30") && span.end_ns - span.begin_ns == 25 * AN_HOUR);
	CHECK(span.begin_ns == (uint64_t)day_of("2016-10-29") * A_DAY + 22 * AN_HOUR);
	span = zone_day(&berlin, (uint64_t)day_of("2016-12-31") * A_DAY + 23 * AN_HOUR);
	CHECK(span.day == day_of("2017-01-01") && span.end_ns - span.begin_ns == 24 * AN_HOUR);
}

// Walks from a random moment over the days that follow. Every moment of a span has that span.
static void walk(const struct zone *zone, uint64_t from_ns, struct random *r)
{
	struct day_span span = zone_day(zone, from_ns);
	CHECK(span.begin_ns <= from_ns && from_ns < span.end_ns);
	if (span.end_ns <= span.begin_ns)
		return;
	for (int i = 0; i < 20 && test_failed_checks < 20; i++) {
		const uint64_t length = span.end_ns - span.begin_ns;
		const uint64_t inside = span.begin_ns + random_u64(r) % length;
		const struct day_span same = zone_day(zone, inside),
				      last = zone_day(zone, span.end_ns - 1),
				      next = zone_day(zone, span.end_ns);
		CHECK(same.day == span.day && same.begin_ns == span.begin_ns &&
		      same.end_ns == span.end_ns);
		CHECK(last.day == span.day && last.begin_ns == span.begin_ns);
		CHECK(next.day > span.day && next.begin_ns == span.end_ns &&
		      next.end_ns > next.begin_ns);
		if (next.end_ns <= next.begin_ns)
			return;
		span = next;
	}
}

TEST(spans_contain_their_moments_and_abut)
{
	// Some change their clocks at midnight, so that it is missing or comes twice; St. John's did
	// at 00:01, so that one minute of a day came an hour before its rest; and Apia
	// left out a whole day.
	static const char *const names[] = { "UTC",
		                             "+09:00",
		                             "-03:30",
		                             "+14:00",
		                             "Europe/Berlin",
		                             "America/New_York",
		                             "Australia/Lord_Howe",
		                             "Asia/Kathmandu",
		                             "America/Sao_Paulo",
		                             "America/Havana",
		                             "Asia/Beirut",
		                             "Pacific/Apia",
		                             "America/St_Johns" };
	struct random r = random_from(11);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct zone zone = zone_of(names[i]);
		const unsigned before = test_failed_checks;
		const uint64_t first = (uint64_t)day_of("1971-01-01") * A_DAY;
		const uint64_t range = (uint64_t)day_of("2037-01-01") * A_DAY - first;
		for (int round = 0; round < 150 && test_failed_checks < 20; round++)
			walk(&zone, first + random_u64(&r) % range, &r);
		walk(&zone, (uint64_t)day_of("2011-12-20") * A_DAY, &r);
		walk(&zone, (uint64_t)day_of("2010-11-01") * A_DAY, &r);
		const uint64_t changed = (uint64_t)day_of("2010-11-07") * A_DAY + 5 * AN_HOUR / 2;
		for (uint64_t minute = 0; minute < 90; minute++)
			walk(&zone, changed - minute * 60 * NS, &r);
		if (test_failed_checks > before)
			printf("zone %s, seed 11\n", names[i]);
	}
}

static void expect_span(const struct zone *zone, const char *day, const char *begin_day,
                        uint64_t begin_hour, uint64_t hours)
{
	const uint64_t begin_ns = (uint64_t)day_of(begin_day) * A_DAY + begin_hour * AN_HOUR;
	const struct day_span span = zone_day(zone, begin_ns + hours * AN_HOUR / 2);
	CHECK(span.day == day_of(day) && span.begin_ns == begin_ns);
	CHECK(span.end_ns == begin_ns + hours * AN_HOUR);
	if (span.end_ns != begin_ns + hours * AN_HOUR || span.begin_ns != begin_ns)
		printf("%s, %s\n", zone->name, day);
}

TEST(days_without_midnight_or_with_two_have_bounds)
{
	struct zone zone = zone_of("America/Sao_Paulo");
	expect_span(&zone, "2017-10-15", "2017-10-15", 3, 23);  // 00:00 -> 01:00
	expect_span(&zone, "2018-02-17", "2018-02-17", 2, 25);  // 24:00 -> 23:00
	zone = zone_of("America/Havana");
	expect_span(&zone, "2016-03-13", "2016-03-13", 5, 23);  // 00:00 -> 01:00
	expect_span(&zone, "2016-11-06", "2016-11-06", 4, 25);  // 01:00 -> 00:00
	zone = zone_of("Pacific/Apia");
	expect_span(&zone, "2011-12-29", "2011-12-29", 10, 24);
	expect_span(&zone, "2011-12-31", "2011-12-30", 10, 24);
}

TEST(moments_far_ahead_have_the_last_day)
{
	static const char *const names[] = { "UTC", "+14:00", "-03:30", "Europe/Berlin" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct zone zone = zone_of(names[i]);
		const struct day_span a = zone_day(&zone, UINT64_MAX),
				      b = zone_day(&zone, UINT64_MAX - A_DAY * 365);
		CHECK(a.day == b.day && a.begin_ns == b.begin_ns && a.end_ns == UINT64_MAX);
		CHECK(a.day >= day_of("2199-12-30") && a.day <= day_of("2200-12-31"));
		CHECK(b.begin_ns < UINT64_MAX - A_DAY * 365);
	}
}

TEST(times_have_as_many_digits_as_asked_for)
{
	static const char *const expected[] = {
		"2016-09-20T20:15:03Z",          "2016-09-20T20:15:03.1Z",
		"2016-09-20T20:15:03.12Z",       "2016-09-20T20:15:03.123Z",
		"2016-09-20T20:15:03.1234Z",     "2016-09-20T20:15:03.12345Z",
		"2016-09-20T20:15:03.123456Z",   "2016-09-20T20:15:03.1234567Z",
		"2016-09-20T20:15:03.12345678Z", "2016-09-20T20:15:03.123456789Z",
	};
	char text[CALENDAR_TIME_SIZE];
	const uint64_t time_ns = UINT64_C(1474402503123456789);
	for (unsigned digits = 0; digits <= 9; digits++) {
		time_format(time_ns, digits, text);
		CHECK(text_equal(text, expected[digits]));
	}
	time_format(0, 3, text);
	CHECK(text_equal(text, "1970-01-01T00:00:00.000Z"));
	time_format(A_DAY - 1, 9, text);
	CHECK(text_equal(text, "1970-01-01T23:59:59.999999999Z"));
	time_format(UINT64_MAX, 9, text);
	CHECK(text_equal(text, "2554-07-21T23:34:33.709551615Z"));
}

static bool reads_as(const char *text, uint64_t time_ns)
{
	uint64_t read_ns = 1;
	return time_parse(text, &read_ns) && read_ns == time_ns;
}

TEST(times_are_read)
{
	const uint64_t second = 1494648306 * NANOSECONDS_A_SECOND;
	CHECK(reads_as("2017-05-13T04:05:06Z", second));
	CHECK(reads_as("2017-05-13 04:05:06", second));
	CHECK(reads_as("2017-05-13T04:05:06.000000001Z", second + 1));
	CHECK(reads_as("2017-05-13t04:05:06.1234567899z", second + 123456789));
	CHECK(reads_as("2017-05-13T13:05:06.5+09:00", second + 500000000));
	CHECK(reads_as("2017-05-12T20:35:06-07:30", second));
	CHECK(reads_as("2016-12-31T23:59:60Z", 1483228800 * NANOSECONDS_A_SECOND));
	CHECK(reads_as("1970-01-01T00:00:00Z", 0));
	static const char *const none[] = {
		"",
		"2017-05-13",
		"2017-05-13T",
		"2017-05-13T04:05",
		"2017-05-13T04:05:06.",
		"2017-05-13T24:00:00Z",
		"2017-05-13T04:60:00Z",
		"2017-02-29T04:05:06Z",
		"2017-05-13T04:05:06ZZ",
		"2017-05-13T04:05:06+0900",
		"1970-01-01T00:00:00+00:01",
		"2200-01-01T00:00:00Z",
		"2017-05-13X04:05:06Z",
		"2017-05-13T04:05:6",
		"2017-05-13T04-05-06Z",
	};
	uint64_t untouched = 7;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		CHECK(!time_parse(none[i], &untouched) && untouched == 7);
}

TEST_MAIN
