// SPDX-License-Identifier: MIT
// Draws what chart_plan.c has planned, from back to front.
#include "present/chart.h"

#include "base/text.h"
#include "present/chart_style.h"
#include "present/markup.h"
#include "present/numbers.h"
#include "present/paint.h"
#include "present/width.h"

#include <math.h>

// A margin around stand-alone figures, in the units of the plan.
enum { MARGIN = 16 };

static void draw_value_axis(struct buffer *out, const struct panel *panel,
                            const struct chart_plan *plan, const struct panel_plan *place)
{
	for (unsigned i = 0; i <= place->axis.steps; i++) {
		const double value = place->axis.step * i, y = chart_y(place, value);
		char text[NUMBER_SIZE];
		if (panel->is_share)
			text_format(text, sizeof text, "%.0f%%", value * 100);
		else
			chart_value(panel, value, text);
		paint_line(out,
		           i == 0 ? "class=\"axis\" stroke=\"#8391a0\""
		                  : "class=\"grid\" stroke=\"#e2e7ec\"",
		           (const double[]){ plan->left, y, plan->right, y });
		paint_label(out,
		            (struct label){ plan->left - 6, y + plan->font * 0.36,
		                            "class=\"mute\" text-anchor=\"end\"", INFINITY },
		            text);
	}
}

static void draw_legend(struct buffer *out, const struct chart_plan *plan,
                        const struct panel *panel, const struct panel_plan *place)
{
	for (size_t i = 0; i < panel->series_count; i++) {
		const struct chart_slot *slot = &place->slots[i];
		paint_stroke(out, panel->series[i].style, STROKE_PLAIN);
		paint_to(out, 'M', slot->x + 1, slot->y - plan->font * 0.35);
		buffer_text(out, "h16\"/>");
		paint_label(out, (struct label){ slot->x + 22, slot->y, "", slot->label_em },
		            panel->series[i].label);
	}
}

static void draw_panel(struct buffer *out, const struct chart *chart, const struct chart_plan *plan,
                       size_t which)
{
	const struct panel *panel = &chart->panels[which];
	const struct panel_plan *place = &plan->panels[which];
	paint_label(out, (struct label){ 0, place->unit_y, "font-weight=\"600\"", INFINITY },
	            word_in(chart->lang, panel->unit));
	draw_legend(out, plan, panel, place);
	if (plan->has_gaps)
		chart_gaps_draw(out, chart, plan, place);
	draw_value_axis(out, panel, plan, place);
	for (size_t i = 0; i < panel->series_count; i++)
		chart_series_draw(out,
		                  &(struct chart_line){ chart, plan, place, &panel->series[i] });
}

static void draw_no_captures(struct buffer *out, const struct chart *chart,
                             const struct chart_plan *plan)
{
	const struct chart_slot *slot = &plan->no_captures;
	buffer_text(out, "<path class=\"gap\" fill=\"#e4e8ec\" d=\"");
	paint_to(out, 'M', slot->x + 1, slot->y - plan->font * 0.85);
	buffer_text(out, "h16v13h-16z\"/>");
	paint_label(out, (struct label){ slot->x + 22, slot->y, "", INFINITY },
	            word_in(chart->lang, WORD_NO_CAPTURES));
}

static void draw_dates(struct buffer *out, const struct chart *chart, const struct chart_plan *plan)
{
	const double bottom = plan->panels[chart->panel_count - 1].bottom;
	for (size_t i = 0; i < plan->tick_count; i++) {
		const struct date_tick *tick = &plan->ticks[i];
		const double x = chart_x(chart, plan, tick->index);
		paint_line(out, "class=\"axis\" stroke=\"#8391a0\"",
		           (const double[]){ x, bottom, x, bottom + 5 });
		paint_label(out,
		            (struct label){ x, plan->tick_y,
		                            "class=\"mute\" text-anchor=\"middle\"", INFINITY },
		            tick->label);
		if (tick->year[0] != '\0')
			paint_label(out,
			            (struct label){ x, plan->year_y,
			                            "class=\"mute\" text-anchor=\"middle\" "
			                            "font-weight=\"600\"",
			                            INFINITY },
			            tick->year);
	}
}

static void draw_ages(struct buffer *out, const struct chart *chart, const struct chart_plan *plan)
{
	const double bottom = plan->panels[chart->panel_count - 1].bottom;
	const double last = (double)chart->count - 1;
	const struct number_axis axis = axis_numbers(last, chart->is_narrow ? 6 : 10);
	for (double age = 0; age <= last; age += axis.step) {
		const double x = chart_x(chart, plan, age);
		char text[NUMBER_SIZE];
		number_grouped((uint64_t)age, text);
		paint_line(out, "class=\"axis\" stroke=\"#8391a0\"",
		           (const double[]){ x, bottom, x, bottom + 5 });
		paint_label(out,
		            (struct label){ x, plan->tick_y,
		                            "class=\"mute\" text-anchor=\"middle\"", INFINITY },
		            text);
	}
}

static void draw_axis_title(struct buffer *out, const struct chart *chart,
                            const struct chart_plan *plan)
{
	struct buffer title = buffer_up_to(4096);
	if (chart->axis == CHART_DATES)
		markup_phrase(&title, chart->lang, WORD_AXIS_DAY,
		              (struct markup_values){ .one = chart->zone });
	else
		markup_word(&title, chart->lang, WORD_AXIS_AGE);
	buffer_text(out, "<text text-anchor=\"end\" x=\"");
	markup_coordinate(out, plan->right);
	buffer_text(out, "\" y=\"");
	markup_coordinate(out, plan->axis_title_y);
	buffer_text(out, "\" class=\"mute\">");
	buffer_append(out, title.bytes, title.length);
	buffer_text(out, "</text>");
	buffer_done(&title);
}

static void draw_circle(struct buffer *out, double x, double y, size_t number)
{
	char text[24];
	text_format(text, sizeof text, "%zu", number);
	buffer_text(out, "<circle class=\"mark\" fill=\"#4b5763\" r=\"8\" cx=\"");
	markup_coordinate(out, x);
	buffer_text(out, "\" cy=\"");
	markup_coordinate(out, y);
	buffer_text(out, "\"/>");
	paint_label(out,
	            (struct label){ x, y + 3.8,
	                            "class=\"number\" fill=\"#ffffff\" text-anchor=\"middle\" "
	                            "font-size=\"11\" font-weight=\"600\"",
	                            INFINITY },
	            text);
}

// From the number down through the plots, but not through what stands between them.
static void draw_incident_lines(struct buffer *out, const struct chart *chart,
                                const struct chart_plan *plan, const struct chart_mark *mark)
{
	for (size_t i = 0; i < chart->panel_count; i++) {
		const double top = i == 0 ? mark->circle_y + 8 : plan->panels[i].top;
		paint_line(out, "class=\"event\" stroke=\"#8391a0\" stroke-dasharray=\"2 3\"",
		           (const double[]){ mark->x, top, mark->x, plan->panels[i].bottom });
	}
}

static void draw_incidents(struct buffer *out, const struct chart *chart,
                           const struct chart_plan *plan)
{
	for (size_t i = 0; i < plan->mark_count; i++) {
		const struct chart_mark *mark = &plan->marks[i];
		const struct incident *incident = mark->hit.incident;
		char text[160];
		draw_incident_lines(out, chart, plan, mark);
		draw_circle(out, mark->x, mark->circle_y, i + 1);
		draw_circle(out, mark->key_x + 8, mark->key_y - 4, i + 1);
		text_format(text, sizeof text, "%04d-%02d-%02d %s", incident->year, incident->month,
		            incident->day_of_month, incident->texts[chart->lang]);
		paint_label(
			out,
			(struct label){ mark->key_x + 22, mark->key_y, "class=\"mute\"", INFINITY },
			text);
	}
}

static void draw_subtitle(struct buffer *out, const struct chart *chart,
                          const struct chart_plan *plan)
{
	const char *simulated = word_in(chart->lang, WORD_SIMULATED);
	const double said_em = chart->is_simulated ? width_em(simulated) + 1 : 0;
	buffer_text(out, "<text x=\"0\" y=\"");
	markup_coordinate(out, plan->subtitle_y);
	buffer_text(out, "\">");
	if (chart->is_simulated)
		buffer_format(
			out,
			"<tspan class=\"alert\" fill=\"#a33b00\" font-weight=\"600\">%s</tspan>",
			simulated);
	buffer_format(out, "<tspan class=\"mute\" fill=\"#55626f\" dx=\"%s\">",
	              chart->is_simulated ? "10" : "0");
	markup_cut(out, chart->subtitle, plan->width / plan->font - said_em);
	buffer_text(out, "</tspan></text>\n");
}

static void draw_heading(struct buffer *out, const struct chart *chart,
                         const struct chart_plan *plan)
{
	enum { TITLE_FONT = 19 };
	paint_label(out,
	            (struct label){ 0, plan->title_y, "font-size=\"19\" font-weight=\"600\"",
	                            plan->width / TITLE_FONT },
	            chart->title);
	draw_subtitle(out, chart, plan);
}

static void open_svg(struct buffer *out, const struct chart *chart, const struct chart_plan *plan)
{
	const double margin = chart->stands_alone ? MARGIN : 0;
	const double width = plan->width + 2 * margin, height = plan->height + 2 * margin;
	buffer_text(out, "<svg class=\"chart\"");
	if (chart->stands_alone)
		buffer_format(
			out, " xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\"",
			width, height);
	buffer_format(out, " viewBox=\"%.0f %.0f %.0f %.0f\" role=\"img\" aria-label=\"", -margin,
	              -margin, width, height);
	markup_text(out, chart->title);
	buffer_format(out, "\" font-family=\"%s\" font-size=\"%.0f\" fill=\"#1b2631\">\n",
	              chart_fonts, plan->font);
	if (!chart->stands_alone)
		return;
	buffer_text(out, "<title>");
	markup_text(out, chart->title);
	buffer_text(out, "</title>\n<style>");
	chart_style_sheet(out);
	buffer_format(out,
	              "</style>\n<rect class=\"ground\" fill=\"#ffffff\" x=\"%.0f\" y=\"%.0f\" "
	              "width=\"%.0f\" height=\"%.0f\"/>\n",
	              -margin, -margin, width, height);
	draw_heading(out, chart, plan);
}

void chart_draw(struct buffer *out, const struct chart *chart)
{
	const struct chart_plan plan = chart_plan_make(chart);
	open_svg(out, chart, &plan);
	for (size_t i = 0; i < chart->panel_count; i++)
		draw_panel(out, chart, &plan, i);
	if (plan.has_gaps)
		draw_no_captures(out, chart, &plan);
	if (chart->axis == CHART_DATES)
		draw_dates(out, chart, &plan);
	else
		draw_ages(out, chart, &plan);
	draw_axis_title(out, chart, &plan);
	draw_incidents(out, chart, &plan);
	if (!chart->is_narrow)
		chart_hover_draw(out, chart, &plan);
	buffer_text(out, "</svg>\n");
}
