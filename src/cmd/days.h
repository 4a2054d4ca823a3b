// SPDX-License-Identifier: MIT
// Private to cmd/: which days are meant by --from, --to and --last.
#pragma once

#include "base/calendar.h"
#include "base/options.h"
#include "base/period.h"

struct chosen_days {
	struct option_day from, to;
	uint64_t last;  // 0: not given
};

// What has data, in which zone.
struct held_days {
	const struct zone *zone;
	const int32_t *days;  // ascending
	size_t count;
};

// What contradicts itself whatever the data. Also afterwards, once days are those of a calendar.
bool days_check(const struct chosen_days *, struct error *error) MUST_CHECK;

// Makes all of them days of the calendar: "today" by the machine's clock, "-7" and --last by the days
// with data. --last counts days that there are, up to --to: it passes over those without data. Where
// nothing has data, what counts from its last day stands for all days. Fails as days_check() does.
bool days_resolve(struct chosen_days *, const struct held_days *, struct error *error) MUST_CHECK;

// Whether something counts from the last day of the data.
bool days_need_data(const struct chosen_days *);

// Once they are days of the calendar.
bool days_contain(const struct chosen_days *, int32_t day);
struct day_range days_range(const struct chosen_days *);
