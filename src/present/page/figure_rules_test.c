// SPDX-License-Identifier: MIT
// Figures of association rules, and labels beside lines.
#include "present/page/figure.h"

#include "present/chart/chart.h"
#include "present/page/rules_sample.h"
#include "present/words/width.h"
#include "present/page/xml_check.h"

#include <math.h>

static const char *drawn(struct buffer *b, const struct report *report, size_t index,
                         unsigned variant)
{
	const struct figure figure = {
		.kind = FIGURE_RULES,
		.index = index,
		.is_narrow = (variant & 1) != 0,
		.stands_alone = (variant & 2) != 0,
	};
	*b = buffer_up_to(1 << 26);
	CHECK(figure_draw(b, report, figure));
	buffer_byte(b, '\0');
	CHECK(!b->failed);
	return b->failed ? "" : (const char *)b->bytes;
}

static bool has(const char *svg, const char *text)
{
	return strstr(svg, text) != NULL;
}

static void check_all(const struct report *report)
{
	for (unsigned i = 0; i < 4 * report->rules->figure_count; i++) {
		struct buffer b;
		const char *svg = drawn(&b, report, i / 4, i % 4);
		CHECK(xml_is_well_formed(svg));
		CHECK(!has(svg, "<script") && !has(svg, "nan") && !has(svg, "inf\""));
		CHECK(has(svg, "xmlns=") == ((i & 2) != 0));
		buffer_done(&b);
	}
}

TEST(figures_are_well_formed_for_any_number_of_days)
{
	static const uint32_t counts[] = { 1, 2, 31, 92, 1100 };
	for (size_t i = 0; i < 2 * sizeof counts / sizeof *counts; i++) {
		struct report_sample s;
		struct rules_sample r;
		sample_make(&s, counts[i / 2], i % 2 == 1);
		rules_sample_make(&r, &s, i % 2 == 1);
		check_all(&s.report);
		s.report.lang = LANG_JA;
		for (size_t f = 0; f < RULES_FIGURES; f++)
			r.figures[f].is_log = !r.figures[f].is_log;
		check_all(&s.report);
		rules_sample_done(&r);
		sample_done(&s);
	}
}

TEST(what_was_counted_is_in_the_figure)
{
	struct report_sample s;
	struct rules_sample r;
	struct buffer b;
	sample_make(&s, 92, false);
	rules_sample_make(&r, &s, false);
	const char *svg = drawn(&b, &s.report, 0, 2);
	CHECK(has(svg, "Sources that follow the strongest rules: window size"));
	CHECK(has(svg, "2016-07-01 to 2016-09-30 (UTC), telescope: 192.0.2.0/24"));
	CHECK(has(svg, ">1320, 2376 ⇒ 792</text>") && has(svg, ">792, 1320, 2376 ⇒ 4488</text>"));
	CHECK(has(svg, "2016-09-20 KrebsOnSecurity attacked"));
	CHECK(has(svg, ">100%</text>") && !has(svg, "logarithmic"));
	buffer_done(&b);
	svg = drawn(&b, &s.report, 1, 0);
	CHECK(has(svg, "logarithmic") && has(svg, ">2323 ⇒ 23</text>"));
	buffer_done(&b);
	rules_sample_done(&r);
	sample_done(&s);
}

// A figure of the same values with other values that must not be seen is the same figure.
static bool stays(const struct report *report, uint64_t *value, uint64_t other)
{
	const uint64_t before = *value;
	struct buffer a, b;
	drawn(&a, report, 0, 0);
	*value = other;
	drawn(&b, report, 0, 0);
	*value = before;
	const bool same = a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
	buffer_done(&a);
	buffer_done(&b);
	return same;
}

TEST(what_is_not_known_is_not_drawn)
{
	struct report_sample s;
	struct rules_sample r;
	sample_make(&s, 92, false);
	rules_sample_make(&r, &s, false);
	CHECK(!s.survey.has_data[22] && !r.is_found[2][3] && r.is_found[2][60]);
	CHECK(stays(&s.report, &r.sources[2][22], 123456789));
	// The share of a day on which the rule was not found.
	CHECK(stays(&s.report, &r.mirai[2][3], 1));
	CHECK(!stays(&s.report, &r.mirai[2][60], 1));
	CHECK(!stays(&s.report, &r.sources[2][60], REPORT_UNKNOWN));
	for (size_t i = 0; i < RULES_LIVES; i++)
		r.lines[0][i].mirai = NULL;
	CHECK(stays(&s.report, &r.mirai[2][60], 1));
	rules_sample_done(&r);
	sample_done(&s);
}

TEST(days_before_those_that_were_mined_are_not_drawn)
{
	struct report_sample s;
	struct rules_sample r;
	struct buffer b;
	sample_make(&s, 200, false);
	rules_sample_make(&r, &s, false);
	r.rules.from += 70;
	r.rules.to += 70;
	CHECK(has(drawn(&b, &s.report, 0, 2), "2016-09-09 to 2016-12-09 (UTC)"));
	CHECK(has((const char *)b.bytes, "Dyn attacked"));
	buffer_done(&b);
	rules_sample_done(&r);
	sample_done(&s);
}

TEST(more_rules_than_a_figure_holds_are_cut)
{
	static struct report_rule_line many[30];
	struct report_sample s;
	struct rules_sample r;
	struct buffer b = buffer_up_to(1 << 26);
	sample_make(&s, 92, false);
	rules_sample_make(&r, &s, false);
	for (size_t i = 0; i < 30; i++)
		many[i] = r.lines[1][i >= REPORT_RULE_LINES_MAX];
	r.figures[0].lines = many;
	r.figures[0].line_count = 30;
	CHECK(has(drawn(&b, &s.report, 0, 0), ">2323 ⇒ 23</text>"));
	CHECK(!has((const char *)b.bytes, "7547"));
	buffer_done(&b);
	r.figures[0].line_count = 0;
	b = buffer_up_to(1 << 26);
	CHECK(!figure_rules(&b, &s.report, 0) && !figure_rules(&b, &s.report, RULES_FIGURES));
	s.report.rules = NULL;
	CHECK(!figure_rules(&b, &s.report, 0));
	CHECK(b.length == 0 && !b.failed);
	rules_sample_done(&r);
	sample_done(&s);
}

TEST(running_out_of_memory_is_told)
{
	struct report_sample s;
	struct rules_sample r;
	bool worked = false;
	sample_make(&s, 5, true);
	rules_sample_make(&r, &s, true);
	for (unsigned long n = 1; n < 5000 && !worked; n++) {
		struct buffer b = buffer_up_to(1 << 26);
		memory_fail_at(n);
		worked = figure_rules(&b, &s.report, 0);
		memory_fail_at(0);
		CHECK(worked == !b.failed);
		buffer_done(&b);
	}
	CHECK(worked);
	rules_sample_done(&r);
	sample_done(&s);
}

// ---- labels beside lines

static void check_tags(const struct chart *chart)
{
	const struct chart_plan plan = chart_plan_make(chart);
	const struct panel_plan *panel = &plan.panels[0];
	struct chart_tag tags[CHART_SERIES_MAX];
	chart_tags_plan(chart, &plan, 0, tags);
	for (size_t i = 0; i < CHART_SERIES_MAX; i++) {
		const struct chart_tag *a = &tags[i];
		if (!a->is_there)
			continue;
		CHECK(i < chart->panels[0].series_count);
		CHECK(a->left >= panel->left && a->right <= panel->right);
		CHECK(a->top >= panel->top - 6 && a->bottom <= panel->bottom);
		for (size_t j = 0; j < i; j++) {
			const struct chart_tag *b = &tags[j];
			CHECK(!b->is_there || a->right < b->left || b->right < a->left ||
			      a->bottom < b->top || b->bottom < a->top);
		}
	}
}

TEST(labels_beside_lines_do_not_overlap)
{
	enum { DAYS = 60 };
	static const char *const labels[CHART_SERIES_MAX] = {
		"23 ⇒ 2323",
		"1320, 2376 ⇒ 792",
		"792, 1320, 2376 ⇒ 4488",
		"a",
		"蛍",
		"40, 666 ⇒ 23",
		"something that is very long indeed",
		"",
	};
	struct random random = random_from(5);
	static double values[CHART_SERIES_MAX][DAYS];
	for (int i = 0; i < 1000; i++) {
		struct chart chart = {
			.axis = CHART_DATES,
			.count = 1 + random_below(&random, DAYS),
			.first_day = 16983,
			.zone = "UTC",
			.panel_count = 1,
		};
		for (size_t s = 0; s < CHART_SERIES_MAX; s++) {
			for (size_t d = 0; d < DAYS; d++)
				values[s][d] = random_below(&random, 5) == 0
				                       ? NAN
				                       : floor(exp(random_unit(&random) * 12));
			chart.panels[0].series[s] = (struct series){ .label = labels[s],
				                                     .values = values[s] };
		}
		chart.panels[0].is_log = i % 2 == 0;
		chart.panels[0].series_count = 1 + random_below(&random, CHART_SERIES_MAX);
		check_tags(&chart);
	}
}

// One line has all the room: its label is there, and hides none of it.
TEST(a_label_stands_beside_its_line)
{
	double values[40];
	struct chart_tag tags[CHART_SERIES_MAX];
	struct chart chart = { .axis = CHART_DATES,
		               .count = 40,
		               .first_day = 16983,
		               .zone = "UTC",
		               .panel_count = 1 };
	for (size_t i = 0; i < 40; i++)
		values[i] = i < 20 ? 10.0 * (double)i : 400 - 10.0 * (double)i;
	chart.panels[0].series[0] = (struct series){ .label = "23", .values = values };
	chart.panels[0].series_count = 1;
	const struct chart_plan plan = chart_plan_make(&chart);
	chart_tags_plan(&chart, &plan, 0, tags);
	CHECK(tags[0].is_there && !tags[1].is_there);
	for (size_t i = 0; i < 40; i++) {
		const double x = chart_x(&chart, &plan.panels[0], (double)i);
		const double y = chart_y(&plan.panels[0], values[i]);
		CHECK(x < tags[0].left || x > tags[0].right || y < tags[0].top ||
		      y > tags[0].bottom);
	}
}

TEST_MAIN
