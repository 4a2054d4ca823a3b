// SPDX-License-Identifier: MIT
// What honeypots saw, by day: a small plot for each family, or country; the share of it that the telescope saw; and
// how many hosts are infected.
#include "present/page/figure.h"

#include "base/memory.h"
#include "present/chart/chart.h"
#include "present/page/page.h"

#include <math.h>

enum { INFECTED_LINES = 4 };

static struct chart chart_of(const struct report *report, struct figure figure,
                             struct buffer texts[2])
{
	return (struct chart){
		.frame = figure_frame_of(report, figure, texts),
		.axis = CHART_DATES,
		.count = report->survey->day_count,
		.first_day = report->survey->first_day,
		.zone = report->zone,
		.incidents = report->incidents,
		.is_narrow = figure.is_narrow,
	};
}

static void add_small_plot(struct chart *chart, const char *label, const uint64_t *sources,
                           double *values)
{
	struct panel *panel = &chart->panels[chart->panel_count++];
	for (size_t i = 0; i < chart->count; i++)
		values[i] = sources[i] == REPORT_UNKNOWN ? NAN : (double)sources[i];
	panel->title = label;
	panel->series[panel->series_count++] = (struct series){ .label = label,
		                                                .values = values,
		                                                .has_area = true };
}

// Families or countries, each in a plot and on a scale of its own.
static void plan_small_plots(struct chart *chart, const struct report *report,
                             enum figure_kind kind, double *values)
{
	const struct report_variants *of = report->variants;
	const size_t count = kind == FIGURE_VARIANTS ? of->count : of->country_count;
	chart->has_data = of->has_log;
	chart->gap = WORD_VARIANTS_NO_LOG;
	chart->coverage = of->logged;
	chart->part = WORD_VARIANTS_PART_LOG;
	chart->is_grid = true;
	chart->unit = word_in(report->lang, WORD_UNIT_PORT_OWN);
	for (size_t i = 0; i < count && i < REPORT_VARIANTS_DRAWN; i++, values += chart->count)
		if (kind == FIGURE_VARIANTS)
			add_small_plot(chart, of->families[i].family, of->families[i].by_day,
			               values);
		else
			add_small_plot(chart, page_place_name(report, &of->countries[i].place),
			               of->countries[i].by_day, values);
}

static void copy(double *to, const double *from, size_t count)
{
	for (size_t i = 0; i < count; i++)
		to[i] = from[i];
}

static void use_telescope(struct chart *chart, const struct report *report)
{
	chart->has_data = report->survey->has_data;
	chart->is_lost = report->survey->is_lost;
	chart->coverage = report->coverage;
	chart->panel_count = 1;
}

static void plan_joined(struct chart *chart, const struct report *report, double *values)
{
	struct panel *panel = &chart->panels[0];
	use_telescope(chart, report);
	copy(values, report->variants->share, chart->count);
	panel->title = word_in(report->lang, WORD_UNIT_JOINED);
	panel->is_share = true;
	panel->series[panel->series_count++] = (struct series){
		.label = word_in(report->lang, WORD_JOINED_LINE), .values = values, .style = 0
	};
}

static void plan_infected(struct chart *chart, const struct report *report, double *values)
{
	static const enum word labels[INFECTED_LINES] = { WORD_INFECTED_SEEN,
		                                          WORD_INFECTED_ESTIMATE, WORD_INFECTED_LOW,
		                                          WORD_INFECTED_HIGH };
	struct panel *panel = &chart->panels[0];
	use_telescope(chart, report);
	panel->title = word_in(report->lang, WORD_UNIT_INFECTED);
	for (size_t i = 0; i < INFECTED_LINES; i++, values += chart->count) {
		copy(values, report->variants->drawn_days[i], chart->count);
		panel->series[panel->series_count++] = (struct series){
			.label = word_in(report->lang, labels[i]),
			.values = values,
			.style = (unsigned)i
		};
	}
}

static void draw_with(struct buffer *out, const struct report *report, struct figure figure,
                      double *values)
{
	struct buffer texts[2];
	struct chart chart = chart_of(report, figure, texts);
	if (figure.kind == FIGURE_JOINED)
		plan_joined(&chart, report, values);
	else if (figure.kind == FIGURE_INFECTED)
		plan_infected(&chart, report, values);
	else
		plan_small_plots(&chart, report, figure.kind, values);
	if (texts[0].failed || texts[1].failed)
		out->failed = true;
	else
		chart_draw(out, &chart);
	buffer_done(&texts[0]);
	buffer_done(&texts[1]);
}

void figure_variants_draw(struct buffer *out, const struct report *report, struct figure figure)
{
	double *values = memory_new((size_t)report->survey->day_count * REPORT_VARIANTS_DRAWN,
	                            sizeof *values);
	if (values == NULL)
		out->failed = true;
	else
		draw_with(out, report, figure, values);
	memory_free(values);
}
