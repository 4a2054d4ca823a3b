// SPDX-License-Identifier: MIT
// The strongest rules of a field: how many sources a day follow each, and how many of these are Mirai
// hosts. Both panels have the same colours.
#include "present/page/figure.h"

#include "base/memory.h"
#include "present/chart/chart.h"
#include "present/page/rule_text.h"

#include <math.h>

enum { TARGETS, SHARES, PANELS };

struct rule_texts {
	struct buffer figure[2];
	struct buffer labels[REPORT_RULE_LINES_MAX];
};

static size_t line_count(const struct report_rule_figure *figure)
{
	return figure->line_count < REPORT_RULE_LINES_MAX ? figure->line_count
	                                                  : REPORT_RULE_LINES_MAX;
}

// Days from rules->from on.
static uint32_t day_count(const struct report_rules *rules)
{
	return (uint32_t)(rules->to - rules->from) + 1;
}

static void fill_line(const struct chart *chart, const struct report_rule_line *line,
                      double *targets, double *shares)
{
	for (size_t i = 0; i < chart->count; i++) {
		const uint64_t sources = line->sources[i];
		const bool is_known = chart->has_data[i] && sources != REPORT_UNKNOWN;
		const bool has_share = is_known && line->mirai != NULL && line->is_found[i] &&
		                       sources > 0 && line->mirai[i] <= sources;
		targets[i] = is_known ? (double)sources : NAN;
		shares[i] = has_share ? (double)line->mirai[i] / (double)sources : NAN;
	}
}

static void add_lines(struct chart *chart, const struct report_rule_figure *figure,
                      struct rule_texts *texts, double *values)
{
	for (size_t i = 0; i < line_count(figure); i++) {
		double *const of[PANELS] = { values, values + chart->count };
		rule_append(&texts->labels[i], chart->frame.lang, &figure->lines[i].rule);
		buffer_byte(&texts->labels[i], '\0');
		fill_line(chart, &figure->lines[i], of[TARGETS], of[SHARES]);
		for (size_t p = 0; p < PANELS; p++)
			chart->panels[p].series[chart->panels[p].series_count++] = (struct series){
				.label = (const char *)texts->labels[i].bytes,
				.values = of[p],
				.style = (unsigned)i,
			};
		values += PANELS * chart->count;
	}
}

static bool has_failed(const struct rule_texts *texts)
{
	bool failed = texts->figure[0].failed || texts->figure[1].failed;
	for (size_t i = 0; i < REPORT_RULE_LINES_MAX; i++)
		failed = failed || texts->labels[i].failed;
	return failed;
}

static void draw_with(struct buffer *out, const struct report *report, struct figure figure,
                      struct rule_texts *texts, double *values)
{
	const struct report_rules *rules = report->rules;
	const struct report_rule_figure *from = &rules->figures[figure.index];
	const size_t before = (size_t)(rules->from - report->survey->first_day);
	struct chart chart = {
		.frame = figure_frame_of(report, figure, texts->figure),
		.axis = CHART_DATES,
		.count = day_count(rules),
		.first_day = rules->from,
		.has_data = report->survey->has_data + before,
		.coverage = report->coverage != NULL ? report->coverage + before : NULL,
		.is_lost = report->survey->is_lost != NULL ? report->survey->is_lost + before
		                                           : NULL,
		.zone = report->zone,
		.incidents = report->incidents,
		.is_narrow = figure.is_narrow,
		.panel_count = PANELS,
	};
	chart.panels[TARGETS] = (struct panel){
		.title = word_in(report->lang,
		                 from->is_log ? WORD_UNIT_TARGETS_LOG : WORD_UNIT_TARGETS),
		.is_log = from->is_log,
		.is_labelled = !figure.is_narrow,
	};
	chart.panels[SHARES] = (struct panel){
		.title = word_in(report->lang, WORD_UNIT_MIRAI_SHARE),
		.is_share = true,
	};
	for (size_t i = 0; i < REPORT_RULE_LINES_MAX; i++)
		texts->labels[i] = buffer_up_to(1 << 16);
	add_lines(&chart, from, texts, values);
	if (has_failed(texts))
		out->failed = true;
	else
		chart_draw(out, &chart);
	for (size_t i = 0; i < REPORT_RULE_LINES_MAX; i++)
		buffer_done(&texts->labels[i]);
	buffer_done(&texts->figure[0]);
	buffer_done(&texts->figure[1]);
}

void figure_rules_draw(struct buffer *out, const struct report *report, struct figure figure)
{
	struct rule_texts texts;
	double *values = memory_new(
		(size_t)day_count(report->rules) * PANELS * REPORT_RULE_LINES_MAX, sizeof *values);
	if (values == NULL)
		out->failed = true;
	else
		draw_with(out, report, figure, &texts, values);
	memory_free(values);
}
