// SPDX-License-Identifier: MIT
// Ranges of days, and periods: the stretches of time that facts are kept of. A period is a calendar day
// of some zone, or a pane of one, so many minutes from one of its minutes on. People see days; whoever
// watches live keeps panes until the day is over. A day holds its panes.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Days since 1970-01-01, both included.
struct day_range {
	int32_t from, to;
};
static const struct day_range all_days = { INT32_MIN, INT32_MAX };

static inline bool day_range_holds(struct day_range range, int32_t day)
{
	return day >= range.from && day <= range.to;
}

// The range, and so many days before it. Those of a range may be the least and the largest.
static inline struct day_range day_range_with_past(struct day_range range, uint32_t days)
{
	const int64_t from = (int64_t)range.from - days;
	return (struct day_range){ from > INT32_MIN ? (int32_t)from : INT32_MIN, range.to };
}

struct period {
	int32_t day;       // since 1970-01-01, in the zone
	uint16_t minute;   // of the day, on its clock from its begin: 0 for a whole day
	uint16_t minutes;  // 0: the whole day
};

static inline struct period period_of_day(int32_t day)
{
	return (struct period){ .day = day };
}

static inline struct period period_of_pane(int32_t day, uint16_t minute, uint16_t minutes)
{
	return (struct period){ day, minute, minutes };
}

// By begin; what begins at the same moment is equal, however long it is.
static inline int period_compare(struct period a, struct period b)
{
	if (a.day != b.day)
		return a.day < b.day ? -1 : 1;
	return (a.minute > b.minute) - (a.minute < b.minute);
}

// Whether all of `part` lies in `whole`. A day of 25 hours has 1,500 minutes; a whole day holds any.
static inline bool period_holds(struct period whole, struct period part)
{
	if (whole.day != part.day)
		return false;
	if (whole.minutes == 0)
		return true;
	return part.minutes > 0 && part.minute >= whole.minute &&
	       part.minute + part.minutes <= whole.minute + whole.minutes;
}
