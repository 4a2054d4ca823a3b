// SPDX-License-Identifier: MIT
// Sources by day and port: up to two ports as lines of one plot, more as small plots, each with
// one line, because nobody tells eleven colours apart.
#include "present/page/figure.h"

#include "base/memory.h"
#include "present/chart/chart.h"
#include "present/page/port.h"

#include <math.h>

enum { LINES_MAX = 2 };

struct port_texts {
	char names[REPORT_FIGURE_PORTS_MAX][PORT_NAME_SIZE];
};

static void fill_days(double *values, const struct report *report, const uint64_t *sources)
{
	const struct report_survey *survey = report->survey;
	for (uint32_t i = 0; i < survey->day_count; i++) {
		const bool is_known = survey->has_data[i] && sources[i] != REPORT_UNKNOWN;
		values[i] = is_known ? (double)sources[i] : NAN;
	}
}

static void add_ports(struct chart *chart, const struct report_port_figure *figure,
                      struct port_texts *texts, double *values)
{
	const size_t ports = figure->port_count < REPORT_FIGURE_PORTS_MAX ? figure->port_count
	                                                                  : REPORT_FIGURE_PORTS_MAX;
	chart->is_grid = ports > LINES_MAX;
	chart->panel_count = chart->is_grid ? ports : 1;
	for (size_t i = 0; i < ports; i++, values += chart->count) {
		struct panel *panel = &chart->panels[chart->is_grid ? i : 0];
		port_name(figure->ports[i].port, texts->names[i]);
		panel->title = chart->is_grid ? texts->names[i] : chart->unit;
		panel->is_log = figure->is_log;
		panel->series[panel->series_count++] = (struct series){
			.label = texts->names[i],
			.values = values,
			.style = chart->is_grid ? 0 : (unsigned)(2 * i),
			.has_area = chart->is_grid,
		};
	}
}

static void draw_with(struct buffer *out, const struct report *report, struct figure figure,
                      double *values)
{
	const struct report_port_figure *from = &report->ports->figures[figure.index];
	struct port_texts names;
	struct buffer texts[2];
	struct chart chart = {
		.frame = figure_frame_of(report, figure, texts),
		.axis = CHART_DATES,
		.count = report->survey->day_count,
		.first_day = report->survey->first_day,
		.has_data = report->survey->has_data,
		.coverage = report->coverage,
		.is_lost = report->survey->is_lost,
		.zone = report->zone,
		.incidents = report->incidents,
		.is_narrow = figure.is_narrow,
		.unit = word_in(report->lang, from->is_log ? WORD_UNIT_PORT_LOG : WORD_UNIT_PORT),
	};
	for (size_t i = 0; i < from->port_count && i < REPORT_FIGURE_PORTS_MAX; i++)
		fill_days(values + i * chart.count, report, from->ports[i].sources);
	add_ports(&chart, from, &names, values);
	if (chart.is_grid && !from->is_log)
		chart.unit = word_in(report->lang, WORD_UNIT_PORT_OWN);
	if (texts[0].failed || texts[1].failed)
		out->failed = true;
	else
		chart_draw(out, &chart);
	buffer_done(&texts[0]);
	buffer_done(&texts[1]);
}

void figure_ports_draw(struct buffer *out, const struct report *report, struct figure figure)
{
	double *values = memory_new((size_t)report->survey->day_count * REPORT_FIGURE_PORTS_MAX,
	                            sizeof *values);
	if (values == NULL)
		out->failed = true;
	else
		draw_with(out, report, figure, values);
	memory_free(values);
}
