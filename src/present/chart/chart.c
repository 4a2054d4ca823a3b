// SPDX-License-Identifier: MIT
// Draws what chart_plan.c has planned, from back to front.
#include "present/chart/chart.h"

#include "base/calendar.h"
#include "base/text.h"
#include "present/chart/chart_style.h"
#include "present/words/markup.h"
#include "present/chart/paint.h"
#include "present/words/width.h"

#include <math.h>

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

// The title of a panel in a grid is cut where the value may come.
static double title_em(const struct chart *chart, const struct chart_plan *plan, size_t which)
{
	const struct panel_plan *place = &plan->panels[which];
	const double room = (place->right - place->left) / plan->font;
	return chart->is_grid ? room - chart_values_em(chart, which) - 1 : INFINITY;
}

static void draw_curves(struct buffer *out, const struct chart *chart,
                        const struct panel_plan *place, const struct panel *panel)
{
	for (size_t i = 0; i < panel->series_count; i++) {
		buffer_text(out, chart->frame.stands_alone ? "" : "<g>");
		chart_series_draw(out, &(struct chart_line){ chart, place, &panel->series[i],
		                                             panel->is_log });
		buffer_text(out, chart->frame.stands_alone ? "" : "</g>");
	}
}

// The curves of the wide drawing, squeezed: what is seen of its plot is what this one's axis has. The top of a
// linear axis may be another one.
static void draw_squeezed(struct buffer *out, const struct chart_plan *plan,
                          const struct chart_plan *wide, size_t which, const char *id)
{
	const struct panel_plan *to = &plan->panels[which], *from = &wide->panels[which];
	const double top = to->powers.top > 0 ? from->top : chart_y(from, to->axis.top);
	const double boxes[2][4] = {
		{ to->left, to->top, to->right - to->left, to->bottom - to->top },
		{ from->left, top, from->right - from->left, from->bottom - top },
	};
	static const char *const names[] = { " x=\"", "\" y=\"", "\" width=\"", "\" height=\"" };
	buffer_text(out, "<svg class=\"plot\" overflow=\"visible\" preserveAspectRatio=\"none\"");
	for (size_t i = 0; i < 4; i++) {
		buffer_text(out, names[i]);
		markup_coordinate(out, boxes[0][i]);
	}
	buffer_text(out, "\" viewBox=\"");
	for (size_t i = 0; i < 4; i++) {
		buffer_text(out, i > 0 ? " " : "");
		markup_coordinate(out, boxes[1][i]);
	}
	buffer_format(out, "\"><use href=\"#%s-%zu\"/></svg>\n", id, which);
}

// Shades, axis and curves: in groups where a script finds them.
static void draw_plot(struct buffer *out, const struct chart *chart, const struct chart_plan *plan,
                      const struct chart_plan *wide, size_t which)
{
	const struct panel *panel = &chart->panels[which];
	const struct panel_plan *place = &plan->panels[which];
	const bool is_page = !chart->frame.stands_alone;
	buffer_text(out, is_page ? "<g class=\"shades\">" : "");
	chart_gaps_draw(out, chart, plan, place);
	buffer_text(out, is_page ? "</g><g class=\"numbers\">" : "");
	chart_value_axis_draw(out, chart, panel, place);
	buffer_text(out, is_page ? "</g>" : "");
	if (wide != NULL) {
		draw_squeezed(out, plan, wide, which, chart->frame.id);
		return;
	}
	if (is_page) {
		char id[FRAME_ID_SIZE + 24];
		text_format(id, sizeof id, "%s-%zu", chart->frame.id, which);
		paint_strokes_begin(out, id);
	}
	draw_curves(out, chart, place, panel);
	buffer_text(out, is_page ? "</g>\n" : "");
}

static void draw_panel(struct buffer *out, const struct chart *chart, const struct chart_plan *plan,
                       const struct chart_plan *wide, size_t which)
{
	const struct panel *panel = &chart->panels[which];
	const struct panel_plan *place = &plan->panels[which];
	const bool is_page = !chart->frame.stands_alone;
	paint_label(out,
	            (struct label){ place->title_x, place->title_y, "font-weight=\"600\"",
	                            title_em(chart, plan, which) },
	            panel->title);
	if (!chart->is_grid)
		draw_legend(out, plan, panel, place);
	draw_plot(out, chart, plan, wide, which);
	buffer_text(out, is_page ? "<g class=\"tags\">" : "");
	if (panel->is_labelled)
		chart_tags_draw(out, chart, plan, which);
	buffer_text(out, is_page ? "</g><g class=\"dates\">" : "");
	if (place->has_dates)
		chart_ticks_draw(out, chart, plan, place);
	buffer_text(out, is_page ? "</g>" : "");
}

static void draw_shade_legend(struct buffer *out, const struct chart *chart,
                              const struct chart_plan *plan)
{
	for (int shade = 1; shade < CHART_SHADES; shade++) {
		const struct chart_slot *slot = &plan->shades[shade];
		if (!plan->has_shade[shade])
			continue;
		buffer_format(out, "<path %s d=\"", chart_shade_kinds[shade]);
		paint_to(out, 'M', slot->x + 1, slot->y - plan->font * 0.85);
		buffer_text(out, "h16v13h-16z\"/>");
		paint_label(out, (struct label){ slot->x + 22, slot->y, "", INFINITY },
		            chart_shade_word(chart, (enum chart_shade)shade));
	}
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

// On a page the style sheet has the dashes.
static const char event_alone[] = "class=\"event\" stroke=\"#8391a0\" stroke-dasharray=\"2 3\"";

// From the number down through the plots, but not through titles and what stands between them.
static void draw_incident_lines(struct buffer *out, const struct chart *chart,
                                const struct chart_plan *plan, const struct chart_mark *mark)
{
	for (size_t i = 0; i < chart->panel_count; i++) {
		const struct panel_plan *place = &plan->panels[i];
		const double x = chart_x(chart, place, mark->hit.index);
		const bool is_below = place->is_first_row && !chart->is_grid;
		const double top = is_below ? mark->circle_y + 8 : place->top;
		paint_line(out, chart->frame.stands_alone ? event_alone : "class=\"event\"",
		           (const double[]){ x, top, x, place->bottom });
	}
}

// On a page an incident is a group that says its day, and in it one of what stands on that day.
static void open_incident(struct buffer *out, const struct chart *chart,
                          const struct chart_mark *mark)
{
	if (chart->frame.stands_alone)
		return;
	buffer_text(out, "<g data-at=\"");
	markup_coordinate(out, mark->hit.index);
	buffer_text(out, "\"><g>");
}

// The day, and behind it as much of the text as there is room for.
static void draw_key_text(struct buffer *out, const struct chart_mark *mark, const char *day,
                          const char *text)
{
	buffer_text(out, "<text x=\"");
	markup_coordinate(out, mark->key_x + 22);
	buffer_text(out, "\" y=\"");
	markup_coordinate(out, mark->key_y);
	buffer_format(out, "\" class=\"mute\">%s ", day);
	markup_cut(out, text, mark->room_em);
	buffer_text(out, "</text>");
}

// How many more incidents there are than an axis has room for.
static void draw_unmarked(struct buffer *out, const struct chart *chart,
                          const struct chart_plan *plan)
{
	struct buffer text = buffer_up_to(256);
	char number[NUMBER_SIZE];
	if (plan->unmarked == 0)
		return;
	number_grouped(plan->unmarked, number);
	markup_plain_phrase(&text, chart->frame.lang, WORD_MORE,
	                    (struct markup_values){ .one = number });
	buffer_byte(&text, '\0');
	out->failed = out->failed || text.failed;
	if (!out->failed)
		paint_label(out, (struct label){ 0, plan->unmarked_y, "class=\"mute\"", INFINITY },
		            (const char *)text.bytes);
	buffer_done(&text);
}

static void draw_incidents(struct buffer *out, const struct chart *chart,
                           const struct chart_plan *plan)
{
	const bool is_page = !chart->frame.stands_alone;
	for (size_t i = 0; i < plan->mark_count; i++) {
		const struct chart_mark *mark = &plan->marks[i];
		const char *text = chart_incident_text(chart, mark->hit.incident);
		char day[CALENDAR_DAY_SIZE];
		open_incident(out, chart, mark);
		draw_incident_lines(out, chart, plan, mark);
		for (size_t c = 0; c < plan->columns && c < chart->panel_count; c++)
			draw_circle(out, chart_x(chart, &plan->panels[c], mark->hit.index),
			            mark->circle_y, i + 1);
		buffer_text(out, is_page ? "</g>" : "");
		draw_circle(out, mark->key_x + 8, mark->key_y - 4, i + 1);
		day_format(mark->hit.incident->day, day);
		draw_key_text(out, mark, day, text);
		buffer_text(out, is_page ? "</g>" : "");
	}
	draw_unmarked(out, chart, plan);
}

// The text stands above the point if there is room to the left of it, else below: a curve that
// rises leaves both corners free.
static void draw_note(struct buffer *out, const struct chart *chart, const struct chart_plan *plan,
                      const struct chart_note *note)
{
	const struct panel_plan *place = &plan->panels[0];
	const double x = chart_x(chart, place, note->index), y = chart_y(place, note->value);
	const bool is_left = place->left + width_em(note->text) * plan->font < x - 10;
	paint_line(out, "class=\"event\" stroke=\"#8391a0\" stroke-dasharray=\"2 3\"",
	           (const double[]){ place->left, y, x, y });
	paint_line(out, "class=\"event\" stroke=\"#8391a0\" stroke-dasharray=\"2 3\"",
	           (const double[]){ x, y, x, place->bottom });
	buffer_text(out, "<circle class=\"mark\" fill=\"#4b5763\" r=\"4\" cx=\"");
	markup_coordinate(out, x);
	buffer_text(out, "\" cy=\"");
	markup_coordinate(out, y);
	buffer_text(out, "\"/>");
	paint_label(
		out,
		(struct label){ is_left ? x - 8 : x + 8, is_left ? y - 6 : y + plan->font + 2,
	                        is_left ? "class=\"halo\" font-weight=\"600\" text-anchor=\"end\""
	                                : "class=\"halo\" font-weight=\"600\"",
	                        INFINITY },
		note->text);
}

// The plan of the wide drawing, whose curves a narrow one on a page has.
static bool plan_wide(const struct chart *chart, struct chart_plan *out)
{
	struct chart wide = *chart;
	if (!chart->is_narrow || chart->frame.stands_alone)
		return false;
	wide.is_narrow = false;
	*out = chart_plan_make(&wide);
	return true;
}

static void draw_marks(struct buffer *out, const struct chart *chart, const struct chart_plan *plan)
{
	const bool is_page = !chart->frame.stands_alone;
	draw_incidents(out, chart, plan);
	buffer_text(out, is_page ? "<g class=\"tags\">" : "");
	for (size_t i = 0; i < chart->note_count; i++)
		draw_note(out, chart, plan, &chart->notes[i]);
	buffer_text(out, is_page ? "</g>\n" : "");
}

void chart_draw(struct buffer *out, const struct chart *chart)
{
	const struct chart_plan plan = chart_plan_make(chart);
	struct chart_plan wide;
	const bool is_squeezed = plan_wide(chart, &wide);
	struct figure_frame frame = chart->frame;
	frame.width = plan.width;
	frame.height = plan.height;
	frame.font = plan.font;
	frame_open(out, &frame);
	if (!frame.stands_alone)
		chart_description_draw(out, chart);
	if (chart->is_grid)
		paint_label(out, (struct label){ 0, plan.unit_y, "class=\"mute\"", INFINITY },
		            chart->unit);
	for (size_t i = 0; i < chart->panel_count; i++)
		draw_panel(out, chart, &plan, is_squeezed ? &wide : NULL, i);
	draw_shade_legend(out, chart, &plan);
	chart_axis_title_draw(out, chart, &plan);
	draw_marks(out, chart, &plan);
	if (!frame.stands_alone)
		chart_data_draw(out, chart, &plan);
	else if (!chart->is_narrow)
		chart_hover_draw(out, chart, &plan);
	buffer_text(out, "</svg>\n");
}
