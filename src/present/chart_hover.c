// SPDX-License-Identifier: MIT
// One group a day: an invisible rectangle that takes the pointer, and what is
// shown while it does, which is a line, a dot on each curve, the date, and the values in
// the legend. Nothing here is visible without a style sheet that knows :hover.
#include "present/chart.h"

#include "base/calendar.h"
#include "present/markup.h"
#include "present/numbers.h"
#include "present/paint.h"

#include <math.h>

enum { PLACES_MAX = 300 };

struct spot {
	size_t begin, end;  // the days it stands for
	size_t index;       // the one whose values it shows
	double x;
};

// Half way between two points.
static double edge(const struct chart *chart, const struct chart_plan *plan, size_t index)
{
	if (chart->axis == CHART_DATES)
		return chart_day_x(chart, plan, (double)index);
	return fmin(fmax(chart_x(chart, plan, (double)index - 0.5), plan->left), plan->right);
}

static void draw_hit(struct buffer *out, const struct chart *chart, const struct chart_plan *plan,
                     const struct spot *spot)
{
	const double top = plan->panels[0].top;
	const double bottom = plan->panels[chart->panel_count - 1].bottom;
	const double left = edge(chart, plan, spot->begin);
	const double right = edge(chart, plan, spot->end);
	buffer_text(out, "<path class=\"hit\" d=\"");
	paint_to(out, 'M', left, top);
	paint_along(out, 'H', right);
	paint_along(out, 'V', bottom);
	paint_along(out, 'H', left);
	buffer_text(out, "Z\"/>");
}

static void draw_cross(struct buffer *out, const struct chart *chart, const struct chart_plan *plan,
                       const struct spot *spot)
{
	buffer_text(out, "<path class=\"cross\" d=\"");
	for (size_t p = 0; p < chart->panel_count; p++) {
		paint_to(out, 'M', spot->x, plan->panels[p].top);
		paint_along(out, 'V', plan->panels[p].bottom);
	}
	buffer_text(out, "\"/><path class=\"dots\" d=\"");
	for (size_t p = 0; p < chart->panel_count; p++) {
		for (size_t s = 0; s < chart->panels[p].series_count; s++) {
			const double value = chart->panels[p].series[s].values[spot->index];
			if (!isfinite(value))
				continue;
			paint_to(out, 'M', spot->x, chart_y(&plan->panels[p], value));
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

// The date stands at the right end of the first panel's title line.
static void draw_when(struct buffer *out, const struct chart *chart, const struct chart_plan *plan,
                      const struct spot *spot)
{
	char text[NUMBER_SIZE];
	buffer_text(out, "<text text-anchor=\"end\">");
	open_span(out, plan->right, plan->panels[0].unit_y);
	if (chart->axis == CHART_DATES) {
		day_format(chart->first_day + (int32_t)spot->index, text);
		buffer_text(out, text);
	} else {
		number_grouped(spot->index, text);
		markup_phrase(out, chart->lang, WORD_AGE, (struct markup_values){ .one = text });
	}
	buffer_text(out, "</tspan></text>");
}

static void draw_values(struct buffer *out, const struct chart *chart,
                        const struct chart_plan *plan, const struct spot *spot)
{
	buffer_text(out, "<text>");
	for (size_t p = 0; p < chart->panel_count; p++) {
		const struct panel *panel = &chart->panels[p];
		for (size_t s = 0; s < panel->series_count; s++) {
			const struct chart_slot *slot = &plan->panels[p].slots[s];
			char text[NUMBER_SIZE];
			chart_value(panel, panel->series[s].values[spot->index], text);
			open_span(out, slot->value_x, slot->y);
			markup_text(out, text);
			buffer_text(out, "</tspan>");
		}
	}
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
	const size_t bin = chart_bin(chart->count, PLACES_MAX);
	buffer_text(out, "<g visibility=\"hidden\" pointer-events=\"none\" font-weight=\"600\">\n");
	for (size_t i = 0; i < chart->count; i += bin) {
		struct spot spot = {
			.begin = i,
			.end = i + bin < chart->count ? i + bin : chart->count,
		};
		spot.index = spot.begin + (spot.end - spot.begin) / 2;
		spot.x = chart_x(chart, plan, (double)spot.index);
		draw_spot(out, chart, plan, &spot);
	}
	buffer_text(out, "</g>\n");
}
