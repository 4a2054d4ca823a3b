// SPDX-License-Identifier: MIT
#include "holdings/days.h"

bool held_day_next(const struct holdings *h, struct day_range range, struct held_day *day)
{
	const size_t count = holdings_count(h);
	size_t at = day->first + day->count;
	while (at < count && holdings_day(h, at) < range.from)
		at++;
	if (at == count || holdings_day(h, at) > range.to)
		return false;
	*day = (struct held_day){ .day = holdings_day(h, at), .first = at };
	for (; at < count && holdings_day(h, at) == day->day; at++) {
		const uint32_t floor = holdings_at(h, at).floor;
		day->floor = floor > day->floor ? floor : day->floor;
		day->count++;
	}
	return true;
}

size_t held_days_count(const struct holdings *h, struct day_range range)
{
	struct held_day day = { .count = 0 };
	size_t count = 0;
	while (held_day_next(h, range, &day))
		count++;
	return count;
}

bool held_days_bounds(const struct holdings *h, struct day_range range, struct day_range *out)
{
	struct held_day day = { .count = 0 };
	if (!held_day_next(h, range, &day))
		return false;
	struct day_range bounds = { day.day, day.day };
	while (held_day_next(h, range, &day))
		bounds.to = day.day;
	*out = bounds;
	return true;
}

bool held_day_syns(struct holdings *h, const struct held_day *day, unsigned family, uint64_t *out,
                   struct error *error)
{
	uint64_t sum = 0, syns;
	for (size_t i = day->first; i < day->first + day->count; i++, sum += syns)
		if (!holdings_syns(h, i, family, &syns, error))
			return false;
	*out = sum;
	return true;
}

bool held_day_has_unknown(struct holdings *h, const struct held_day *day, bool *out,
                          struct error *error)
{
	uint64_t unknown;
	if (!held_day_syns(h, day, FINGERPRINT_UNKNOWN, &unknown, error))
		return false;
	*out = unknown > 0;
	return true;
}
