// SPDX-License-Identifier: MIT
// The axes of a panel: values at the left, with a line through the plot for each; below,
// days, ages or ranks.
#include "present/chart/chart.h"

#include "present/words/markup.h"
#include "present/chart/paint.h"

#include <math.h>

static const char axis_kind[] = "class=\"axis\" stroke=\"#8391a0\"";
static const char grid_kind[] = "class=\"grid\" stroke=\"#e2e7ec\"";

static void draw_value_line(struct buffer *out, const struct panel_plan *place, double y,
                            bool is_axis)
{
	paint_line(out, is_axis ? axis_kind : grid_kind,
	           (const double[]){ place->left, y, place->right, y });
}

static void draw_value_label(struct buffer *out, const struct panel_plan *place, double y,
                             const char *text)
{
	enum { DOWN = 4 };  // to the middle of the digits, about
	paint_label(out,
	            (struct label){ place->left - 6, y + DOWN, "class=\"mute\" text-anchor=\"end\"",
	                            INFINITY },
	            text);
}

static void draw_linear_axis(struct buffer *out, const struct chart *chart,
                             const struct panel *panel, const struct panel_plan *place)
{
	for (unsigned i = 0; i <= place->axis.steps; i++) {
		const double value = place->axis.step * i, y = chart_y(place, value);
		char text[NUMBER_SIZE];
		chart_axis_value(chart, panel, value, text);
		draw_value_line(out, place, y, i == 0);
		if (place->has_labels)
			draw_value_label(out, place, y, text);
	}
}

// Where the powers of ten are too close for a label each, every second has one, or every third.
static unsigned label_every(const struct panel_plan *place)
{
	enum { LABEL_ROOM = 15 };
	const struct log_axis axis = place->powers;
	const double second = axis_next_power(axis, axis.bottom);
	const double apart = chart_y(place, axis.bottom) - chart_y(place, second);
	return apart >= LABEL_ROOM ? 1 : (unsigned)ceil(LABEL_ROOM / apart);
}

static void draw_log_axis(struct buffer *out, const struct chart *chart, const struct panel *panel,
                          const struct panel_plan *place)
{
	const struct log_axis axis = place->powers;
	const unsigned every = label_every(place);
	unsigned tick = 0;
	draw_value_line(out, place, place->bottom, true);
	if (place->zero_room > 0 && place->has_labels)
		draw_value_label(out, place, place->bottom, "0");
	for (double value = axis.bottom; value <= axis.top; value = axis_next_power(axis, value)) {
		const double y = chart_y(place, value);
		char text[NUMBER_SIZE];
		if (place->zero_room > 0 || tick > 0)
			draw_value_line(out, place, y, false);
		chart_axis_value(chart, panel, value, text);
		if (place->has_labels && tick % every == 0)
			draw_value_label(out, place, y, text);
		tick++;
	}
}

void chart_value_axis_draw(struct buffer *out, const struct chart *chart, const struct panel *panel,
                           const struct panel_plan *place)
{
	if (panel->is_log)
		draw_log_axis(out, chart, panel, place);
	else
		draw_linear_axis(out, chart, panel, place);
}

static void draw_tick(struct buffer *out, const struct panel_plan *place, double x)
{
	paint_line(out, axis_kind, (const double[]){ x, place->bottom, x, place->bottom + 5 });
}

static void draw_tick_label(struct buffer *out, double x, double y, const char *text)
{
	paint_label(out, (struct label){ x, y, "class=\"mute\" text-anchor=\"middle\"", INFINITY },
	            text);
}

static void draw_dates(struct buffer *out, const struct chart *chart, const struct chart_plan *plan,
                       const struct panel_plan *place)
{
	const double tick_y = place->bottom + 6 + plan->font;
	for (size_t i = 0; i < plan->tick_count; i++) {
		const struct date_tick *tick = &plan->ticks[i];
		const double x = chart_x(chart, place, tick->index);
		draw_tick(out, place, x);
		draw_tick_label(out, x, tick_y, tick->label);
		if (tick->year[0] != '\0')
			paint_label(out,
			            (struct label){ x, tick_y + plan->font * 1.25,
			                            "class=\"mute\" text-anchor=\"middle\" "
			                            "font-weight=\"600\"",
			                            INFINITY },
			            tick->year);
	}
}

static void draw_ages(struct buffer *out, const struct chart *chart, const struct chart_plan *plan,
                      const struct panel_plan *place)
{
	const double last = (double)chart->count - 1;
	const struct number_axis axis = axis_numbers(last, chart->is_narrow ? 6 : 10);
	for (double age = 0; age <= last; age += axis.step) {
		const double x = chart_x(chart, place, age);
		char text[NUMBER_SIZE];
		number_count(age, text);
		draw_tick(out, place, x);
		draw_tick_label(out, x, place->bottom + 6 + plan->font, text);
	}
}

static void draw_ranks(struct buffer *out, const struct chart *chart, const struct chart_plan *plan,
                       const struct panel_plan *place)
{
	const double last = chart->ranks[chart->count - 1], width = place->right - place->left;
	for (double rank = 1; rank <= last; rank *= 10) {
		const double x = place->left + (last > 1 ? log10(rank) / log10(last) * width : 0);
		char text[NUMBER_SIZE];
		number_short(rank, chart->frame.lang, text);
		draw_tick(out, place, x);
		draw_tick_label(out, x, place->bottom + 6 + plan->font, text);
	}
}

void chart_ticks_draw(struct buffer *out, const struct chart *chart, const struct chart_plan *plan,
                      const struct panel_plan *place)
{
	switch (chart->axis) {
	case CHART_DATES: draw_dates(out, chart, plan, place); break;
	case CHART_AGES: draw_ages(out, chart, plan, place); break;
	case CHART_RANKS: draw_ranks(out, chart, plan, place); break;
	}
}

void chart_axis_title_draw(struct buffer *out, const struct chart *chart,
                           const struct chart_plan *plan)
{
	static const enum word titles[] = { [CHART_DATES] = WORD_AXIS_DAY,
		                            [CHART_AGES] = WORD_AXIS_AGE,
		                            [CHART_RANKS] = WORD_AXIS_RANK };
	struct buffer title = buffer_up_to(4096);
	markup_phrase(&title, chart->frame.lang, titles[chart->axis],
	              (struct markup_values){ .one = chart->zone });
	buffer_text(out, "<text text-anchor=\"end\" x=\"");
	markup_coordinate(out, plan->right);
	buffer_text(out, "\" y=\"");
	markup_coordinate(out, plan->axis_title_y);
	buffer_text(out, "\" class=\"mute\">");
	buffer_append(out, title.bytes, title.length);
	buffer_text(out, "</text>");
	buffer_done(&title);
}
