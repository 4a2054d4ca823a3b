// SPDX-License-Identifier: MIT
// Of a file of its own: one group a day, an invisible rectangle that takes the pointer, and what is
// shown while it does, which is a line, a dot on each curve, the date, and the values in
// the legend. Nothing here is visible without a style sheet that knows :hover.
#include "present/chart/chart.h"

#include "base/calendar.h"
#include "present/words/markup.h"
#include "present/words/numbers.h"
#include "present/chart/paint.h"

#include <math.h>

// A place in a grid takes as many bytes as the grid has panels.
enum { PLACES_MAX = 300, GRID_PLACES_MAX = 120 };

struct spot {
	size_t begin, end;  // the days it stands for
	size_t index;       // the one whose values it shows
};

// Half way between two points.
static double edge(const struct chart *chart, const struct panel_plan *panel, size_t index)
{
	if (chart->axis == CHART_DATES)
		return chart_day_x(chart, panel, (double)index);
	const double x = chart_x(chart, panel, fmax((double)index - 0.5, 0));
	return index >= chart->count ? panel->right : fmin(fmax(x, panel->left), panel->right);
}

static void draw_area(struct buffer *out, double left, double top, double right, double bottom)
{
	paint_to(out, 'M', left, top);
	paint_along(out, 'H', right);
	paint_along(out, 'V', bottom);
	paint_along(out, 'H', left);
	buffer_byte(out, 'Z');
}

// Panels below each other are one area, with what stands between them; in a grid, one each.
static void draw_hit(struct buffer *out, const struct chart *chart, const struct chart_plan *plan,
                     const struct spot *spot)
{
	buffer_text(out, "<path class=\"hit\" d=\"");
	for (size_t p = 0; p<chart->panel_count; p += plan->columns> 1 ? 1 : chart->panel_count) {
		const struct panel_plan *panel = &plan->panels[p];
		const size_t last = plan->columns > 1 ? p : chart->panel_count - 1;
		draw_area(out, edge(chart, panel, spot->begin), panel->top,
		          edge(chart, panel, spot->end), plan->panels[last].bottom);
	}
	buffer_text(out, "\"/>");
}

static void draw_cross(struct buffer *out, const struct chart *chart, const struct chart_plan *plan,
                       const struct spot *spot)
{
	buffer_text(out, "<path class=\"cross\" d=\"");
	for (size_t p = 0; p < chart->panel_count; p++) {
		const struct panel_plan *panel = &plan->panels[p];
		paint_to(out, 'M', chart_x(chart, panel, (double)spot->index), panel->top);
		paint_along(out, 'V', panel->bottom);
	}
	buffer_text(out, "\"/><path class=\"dots\" d=\"");
	for (size_t p = 0; p < chart->panel_count; p++) {
		for (size_t s = 0; s < chart->panels[p].series_count; s++) {
			const double value = chart->panels[p].series[s].values[spot->index];
			if (!isfinite(value))
				continue;
			paint_to(out, 'M', chart_x(chart, &plan->panels[p], (double)spot->index),
			         chart_y(&plan->panels[p], value));
			buffer_text(out, "h0");
		}
	}
	buffer_text(out, "\"/>");
}

static void open_span(struct buffer *out, double x, double y)
{
	buffer_text(out, "<tspan x=\"");
	markup_coordinate(out, x);
	buffer_text(out, "\" y=\"");
	markup_coordinate(out, y);
	buffer_text(out, "\">");
}

void chart_when(const struct chart *chart, size_t index, struct buffer *out)
{
	char text[NUMBER_SIZE];
	if (chart->axis == CHART_DATES) {
		day_format(chart->first_day + (int32_t)index, text);
		buffer_text(out, text);
		return;
	}
	const bool is_age = chart->axis == CHART_AGES;
	number_count(is_age ? (double)index : chart->ranks[index], text);
	markup_phrase(out, chart->frame.lang, is_age ? WORD_AGE : WORD_RANK,
	              (struct markup_values){ .one = text });
}

// The date stands at the right end of the first line.
static void draw_when(struct buffer *out, const struct chart *chart, const struct chart_plan *plan,
                      const struct spot *spot)
{
	buffer_text(out, "<text text-anchor=\"end\">");
	open_span(out, plan->right, plan->unit_y);
	chart_when(chart, spot->index, out);
	buffer_text(out, "</tspan></text>");
}

static void draw_panel_values(struct buffer *out, const struct chart *chart,
                              const struct panel_plan *plan, const struct panel *panel,
                              size_t index)
{
	for (size_t s = 0; s < panel->series_count; s++) {
		const struct chart_slot *slot = &plan->slots[s];
		char text[NUMBER_SIZE];
		chart_value(panel, panel->series[s].values[index], text);
		if (chart->is_grid)
			open_span(out, plan->value_right, plan->title_y);
		else
			open_span(out, slot->value_x, slot->y);
		markup_text(out, text);
		buffer_text(out, "</tspan>");
	}
}

static void draw_values(struct buffer *out, const struct chart *chart,
                        const struct chart_plan *plan, const struct spot *spot)
{
	buffer_text(out, chart->is_grid ? "<text text-anchor=\"end\">" : "<text>");
	for (size_t p = 0; p < chart->panel_count; p++)
		draw_panel_values(out, chart, &plan->panels[p], &chart->panels[p], spot->index);
	buffer_text(out, "</text>");
}

static void draw_spot(struct buffer *out, const struct chart *chart, const struct chart_plan *plan,
                      const struct spot *spot)
{
	buffer_text(out, "<g class=\"day\">");
	draw_hit(out, chart, plan, spot);
	buffer_text(out, "<g class=\"shown\">");
	draw_cross(out, chart, plan, spot);
	draw_when(out, chart, plan, spot);
	draw_values(out, chart, plan, spot);
	buffer_text(out, "</g></g>\n");
}

void chart_hover_draw(struct buffer *out, const struct chart *chart, const struct chart_plan *plan)
{
	const size_t bin = chart_bin(chart->count, chart->is_grid ? GRID_PLACES_MAX : PLACES_MAX);
	buffer_text(out, "<g visibility=\"hidden\" pointer-events=\"none\" font-weight=\"600\">\n");
	for (size_t i = 0; i < chart->count; i += bin) {
		struct spot spot = {
			.begin = i,
			.end = i + bin < chart->count ? i + bin : chart->count,
		};
		spot.index = spot.begin + (spot.end - spot.begin) / 2;
		draw_spot(out, chart, plan, &spot);
	}
	buffer_text(out, "</g>\n");
}
