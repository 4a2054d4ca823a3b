// SPDX-License-Identifier: MIT
// From days and values to places, and the labels that lead back.
#include "present/chart/chart.h"

#include "base/text.h"
#include "present/words/numbers.h"
#include "present/words/width.h"

#include <math.h>

// Between the lowest power of ten and the line of the zeros: no value lies there.
enum { ZERO_ROOM = 14 };

double chart_x(const struct chart *chart, const struct panel_plan *panel, double index)
{
	const double width = panel->right - panel->left;
	if (chart->axis == CHART_DATES)
		return chart_day_x(chart, panel, index + 0.5);
	if (chart->count < 2)
		return panel->left;
	if (chart->axis == CHART_AGES)
		return panel->left + index * width / (double)(chart->count - 1);
	// Between two ranks, along the straight line that the curve takes.
	const size_t low = (size_t)fmin(index, (double)chart->count - 2);
	const double a = log10(chart->ranks[low]), b = log10(chart->ranks[low + 1]);
	const double last = log10(chart->ranks[chart->count - 1]);
	return panel->left + (a + (index - (double)low) * (b - a)) * width / last;
}

double chart_day_x(const struct chart *chart, const struct panel_plan *panel, double index)
{
	return panel->left + index * (panel->right - panel->left) / (double)chart->count;
}

double chart_y(const struct panel_plan *panel, double value)
{
	const struct log_axis *powers = &panel->powers;
	const double height = panel->bottom - panel->top;
	if (powers->top <= 0)
		return panel->bottom - value / panel->axis.top * height;
	if (value < powers->bottom)
		return panel->bottom;
	const double share = log10(value / powers->bottom) / log10(powers->top / powers->bottom);
	return panel->bottom - panel->zero_room - share * (height - panel->zero_room);
}

size_t chart_bin(size_t count, size_t points_max)
{
	return count <= points_max ? 1 : (count + points_max - 1) / points_max;
}

static const enum word shade_words[CHART_SHADES] = {
	[CHART_SHADE_OPEN] = WORD_SHADE_OPEN, [CHART_SHADE_PART] = WORD_PARTLY_COVERED,
	[CHART_SHADE_GAP] = WORD_NO_CAPTURES, [CHART_SHADE_UNKNOWN] = WORD_SHADE_UNKNOWN,
	[CHART_SHADE_LOST] = WORD_SHADE_LOST,
};

const char *chart_shade_word(const struct chart *chart, enum chart_shade shade)
{
	const enum word own = shade == CHART_SHADE_GAP    ? chart->gap
	                      : shade == CHART_SHADE_PART ? chart->part
	                                                  : 0;
	return word_in(chart->frame.lang, own != 0 ? own : shade_words[shade]);
}

const char *const chart_shade_kinds[CHART_SHADES] = {
	[CHART_SHADE_OPEN] = "class=\"open\" fill=\"#dcf0f2\"",
	[CHART_SHADE_PART] = "class=\"part\" fill=\"#fbecc8\"",
	[CHART_SHADE_GAP] = "class=\"gap\" fill=\"#e4e8ec\"",
	[CHART_SHADE_UNKNOWN] = "class=\"unknown\" fill=\"#dfe3fa\"",
	[CHART_SHADE_LOST] = "class=\"lost\" fill=\"#f8d3cf\"",
};

enum chart_shade chart_shade_of(const struct chart *chart, size_t day)
{
	if (chart->is_lost != NULL && chart->is_lost[day])
		return CHART_SHADE_LOST;
	if (chart->is_unknown != NULL && chart->is_unknown[day])
		return CHART_SHADE_UNKNOWN;
	if (chart->has_data != NULL && !chart->has_data[day])
		return CHART_SHADE_GAP;
	if (chart->coverage != NULL && chart->coverage[day] < CHART_WHOLE_DAY)
		return CHART_SHADE_PART;
	return day + chart->open_count >= chart->count ? CHART_SHADE_OPEN : CHART_SHADE_NONE;
}

void chart_value(const struct panel *panel, double value, char out[NUMBER_SIZE])
{
	if (!isfinite(value))
		text_copy(out, NUMBER_SIZE, "–");
	else if (panel->is_share)
		number_share(value, out);
	else
		number_count(value, out);
}

void chart_axis_value(const struct chart *chart, const struct panel *panel, double value,
                      char out[NUMBER_SIZE])
{
	if (panel->is_share)
		text_format(out, NUMBER_SIZE, "%.0f%%", value * 100);
	else if (panel->is_log || chart->is_grid)
		number_short(value, chart->frame.lang, out);
	else
		number_count(value, out);
}

// The greatest value, the least that is above 0, and whether there is a 0: of the panel, or of all
// where they share a scale.
struct reach {
	double most, least;
	bool has_zero;
};

static void widen(struct reach *reach, const struct chart *chart, const struct series *series)
{
	for (size_t i = 0; i < chart->count; i++) {
		const double value = series->values[i];
		reach->most = fmax(reach->most, value);  // ignores NaN
		reach->least = value > 0 ? fmin(reach->least, value) : reach->least;
		reach->has_zero = reach->has_zero || value <= 0;
	}
}

static struct reach reach_of(const struct chart *chart, size_t which)
{
	const bool is_common = chart->is_grid && chart->panels[which].is_log;
	const size_t begin = is_common ? 0 : which;
	const size_t end = is_common ? chart->panel_count : which + 1;
	struct reach reach = { .most = 0, .least = INFINITY };
	for (size_t p = begin; p < end; p++)
		for (size_t s = 0; s < chart->panels[p].series_count; s++)
			widen(&reach, chart, &chart->panels[p].series[s]);
	return reach;
}

void chart_scale_panel(const struct chart *chart, size_t which, struct panel_plan *out)
{
	const struct panel *panel = &chart->panels[which];
	if (panel->is_share) {
		out->axis = (struct number_axis){ .step = 0.25, .top = 1, .steps = 4 };
		return;
	}
	const struct reach reach = reach_of(chart, which);
	if (panel->is_log) {
		out->powers = axis_powers(reach.least, reach.most);
		out->zero_room = reach.has_zero ? ZERO_ROOM : 0;
	} else {
		const unsigned steps_max = chart->is_grid ? 3 : chart->is_narrow ? 4 : 5;
		out->axis = axis_numbers(reach.most, steps_max);
	}
}

double chart_labels_em(const struct chart *chart, size_t which, const struct panel_plan *plan)
{
	const struct panel *panel = &chart->panels[which];
	double em = 0;
	char text[NUMBER_SIZE];
	if (panel->is_log) {
		double tick = plan->powers.bottom;
		for (; tick <= plan->powers.top; tick = axis_next_power(plan->powers, tick)) {
			chart_axis_value(chart, panel, tick, text);
			em = fmax(em, width_em(text));
		}
		return em;
	}
	for (unsigned i = 0; i <= plan->axis.steps; i++) {
		chart_axis_value(chart, panel, plan->axis.step * i, text);
		em = fmax(em, width_em(text));
	}
	return em;
}

double chart_values_em(const struct chart *chart, size_t which)
{
	const struct panel *panel = &chart->panels[which];
	const struct reach reach = reach_of(chart, which);
	char text[NUMBER_SIZE];
	chart_value(panel, panel->is_share ? 1 : reach.most, text);
	return width_em(text);
}
