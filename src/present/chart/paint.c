// SPDX-License-Identifier: MIT
#include "present/chart/paint.h"

#include "present/chart/chart_style.h"
#include "present/words/markup.h"

#include <math.h>

void paint_label(struct buffer *out, struct label label, const char *text)
{
	buffer_text(out, "<text x=\"");
	markup_coordinate(out, label.x);
	buffer_text(out, "\" y=\"");
	markup_coordinate(out, label.y);
	buffer_text(out, label.kind[0] != '\0' ? "\" " : "\"");
	buffer_format(out, "%s>", label.kind);
	markup_cut(out, text, label.room_em);
	buffer_text(out, "</text>");
}

void paint_to(struct buffer *out, char command, double x, double y)
{
	buffer_byte(out, (uint8_t)command);
	markup_coordinate(out, x);
	buffer_byte(out, ' ');
	markup_coordinate(out, y);
}

void paint_along(struct buffer *out, char command, double at)
{
	buffer_byte(out, (uint8_t)command);
	markup_coordinate(out, at);
}

void paint_begin(struct buffer *out, struct paint_line *line, double x, double y)
{
	paint_to(out, 'M', x, y);
	*line = (struct paint_line){ llround(x * 10), llround(y * 10), false };
}

void paint_on(struct buffer *out, struct paint_line *line, double x, double y)
{
	const long long to_x = llround(x * 10), to_y = llround(y * 10);
	if (!line->is_down || to_x >= line->x)
		buffer_byte(out, line->is_down ? ' ' : 'l');
	markup_coordinate(out, (double)(to_x - line->x) / 10);
	if (to_y >= line->y)
		buffer_byte(out, ' ');
	markup_coordinate(out, (double)(to_y - line->y) / 10);
	*line = (struct paint_line){ to_x, to_y, true };
}

void paint_block(struct buffer *out, unsigned style, const double box[4])
{
	buffer_format(out, "<path class=\"a%u\" fill=\"%s\" d=\"", style,
	              chart_series_styles[style].light);
	paint_to(out, 'M', box[0], box[1]);
	paint_along(out, 'H', box[2]);
	paint_along(out, 'V', box[3]);
	paint_along(out, 'H', box[0]);
	buffer_text(out, "Z\"/>");
}

void paint_line(struct buffer *out, const char *kind, const double points[4])
{
	buffer_format(out, "<path %s d=\"", kind);
	paint_to(out, 'M', points[0], points[1]);
	paint_to(out, 'L', points[2], points[3]);
	buffer_text(out, "\"/>");
}

static const char *const stroke_widths[] = { "1.2", "1.8", "5" };

static void append_dash(struct buffer *out, unsigned style, enum stroke_width width)
{
	const char *dash = chart_series_styles[style].dash;
	if (dash[0] != '\0' && width != STROKE_DOT)
		buffer_format(out, " stroke-dasharray=\"%s\"", dash);
	buffer_text(out, " d=\"");
}

void paint_stroke(struct buffer *out, unsigned style, enum stroke_width width)
{
	buffer_format(out,
	              "<path class=\"s%u\" stroke=\"%s\" fill=\"none\" stroke-width=\"%s\" "
	              "stroke-linejoin=\"round\" stroke-linecap=\"round\"",
	              style, chart_series_styles[style].light, stroke_widths[width]);
	append_dash(out, style, width);
}

void paint_strokes_begin(struct buffer *out, const char *id)
{
	buffer_format(out,
	              "<g class=\"plot\" id=\"%s\" fill=\"none\" stroke-width=\"%s\" "
	              "stroke-linejoin=\"round\" stroke-linecap=\"round\">",
	              id, stroke_widths[STROKE_PLAIN]);
}

void paint_stroke_inside(struct buffer *out, unsigned style, enum stroke_width width)
{
	buffer_format(out, "<path class=\"s%u\"", style);
	if (width != STROKE_PLAIN)
		buffer_format(out, " stroke-width=\"%s\"", stroke_widths[width]);
	append_dash(out, style, width);
}
