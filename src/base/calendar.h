// SPDX-License-Identifier: MIT
// Days: which calendar day a moment belongs to, in the zone of the store.
//
// A day is the number of days since 1970-01-01 on the calendar of the zone (day
// 0 in "+09:00" began at 1969-12-31T15:00Z). Moments are nanoseconds since the
// Unix epoch, UTC. Named zones come from the system's time zone database; the
// machine's own zone has no influence.
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum { CALENDAR_ZONE_SIZE = 64, CALENDAR_DAY_SIZE = 16, CALENDAR_TIME_SIZE = 40 };
#define NANOSECONDS_A_SECOND UINT64_C(1000000000)

struct zone {
	char name[CALENDAR_ZONE_SIZE];  // canonical: "UTC", "+09:00" or "Area/City"
	bool is_named;
	int32_t offset_s;  // east of UTC, where not named
};

// The stretch of time that is one day: cached by whoever asks for many packets.
struct day_span {
	int32_t day;
	uint64_t begin_ns, end_ns;  // end exclusive
};

// Reads "UTC" (or "Z"), "+HH:MM", "-HH:MM" or "Area/City". ERROR_USAGE with the reason
// if it is none of them or the database does not have it. The process can use
// one named zone at a time, and must parse it before threads start.
bool zone_parse(const char *text, struct zone *out, struct error *error) MUST_CHECK;

// The day that `time_ns` lies in, with its bounds. Days of 23 or 25 hours are
// what they are. Moments from 2199-12-31T00:00Z on count as that one.
struct day_span zone_day(const struct zone *zone, uint64_t time_ns);
// Days that it can be: of zones that differ by a day at most.
enum { ZONE_DAY_FIRST = -2, ZONE_DAYS = 84100 };
// The bounds of a day: of one that no moment lies in, the day next to it.
struct day_span zone_span_of_day(const struct zone *zone, int32_t day);

// YYYY-MM-DD.
void day_format(int32_t day, char out[CALENDAR_DAY_SIZE]);
bool day_parse(const char *text, int32_t *out);

// The day of a Gregorian date, month 1-12.
int32_t day_from_date(int32_t year, unsigned month, unsigned day_of_month);
void day_to_date(int32_t day, int32_t *year, unsigned *month, unsigned *day_of_month);

// UTC with `digits` (0-9) digits after the second: 2016-09-20T20:15:03.123456Z.
void time_format(uint64_t time_ns, unsigned digits, char out[CALENDAR_TIME_SIZE]);

// Reads RFC 3339: date, T or a blank, time of day, a fraction (behind nanoseconds it is dropped), and Z or
// an offset; without one it is UTC. False before 1970, from 2200 on, and if it is none.
bool time_parse(const char *text, uint64_t *out_ns);
