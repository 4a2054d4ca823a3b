// SPDX-License-Identifier: MIT
// Where an axis has its ticks: round numbers, and dates that people think in.
#pragma once

#include "present/words/lang.h"

#include <stddef.h>
#include <stdint.h>

// From 0 to `top` in `steps` equal steps that are 1, 2 or 5 times a power of ten, and at least 1.
struct number_axis {
	double step, top;
	unsigned steps;
};

// The finest such axis that reaches `maximum` in at most `steps_max` (>= 2) steps.
struct number_axis axis_numbers(double maximum, unsigned steps_max);

// A logarithmic axis, from a power of ten to 1, 2 or 5 times one.
struct log_axis {
	double bottom, top;  // 1 <= bottom < top
};

// The shortest such axis that holds both, which are taken as at least 1; 1 to 10 if they are not finite.
struct log_axis axis_powers(double minimum, double maximum);
// The tick after this one, which begin at `bottom`: powers of ten; within one of them also 2 and 5.
double axis_next_power(struct log_axis, double tick);

enum { AXIS_TICKS_MAX = 64 };

struct date_tick {
	uint32_t index;  // days after the first day of the axis
	char label[16];  // "Sep", "Sep 5"; in Japanese the month with its character, or 9/5
	char year[16];   // below the label; empty if the tick before it is of the same year
};

struct date_range {
	int32_t first_day;
	uint32_t day_count;
};

// Ticks at days, weeks (Mondays), fortnights, months or years: the finest whose labels
// have room on an axis that is `width_em` font sizes long. At least one if there are days.
size_t axis_dates(struct date_range range, double width_em, enum lang lang,
                  struct date_tick out[AXIS_TICKS_MAX]);
