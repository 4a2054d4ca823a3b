// SPDX-License-Identifier: MIT
#include "present/chart/axis.h"

#include "base/calendar.h"
#include "base/text.h"

#include <math.h>

struct number_axis axis_numbers(double maximum, unsigned steps_max)
{
	static const double factors[] = { 1, 2, 5 };
	if (!isfinite(maximum) || maximum < 1)
		maximum = 1;
	for (double power = 1;; power *= 10) {
		for (size_t i = 0; i < 3; i++) {
			const double step = power * factors[i], steps = ceil(maximum / step);
			if (steps <= steps_max)
				return (struct number_axis){ step, step * steps, (unsigned)steps };
		}
	}
}

struct log_axis axis_powers(double minimum, double maximum)
{
	struct log_axis axis = { .bottom = 1, .top = 1 };
	if (!isfinite(minimum) || !isfinite(maximum))
		return (struct log_axis){ 1, 10 };
	while (axis.bottom * 10 <= minimum)
		axis.bottom *= 10;
	for (axis.top = axis.bottom; axis.top * 10 <= maximum;)
		axis.top *= 10;
	static const double factors[] = { 1, 2, 5, 10 };
	for (size_t i = 0; i < 4; i++)
		if (axis.top * factors[i] >= maximum && axis.top * factors[i] > axis.bottom)
			return (struct log_axis){ axis.bottom, axis.top * factors[i] };
	return axis;
}

double axis_next_power(struct log_axis axis, double tick)
{
	if (axis.top > axis.bottom * 10)
		return tick * 10;
	const double lead = tick / axis.bottom;  // 1, 2, 5 or 10
	return tick * (lead > 1.5 && lead < 4 ? 2.5 : 2);
}

// Either days or months apart.
struct date_step {
	unsigned days, months;
};

static const struct date_step date_steps[] = {
	{ 1, 0 }, { 2, 0 },  { 7, 0 },  { 14, 0 }, { 0, 1 },   { 0, 2 },   { 0, 3 },
	{ 0, 6 }, { 0, 12 }, { 0, 24 }, { 0, 60 }, { 0, 120 }, { 0, 600 },
};

// From three months on, months are what people think in.
enum { FORTNIGHTS_MAX_DAYS = 92 };

static struct date_step choose_step(struct date_range range, double width_em)
{
	const size_t last = sizeof date_steps / sizeof *date_steps - 1;
	for (size_t i = 0; i < last; i++) {
		const struct date_step step = date_steps[i];
		const double days = step.days > 0 ? step.days : step.months * 30.4;
		const double room_em = step.days > 0 ? 4.2 : 3.6;
		if (step.days == 14 && range.day_count > FORTNIGHTS_MAX_DAYS)
			continue;
		if (range.day_count / days * room_em <= width_em)
			return step;
	}
	return date_steps[last];
}

static bool is_tick(int32_t day, struct date_step step)
{
	enum { A_MONDAY = 4 };  // 1970-01-05
	int32_t year;
	unsigned month, day_of_month;
	if (step.days > 0) {
		const int32_t days = (int32_t)step.days, since = (day - A_MONDAY) % days;
		return since == 0;
	}
	day_to_date(day, &year, &month, &day_of_month);
	if (day_of_month != 1 || (month - 1) % step.months != 0)
		return false;
	return step.months <= 12 || year % (int32_t)(step.months / 12) == 0;
}

static struct date_tick make_tick(int32_t day, uint32_t index, bool has_day, enum lang lang)
{
	static const char names[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct date_tick tick = { .index = index };
	int32_t year;
	unsigned month, day_of_month;
	day_to_date(day, &year, &month, &day_of_month);
	if (lang == LANG_JA && has_day)
		text_format(tick.label, sizeof tick.label, "%u/%u", month, day_of_month);
	else if (lang == LANG_JA)
		text_format(tick.label, sizeof tick.label, "%u月", month);
	else if (has_day)
		text_format(tick.label, sizeof tick.label, "%s %u", names[month - 1], day_of_month);
	else
		text_copy(tick.label, sizeof tick.label, names[month - 1]);
	text_format(tick.year, sizeof tick.year, "%d%s", (int)year, lang == LANG_JA ? "年" : "");
	return tick;
}

// Years are said once, at the first tick that they begin with.
static void drop_repeated_years(struct date_tick *ticks, size_t count)
{
	for (size_t i = count; i-- > 1;)
		if (text_equal(ticks[i].year, ticks[i - 1].year))
			ticks[i].year[0] = '\0';
}

size_t axis_dates(struct date_range range, double width_em, enum lang lang,
                  struct date_tick out[AXIS_TICKS_MAX])
{
	const struct date_step step = choose_step(range, width_em);
	size_t count = 0;
	for (uint32_t i = 0; i < range.day_count && count < AXIS_TICKS_MAX; i++) {
		const int32_t day = range.first_day + (int32_t)i;
		if (is_tick(day, step))
			out[count++] = make_tick(day, i, step.days > 0, lang);
	}
	if (count == 0 && range.day_count > 0)
		out[count++] = make_tick(range.first_day, 0, true, lang);
	drop_repeated_years(out, count);
	return count;
}
