// SPDX-License-Identifier: MIT
// The data of a panel: shaded days, curves of days, steps of survival.
//
// Beyond so many days a point stands for several, and the curve runs through
// their least and greatest value, so that no peak is lost and the file stays small.
#include "present/chart/chart.h"

#include "present/chart/chart_style.h"
#include "present/chart/paint.h"

#include <math.h>

enum { WIDE_POINTS_MAX = 1600, PLAIN_POINTS_MAX = 400 };

// Shaded days: one rectangle a run. Beyond WIDE_POINTS_MAX days a run must be as long as
// what one point stands for.
static void draw_shade(struct buffer *out, const struct chart *chart,
                       const struct panel_plan *panel, enum chart_shade shade)
{
	const size_t least = chart_bin(chart->count, WIDE_POINTS_MAX);
	size_t begin = 0;
	buffer_format(out, "<path %s d=\"", chart_shade_kinds[shade]);
	for (size_t i = 0; i < chart->count; i++) {
		if (chart_shade_of(chart, i) != shade) {
			begin = i + 1;
			continue;
		}
		const bool goes_on = i + 1 < chart->count && chart_shade_of(chart, i + 1) == shade;
		if (goes_on || i + 1 - begin < least)
			continue;
		paint_to(out, 'M', chart_day_x(chart, panel, (double)begin), panel->top);
		paint_along(out, 'H', chart_day_x(chart, panel, (double)i + 1));
		paint_along(out, 'V', panel->bottom);
		paint_along(out, 'H', chart_day_x(chart, panel, (double)begin));
		buffer_byte(out, 'Z');
	}
	buffer_text(out, "\"/>");
}

void chart_gaps_draw(struct buffer *out, const struct chart *chart, const struct chart_plan *plan,
                     const struct panel_plan *panel)
{
	for (enum chart_shade shade = 1; shade < CHART_SHADES; shade++)
		if (plan->has_shade[shade])
			draw_shade(out, chart, panel, shade);
}

static size_t line_bin(const struct chart_line *l)
{
	return chart_bin(l->chart->count, WIDE_POINTS_MAX);
}

// The least and the greatest value of the days that one point stands for.
static bool bin_range(const struct series *series, size_t begin, size_t end, double range[2])
{
	range[0] = INFINITY;
	range[1] = -INFINITY;
	for (size_t i = begin; i < end; i++) {
		range[0] = fmin(range[0], series->values[i]);
		range[1] = fmax(range[1], series->values[i]);
	}
	return range[0] <= range[1];
}

// The values of the days that one point stands for, drawn at their middle.
static double bin_x(const struct chart_line *l, size_t begin, size_t end)
{
	return chart_x(l->chart, l->place, (double)begin + (double)(end - begin - 1) / 2);
}

static size_t bin_end(const struct chart_line *l, size_t begin, size_t bin)
{
	return begin + bin < l->chart->count ? begin + bin : l->chart->count;
}

static void draw_curve(struct buffer *out, const struct chart_line *l)
{
	const size_t bin = line_bin(l);
	struct paint_line line = { 0 };
	bool is_down = false;
	for (size_t i = 0; i < l->chart->count; i += bin) {
		const size_t end = bin_end(l, i, bin);
		double range[2];
		const bool has_value = bin_range(l->series, i, end, range);
		if (has_value) {
			const double x = bin_x(l, i, end);
			const double y = chart_y(l->place, range[0]);
			if (is_down)
				paint_on(out, &line, x, y);
			else
				paint_begin(out, &line, x, y);
			if (range[1] > range[0])
				paint_on(out, &line, x, chart_y(l->place, range[1]));
		}
		is_down = has_value;
	}
}

// Points without a neighbour, which a curve would not show.
static void draw_dots(struct buffer *out, const struct chart_line *l)
{
	const size_t bin = line_bin(l);
	bool has_before = false;
	for (size_t i = 0; i < l->chart->count; i += bin) {
		const size_t end = bin_end(l, i, bin);
		double range[2], after[2];
		const bool has_value = bin_range(l->series, i, end, range);
		const bool has_after = bin_range(l->series, end, bin_end(l, end, bin), after);
		if (has_value && !has_before && !has_after) {
			paint_to(out, 'M', bin_x(l, i, end), chart_y(l->place, range[1]));
			buffer_text(out, "h0");
		}
		has_before = has_value;
	}
}

// A survival curve stays until the age at which it falls.
static void draw_steps(struct buffer *out, const struct chart_line *l)
{
	const size_t bin = line_bin(l);
	double last = NAN, x = 0;
	for (size_t i = 0; i < l->chart->count; i += bin) {
		const double value = l->series->values[i];
		if (!isfinite(value))
			break;
		x = chart_x(l->chart, l->place, (double)i);
		if (i == 0)
			paint_to(out, 'M', x, chart_y(l->place, value));
		if (i > 0 && (value < last || value > last)) {
			paint_along(out, 'H', x);
			paint_along(out, 'V', chart_y(l->place, value));
		}
		last = value;
	}
	paint_along(out, 'H', x);
}

// Values up to the first that is missing.
static size_t whole_count(const struct chart_line *l)
{
	size_t count = 0;
	while (count < l->chart->count && !isnan(l->series->values[count]))
		count++;
	return count;
}

// Closes the curve down to the axis. Drawn only where no value is missing but at the end.
static void draw_area(struct buffer *out, const struct chart_line *l)
{
	const struct series_style *style = &chart_series_styles[l->series->style];
	buffer_format(out, "<path class=\"a%u\" fill=\"%s\" fill-opacity=\".12\" d=\"",
	              l->series->style, style->light);
	draw_curve(out, l);
	paint_to(out, 'L', chart_x(l->chart, l->place, (double)whole_count(l) - 1),
	         l->place->bottom);
	paint_to(out, 'L', chart_x(l->chart, l->place, 0), l->place->bottom);
	buffer_text(out, "Z\"/>");
}

// An area under a curve that is broken would claim something of the days between.
static bool is_whole(const struct chart_line *l)
{
	const size_t count = whole_count(l);
	for (size_t i = count; i < l->chart->count; i++)
		if (!isnan(l->series->values[i]))
			return false;
	return count > 0;
}

static void begin_stroke(struct buffer *out, const struct chart_line *l, enum stroke_width width)
{
	if (l->chart->frame.stands_alone)
		paint_stroke(out, l->series->style, width);
	else
		paint_stroke_inside(out, l->series->style, width);
}

void chart_series_draw(struct buffer *out, const struct chart_line *l)
{
	const bool is_fine = l->chart->count > PLAIN_POINTS_MAX;
	if (l->series->has_area && !l->is_log && is_whole(l))
		draw_area(out, l);
	begin_stroke(out, l, is_fine ? STROKE_FINE : STROKE_PLAIN);
	if (l->chart->axis == CHART_AGES) {
		draw_steps(out, l);
	} else {
		draw_curve(out, l);
		buffer_text(out, "\"/>");
		begin_stroke(out, l, STROKE_DOT);
		draw_dots(out, l);
	}
	buffer_text(out, "\"/>");
}
