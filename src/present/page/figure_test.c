// SPDX-License-Identifier: MIT
#include "present/page/figure.h"

#include "present/chart/chart.h"
#include "present/chart/frame.h"
#include "present/page/report_sample.h"
#include "present/page/xml_check.h"
#include "present/words/width.h"

#include <math.h>

static const char *drawn(struct buffer *b, const struct report *report, struct figure figure)
{
	*b = buffer_up_to(1 << 26);
	CHECK(figure_draw(b, report, figure));
	buffer_byte(b, '\0');
	CHECK(!b->failed);
	return b->failed ? "" : (const char *)b->bytes;
}

static void check_all_kinds(const struct report *report)
{
	for (int i = 0; i < 12; i++) {
		struct buffer b;
		const struct figure figure = {
			.kind = (enum figure_kind)(i / 4),
			.index = 3,
			.is_narrow = (i & 1) != 0,
			.stands_alone = (i & 2) != 0,
		};
		const char *svg = drawn(&b, report, figure);
		CHECK(xml_is_well_formed(svg));
		CHECK(strstr(svg, "<script") == NULL);
		CHECK(strstr(svg, "nan") == NULL && strstr(svg, "inf\"") == NULL);
		CHECK((strstr(svg, "xmlns=") != NULL) == figure.stands_alone);
		buffer_done(&b);
	}
}

TEST(figures_are_well_formed_for_any_number_of_days)
{
	static const uint32_t counts[] = { 1, 2, 7, 31, 184, 1100, 5000 };
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct report_sample s;
		sample_make(&s, counts[i], false);
		check_all_kinds(&s.report);
		s.report.lang = LANG_JA;
		check_all_kinds(&s.report);
		sample_done(&s);
	}
}

TEST(hostile_names_stay_text)
{
	struct report_sample s;
	sample_make(&s, 40, true);
	check_all_kinds(&s.report);
	sample_done(&s);
}

TEST(nothing_is_drawn_of_nothing)
{
	struct report_sample s;
	struct buffer b = buffer_up_to(1 << 26);
	sample_make(&s, 40, false);
	CHECK(!figure_family(&b, &s.report, 2));
	s.survey.family_count = 0;
	CHECK(!figure_together(&b, &s.report));
	CHECK(!figure_lifetimes(&b, &s.report));
	s.survey.family_count = SAMPLE_FAMILIES;
	s.survey.day_count = 0;
	CHECK(!figure_family(&b, &s.report, 0));
	CHECK(b.length == 0 && !b.failed);
	s.survey.day_count = 40;
	sample_done(&s);
}

TEST(a_family_without_sources_is_left_out_of_common_figures)
{
	struct report_sample s;
	sample_make(&s, 40, false);
	CHECK(figure_shows(&s.report, FIGURE_TOGETHER, 1));
	CHECK(!figure_shows(&s.report, FIGURE_TOGETHER, 2));
	s.texts[1].is_malware = false;
	CHECK(!figure_shows(&s.report, FIGURE_TOGETHER, 1));
	CHECK(figure_shows(&s.report, FIGURE_LIFETIMES, 1));
	sample_done(&s);
}

TEST(files_stay_small_over_many_years)
{
	struct report_sample s;
	struct buffer b;
	sample_make(&s, 80000, false);
	drawn(&b, &s.report, (struct figure){ .kind = FIGURE_FAMILY });
	CHECK(b.length < 600000);
	buffer_done(&b);
	sample_done(&s);
}

TEST(running_out_of_memory_is_told)
{
	struct report_sample s;
	bool worked = false;
	sample_make(&s, 10, true);
	for (unsigned long n = 1; n < 5000 && !worked; n++) {
		struct buffer b = buffer_up_to(1 << 26);
		memory_fail_at(n);
		worked = figure_family(&b, &s.report, 3);
		memory_fail_at(0);
		CHECK(worked == !b.failed);
		buffer_done(&b);
	}
	CHECK(worked);
	sample_done(&s);
}

// A chart of dates with nothing in it but its incidents and labels.
static struct chart chart_of(int32_t first_day, size_t count, bool is_narrow, double *values)
{
	struct chart chart = {
		.axis = CHART_DATES,
		.count = count,
		.first_day = first_day,
		.frame = { .title = "t", .subtitle = "s" },
		.zone = "UTC",
		.is_narrow = is_narrow,
		.panel_count = 1,
	};
	static const char *const labels[] = { "hajime",     "hajime-raw",
		                              "mirai",      "a family with a long name",
		                              "mirai-2016", "蛍",
		                              "zmap",       "masscan" };
	for (size_t i = 0; i < CHART_SERIES_MAX; i++)
		chart.panels[0].series[i] = (struct series){ .label = labels[i], .values = values };
	chart.panels[0].series_count = CHART_SERIES_MAX;
	return chart;
}

// Besides those that are built in some of the same day, and one longer than any line.
static struct incidents with_own_incidents(void)
{
	static const char own[] =
		"2017-01-01,one\n2017-01-01,two\n2017-01-01,three\n2017-01-02,four\n"
		"2017-01-03,a label that is much longer than a narrow figure has room "
		"for so that it is cut\n";
	struct incidents all;
	struct error error;
	CHECK(incidents_built_in(&all, &error) &&
	      incidents_merge(&all, (struct span){ (const uint8_t *)own, sizeof own - 1 }, "own",
	                      &error));
	return all;
}

static void check_no_overlaps(const struct chart *chart, const struct chart_plan *plan,
                              size_t slots)
{
	const struct panel_plan *panel = &plan->panels[0];
	for (size_t i = 1; i < plan->mark_count; i++) {
		for (size_t j = 0; j < i; j++) {
			const struct chart_mark *a = &plan->marks[j], *b = &plan->marks[i];
			const double x = chart_x(chart, panel, a->hit.index);
			const double other = chart_x(chart, panel, b->hit.index);
			CHECK(hypot(x - other, a->circle_y - b->circle_y) > 16);
			CHECK(hypot(a->key_x - b->key_x, a->key_y - b->key_y) > 16);
		}
		CHECK(plan->marks[i].circle_y + 8 <= panel->top);
		CHECK(plan->marks[i].circle_y - 8 > panel->slots[slots - 1].y);
		CHECK(plan->marks[i].key_y < plan->height);
		CHECK(plan->marks[i].key_x + 22 + (6.5 + plan->marks[i].room_em) * plan->font <=
		      plan->width);
	}
	for (size_t i = 1; i < slots; i++) {
		const struct chart_slot *a = &panel->slots[i - 1], *b = &panel->slots[i];
		CHECK(b->y > a->y + plan->font || b->x > a->x + a->label_em * plan->font);
		CHECK(b->x + b->label_em * plan->font < plan->width);
	}
}

TEST(labels_never_overlap)
{
	struct random random = random_from(17);
	double *values = memory_new(4000, sizeof *values);
	struct incidents incidents = with_own_incidents();
	size_t cut = 0, most = 0;
	for (int i = 0; i < 2000; i++) {
		const int32_t first = 16800 + (int32_t)random_below(&random, 900);
		const size_t count = 1 + random_below(&random, 3999);
		values[0] = floor(exp(random_unit(&random) * 25));
		struct chart chart = chart_of(first, count, i % 2 == 0, values);
		chart.incidents = &incidents;
		chart.frame.lang = i % 3 == 0 ? LANG_JA : LANG_EN;
		const struct chart_plan plan = chart_plan_make(&chart);
		cut += plan.unmarked > 0;
		most = plan.mark_count > most ? plan.mark_count : most;
		check_no_overlaps(&chart, &plan, CHART_SERIES_MAX);
		CHECK(plan.panels[0].left < plan.panels[0].right - 100);
		CHECK(chart_x(&chart, &plan.panels[0], (double)count - 1) <= plan.right);
		CHECK(chart_y(&plan.panels[0], values[0]) >= plan.panels[0].top - 1e-6);
	}
	CHECK(cut > 100 && most == INCIDENTS_ON_AXIS);
	incidents_done(&incidents);
	memory_free(values);
}

// In both widths and languages those that are built in are read to their end.
TEST(built_in_incidents_have_room)
{
	struct incidents all;
	struct error error;
	CHECK(incidents_built_in(&all, &error));
	for (size_t i = 0; i < all.count; i++) {
		CHECK(width_em(all.list[i].label) <= 20.5);
		CHECK(width_em(all.list[i].label_ja) <= 20.5);
	}
	incidents_done(&all);
}

TEST_MAIN
