// SPDX-License-Identifier: MIT
// The figures of the survey. Takes its numbers as series of doubles: exact up to 2^53. Where a
// day has no captures, what is counted on that day is not 0 but unknown, and has no point.
#include "present/page/figure.h"

#include "base/memory.h"
#include "present/chart/chart.h"
#include "present/page/families.h"

#include <math.h>

typedef double day_value(const struct report_survey_day *);

static double value_active(const struct report_survey_day *day)
{
	return (double)day->active;
}

static double value_sources(const struct report_survey_day *day)
{
	return (double)day->sources;
}

static double value_new(const struct report_survey_day *day)
{
	return (double)day->new_sources;
}

static double value_returned(const struct report_survey_day *day)
{
	return (double)day->returned;
}

static double value_recovered(const struct report_survey_day *day)
{
	return (double)day->recovered;
}

// Which lines the figure of one family has, in which panel. Those that are not
// `always` known need captures on the day.
static const struct family_line {
	enum word label;
	day_value *value;
	size_t panel;
	unsigned style;
	bool always, is_change;
	bool is_late;  // depends on the days behind it
} family_lines[] = {
	{ WORD_ACTIVE, value_active, 0, 0, true, false, true },
	{ WORD_DAILY, value_sources, 0, 4, false, false, false },
	{ WORD_NEW, value_new, 1, 2, false, true, false },
	{ WORD_RETURNED, value_returned, 1, 3, false, true, false },
	{ WORD_RECOVERED, value_recovered, 1, 1, true, true, true },
};

enum { FAMILY_LINES = sizeof family_lines / sizeof *family_lines };

static void add_series(struct chart *chart, size_t panel, struct series series)
{
	struct panel *to = &chart->panels[panel];
	to->series[to->series_count++] = series;
}

// While a gap lasts nobody has recovered, which would draw a fall and a rise that never were.
static bool is_too_early(const struct report_survey *survey, size_t family,
                         const struct family_line *line, uint32_t day)
{
	return line->is_late && survey->gap_days != REPORT_GAP_NONE &&
	       report_survey_is_open(survey, family, day);
}

static void fill_days(double *values, const struct report *report, size_t family,
                      const struct family_line *line)
{
	const struct report_survey *survey = report->survey;
	for (size_t i = 0; i < survey->day_count; i++) {
		const uint32_t day = (uint32_t)i;
		const bool is_known = (line->always || survey->has_data[i]) &&
		                      (line->is_change
		                               ? report_survey_is_change_known(survey, family, day)
		                               : report_survey_is_known(survey, family, day));
		values[i] = is_known && !is_too_early(survey, family, line, day)
		                    ? line->value(&survey->families[family].days[i])
		                    : NAN;
	}
}

static void add_family_lines(struct chart *chart, const struct report *report, size_t family,
                             double *values)
{
	chart->panel_count = 2;
	chart->panels[0].title = word_in(report->lang, WORD_UNIT_DEVICES);
	chart->panels[1].title = word_in(report->lang, WORD_UNIT_CHANGES);
	for (size_t i = 0; i < FAMILY_LINES; i++, values += chart->count) {
		const struct family_line *line = &family_lines[i];
		fill_days(values, report, family, line);
		add_series(chart, line->panel,
		           (struct series){ .label = word_in(report->lang, line->label),
		                            .values = values,
		                            .style = line->style,
		                            .has_area = i == 0 });
	}
}

static void add_active_lines(struct chart *chart, const struct report *report, double *values)
{
	chart->panel_count = 1;
	chart->panels[0].title = word_in(report->lang, WORD_UNIT_ACTIVE);
	for (size_t i = 0; i < report->survey->family_count; i++) {
		if (!figure_shows(report, FIGURE_TOGETHER, i))
			continue;
		fill_days(values, report, i, &family_lines[0]);
		add_series(chart, 0,
		           (struct series){ .label = family_title(report, i),
		                            .values = values,
		                            .style = figure_family_style(i) });
		values += chart->count;
	}
}

static void fill_survival(double *values, const struct report_lifetimes *lifetimes,
                          uint32_t day_count)
{
	for (uint32_t d = 0; d <= day_count; d++)
		values[d] = d < lifetimes->survival_count ? lifetimes->survival[d] : NAN;
}

static void add_survival_lines(struct chart *chart, const struct report *report, double *values)
{
	const struct report_survey *survey = report->survey;
	chart->panel_count = 1;
	chart->panels[0].title = word_in(report->lang, WORD_UNIT_SURVIVAL);
	chart->panels[0].is_share = true;
	chart->count = 2;
	for (size_t i = 0; i < survey->family_count; i++) {
		if (!figure_shows(report, FIGURE_LIFETIMES, i))
			continue;
		const struct report_lifetimes *lifetimes = &survey->families[i].lifetimes;
		if (lifetimes->survival_count > chart->count)
			chart->count = lifetimes->survival_count;
		fill_survival(values, lifetimes, survey->day_count);
		add_series(chart, 0,
		           (struct series){ .label = family_title(report, i),
		                            .values = values,
		                            .style = figure_family_style(i) });
		values += survey->day_count + 1;
	}
}

// Whether flows leave something of the figure unknown.
static bool has_unknown(const struct report *report, struct figure figure)
{
	return figure.kind == FIGURE_TOGETHER ||
	       (figure.kind == FIGURE_FAMILY &&
	        report->survey->families[figure.index].is_fingerprint);
}

// Of the lines of the figure the most.
static size_t open_count(const struct report *report, struct figure figure)
{
	const struct report_survey *survey = report->survey;
	size_t most = 0;
	if (figure.kind == FIGURE_FAMILY)
		return survey->families[figure.index].open_days;
	for (size_t i = 0; figure.kind == FIGURE_TOGETHER && i < survey->family_count; i++)
		if (figure_shows(report, FIGURE_TOGETHER, i) &&
		    survey->families[i].open_days > most)
			most = survey->families[i].open_days;
	return most;
}

static void draw_with(struct buffer *out, const struct report *report, struct figure figure,
                      double *values)
{
	const bool is_ages = figure.kind == FIGURE_LIFETIMES;
	struct buffer texts[2];
	struct chart chart = {
		.frame = figure_frame_of(report, figure, texts),
		.axis = is_ages ? CHART_AGES : CHART_DATES,
		.count = report->survey->day_count,
		.first_day = report->survey->first_day,
		.has_data = is_ages ? NULL : report->survey->has_data,
		.coverage = is_ages ? NULL : report->coverage,
		.is_lost = is_ages ? NULL : report->survey->is_lost,
		.open_count = open_count(report, figure),
		.is_unknown = has_unknown(report, figure) ? report->survey->has_unknown : NULL,
		.zone = report->zone,
		.incidents = report->incidents,
		.is_narrow = figure.is_narrow,
	};
	if (figure.kind == FIGURE_FAMILY)
		add_family_lines(&chart, report, figure.index, values);
	else if (figure.kind == FIGURE_TOGETHER)
		add_active_lines(&chart, report, values);
	else
		add_survival_lines(&chart, report, values);
	if (texts[0].failed || texts[1].failed)
		out->failed = true;
	else
		chart_draw(out, &chart);
	buffer_done(&texts[0]);
	buffer_done(&texts[1]);
}

void figure_survey_draw(struct buffer *out, const struct report *report, struct figure figure)
{
	double *values = memory_new(((size_t)report->survey->day_count + 1) * CHART_SERIES_MAX,
	                            sizeof *values);
	if (values == NULL)
		out->failed = true;
	else
		draw_with(out, report, figure, values);
	memory_free(values);
}
