// SPDX-License-Identifier: MIT
// Dates are turned into days with the era arithmetic of H. Hinnant,
// "chrono-Compatible Low-Level Date Algorithms" (2014): years begin in March, so
// that the leap day is the last one.
#include "base/calendar.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SECONDS_A_DAY = 86400, YEAR_MAX = 2200 };

static const char zone_folder[] = "/usr/share/zoneinfo";

static bool parse_offset(const char *text, int32_t *out_s)
{
	if ((text[0] != '+' && text[0] != '-') || strlen(text) != 6 || text[3] != ':')
		return false;
	const char hours_text[] = { text[1], text[2], '\0' };
	uint64_t hours, minutes;
	if (!text_u64(hours_text, 14, &hours) || !text_u64(text + 4, 59, &minutes))
		return false;
	const int32_t offset_s = (int32_t)(hours * 3600 + minutes * 60);
	*out_s = text[0] == '-' ? -offset_s : offset_s;
	return true;
}

// Letters, digits, "_", "+", "-" and single slashes inside: nothing that leaves the folder.
static bool is_zone_name(const char *text)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
	const size_t length = strlen(text);
	return length > 0 && length < CALENDAR_ZONE_SIZE && strspn(text, allowed) == length &&
	       text[0] != '/' && text[length - 1] != '/' && strstr(text, "//") == NULL;
}

// Files of the database begin with "TZif" (RFC 8536); folders and lists lie between them.
static bool is_zone_file(const char *path)
{
	char magic[4] = "";
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return false;
	const bool is_read = fread(magic, 1, sizeof magic, file) == sizeof magic;
	fclose(file);
	return is_read && memcmp(magic, "TZif", sizeof magic) == 0;
}

bool zone_parse(const char *text, struct zone *out, struct error *error)
{
	struct zone zone = { .offset_s = 0 };
	if (text_equal(text, "UTC") || text_equal(text, "Z") ||
	    parse_offset(text, &zone.offset_s)) {
		text_copy(zone.name, sizeof zone.name, zone.offset_s == 0 ? "UTC" : text);
		*out = zone;
		return true;
	}
	char path[sizeof zone_folder + CALENDAR_ZONE_SIZE + 1];
	if (!is_zone_name(text) || !text_format(path, sizeof path, "%s/%s", zone_folder, text))
		return error_set(error, ERROR_USAGE, "zone '%s' is not UTC, +HH:MM or Area/City",
		                 text);
	if (!is_zone_file(path))
		return error_set(
			error, ERROR_USAGE,
			"zone '%s' is not in %s; install tzdata or give an offset such as +09:00",
			text, zone_folder);
	zone.is_named = true;
	text_copy(zone.name, sizeof zone.name, text);
	if (setenv("TZ", path, 1) != 0)
		return error_memory(error, "the time zone");
	tzset();
	*out = zone;
	return true;
}

static struct day_span fixed_day(int32_t offset_s, uint64_t time_ns)
{
	const int64_t local_s = (int64_t)(time_ns / NANOSECONDS_A_SECOND) + offset_s;
	const int64_t day = local_s >= 0 ? local_s / SECONDS_A_DAY : -1;
	const int64_t begin_s = day * SECONDS_A_DAY - offset_s;
	return (struct day_span){
		.day = (int32_t)day,
		.begin_ns = begin_s > 0 ? (uint64_t)begin_s * NANOSECONDS_A_SECOND : 0,
		.end_ns = (uint64_t)(begin_s + SECONDS_A_DAY) * NANOSECONDS_A_SECOND,
	};
}

static int32_t local_day(time_t seconds)
{
	struct tm date;
	localtime_r(&seconds, &date);
	return day_from_date(date.tm_year + 1900, (unsigned)date.tm_mon + 1,
	                     (unsigned)date.tm_mday);
}

// A second that a day begins with in the process's zone. Clocks are changed around
// midnight in some zones, so that 00:00 comes twice or never; where the date
// itself goes back for a while (America/St_Johns until 2011) it is one of the two.
static uint64_t local_begin_ns(int32_t day)
{
	time_t before = (time_t)day * SECONDS_A_DAY - 2 * SECONDS_A_DAY;
	time_t after = (time_t)day * SECONDS_A_DAY + 2 * SECONDS_A_DAY;
	while (after - before > 1) {
		const time_t middle = before + (after - before) / 2;
		if (local_day(middle) < day)
			before = middle;
		else
			after = middle;
	}
	return after > 0 ? (uint64_t)after * NANOSECONDS_A_SECOND : 0;
}

static struct day_span named_day(uint64_t time_ns)
{
	int32_t day = local_day((time_t)(time_ns / NANOSECONDS_A_SECOND));
	// The begins decide, so that days abut whatever the clocks do.
	while (time_ns < local_begin_ns(day))
		day--;
	while (time_ns >= local_begin_ns(day + 1))
		day++;
	return (struct day_span){ .day = day,
		                  .begin_ns = local_begin_ns(day),
		                  .end_ns = local_begin_ns(day + 1) };
}

struct day_span zone_day(const struct zone *zone, uint64_t time_ns)
{
	const uint64_t limit_ns = ((uint64_t)day_from_date(YEAR_MAX, 1, 1) * SECONDS_A_DAY -
	                           SECONDS_A_DAY) *
	                          NANOSECONDS_A_SECOND;
	if (time_ns > limit_ns)
		time_ns = limit_ns;
	struct day_span span = zone->is_named ? named_day(time_ns)
	                                      : fixed_day(zone->offset_s, time_ns);
	if (time_ns == limit_ns)
		span.end_ns = UINT64_MAX;
	return span;
}

struct day_span zone_span_of_day(const struct zone *zone, int32_t day)
{
	const int64_t last_s = (int64_t)(UINT64_MAX / NANOSECONDS_A_SECOND);
	const int64_t noon_s = (int64_t)day * SECONDS_A_DAY + SECONDS_A_DAY / 2;
	const int64_t in_s = noon_s < 0 ? 0 : noon_s > last_s ? last_s : noon_s;
	struct day_span span = zone_day(zone, (uint64_t)in_s * NANOSECONDS_A_SECOND);
	while (span.day < day && span.end_ns < UINT64_MAX)
		span = zone_day(zone, span.end_ns);
	while (span.day > day && span.begin_ns > 0)
		span = zone_day(zone, span.begin_ns - 1);
	return span;
}

int32_t day_from_date(int32_t year, unsigned month, unsigned day_of_month)
{
	year -= month <= 2;
	const int32_t era = (year >= 0 ? year : year - 399) / 400;
	const unsigned year_of_era = (unsigned)(year - era * 400);
	const unsigned day_of_year = (153 * (month + (month > 2 ? -3u : 9u)) + 2) / 5 +
	                             day_of_month - 1;
	const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	                            day_of_year;
	return era * 146097 + (int32_t)day_of_era - 719468;
}

void day_to_date(int32_t day, int32_t *year, unsigned *month, unsigned *day_of_month)
{
	day += 719468;
	const int32_t era = (day >= 0 ? day : day - 146096) / 146097;
	const unsigned day_of_era = (unsigned)(day - era * 146097);
	const unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
	                              day_of_era / 146096) /
	                             365;
	const unsigned day_of_year = day_of_era -
	                             (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	const unsigned shifted_month = (5 * day_of_year + 2) / 153;
	*day_of_month = day_of_year - (153 * shifted_month + 2) / 5 + 1;
	*month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
	*year = (int32_t)year_of_era + era * 400 + (*month <= 2);
}

void day_format(int32_t day, char out[CALENDAR_DAY_SIZE])
{
	int32_t year;
	unsigned month, day_of_month;
	day_to_date(day, &year, &month, &day_of_month);
	text_format(out, CALENDAR_DAY_SIZE, "%04d-%02u-%02u", (int)year, month, day_of_month);
}

bool day_parse(const char *text, int32_t *out)
{
	char year_text[5], month_text[3];
	uint64_t year, month, day_of_month;
	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return false;
	text_format(year_text, sizeof year_text, "%.4s", text);
	text_format(month_text, sizeof month_text, "%.2s", text + 5);
	if (!text_u64(year_text, 9999, &year) || !text_u64(month_text, 12, &month) ||
	    !text_u64(text + 8, 31, &day_of_month) || month == 0 || day_of_month == 0)
		return false;
	const int32_t day = day_from_date((int32_t)year, (unsigned)month, (unsigned)day_of_month);
	char back[CALENDAR_DAY_SIZE];
	day_format(day, back);
	if (!text_equal(back, text))
		return false;  // 31 February
	*out = day;
	return true;
}

void time_format(uint64_t time_ns, unsigned digits, char out[CALENDAR_TIME_SIZE])
{
	const uint64_t seconds = time_ns / NANOSECONDS_A_SECOND;
	const unsigned second_of_day = (unsigned)(seconds % SECONDS_A_DAY);
	char date[CALENDAR_DAY_SIZE], fraction[16] = "";
	day_format((int32_t)(seconds / SECONDS_A_DAY), date);
	if (digits > 0)
		text_format(fraction, sizeof fraction, ".%09u",
		            (unsigned)(time_ns % NANOSECONDS_A_SECOND));
	if (digits < 9)
		fraction[digits > 0 ? digits + 1 : 0] = '\0';
	text_format(out, CALENDAR_TIME_SIZE, "%sT%02u:%02u:%02u%sZ", date, second_of_day / 3600,
	            second_of_day / 60 % 60, second_of_day % 60, fraction);
}

// Two digits at `text`, up to `maximum`.
static bool parse_pair(const char *text, uint64_t maximum, uint64_t *out)
{
	const char pair[] = { text[0], text[0] == '\0' ? '\0' : text[1], '\0' };
	return pair[1] != '\0' && text_u64(pair, maximum, out);
}

// HH:MM:SS; a leap second is the one behind it.
static bool parse_time_of_day(const char *text, uint64_t *out_s)
{
	uint64_t hour, minute, second;
	if (!parse_pair(text, 23, &hour) || text[2] != ':' || !parse_pair(text + 3, 59, &minute) ||
	    text[5] != ':' || !parse_pair(text + 6, 60, &second))
		return false;
	*out_s = hour * 3600 + minute * 60 + second;
	return true;
}

// Moves *text on behind it.
static bool parse_fraction(const char **text, uint64_t *out_ns)
{
	uint64_t unit = NANOSECONDS_A_SECOND;
	if (**text != '.' && **text != ',')
		return true;
	const char *begin = ++*text;
	for (; **text >= '0' && **text <= '9'; ++*text) {
		unit /= 10;
		*out_ns += (uint64_t)(**text - '0') * unit;
	}
	return *text > begin;
}

bool time_parse(const char *text, uint64_t *out_ns)
{
	char date[11];
	int32_t day, offset_s = 0;
	uint64_t second, fraction_ns = 0;
	text_format(date, sizeof date, "%.10s", text);
	if (!day_parse(date, &day) || (text[10] != 'T' && text[10] != 't' && text[10] != ' ') ||
	    !parse_time_of_day(text + 11, &second))
		return false;
	text += 19;
	if (!parse_fraction(&text, &fraction_ns))
		return false;
	const bool is_utc = *text == '\0' || text_equal(text, "Z") || text_equal(text, "z");
	if (!is_utc && !parse_offset(text, &offset_s))
		return false;
	const int64_t seconds = (int64_t)day * SECONDS_A_DAY + (int64_t)second - offset_s;
	if (seconds < 0 || seconds >= (int64_t)day_from_date(YEAR_MAX, 1, 1) * SECONDS_A_DAY)
		return false;
	*out_ns = (uint64_t)seconds * NANOSECONDS_A_SECOND + fraction_ns;
	return true;
}
