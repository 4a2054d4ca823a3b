// SPDX-License-Identifier: MIT
// What happened in the world, for the time axis of figures.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct incident {
	int16_t year;
	uint8_t month, day_of_month;
	const char *texts[2];  // by enum lang
};

enum { INCIDENTS_MAX = 16 };

// One that falls on a day of the axis.
struct incident_hit {
	const struct incident *incident;
	uint32_t index;  // days after the first day
};

// Those within the days, by date; returns how many.
size_t incidents_within(int32_t first_day, uint32_t day_count,
                        struct incident_hit out[INCIDENTS_MAX]);
