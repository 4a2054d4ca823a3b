// SPDX-License-Identifier: MIT
// Figures of ports, networks and concentration, and the charts that they are made of.
#include "present/page/figure.h"

#include "present/chart/chart.h"
#include "present/page/where_sample.h"
#include "present/page/xml_check.h"

#include <math.h>

static const enum figure_kind kinds[] = { FIGURE_PORTS, FIGURE_PORTS, FIGURE_PORT_FAMILIES,
	                                  FIGURE_CONCENTRATION, FIGURE_NETWORKS };

enum { KINDS = sizeof kinds / sizeof *kinds };

static const char *drawn(struct buffer *b, const struct report *report, size_t kind,
                         unsigned variant)
{
	const struct figure figure = {
		.kind = kinds[kind],
		.index = kind == 1,
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
	for (unsigned i = 0; i < 4 * KINDS; i++) {
		struct buffer b;
		const char *svg = drawn(&b, report, i / 4, i % 4);
		CHECK(xml_is_well_formed(svg));
		CHECK(!has(svg, "<script") && !has(svg, "\"nan") && !has(svg, "\"-nan"));
		CHECK(!has(svg, "Lnan") && !has(svg, "inf\"") && !has(svg, "Minf"));
		CHECK(has(svg, "xmlns=") == ((i & 2) != 0));
		buffer_done(&b);
	}
}

TEST(figures_are_well_formed_for_any_number_of_days)
{
	static const uint32_t counts[] = { 1, 2, 31, 314, 1100 };
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct report_sample s;
		struct where_sample w;
		sample_make(&s, counts[i], i % 2 == 1);
		where_make(&w, &s, i % 2 == 1);
		check_all(&s.report);
		s.report.lang = LANG_JA;
		w.figures[1].is_log = false;
		check_all(&s.report);
		where_done(&w);
		sample_done(&s);
	}
}

TEST(huge_numbers_stay_inside)
{
	struct report_sample s;
	struct where_sample w;
	sample_make(&s, 40, false);
	where_make(&w, &s, false);
	for (size_t p = 0; p < WHERE_PORTS; p++) {
		w.rows[p].sources = w.sources[p][7] = UINT64_MAX - 1;
		w.rows[p].family_sources = p % 2 ? UINT64_MAX - 2 : 1;
	}
	w.networks[0].sources = UINT64_MAX - 1;
	w.points[0][WHERE_POINTS - 1] = (struct report_point){ UINT64_MAX, UINT64_MAX };
	check_all(&s.report);
	where_done(&w);
	sample_done(&s);
}

TEST(nothing_is_drawn_of_nothing)
{
	struct report_sample s;
	struct where_sample w;
	struct buffer b = buffer_up_to(1 << 26);
	sample_make(&s, 40, false);
	CHECK(!figure_ports(&b, &s.report, 0) && !figure_port_families(&b, &s.report));
	CHECK(!figure_concentration(&b, &s.report) && !figure_networks(&b, &s.report));
	where_make(&w, &s, false);
	w.figures[0].port_count = 0;
	w.ports.row_count = w.where.network_count = 0;
	w.lengths[0].point_count = w.lengths[1].point_count = 0;
	CHECK(!figure_ports(&b, &s.report, 0) && !figure_ports(&b, &s.report, 2));
	CHECK(!figure_port_families(&b, &s.report));
	CHECK(!figure_concentration(&b, &s.report) && !figure_networks(&b, &s.report));
	// Without a database there is one bar, and it says nothing.
	w.where.network_count = WHERE_NETWORKS;
	w.where.databases.count = 0;
	CHECK(!figure_networks(&b, &s.report));
	CHECK(b.length == 0 && !b.failed);
	where_done(&w);
	sample_done(&s);
}

TEST(what_was_counted_is_in_the_figures)
{
	struct report_sample s;
	struct where_sample w;
	struct buffer b;
	sample_make(&s, WHERE_DAYS, false);
	where_make(&w, &s, false);
	CHECK(has(drawn(&b, &s.report, 0, 0), ">2323</text>"));
	buffer_done(&b);
	const char *svg = drawn(&b, &s.report, 1, 0);
	for (size_t p = 2; p < WHERE_PORTS; p++) {
		char title[32];
		snprintf(title, sizeof title, ">%u</text>", where_ports[p]);
		CHECK(has(svg, title));
	}
	CHECK(has(svg, "logarithmic") && has(svg, ">1M</text>") && has(svg, ">0</text>"));
	buffer_done(&b);
	svg = drawn(&b, &s.report, 2, 0);
	CHECK(has(svg, "433,786") && has(svg, ">90.0%") && has(svg, "not mirai"));
	buffer_done(&b);
	svg = drawn(&b, &s.report, 3, 0);
	CHECK(has(svg, "94 /16s hold a fifth") && has(svg, "675 /16s hold half"));
	buffer_done(&b);
	svg = drawn(&b, &s.report, 4, 0);
	CHECK(has(svg, "Rostelecom") && has(svg, "65,860 (11.8%)") && has(svg, ">unknown"));
	buffer_done(&b);
	where_done(&w);
	sample_done(&s);
}

TEST(days_without_captures_have_no_value)
{
	struct report_sample s;
	struct where_sample w;
	struct buffer a, b;
	sample_make(&s, 40, false);
	where_make(&w, &s, false);
	drawn(&a, &s.report, 0, 0);
	CHECK(!s.survey.has_data[5]);
	w.sources[0][5] = w.sources[1][5] = 123456789;
	drawn(&b, &s.report, 0, 0);
	CHECK(a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0);
	buffer_done(&b);
	w.sources[0][6] = REPORT_UNKNOWN;
	CHECK(!has(drawn(&b, &s.report, 0, 0), "18,446,744"));
	buffer_done(&a);
	buffer_done(&b);
	where_done(&w);
	sample_done(&s);
}

TEST(days_covered_in_part_are_shaded)
{
	struct report_sample s;
	struct where_sample w;
	struct buffer b;
	sample_make(&s, 40, false);
	where_make(&w, &s, false);
	CHECK(has(drawn(&b, &s.report, 0, 0), "class=\"part\""));
	buffer_done(&b);
	for (uint32_t i = 0; i < 40; i++)
		w.coverage[i] = i % 2 ? 0.995 : NAN;
	CHECK(!has(drawn(&b, &s.report, 0, 0), "class=\"part\""));
	CHECK(has((const char *)b.bytes, "class=\"gap\""));
	buffer_done(&b);
	where_done(&w);
	sample_done(&s);
}

TEST(what_nobody_could_divide_is_unknown)
{
	struct report_sample s;
	struct where_sample w;
	struct buffer b;
	sample_make(&s, 40, false);
	where_make(&w, &s, false);
	for (size_t p = 0; p < WHERE_PORTS; p++)
		w.rows[p].family_sources = REPORT_UNKNOWN;
	CHECK(has(drawn(&b, &s.report, 2, 0), ">unknown</text>"));
	CHECK(!has((const char *)b.bytes, "%</text>"));
	buffer_done(&b);
	where_done(&w);
	sample_done(&s);
}

TEST(more_ports_than_a_figure_holds_are_cut)
{
	static struct report_port_days many[30];
	struct report_sample s;
	struct where_sample w;
	struct buffer b;
	sample_make(&s, 40, false);
	where_make(&w, &s, false);
	for (size_t i = 0; i < 30; i++)
		many[i] = (struct report_port_days){ { (uint16_t)(1000 + i), i % 2 == 1 },
			                             w.sources[i % WHERE_PORTS] };
	w.figures[1].ports = many;
	w.figures[1].port_count = 30;
	CHECK(has(drawn(&b, &s.report, 1, 0), ">1011/UDP</text>"));
	CHECK(!has((const char *)b.bytes, ">1012</text>"));
	buffer_done(&b);
	where_done(&w);
	sample_done(&s);
}

TEST(running_out_of_memory_is_told)
{
	struct report_sample s;
	struct where_sample w;
	sample_make(&s, 5, true);
	where_make(&w, &s, true);
	for (size_t kind = 0; kind < KINDS; kind++) {
		const struct figure figure = { .kind = kinds[kind], .index = kind == 1 };
		bool worked = false;
		for (unsigned long n = 1; n < 5000 && !worked; n++) {
			struct buffer b = buffer_up_to(1 << 26);
			memory_fail_at(n);
			worked = figure_draw(&b, &s.report, figure);
			memory_fail_at(0);
			CHECK(worked == !b.failed);
			buffer_done(&b);
		}
		CHECK(worked);
	}
	where_done(&w);
	sample_done(&s);
}

static struct chart grid_of(size_t panels, size_t count, bool is_narrow, double *values)
{
	struct chart chart = {
		.frame = { .title = "t", .subtitle = "s" },
		.axis = CHART_DATES,
		.count = count,
		.first_day = 16983,
		.zone = "UTC",
		.is_narrow = is_narrow,
		.is_grid = true,
		.unit = "u",
		.panel_count = panels,
	};
	for (size_t i = 0; i < panels; i++) {
		chart.panels[i] = (struct panel){ .title = "p", .series_count = 1 };
		chart.panels[i].series[0] = (struct series){ .label = "l", .values = values };
	}
	return chart;
}

static bool is_apart(const struct panel_plan *a, const struct panel_plan *b, double font)
{
	const bool is_beside = a->right + 4 < b->left || b->right + 4 < a->left;
	const bool is_below = a->bottom < b->title_y - font || b->bottom < a->title_y - font;
	return is_beside || is_below;
}

TEST(panels_of_a_grid_do_not_overlap)
{
	struct random random = random_from(11);
	double *values = memory_new(2000, sizeof *values);
	for (int i = 0; i < 500; i++) {
		const size_t panels = 1 + random_below(&random, CHART_PANELS_MAX);
		const size_t count = 1 + random_below(&random, 1999);
		values[0] = floor(exp(random_unit(&random) * 40));
		struct chart chart = grid_of(panels, count, i % 2 == 0, values);
		for (size_t p = 0; p < panels; p++)
			chart.panels[p].is_log = i % 3 == 0;
		const struct chart_plan plan = chart_plan_make(&chart);
		for (size_t a = 0; a < panels; a++) {
			const struct panel_plan *panel = &plan.panels[a];
			CHECK(panel->left + 40 < panel->right && panel->right <= plan.right + 1e-6);
			CHECK(panel->bottom < plan.axis_title_y && panel->top > panel->title_y);
			for (size_t b = 0; b < a; b++)
				CHECK(is_apart(panel, &plan.panels[b], plan.font));
		}
	}
	memory_free(values);
}

// 0 is below every power of ten, and more is never lower.
TEST(logarithmic_axes_rise)
{
	struct random random = random_from(10);
	double values[50];
	for (int i = 0; i < 2000; i++) {
		for (size_t k = 0; k < 50; k++)
			values[k] = random_below(&random, 9) == 0
			                    ? 0
			                    : floor(1 + exp(random_unit(&random) * 40));
		struct chart chart = grid_of(3, 50, false, values);
		for (size_t p = 0; p < 3; p++)
			chart.panels[p].is_log = true;
		const struct chart_plan plan = chart_plan_make(&chart);
		const struct panel_plan *panel = &plan.panels[0];
		for (size_t k = 0; k < 50; k++) {
			const double y = chart_y(panel, values[k]);
			CHECK(y >= panel->top - 1e-6 && y <= panel->bottom + 1e-6);
			CHECK((values[k] <= 0) == (y > panel->bottom - panel->zero_room + 1e-6) ||
			      panel->zero_room <= 0);
			for (size_t j = 0; j < k; j++)
				CHECK(values[j] > values[k] ||
				      chart_y(panel, values[j]) >= y - 1e-9);
		}
	}
}

TEST_MAIN
