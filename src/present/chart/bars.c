// SPDX-License-Identifier: MIT
#include "present/chart/bars.h"

#include "present/chart/chart_style.h"
#include "present/words/markup.h"
#include "present/words/numbers.h"
#include "present/chart/paint.h"
#include "present/words/width.h"

#include <math.h>

enum { LABEL_EM_MAX = 28, BAR = 14, SHARE_WIDTH = 150, SHARE_GAP = 28, TEXT_GAP = 7 };

struct bars_plan {
	double width, height, font;
	double legend_y, first_y, row;
	double left, right, text_em;  // of the bars; behind the longest stands its text
	double share_left, share_right;
	double longest;  // the sum that reaches `right`
};

static bool has_shares(const struct bars *bars)
{
	return bars->part_count > 1;
}

static double sum_of(const struct bar *bar)
{
	return bar->parts[0] + (isfinite(bar->parts[1]) ? bar->parts[1] : 0);
}

static double longest_label(const struct bars *bars)
{
	double em = 0;
	for (size_t i = 0; i < bars->count; i++) {
		const struct bar *bar = &bars->rows[i];
		const double note = bar->note != NULL ? width_em(bar->note) + 0.6 : 0;
		em = fmax(em, fmin(width_em(bar->label) + note, LABEL_EM_MAX));
	}
	return em;
}

static void plan_columns(const struct bars *bars, struct bars_plan *plan)
{
	for (size_t i = 0; i < bars->count; i++) {
		plan->longest = fmax(plan->longest, sum_of(&bars->rows[i]));
		plan->text_em = fmax(plan->text_em, width_em(bars->rows[i].text));
	}
	const double share = has_shares(bars) ? (bars->is_narrow ? 66 : SHARE_WIDTH) : 0;
	plan->share_right = plan->width;
	plan->share_left = plan->width - share;
	const double end = plan->share_left -
	                   (has_shares(bars) ? (bars->is_narrow ? 12 : SHARE_GAP) : 0);
	plan->left = bars->is_narrow ? 0 : ceil(longest_label(bars) * plan->font) + 10;
	plan->right = end - (bars->is_narrow ? 0 : ceil(plan->text_em * plan->font) + TEXT_GAP);
}

static struct bars_plan make_plan(const struct bars *bars)
{
	struct bars_plan plan = {
		.width = bars->is_narrow ? FRAME_NARROW : FRAME_WIDE,
		.font = bars->is_narrow ? 12 : 13,
		.row = bars->is_narrow ? 40 : 26,
		.longest = 1,
	};
	const double y = bars->frame.stands_alone ? FRAME_HEAD_Y : 0;
	plan_columns(bars, &plan);
	plan.legend_y = y + plan.font * 2.6;
	plan.first_y = (bars->part_count > 1 ? plan.legend_y : y + plan.font) + 14;
	plan.height = ceil(plan.first_y + plan.row * (double)bars->count + 4);
	return plan;
}

// A value that is there is never without a trace.
static double bar_end(const struct bars_plan *plan, double from, double value)
{
	const double length = value / plan->longest * (plan->right - plan->left);
	return from + (value > 0 ? fmax(length, 1) : 0);
}

static void draw_parts(struct buffer *out, const struct bars *bars, const struct bars_plan *plan,
                       const struct bar *bar, double y)
{
	double x = plan->left;
	for (size_t i = 0; i < bars->part_count; i++) {
		// What nobody could divide has the colour of the rest.
		const bool is_whole = isnan(bar->parts[1]);
		const double value = bar->parts[i];
		const unsigned style = bars->styles[is_whole ? bars->part_count - 1 : i];
		if (!(value > 0))
			continue;
		const double end = bar_end(plan, x, value);
		paint_block(out, style, (const double[]){ x, y, end, y + BAR });
		x = end;
	}
	if (!bars->is_narrow)
		paint_label(out, (struct label){ x + TEXT_GAP, y + 11.5, "", INFINITY }, bar->text);
}

static void draw_share(struct buffer *out, const struct bars *bars, const struct bars_plan *plan,
                       const struct bar *bar, double y)
{
	const double sum = sum_of(bar), width = plan->share_right - plan->share_left - 52;
	const double share = sum > 0 && isfinite(bar->parts[1]) && !bar->has_no_share
	                             ? bar->parts[0] / sum
	                             : NAN;
	const double x = plan->share_left, cut = x + (isfinite(share) ? share : 0) * width;
	char text[NUMBER_SIZE];
	number_share(share, text);
	if (isfinite(share) && !bars->is_narrow) {
		paint_block(out, bars->styles[1], (const double[]){ cut, y, x + width, y + BAR });
		if (share > 0)
			paint_block(out, bars->styles[0],
			            (const double[]){ x, y, fmax(cut, x + 1), y + BAR });
	}
	paint_label(
		out, (struct label){ plan->share_right, y + 11.5, "text-anchor=\"end\"", INFINITY },
		isfinite(share) ? text
				: word_in(bars->frame.lang,
	                                  bar->has_no_share ? WORD_NOT_APPLICABLE : WORD_UNKNOWN));
}

static void draw_name(struct buffer *out, const struct bars *bars, const struct bars_plan *plan,
                      const struct bar *bar, double y)
{
	const double room = bars->is_narrow
	                            ? (plan->right - plan->left) / plan->font - plan->text_em - 1
	                            : LABEL_EM_MAX;
	const double note_em = bar->note != NULL ? width_em(bar->note) + 0.6 : 0;
	buffer_text(out, "<text x=\"0\" y=\"");
	markup_coordinate(out, y);
	buffer_text(out, "\">");
	markup_cut(out, bar->label, fmax(room - note_em, 4));
	if (bar->note != NULL) {
		buffer_text(out, "<tspan class=\"mute\" fill=\"#55626f\" dx=\"6\">");
		markup_cut(out, bar->note, note_em);
		buffer_text(out, "</tspan>");
	}
	buffer_text(out, "</text>");
	if (bars->is_narrow)
		paint_label(out, (struct label){ plan->right, y, "text-anchor=\"end\"", INFINITY },
		            bar->text);
}

static void draw_row(struct buffer *out, const struct bars *bars, const struct bars_plan *plan,
                     size_t row)
{
	const struct bar *bar = &bars->rows[row];
	const double top = plan->first_y + plan->row * (double)row;
	const double y = top + (bars->is_narrow ? 19 : 6);
	draw_name(out, bars, plan, bar, bars->is_narrow ? top + 14 : y + 11.5);
	draw_parts(out, bars, plan, bar, y);
	if (has_shares(bars))
		draw_share(out, bars, plan, bar, y);
	buffer_byte(out, '\n');
}

static void draw_legend(struct buffer *out, const struct bars *bars, const struct bars_plan *plan)
{
	double x = 0;
	if (bars->part_count < 2)
		return;
	for (size_t i = 0; i < bars->part_count; i++) {
		const double y = plan->legend_y;
		paint_block(out, bars->styles[i], (const double[]){ x, y - 11, x + 16, y + 1 });
		paint_label(out, (struct label){ x + 22, y, "", LABEL_EM_MAX }, bars->parts[i]);
		x += 22 + (fmin(width_em(bars->parts[i]), LABEL_EM_MAX) + 1) * plan->font;
	}
	if (bars->is_narrow)
		paint_label(out,
		            (struct label){ plan->share_right, plan->legend_y,
		                            "text-anchor=\"end\" class=\"mute\"", INFINITY },
		            bars->share_title);
	else
		paint_label(out,
		            (struct label){ plan->share_left, plan->legend_y, "class=\"mute\"",
		                            SHARE_WIDTH / plan->font },
		            bars->share_title);
}

void bars_draw(struct buffer *out, const struct bars *bars)
{
	const struct bars_plan plan = make_plan(bars);
	struct figure_frame frame = bars->frame;
	frame.width = plan.width;
	frame.height = plan.height;
	frame.font = plan.font;
	frame_open(out, &frame);
	const double y = bars->frame.stands_alone ? FRAME_HEAD_Y : 0;
	paint_label(out, (struct label){ 0, y + plan.font, "font-weight=\"600\"", INFINITY },
	            bars->unit);
	draw_legend(out, bars, &plan);
	for (size_t i = 0; i < bars->count; i++)
		draw_row(out, bars, &plan, i);
	paint_line(out, "class=\"axis\" stroke=\"#8391a0\"",
	           (const double[]){ plan.left, plan.first_y, plan.left, plan.height - 4 });
	buffer_text(out, "</svg>\n");
}
