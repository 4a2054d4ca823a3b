// SPDX-License-Identifier: MIT
// Where everything stands, from top to bottom: each step takes room at `y` and moves it down.
#include "present/chart.h"

#include "base/text.h"
#include "present/numbers.h"
#include "present/width.h"

#include <math.h>

enum { LABEL_EM_MAX = 16, SAMPLE = 22, MARK_ROW = 18, MARK_ROOM = 19, KEY_ROW = 20 };

double chart_x(const struct chart *chart, const struct chart_plan *plan, double index)
{
	const double width = plan->right - plan->left;
	if (chart->axis == CHART_DATES)
		return chart_day_x(chart, plan, index + 0.5);
	return plan->left + (chart->count > 1 ? index * width / (double)(chart->count - 1) : 0);
}

double chart_day_x(const struct chart *chart, const struct chart_plan *plan, double index)
{
	return plan->left + index * (plan->right - plan->left) / (double)chart->count;
}

double chart_y(const struct panel_plan *panel, double value)
{
	return panel->bottom - value / panel->axis.top * (panel->bottom - panel->top);
}

size_t chart_bin(size_t count, size_t points_max)
{
	return count <= points_max ? 1 : (count + points_max - 1) / points_max;
}

void chart_value(const struct panel *panel, double value, char out[40])
{
	if (!isfinite(value))
		text_copy(out, NUMBER_SIZE, "–");
	else if (panel->is_share)
		number_share(value, out);
	else
		number_grouped((uint64_t)value, out);
}

static struct number_axis plan_axis(const struct chart *chart, const struct panel *panel)
{
	double maximum = 0;
	if (panel->is_share)
		return (struct number_axis){ .step = 0.25, .top = 1, .steps = 4 };
	for (size_t s = 0; s < panel->series_count; s++)
		for (size_t i = 0; i < chart->count; i++)
			maximum = fmax(maximum, panel->series[s].values[i]);  // ignores NaN
	return axis_numbers(maximum, chart->is_narrow ? 4 : 5);
}

static double value_em(const struct panel *panel, const struct panel_plan *plan)
{
	char text[NUMBER_SIZE];
	chart_value(panel, plan->axis.top, text);
	return width_em(text);
}

// The axes of the panels come first: their labels decide where the plots begin.
static void plan_sides(const struct chart *chart, struct chart_plan *plan)
{
	double em = 0;
	for (size_t i = 0; i < chart->panel_count; i++) {
		plan->panels[i].axis = plan_axis(chart, &chart->panels[i]);
		em = fmax(em, value_em(&chart->panels[i], &plan->panels[i]));
	}
	plan->left = ceil(em * plan->font) + 8;
	plan->right = plan->width - (chart->is_narrow ? 14 : 24);
}

// The next entry of a legend, on a new line if this one is full.
static struct chart_slot take_slot(const struct chart_plan *plan, double *x, double *y,
                                   double label_em, double more_em)
{
	const double width = SAMPLE + (label_em + more_em) * plan->font;
	if (*x > 0 && *x + width > plan->right) {
		*x = 0;
		*y += plan->font * 1.45;
	}
	const struct chart_slot slot = {
		.x = *x,
		.y = *y,
		.value_x = *x + SAMPLE + (label_em + 0.5) * plan->font,
		.label_em = label_em,
	};
	*x += width + plan->font;
	return slot;
}

static double plan_legend(const struct chart *chart, struct chart_plan *plan, size_t which,
                          double y)
{
	const struct panel *panel = &chart->panels[which];
	const double bold = 1.18, value = value_em(panel, &plan->panels[which]) * bold;
	const double more_em = chart->is_narrow ? 0 : 0.5 + value;
	double x = 0;
	for (size_t i = 0; i < panel->series_count; i++) {
		const double em = fmin(width_em(panel->series[i].label), LABEL_EM_MAX);
		plan->panels[which].slots[i] = take_slot(plan, &x, &y, em, more_em);
	}
	if (which == 0 && plan->has_gaps) {
		const double em = width_em(word_in(chart->lang, WORD_NO_CAPTURES));
		plan->no_captures = take_slot(plan, &x, &y, em, 0);
	}
	return y;
}

// Numbers of incidents that are close together stand on different lines: each
// on the lowest where the one before it leaves room.
static double plan_marks(const struct chart *chart, struct chart_plan *plan, double y)
{
	double rows_end[INCIDENTS_MAX] = { 0 };
	struct incident_hit hits[INCIDENTS_MAX];
	size_t rows[INCIDENTS_MAX], row_count = 0;
	if (chart->axis == CHART_DATES)
		plan->mark_count = incidents_within(chart->first_day, (uint32_t)chart->count, hits);
	for (size_t i = 0; i < plan->mark_count; i++) {
		const double x = chart_x(chart, plan, hits[i].index);
		size_t row = 0;
		while (rows_end[row] > x)
			row++;
		rows_end[row] = x + MARK_ROOM;
		rows[i] = row;
		row_count = row + 1 > row_count ? row + 1 : row_count;
		plan->marks[i] = (struct chart_mark){ .hit = hits[i], .x = x };
	}
	for (size_t i = 0; i < plan->mark_count; i++)
		plan->marks[i].circle_y = y + (double)(row_count - rows[i]) * MARK_ROW - 3;
	return y + (double)row_count * MARK_ROW + (row_count > 0 ? 6 : 0);
}

static double plot_height(const struct chart *chart, size_t which)
{
	if (chart->panel_count == 1)
		return chart->is_narrow ? 220 : 300;
	if (which == 0)
		return chart->is_narrow ? 160 : 220;
	return chart->is_narrow ? 140 : 170;
}

static double plan_panel(const struct chart *chart, struct chart_plan *plan, size_t which, double y)
{
	struct panel_plan *panel = &plan->panels[which];
	panel->unit_y = y + plan->font;
	y = plan_legend(chart, plan, which, panel->unit_y + plan->font * 1.55);
	if (which == 0)
		y = plan_marks(chart, plan, y + 2);
	panel->top = y + 14;
	panel->bottom = panel->top + plot_height(chart, which);
	return panel->bottom;
}

static double plan_ticks(const struct chart *chart, struct chart_plan *plan, double y)
{
	plan->tick_y = y + 6 + plan->font;
	plan->year_y = plan->tick_y;
	if (chart->axis == CHART_DATES) {
		const struct date_range range = { chart->first_day, (uint32_t)chart->count };
		const double room_em = (plan->right - plan->left) / plan->font;
		plan->tick_count = axis_dates(range, room_em, chart->lang, plan->ticks);
		plan->year_y += plan->font * 1.25;
	}
	plan->axis_title_y = plan->year_y + plan->font * 1.4;
	return plan->axis_title_y;
}

static double plan_key(const struct chart *chart, struct chart_plan *plan, double y)
{
	double x = 0;
	y += plan->mark_count > 0 ? plan->font + 12 : 0;
	for (size_t i = 0; i < plan->mark_count; i++) {
		struct chart_mark *mark = &plan->marks[i];
		const char *text = mark->hit.incident->texts[chart->lang];
		const double width = 20 + (6.6 + width_em(text)) * plan->font;
		if (x > 0 && (chart->is_narrow || x + width > plan->width)) {
			x = 0;
			y += KEY_ROW;
		}
		mark->key_x = x;
		mark->key_y = y;
		x += width + 10;
	}
	return y;
}

struct chart_plan chart_plan_make(const struct chart *chart)
{
	struct chart_plan plan = {
		.width = chart->is_narrow ? 352 : 960,
		.font = chart->is_narrow ? 12 : 13,
		.title_y = 20,
		.subtitle_y = 41,
	};
	for (size_t i = 0; chart->has_data != NULL && i < chart->count; i++)
		plan.has_gaps = plan.has_gaps || !chart->has_data[i];
	plan_sides(chart, &plan);
	double y = chart->stands_alone ? plan.subtitle_y + 18 : 0;
	for (size_t i = 0; i < chart->panel_count; i++)
		y = plan_panel(chart, &plan, i, y + (i > 0 ? 16 : 0));
	y = plan_ticks(chart, &plan, y);
	plan.height = ceil(plan_key(chart, &plan, y) + 8);
	return plan;
}
