// SPDX-License-Identifier: MIT
#include "device/mask.h"

#include <string.h>
#include <strings.h>

static const char months[12][10] = { "january",   "february", "march",    "april",
	                             "may",       "june",     "july",     "august",
	                             "september", "october",  "november", "december" };
static const char days[7][10] = { "monday", "tuesday",  "wednesday", "thursday",
	                          "friday", "saturday", "sunday" };
static const char zones[][5] = { "GMT", "UTC", "CET", "CEST", "EST", "EDT", "CST",
	                         "CDT", "PST", "PDT", "MST",  "MDT", "JST", "KST",
	                         "BST", "MSK", "AM",  "PM",   "Z" };

static inline uint8_t byte_at(struct span s, size_t at)
{
	return at < s.length ? s.bytes[at] : 0;
}

static inline bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The number of up to `most` digits there, and how many those are; 0 where there are more, or none.
static size_t number(struct span s, size_t at, size_t most, unsigned *out)
{
	size_t count = 0;
	*out = 0;
	for (; count < most && is_digit(byte_at(s, at + count)); count++)
		*out = *out * 10 + (unsigned)(s.bytes[at + count] - '0');
	return is_digit(byte_at(s, at + count)) ? 0 : count;
}

// The length of a name, whole or of three letters, with a full stop or without.
static size_t name(struct span s, size_t at, const char (*names)[10], size_t count)
{
	size_t letters = 0;
	while (letters < 10 && is_letter(byte_at(s, at + letters)))
		letters++;
	if (letters < 3)
		return 0;
	for (size_t i = 0; i < count; i++)
		if ((letters == 3 || letters == strlen(names[i])) &&
		    strncasecmp((const char *)s.bytes + at, names[i], letters) == 0)
			return letters;
	return 0;
}

static size_t month_name(struct span s, size_t at)
{
	return name(s, at, months, 12);
}

static bool is_year(unsigned value, size_t digits)
{
	return digits == 4 ? value >= 1970 && value <= 2099 : digits == 2;
}

static size_t blanks(struct span s, size_t at, const char *which)
{
	size_t count = 0;
	while (count < 2 && byte_at(s, at + count) != 0 &&
	       strchr(which, byte_at(s, at + count)) != NULL)
		count++;
	return count;
}

// HH:MM:SS, with a fraction.
static size_t clock_time(struct span s, size_t at)
{
	unsigned value;
	size_t i = at;
	for (unsigned part = 0; part < 3; part++) {
		if (part > 0 && byte_at(s, i++) != ':')
			return 0;
		const size_t digits = number(s, i, 2, &value);
		if (digits == 0 || (part > 0 && digits != 2) || value > (part == 0 ? 24 : 60))
			return 0;
		i += digits;
	}
	if (byte_at(s, i) == ':' && is_digit(byte_at(s, i + 1)))
		return 0;  // of more than three parts
	if (byte_at(s, i) == '.' && is_digit(byte_at(s, i + 1)))
		for (i++; i - at < 24 && is_digit(byte_at(s, i));)
			i++;
	return is_letter(byte_at(s, i)) && (byte_at(s, i) | 0x20) != 'z' ? 0 : i - at;
}

static size_t zone(struct span s, size_t at)
{
	unsigned value;
	const uint8_t sign = byte_at(s, at);
	if ((sign == '+' || sign == '-') && number(s, at + 1, 4, &value) == 4)
		return 5;
	if ((sign == '+' || sign == '-') && number(s, at + 1, 2, &value) == 2 &&
	    byte_at(s, at + 3) == ':' && number(s, at + 4, 2, &value) == 2)
		return 6;
	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
		const size_t length = strlen(zones[i]);
		if (length <= s.length - at && memcmp(s.bytes + at, zones[i], length) == 0 &&
		    !is_letter(byte_at(s, at + length)) && !is_digit(byte_at(s, at + length)))
			return length;
	}
	return 0;
}

static size_t year(struct span s, size_t at)
{
	unsigned value;
	const uint8_t next = byte_at(s, at + 4);
	return number(s, at, 4, &value) == 4 && is_year(value, 4) && !is_letter(next) &&
	                       (next == 0 || strchr("./-_", next) == NULL)
	               ? 4
	               : 0;
}

// What may follow a date or clock: clock, zone, year, each with a blank before it.
static size_t rest(struct span s, size_t at)
{
	size_t i = at;
	for (unsigned parts = 0; parts < 4 && i < s.length; parts++) {
		const size_t gap = byte_at(s, i) == 'T' || byte_at(s, i) == ':'
		                           ? 1
		                           : blanks(s, i, " ,");
		size_t length = i + gap < s.length ? clock_time(s, i + gap) : 0;
		if (length == 0 && i + gap < s.length)
			length = zone(s, i + gap);
		if (length == 0 && gap > 0)
			length = year(s, i + gap);
		if (length == 0)
			break;
		i += gap + length;
	}
	return i - at;
}

// "29 Jul 2014", "29-Jul-14", "29/Jul/2014"
static size_t day_first(struct span s, size_t at)
{
	unsigned value;
	size_t i = at + number(s, at, 2, &value);
	if (i == at || value < 1 || value > 31)
		return 0;
	size_t gap = blanks(s, i, " -/.");
	const size_t month = gap > 0 ? month_name(s, i + gap) : 0;
	if (month == 0)
		return 0;
	i += gap + month;
	gap = blanks(s, i, " -/,.");
	const size_t digits = gap > 0 ? number(s, i + gap, 4, &value) : 0;
	return digits > 0 && is_year(value, digits) ? i + gap + digits - at : 0;
}

// "Jul 29 2014", "July 29, 2014", "Jul 29 16:26:06 2014"
static size_t month_first(struct span s, size_t at)
{
	unsigned value;
	const size_t month = month_name(s, at);
	const size_t gap = month > 0 ? blanks(s, at + month, " .") : 0;
	const size_t digits = gap > 0 ? number(s, at + month + gap, 2, &value) : 0;
	if (digits == 0 || value < 1 || value > 31)
		return 0;
	const size_t length = month + gap + digits, more = rest(s, at + length);
	return more > 0 ? length : 0;
}

// "2014-07-29", "29.07.2014", with the same sign twice.
static size_t numbers(struct span s, size_t at)
{
	unsigned values[3];
	size_t digits[3], i = at;
	const size_t first = number(s, at, 4, &values[0]);
	const uint8_t between = byte_at(s, at + first);
	if (first == 0 || (between != '-' && between != '/' && between != '.'))
		return 0;
	for (unsigned k = 0; k < 3; k++) {
		if (k > 0 && byte_at(s, i++) != between)
			return 0;
		digits[k] = number(s, i, 4, &values[k]);
		i += digits[k];
		if (digits[k] == 0 || digits[k] == 3)
			return 0;
	}
	const bool is_big_first = digits[0] == 4 && is_year(values[0], 4) && digits[1] == 2 &&
	                          digits[2] == 2 && values[1] <= 12 && values[2] <= 31;
	const bool is_big_last = digits[2] == 4 && is_year(values[2], 4) && digits[0] <= 2 &&
	                         digits[1] <= 2 && values[0] <= 31 && values[1] <= 31;
	const uint8_t next = byte_at(s, i);
	return (is_big_first || is_big_last) && (next == 'T' || !is_letter(next)) ? i - at : 0;
}

size_t mask_date(struct span s, size_t at)
{
	const uint8_t before = at > 0 ? s.bytes[at - 1] : 0;
	if (before == '.' || before == '-' || before == '_')
		return 0;
	size_t begin = at;
	const size_t weekday = name(s, at, days, 7);
	if (weekday > 0)
		begin += weekday + blanks(s, at + weekday, ", ");
	size_t length = day_first(s, begin);
	if (length == 0)
		length = month_first(s, begin);
	if (length == 0 && weekday == 0)
		length = numbers(s, begin);
	const bool is_inside = before == ':' && at > 1 && is_digit(s.bytes[at - 2]);
	if (length == 0 && weekday == 0 && !is_inside)
		length = clock_time(s, begin);
	return length == 0 ? 0 : begin + length + rest(s, begin + length) - at;
}
