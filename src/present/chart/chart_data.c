// SPDX-License-Identifier: MIT
// Of a figure on a page: the numbers behind its curves, once, as JSON that the page's script reads, and the
// elements in which it shows those of one day, age or rank. Without the script none of it is seen.
//
// Numbers of the last RECENT_DAYS days are all there, since the script can draw these alone; of the days before
// every one, or where they are many one of each `bin`, the middle one.
#include "present/chart/chart.h"

#include "base/escape.h"
#include "base/text.h"
#include "present/words/markup.h"
#include "present/chart/paint.h"

#include <math.h>

enum { PLACES_MAX = 366, RECENT_DAYS = 90 };

// ---- numbers

static size_t recent_days(const struct chart *chart)
{
	if (chart->axis != CHART_DATES)
		return 0;
	return chart->count < RECENT_DAYS ? chart->count : RECENT_DAYS;
}

static void append_text(struct buffer *out, const char *text)
{
	struct buffer json = buffer_up_to(1 << 16);
	buffer_byte(&json, '"');
	escape_json(&json, text, strlen(text));
	buffer_append(&json, "\"", 2);
	if (json.failed)
		out->failed = true;
	else
		markup_text(out, (const char *)json.bytes);
	buffer_done(&json);
}

static void append_value(struct buffer *out, const struct panel *panel, double value)
{
	char text[NUMBER_SIZE];
	if (!isfinite(value))
		return;
	text_format(text, sizeof text, panel->is_share ? "%.4g" : "%.0f", value);
	buffer_text(out, text);
}

// "12,,15": nothing where there is no value.
static void append_values(struct buffer *out, const struct chart *chart, const struct panel *panel,
                          const struct series *series)
{
	const size_t recent = chart->count - recent_days(chart);
	const size_t bin = chart_bin(recent, PLACES_MAX);
	for (size_t i = 0; i < chart->count;) {
		const size_t end = i >= recent ? i + 1 : i + bin < recent ? i + bin : recent;
		buffer_text(out, i > 0 ? "," : "");
		append_value(out, panel, series->values[i + (end - i) / 2]);
		i = end;
	}
}

static void append_panel(struct buffer *out, const struct chart *chart, const struct panel *panel)
{
	buffer_text(out, "{\"name\":");
	append_text(out, panel->title);
	buffer_format(out, ",\"share\":%d,\"series\":[", panel->is_share);
	for (size_t s = 0; s < panel->series_count; s++) {
		buffer_text(out, s > 0 ? ",{\"name\":" : "{\"name\":");
		append_text(out, panel->series[s].label);
		buffer_text(out, ",\"values\":\"");
		append_values(out, chart, panel, &panel->series[s]);
		buffer_text(out, "\"}");
	}
	buffer_text(out, "]}");
}

// What an age or a rank is called, with #1 where the number comes.
static void append_when(struct buffer *out, const struct chart *chart)
{
	struct buffer text = buffer_up_to(256);
	markup_plain_phrase(&text, chart->frame.lang,
	                    chart->axis == CHART_RANKS ? WORD_RANK : WORD_AGE,
	                    (struct markup_values){ .one = "#1" });
	buffer_byte(&text, '\0');
	if (text.failed)
		out->failed = true;
	else
		append_text(out, (const char *)text.bytes);
	buffer_done(&text);
}

static void append_numbers(struct buffer *out, const struct chart *chart)
{
	const size_t recent = chart->count - recent_days(chart);
	static const char *const axes[] = {
		[CHART_DATES] = "dates", [CHART_AGES] = "ages", [CHART_RANKS] = "ranks"
	};
	buffer_format(out,
	              "<metadata>{\"axis\":\"%s\",\"first\":%d,\"count\":%zu,\"recent\":%zu,"
	              "\"bin\":%zu,\"grid\":%d,\"shades\":\"",
	              axes[chart->axis], (int)chart->first_day, chart->count, recent,
	              chart_bin(recent, PLACES_MAX), chart->is_grid);
	for (size_t i = recent; i < chart->count && chart->axis == CHART_DATES; i++)
		buffer_format(out, "%d", (int)chart_shade_of(chart, i));
	buffer_text(out, "\",\"when\":");
	append_when(out, chart);
	buffer_text(out, ",\"ranks\":[");
	for (size_t i = 0; i < chart->count && chart->axis == CHART_RANKS; i++)
		buffer_format(out, i > 0 ? ",%.0f" : "%.0f", chart->ranks[i]);
	buffer_text(out, "],\"panels\":[");
	for (size_t p = 0; p < chart->panel_count; p++) {
		buffer_text(out, p > 0 ? "," : "");
		append_panel(out, chart, &chart->panels[p]);
	}
	buffer_text(out, "]}</metadata>\n");
}

// ---- places

// Where a panel is: left, right, top, bottom; the top of its axis, or of a logarithmic one its first and last
// number and the room of the zeros; whether it has labels and dates.
static void append_place(struct buffer *out, const struct panel_plan *place)
{
	const double numbers[] = { place->left,         place->right,     place->top,
		                   place->bottom,       place->axis.top,  place->powers.bottom,
		                   place->powers.top,   place->zero_room, place->has_labels,
		                   place->is_first_row, place->has_dates };
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		buffer_text(out, i > 0 ? " " : "");
		markup_coordinate(out, numbers[i]);
	}
}

static void draw_value_at(struct buffer *out, double x, double y)
{
	buffer_text(out, "<text x=\"");
	markup_coordinate(out, x);
	buffer_text(out, "\" y=\"");
	markup_coordinate(out, y);
	buffer_text(out, "\"></text>");
}

// Narrow drawings have no room in their legends: the script says values below them.
static void draw_values(struct buffer *out, const struct chart *chart,
                        const struct chart_plan *plan)
{
	buffer_text(out, chart->is_grid ? "<g class=\"values\" text-anchor=\"end\">"
	                                : "<g class=\"values\">");
	for (size_t p = 0; p < chart->panel_count; p++) {
		const struct panel_plan *place = &plan->panels[p];
		for (size_t s = 0; s < chart->panels[p].series_count; s++) {
			if (chart->is_grid)
				draw_value_at(out, place->value_right, place->title_y);
			else
				draw_value_at(out, place->slots[s].value_x, place->slots[s].y);
		}
	}
	buffer_text(out, "</g>");
}

void chart_data_draw(struct buffer *out, const struct chart *chart, const struct chart_plan *plan)
{
	buffer_text(
		out,
		"<g class=\"pointer\" visibility=\"hidden\" font-weight=\"600\" data-places=\"");
	for (size_t p = 0; p < chart->panel_count; p++) {
		buffer_text(out, p > 0 ? ";" : "");
		append_place(out, &plan->panels[p]);
	}
	buffer_text(out, "\"><path class=\"cross\"/><path class=\"dots\"/>");
	if (!chart->is_narrow) {
		buffer_text(out, "<g class=\"when\" text-anchor=\"end\">");
		draw_value_at(out, plan->right, plan->unit_y);
		buffer_text(out, "</g>");
		draw_values(out, chart, plan);
	}
	buffer_text(out, "</g>\n");
	if (!chart->is_narrow)
		append_numbers(out, chart);
}

// ---- words

static void describe_series(struct buffer *out, const struct chart *chart,
                            const struct panel *panel, const struct series *series)
{
	char most_text[NUMBER_SIZE], last_text[NUMBER_SIZE];
	struct buffer when = buffer_up_to(256);
	size_t most = 0, last = chart->count;
	for (size_t i = 0; i < chart->count; i++) {
		if (!isfinite(series->values[i]))
			continue;
		if (last == chart->count || series->values[i] > series->values[most])
			most = i;
		last = i;
	}
	if (last == chart->count)
		return;
	chart_value(panel, series->values[most], most_text);
	chart_value(panel, series->values[last], last_text);
	chart_when(chart, most, &when);
	buffer_byte(&when, '\0');
	if (when.failed)
		out->failed = true;
	else
		markup_phrase(out, chart->frame.lang, WORD_CHART_SERIES,
		              (struct markup_values){ series->label, most_text,
		                                      (const char *)when.bytes, last_text });
	buffer_done(&when);
}

void chart_description_draw(struct buffer *out, const struct chart *chart)
{
	buffer_text(out, "<desc>");
	for (size_t p = 0; p < chart->panel_count; p++) {
		const struct panel *panel = &chart->panels[p];
		if (!chart->is_grid) {
			markup_text(out, panel->title);
			buffer_text(out, chart->frame.lang == LANG_JA ? "：" : ": ");
		}
		for (size_t s = 0; s < panel->series_count; s++)
			describe_series(out, chart, panel, &panel->series[s]);
	}
	buffer_text(out, "</desc>\n");
}
