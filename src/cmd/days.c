// SPDX-License-Identifier: MIT
#include "cmd/days.h"

#include "base/clock.h"

bool days_check(const struct chosen_days *c, struct error *error)
{
	if (c->last > 0 && c->from.is_given)
		return error_set(error, ERROR_USAGE,
		                 "--last says where the days begin, and so does --from: give one");
	if (c->from.is_given && c->to.is_given && c->from.from == c->to.from &&
	    c->from.day > c->to.day)
		return error_set(error, ERROR_USAGE, "--from is later than --to");
	return true;
}

static void resolve_day(struct option_day *day, const struct held_days *held)
{
	if (day->from == DAY_FROM_TODAY)
		day->day += zone_day(held->zone, clock_today_ns()).day;
	else if (day->from == DAY_FROM_LAST && held->count > 0)
		day->day += held->days[held->count - 1];
	else if (day->from == DAY_FROM_LAST)
		day->is_given = false;
	day->from = DAY_OF_CALENDAR;
}

// The day on which the last `count` days up to --to begin.
static struct option_day begin_of_last(const struct chosen_days *c, const struct held_days *held)
{
	const int32_t to = days_range(c).to;
	size_t end = held->count;
	while (end > 0 && held->days[end - 1] > to)
		end--;
	if (end == 0)
		return (struct option_day){ .is_given = false };
	return (struct option_day){ .is_given = true,
		                    .day = held->days[c->last < end ? end - c->last : 0] };
}

bool days_resolve(struct chosen_days *c, const struct held_days *held, struct error *error)
{
	struct chosen_days resolved = *c;
	if (!days_check(c, error))
		return false;
	resolve_day(&resolved.from, held);
	resolve_day(&resolved.to, held);
	if (resolved.last > 0) {
		resolved.from = begin_of_last(&resolved, held);
		resolved.last = 0;
	}
	if (!days_check(&resolved, error))
		return false;
	*c = resolved;
	return true;
}

bool days_need_data(const struct chosen_days *c)
{
	return c->last > 0 || (c->from.is_given && c->from.from == DAY_FROM_LAST) ||
	       (c->to.is_given && c->to.from == DAY_FROM_LAST);
}

bool days_contain(const struct chosen_days *c, int32_t day)
{
	return day_range_holds(days_range(c), day);
}

struct day_range days_range(const struct chosen_days *c)
{
	return (struct day_range){ c->from.is_given ? c->from.day : all_days.from,
		                   c->to.is_given ? c->to.day : all_days.to };
}
