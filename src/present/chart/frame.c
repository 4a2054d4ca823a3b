// SPDX-License-Identifier: MIT
#include "present/chart/frame.h"

#include "present/chart/chart_style.h"
#include "present/words/markup.h"
#include "present/chart/paint.h"
#include "present/words/width.h"

// A margin around stand-alone figures, in the units of the plan.
enum { MARGIN = 16, TITLE_Y = 20, SUBTITLE_Y = 41 };

static void draw_subtitle(struct buffer *out, const struct figure_frame *frame)
{
	const char *simulated = word_in(frame->lang, WORD_SIMULATED);
	const double said_em = frame->is_simulated ? width_em(simulated) + 1 : 0;
	buffer_format(out, "<text x=\"0\" y=\"%d\">", SUBTITLE_Y);
	if (frame->is_simulated)
		buffer_format(
			out,
			"<tspan class=\"alert\" fill=\"#a33b00\" font-weight=\"600\">%s</tspan>",
			simulated);
	buffer_format(out, "<tspan class=\"mute\" fill=\"#55626f\" dx=\"%s\">",
	              frame->is_simulated ? "10" : "0");
	markup_cut(out, frame->subtitle, frame->width / frame->font - said_em);
	buffer_text(out, "</tspan></text>\n");
}

static void draw_heading(struct buffer *out, const struct figure_frame *frame)
{
	enum { TITLE_FONT = 19 };
	paint_label(out,
	            (struct label){ 0, TITLE_Y, "font-size=\"19\" font-weight=\"600\"",
	                            frame->width / TITLE_FONT },
	            frame->title);
	draw_subtitle(out, frame);
}

void frame_open(struct buffer *out, const struct figure_frame *frame)
{
	const double margin = frame->stands_alone ? MARGIN : 0;
	const double width = frame->width + 2 * margin, height = frame->height + 2 * margin;
	buffer_text(out, "<svg class=\"chart\"");
	if (frame->stands_alone)
		buffer_format(
			out, " xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\"",
			width, height);
	buffer_format(out, " viewBox=\"%.0f %.0f %.0f %.0f\" role=\"img\" aria-label=\"", -margin,
	              -margin, width, height);
	markup_text(out, frame->title);
	buffer_format(out, "\" font-family=\"%s\" font-size=\"%.0f\" fill=\"#1b2631\">\n",
	              chart_fonts, frame->font);
	if (!frame->stands_alone)
		return;
	buffer_text(out, "<title>");
	markup_text(out, frame->title);
	buffer_text(out, "</title>\n<style>");
	chart_style_sheet(out);
	buffer_format(out,
	              "</style>\n<rect class=\"ground\" fill=\"#ffffff\" x=\"%.0f\" y=\"%.0f\" "
	              "width=\"%.0f\" height=\"%.0f\"/>\n",
	              -margin, -margin, width, height);
	draw_heading(out, frame);
}
