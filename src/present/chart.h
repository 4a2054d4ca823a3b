// SPDX-License-Identifier: MIT
// A line chart: one or two panels over one common axis, of dates or of ages.
//
// figure.c says what to draw (struct chart), chart_plan.c decides where everything
// stands (struct chart_plan), and chart.c and chart_hover.c only draw what is planned. So
// that labels cannot collide, all that is text has its own line above or below
// the plots: titles, legend, numbers of incidents, ticks, key of the incidents.
//
// Values are read in the legend: each entry has room for a number behind it, which
// shows while the pointer is over a day. That is CSS alone; a page needs no script.
#pragma once

#include "present/axis.h"
#include "present/incident.h"
#include "present/words.h"

enum { CHART_PANELS_MAX = 2, CHART_SERIES_MAX = 8 };

enum chart_axis { CHART_DATES, CHART_AGES };

struct series {
	const char *label;
	double *values;  // [chart.count]; NaN where there is none
	unsigned style;  // of chart_style.h
	bool has_area;   // lightly filled down to the axis
};

struct panel {
	enum word unit;
	bool is_share;  // values are 0 .. 1
	struct series series[CHART_SERIES_MAX];
	size_t series_count;
};

struct chart {
	enum lang lang;
	enum chart_axis axis;
	size_t count;          // of days, or of ages from 0
	int32_t first_day;     // of dates
	const bool *has_data;  // [count] of dates; NULL for ages
	const char *title;
	const char *subtitle;  // said by stand-alone figures only
	const char *zone;      // of dates
	bool is_simulated;
	bool is_narrow;     // for telephones: 352 units wide instead of 960
	bool stands_alone;  // a file of its own, with style sheet and title
	struct panel panels[CHART_PANELS_MAX];
	size_t panel_count;
};

// One entry of a legend, or anything else that has a sample, a label and a value.
struct chart_slot {
	double x, y, value_x;
	double label_em;  // at most so long
};

struct panel_plan {
	double unit_y, top, bottom;
	struct chart_slot slots[CHART_SERIES_MAX];
	struct number_axis axis;
};

struct chart_mark {
	struct incident_hit hit;
	double x, circle_y, key_x, key_y;
};

struct chart_plan {
	double width, height, font;
	double left, right;  // of the plots
	double title_y, subtitle_y;
	struct panel_plan panels[CHART_PANELS_MAX];
	struct chart_slot no_captures;
	bool has_gaps;
	double tick_y, year_y, axis_title_y;
	struct date_tick ticks[AXIS_TICKS_MAX];
	size_t tick_count;
	struct chart_mark marks[INCIDENTS_MAX];
	size_t mark_count;
};

struct chart_plan chart_plan_make(const struct chart *);

// Where the point of a day or an age stands, and a value.
double chart_x(const struct chart *, const struct chart_plan *, double index);
double chart_y(const struct panel_plan *, double value);
// Where a day begins; that of `count` is the end of the last one.
double chart_day_x(const struct chart *, const struct chart_plan *, double index);

// How many days one point, or one place to point at, stands for, so that there
// are at most `points_max` of them.
size_t chart_bin(size_t count, size_t points_max);

// A value as its axis says it: grouped digits, or percent.
void chart_value(const struct panel *, double value, char out[40]);

void chart_draw(struct buffer *out, const struct chart *);

// One series in its panel.
struct chart_line {
	const struct chart *chart;
	const struct chart_plan *plan;
	const struct panel_plan *place;
	const struct series *series;
};

void chart_series_draw(struct buffer *out, const struct chart_line *);

// The days without captures, as shaded bands.
void chart_gaps_draw(struct buffer *out, const struct chart *, const struct chart_plan *,
                     const struct panel_plan *);

// The places to point at, and what each of them shows.
void chart_hover_draw(struct buffer *out, const struct chart *, const struct chart_plan *);
