// SPDX-License-Identifier: MIT
// Zones, days and times.
//
// Input: 8 bytes of a moment, then a text that is tried as zone and as day.
#include "base/calendar.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#define LAST_NS (UINT64_C(84006) * 86400 * NANOSECONDS_A_SECOND)  // 2200-01-01

static void check_time(uint64_t time_ns, unsigned digits)
{
	char text[CALENDAR_TIME_SIZE];
	time_format(time_ns, digits, text);
	REQUIRE(memchr(text, 0, sizeof text) != NULL);
	REQUIRE(strlen(text) == 20 + (digits > 0 ? digits + 1 : 0));
	REQUIRE(text[10] == 'T' && text[strlen(text) - 1] == 'Z');
}

static void check_day(int32_t day)
{
	char text[CALENDAR_DAY_SIZE];
	int32_t back, year;
	unsigned month, of_month;
	day_to_date(day, &year, &month, &of_month);
	REQUIRE(month >= 1 && month <= 12 && of_month >= 1 && of_month <= 31);
	REQUIRE(day_from_date(year, month, of_month) == day);
	day_format(day, text);
	if (year >= 0 && year <= 9999)
		REQUIRE(day_parse(text, &back) && back == day);
}

// Days abut: behind the end of one begins the next.
static void check_zone(const struct zone *zone, uint64_t time_ns)
{
	const struct day_span span = zone_day(zone, time_ns);
	REQUIRE(span.begin_ns <= time_ns);
	// The last day has no end but that of the numbers.
	REQUIRE(time_ns < span.end_ns || span.end_ns == UINT64_MAX);
	check_day(span.day);
	if (span.begin_ns > 0) {
		const struct day_span before = zone_day(zone, span.begin_ns - 1);
		REQUIRE(before.day == span.day - 1 && before.end_ns == span.begin_ns);
	}
	if (span.end_ns < LAST_NS - 2 * 86400 * NANOSECONDS_A_SECOND) {
		const struct day_span after = zone_day(zone, span.end_ns);
		REQUIRE(after.day == span.day + 1 && after.begin_ns == span.end_ns);
	}
}

void fuzz_one(struct span input)
{
	struct zone zone;
	struct error error;
	int32_t day;
	uint64_t time_ns = 0;
	for (unsigned i = 0; i < 8; i++)
		time_ns = time_ns << 8 | fuzz_u8(&input);
	char *text = fuzz_text(input);
	check_time(time_ns, (unsigned)(time_ns % 10));
	check_day((int32_t)(time_ns >> 40));
	if (day_parse(text, &day))
		check_day(day);
	if (zone_parse(text, &zone, &error)) {
		struct zone again;
		check_zone(&zone, time_ns);
		REQUIRE(WORKS(zone_parse(zone.name, &again, &error)) || fuzz_is_starving);
		REQUIRE(fuzz_is_starving ||
		        (again.offset_s == zone.offset_s && strcmp(again.name, zone.name) == 0));
	}
	free(text);
}
