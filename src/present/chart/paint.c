// SPDX-License-Identifier: MIT
#include "present/chart/paint.h"

#include "present/chart/chart_style.h"
#include "present/words/markup.h"

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

void paint_line(struct buffer *out, const char *kind, const double points[4])
{
	buffer_format(out, "<path %s d=\"", kind);
	paint_to(out, 'M', points[0], points[1]);
	paint_to(out, 'L', points[2], points[3]);
	buffer_text(out, "\"/>");
}

void paint_stroke(struct buffer *out, unsigned style, enum stroke_width width)
{
	static const char *const widths[] = { "1.2", "1.8", "5" };
	const struct series_style *s = &chart_series_styles[style];
	buffer_format(out,
	              "<path class=\"s%u\" stroke=\"%s\" fill=\"none\" stroke-width=\"%s\" "
	              "stroke-linejoin=\"round\" stroke-linecap=\"round\"",
	              style, s->light, widths[width]);
	if (s->dash[0] != '\0' && width != STROKE_DOT)
		buffer_format(out, " stroke-dasharray=\"%s\"", s->dash);
	buffer_text(out, " d=\"");
}
