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

// The first lost day that is not before `day`.
static size_t lost_from(const struct lost_day *lost, size_t count, int32_t day)
{
	size_t at = 0;
	while (at < count && lost[at].day < day)
		at++;
	return at;
}

bool held_day_is_lost(const struct holdings *h, int32_t day)
{
	size_t count;
	const struct lost_day *lost = holdings_lost(h, &count);
	const size_t at = lost_from(lost, count, day);
	return at < count && lost[at].day == day;
}

size_t lost_days_count(const struct holdings *h, struct day_range range)
{
	size_t all, count = 0;
	const struct lost_day *lost = holdings_lost(h, &all);
	for (size_t i = 0; i < all; i++)
		count += day_range_holds(range, lost[i].day);
	return count;
}

static void widen(struct day_range *bounds, bool *has_any, int32_t day)
{
	bounds->from = *has_any && bounds->from < day ? bounds->from : day;
	bounds->to = *has_any && bounds->to > day ? bounds->to : day;
	*has_any = true;
}

bool held_days_bounds(const struct holdings *h, struct day_range range, struct day_range *out)
{
	struct held_day day = { .count = 0 };
	struct day_range bounds = { 0, 0 };
	bool has_any = false;
	size_t count;
	const struct lost_day *lost = holdings_lost(h, &count);
	while (held_day_next(h, range, &day))
		widen(&bounds, &has_any, day.day);
	for (size_t i = 0; i < count; i++)
		if (day_range_holds(range, lost[i].day))
			widen(&bounds, &has_any, lost[i].day);
	if (has_any)
		*out = bounds;
	return has_any;
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
