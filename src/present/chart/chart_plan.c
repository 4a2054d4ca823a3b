// SPDX-License-Identifier: MIT
// Where everything stands, from top to bottom: each step takes room at `y` and moves it down.
#include "present/chart/chart.h"

#include "present/words/width.h"

#include <math.h>

enum {
	LABEL_EM_MAX = 16,
	SAMPLE = 22,
	MARK_ROW = 18,
	MARK_ROOM = 19,
	KEY_ROW = 20,
	COLUMN_GAP = 26,
	ROW_GAP = 12,
};

static size_t column_count(const struct chart *chart)
{
	size_t columns = 1;
	if (!chart->is_grid)
		return 1;
	while (columns * columns < chart->panel_count)
		columns++;
	return columns > 2 && chart->is_narrow ? 2 : columns;
}

// What stands to the right of the last plot: half of the last label of the axis may.
static double right_margin(const struct chart *chart)
{
	return chart->is_narrow ? 14 : 24;
}

// The axes of the panels come first: their labels decide where the plots begin. In a grid
// whose panels share a scale only the first column has labels.
static void plan_sides(const struct chart *chart, struct chart_plan *plan)
{
	const bool is_common = chart->is_grid && chart->panels[0].is_log;
	const size_t columns = plan->columns, labelled = is_common ? 1 : columns;
	double em = 0;
	for (size_t i = 0; i < chart->panel_count; i++) {
		chart_scale_panel(chart, i, &plan->panels[i]);
		em = fmax(em, chart_labels_em(chart, i, &plan->panels[i]));
	}
	const double labels = ceil(em * plan->font) + 8;
	plan->right = plan->width - right_margin(chart);
	const double gaps = (double)(columns - 1) * COLUMN_GAP / (chart->is_narrow ? 2 : 1);
	const double width = (plan->right - gaps - labels * (double)labelled) / (double)columns;
	for (size_t i = 0; i < chart->panel_count; i++) {
		struct panel_plan *panel = &plan->panels[i];
		const size_t column = i % columns;
		const double before = (double)(column < labelled ? column + 1 : labelled) * labels;
		panel->left = before + (double)column * width;
		panel->left += columns > 1 ? gaps / (double)(columns - 1) * (double)column : 0;
		panel->right = panel->left + width;
		panel->has_labels = column < labelled;
		panel->title_x = chart->is_grid ? panel->left : 0;
		panel->value_right = panel->right;
		panel->is_first_row = i < columns;
		panel->has_dates = i + columns >= chart->panel_count;
	}
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

static void plan_shades(const struct chart *chart, struct chart_plan *plan, double *x, double *y)
{
	for (int shade = 1; shade < CHART_SHADES; shade++) {
		const char *text = chart_shade_word(chart, (enum chart_shade)shade);
		if (plan->has_shade[shade])
			plan->shades[shade] = take_slot(plan, x, y, width_em(text), 0);
	}
}

static double plan_legend(const struct chart *chart, struct chart_plan *plan, size_t which,
                          double y)
{
	const struct panel *panel = &chart->panels[which];
	const double bold = 1.18;
	const double value = chart_values_em(chart, which) * bold;
	const double more_em = chart->is_narrow ? 0 : 0.5 + value;
	double x = 0;
	for (size_t i = 0; i < panel->series_count; i++) {
		const double em = fmin(width_em(panel->series[i].label), LABEL_EM_MAX);
		plan->panels[which].slots[i] = take_slot(plan, &x, &y, em, more_em);
	}
	if (which == 0)
		plan_shades(chart, plan, &x, &y);
	return y;
}

// Numbers of incidents that are close together stand on different lines: each
// on the lowest where the one before it leaves room. All columns have the same lines.
static double plan_marks(const struct chart *chart, struct chart_plan *plan, double y)
{
	double rows_end[INCIDENTS_ON_AXIS + 1] = { 0 };
	size_t rows[INCIDENTS_ON_AXIS], row_count = 0;
	struct incidents_shown shown = { .count = 0 };
	if (chart->axis == CHART_DATES)
		shown = incidents_on_axis(chart->incidents, chart->first_day, chart->count);
	plan->mark_count = shown.count;
	plan->unmarked = shown.left_out;
	for (size_t i = 0; i < plan->mark_count; i++) {
		const double x = chart_x(chart, &plan->panels[0], shown.hits[i].index);
		size_t row = 0;
		while (rows_end[row] > x)
			row++;
		rows_end[row] = x + MARK_ROOM;
		rows[i] = row;
		row_count = row + 1 > row_count ? row + 1 : row_count;
		plan->marks[i] = (struct chart_mark){ .hit = shown.hits[i] };
	}
	for (size_t i = 0; i < plan->mark_count; i++)
		plan->marks[i].circle_y = y + (double)(row_count - rows[i]) * MARK_ROW - 3;
	return y + (double)row_count * MARK_ROW + (row_count > 0 ? 6 : 0);
}

static double plot_height(const struct chart *chart, size_t which, bool is_narrow)
{
	if (chart->is_grid)
		return is_narrow ? 90 : 110;
	if (chart->panel_count == 1)
		return is_narrow ? 220 : 300;
	if (which == 0)
		return is_narrow ? 160 : 220;
	return is_narrow ? 140 : 170;
}

// The room below the powers of ten has the same share of every drawing: one is the other, squeezed.
static void plan_plot(const struct chart *chart, struct panel_plan *panel, size_t which, double top)
{
	const double height = plot_height(chart, which, chart->is_narrow);
	panel->top = top;
	panel->bottom = top + height;
	panel->zero_room *= height / plot_height(chart, which, false);
}

static double plan_panel(const struct chart *chart, struct chart_plan *plan, size_t which, double y)
{
	struct panel_plan *panel = &plan->panels[which];
	panel->title_y = y + plan->font;
	if (which == 0)
		plan->unit_y = panel->title_y;
	y = plan_legend(chart, plan, which, panel->title_y + plan->font * 1.55);
	if (which == 0)
		y = plan_marks(chart, plan, y + 2);
	plan_plot(chart, panel, which, y + 14);
	return panel->bottom;
}

static double plan_stack(const struct chart *chart, struct chart_plan *plan, double y)
{
	for (size_t i = 0; i < chart->panel_count; i++)
		y = plan_panel(chart, plan, i, y + (i > 0 ? 16 : 0));
	return y;
}

// A row of a grid: above the first one the incidents, then titles, then the plots.
static double plan_row(const struct chart *chart, struct chart_plan *plan, size_t begin, double y)
{
	size_t end = begin + plan->columns;
	end = end < chart->panel_count ? end : chart->panel_count;
	if (begin == 0)
		y = plan_marks(chart, plan, y);
	const double title_y = y + plan->font;
	for (size_t i = begin; i < end; i++) {
		struct panel_plan *panel = &plan->panels[i];
		panel->title_y = title_y;
		plan_plot(chart, panel, i, title_y + 8);
	}
	return plan->panels[begin].bottom;
}

static bool has_shades(const struct chart_plan *plan)
{
	bool has_any = false;
	for (int shade = 1; shade < CHART_SHADES; shade++)
		has_any = has_any || plan->has_shade[shade];
	return has_any;
}

static double plan_grid(const struct chart *chart, struct chart_plan *plan, double y)
{
	double x = 0;
	plan->unit_y = y + plan->font;
	y = plan->unit_y + 4;
	if (has_shades(plan)) {
		y += plan->font * 1.25;
		plan_shades(chart, plan, &x, &y);
	}
	for (size_t i = 0; i < chart->panel_count; i += plan->columns)
		y = plan_row(chart, plan, i, y + ROW_GAP);
	return y;
}

static double plan_ticks(const struct chart *chart, struct chart_plan *plan, double y)
{
	const struct panel_plan *panel = &plan->panels[0];
	y += 6 + plan->font;
	if (chart->axis == CHART_DATES) {
		const struct date_range range = { chart->first_day, (uint32_t)chart->count };
		const double room_em = (panel->right - panel->left) / plan->font;
		plan->tick_count = axis_dates(range, room_em, chart->frame.lang, plan->ticks);
		y += plan->font * 1.25;
	}
	plan->axis_title_y = y + plan->font * 1.4;
	return plan->axis_title_y;
}

// How long a day and the blank behind it are.
#define KEY_DAY_EM 6.6

const char *chart_incident_text(const struct chart *chart, const struct incident *incident)
{
	const bool is_japanese = chart->frame.lang == LANG_JA && incident->label_ja[0] != '\0';
	return is_japanese ? incident->label_ja : incident->label;
}

static double plan_key(const struct chart *chart, struct chart_plan *plan, double y)
{
	double x = 0;
	y += plan->mark_count > 0 ? plan->font + 12 : 0;
	for (size_t i = 0; i < plan->mark_count; i++) {
		struct chart_mark *mark = &plan->marks[i];
		const char *text = chart_incident_text(chart, mark->hit.incident);
		const double most = (plan->width - 22) / plan->font - KEY_DAY_EM;
		mark->room_em = fmin(width_em(text), most);
		const double width = 20 + (KEY_DAY_EM + mark->room_em) * plan->font;
		if (x > 0 && (chart->is_narrow || x + width > plan->width)) {
			x = 0;
			y += KEY_ROW;
		}
		mark->key_x = x;
		mark->key_y = y;
		x += width + 10;
	}
	if (plan->unmarked > 0)
		plan->unmarked_y = y += KEY_ROW;
	return y;
}

struct chart_plan chart_plan_make(const struct chart *chart)
{
	struct chart_plan plan = {
		.width = chart->is_narrow ? FRAME_NARROW : FRAME_WIDE,
		.font = chart->is_narrow ? 12 : 13,
		.columns = column_count(chart),
	};
	for (size_t i = 0; chart->axis == CHART_DATES && i < chart->count; i++)
		plan.has_shade[chart_shade_of(chart, i)] = true;
	plan_sides(chart, &plan);
	double y = chart->frame.stands_alone ? FRAME_HEAD_Y : 0;
	y = chart->is_grid ? plan_grid(chart, &plan, y) : plan_stack(chart, &plan, y);
	y = plan_ticks(chart, &plan, y);
	plan.height = ceil(plan_key(chart, &plan, y) + 8);
	return plan;
}
