// SPDX-License-Identifier: MIT
// A line chart: one or several panels over one common axis, of dates, ages or ranks.
//
// Panels stand below each other, or in a grid of small ones (small multiples), where each
// has the whole colour and the whole plot for one line, and eleven lines are as easy to
// read as one. A grid on a logarithmic axis has one scale for all panels, so that heights
// compare; on a linear one each panel has its own, and says so at its axis.
//
// figure.c and others say what to draw (struct chart), chart_plan.c decides where everything
// stands (struct chart_plan), and chart.c, chart_axes.c and chart_hover.c only draw what is
// planned. So that labels cannot collide, all that is text has its own line above or below
// the plots: titles, legend, numbers of incidents, ticks, key of the incidents.
//
// Values are read in the legend, in a grid in the title of the panel: each entry has room for
// a number behind it, which shows while the pointer is over a day. In a file of its own that is CSS
// alone: each day is a layer (chart_hover.c). A page has the numbers once (chart_data.c), beside the wide
// drawing, and its script shows them; the narrow drawing has the curves of the wide one.
#pragma once

#include "incident/incident.h"
#include "present/chart/axis.h"
#include "present/chart/frame.h"
#include "present/words/numbers.h"
#include "present/words/words.h"

enum { CHART_PANELS_MAX = 12, CHART_SERIES_MAX = 8, CHART_NOTES_MAX = 4 };

enum chart_axis { CHART_DATES, CHART_AGES, CHART_RANKS };

struct series {
	const char *label;
	double *values;  // [chart.count]; NaN where there is none
	unsigned style;  // of chart_style.h
	bool has_area;   // lightly filled down to the axis; not drawn on a logarithmic one
};

struct panel {
	const char *title;  // what is counted; in a grid, what the panel shows
	bool is_share;      // values are 0 .. 1
	bool is_log;        // 0 has a line of its own, below the powers of ten
	bool is_labelled;   // each line has its label beside it, too, where there is room
	struct series series[CHART_SERIES_MAX];
	size_t series_count;
};

// A point that is worth a line of text: guides lead from the axes to it.
struct chart_note {
	double index, value;
	char text[120];
};

struct chart {
	struct figure_frame frame;  // its width, height and font are planned
	enum chart_axis axis;
	size_t count;          // of days, of ages from 0, or of ranks
	int32_t first_day;     // of dates
	const bool *has_data;  // [count] of dates; NULL for others
	// [count] of dates, or NULL: days that are lost, and days of which something is unknown.
	const bool *is_lost, *is_unknown;
	size_t open_count;       // of dates: the last so many of them can still change
	const double *coverage;  // [count] of dates, 0 .. 1, NaN: not known; NULL: of none
	const double *ranks;     // [count] of ranks, ascending from 1: the axis is logarithmic
	const char *zone;        // of dates
	const struct incidents
		*incidents;  // marked where they fall on one of the dates; NULL: none
	enum word gap;       // what a day without data is called; 0: WORD_NO_CAPTURES
	enum word part;      // one of which a part is covered; 0: WORD_PARTLY_COVERED
	bool is_narrow;      // for telephones: 352 units wide instead of 960
	bool is_grid;
	const char *unit;  // of a grid: what all panels count
	struct panel panels[CHART_PANELS_MAX];
	size_t panel_count;
	struct chart_note notes[CHART_NOTES_MAX];  // of the first panel
	size_t note_count;
};

// Days of which less is covered are shaded.
#define CHART_WHOLE_DAY 0.99

// What a day is shaded as.
enum chart_shade {
	CHART_SHADE_NONE,
	CHART_SHADE_OPEN,
	CHART_SHADE_PART,
	CHART_SHADE_GAP,
	CHART_SHADE_UNKNOWN,
	CHART_SHADE_LOST,
	CHART_SHADES
};
enum chart_shade chart_shade_of(const struct chart *, size_t day);
const char *chart_shade_word(const struct chart *, enum chart_shade);
extern const char *const chart_shade_kinds[CHART_SHADES];  // attributes of a path

// One entry of a legend, or anything else that has a sample, a label and a value.
struct chart_slot {
	double x, y, value_x;
	double label_em;  // at most so long
};

struct panel_plan {
	double left, right, top, bottom;  // of the plot
	double title_x, title_y;
	double value_right;  // in a grid: where the value ends that the pointer shows
	struct chart_slot slots[CHART_SERIES_MAX];
	struct number_axis axis;
	struct log_axis powers;        // of a logarithmic panel
	double zero_room;              // below its lowest power, if there is a 0 to show
	bool has_labels;               // at its value axis
	bool is_first_row, has_dates;  // in a grid: nothing is above it, or below
};

struct chart_mark {
	struct incident_hit hit;
	double circle_y, key_x, key_y;
	double room_em;  // of its text
};

struct chart_plan {
	double width, height, font;
	size_t columns;
	double unit_y;  // of a grid, and where the pointer's day is said
	double right;
	struct panel_plan panels[CHART_PANELS_MAX];
	struct chart_slot shades[CHART_SHADES];  // their legend
	bool has_shade[CHART_SHADES];
	double axis_title_y;
	struct date_tick ticks[AXIS_TICKS_MAX];
	size_t tick_count;
	struct chart_mark marks[INCIDENTS_ON_AXIS];
	size_t mark_count;
	size_t unmarked;  // incidents for which there is no room
	double unmarked_y;
};

struct chart_plan chart_plan_make(const struct chart *);
// What an incident is called in the language of the figure.
const char *chart_incident_text(const struct chart *, const struct incident *);

// The scales of a panel, before its place is known: its axis, and how long its labels are.
void chart_scale_panel(const struct chart *, size_t panel, struct panel_plan *);
double chart_labels_em(const struct chart *, size_t panel, const struct panel_plan *);
// How long the values are that the pointer shows.
double chart_values_em(const struct chart *, size_t panel);

// Where the point of a day, an age or a rank stands, and a value.
double chart_x(const struct chart *, const struct panel_plan *, double index);
double chart_y(const struct panel_plan *, double value);
// Where a day begins; that of `count` is the end of the last one.
double chart_day_x(const struct chart *, const struct panel_plan *, double index);

// How many days one point, or one place to point at, stands for, so that there
// are at most `points_max` of them.
size_t chart_bin(size_t count, size_t points_max);
// The day, age or rank of a point, as text.
void chart_when(const struct chart *, size_t index, struct buffer *out);

// A value in full: grouped digits, or percent.
void chart_value(const struct panel *, double value, char out[NUMBER_SIZE]);
// As its axis says it: on logarithmic ones and in grids, where there is little room, "10k".
void chart_axis_value(const struct chart *, const struct panel *, double value,
                      char out[NUMBER_SIZE]);

void chart_draw(struct buffer *out, const struct chart *);

// One series in its panel.
struct chart_line {
	const struct chart *chart;
	const struct panel_plan *place;
	const struct series *series;
	bool is_log;
};

void chart_series_draw(struct buffer *out, const struct chart_line *);

// The days without captures, or with some missing, as shaded bands.
void chart_gaps_draw(struct buffer *out, const struct chart *, const struct chart_plan *,
                     const struct panel_plan *);

// The axes of one panel, with their labels.
void chart_value_axis_draw(struct buffer *out, const struct chart *, const struct panel *,
                           const struct panel_plan *);
void chart_ticks_draw(struct buffer *out, const struct chart *, const struct chart_plan *,
                      const struct panel_plan *);
void chart_axis_title_draw(struct buffer *out, const struct chart *, const struct chart_plan *);

// A label beside its line: a box in which no other label is, and as little of the lines as can be.
enum chart_tag_side {
	CHART_TAG_RIGHT,
	CHART_TAG_LEFT,
	CHART_TAG_ABOVE,
	CHART_TAG_BELOW,
	CHART_TAG_SIDES
};
struct chart_tag {
	bool is_there;
	enum chart_tag_side side;  // of its point
	double left, right, top, bottom;
};
void chart_tags_plan(const struct chart *, const struct chart_plan *, size_t panel,
                     struct chart_tag out[CHART_SERIES_MAX]);
void chart_tags_draw(struct buffer *out, const struct chart *, const struct chart_plan *,
                     size_t panel);

// What the script of a page reads: the numbers behind the curves of the wide drawing, and where the plots of
// this one are. Pointers and keys show one place after the other in the elements that are drawn here.
void chart_data_draw(struct buffer *out, const struct chart *, const struct chart_plan *);
// The curves in words: for those who do not see them.
void chart_description_draw(struct buffer *out, const struct chart *);

// The places to point at, and what each of them shows.
void chart_hover_draw(struct buffer *out, const struct chart *, const struct chart_plan *);
