// SPDX-License-Identifier: MIT
#include "present/chart/groups.h"

#include "present/chart/chart_style.h"
#include "present/chart/paint.h"
#include "present/words/markup.h"
#include "present/words/numbers.h"
#include "present/words/width.h"

#include <math.h>

enum {
	BAR = 11,
	ROW = 17,
	HEAD = 44,
	GAP_X = 28,
	GAP_Y = 22,
	COLUMNS_WIDE = 6,
	COLUMNS_NARROW = 2,
	TEXT_GAP = 5
};
enum { PLAIN_STYLE = 0, MARKED_STYLE = 2 };

struct groups_plan {
	double width, height, font;
	double unit_y, legend_y[2], legend_x[2], first_y;
	size_t columns;
	double column, group_height;  // from one group to the next
	double left, right;           // of the bars of a group
	double most;                  // the share that reaches `right`
};

static double longest_of(const struct bar_groups *groups)
{
	double most = 0;
	for (size_t i = 0; i < groups->count; i++)
		for (size_t row = 0; row < groups->row_count; row++)
			most = fmax(most, groups->groups[i].shares[row]);
	return most;
}

// As many columns as fill their last line best, the most of these.
static size_t columns_of(const struct bar_groups *groups)
{
	const size_t most = groups->is_narrow ? COLUMNS_NARROW : COLUMNS_WIDE;
	const size_t lines = (groups->count + most - 1) / most;
	const size_t columns = (groups->count + lines - 1) / lines;
	return columns < 4 && !groups->is_narrow ? 4 : columns;
}

static void plan_legend(const struct bar_groups *groups, struct groups_plan *plan)
{
	const double first = (width_em(groups->kinds[0]) + 3) * plan->font;
	plan->legend_y[0] = plan->legend_y[1] = plan->unit_y + plan->font * 1.7;
	plan->legend_x[1] = first;
	if (groups->is_narrow) {
		plan->legend_x[1] = 0;
		plan->legend_y[1] += plan->font * 1.5;
	}
}

static struct groups_plan make_plan(const struct bar_groups *groups)
{
	struct groups_plan plan = {
		.width = groups->is_narrow ? FRAME_NARROW : FRAME_WIDE,
		.font = 13,
		.columns = columns_of(groups),
		.group_height = HEAD + ROW * (double)groups->row_count + GAP_Y,
		.most = longest_of(groups),
	};
	double label = 0;
	for (size_t i = 0; i < groups->row_count; i++)
		label = fmax(label, width_em(groups->rows[i]));
	const size_t lines = (groups->count + plan.columns - 1) / plan.columns;
	plan.unit_y = (groups->frame.stands_alone ? FRAME_HEAD_Y : 0) + plan.font;
	plan_legend(groups, &plan);
	plan.first_y = plan.legend_y[1] + plan.font + 8;
	plan.column = (plan.width + GAP_X) / (double)plan.columns;
	plan.left = ceil(label * plan.font) + 6;
	plan.right = plan.column - GAP_X - ceil(width_em("100.0%") * plan.font) - TEXT_GAP;
	plan.height = ceil(plan.first_y + plan.group_height * (double)lines - GAP_Y + 4);
	return plan;
}

static void draw_row(struct buffer *out, const struct bar_groups *groups,
                     const struct groups_plan *plan, const struct bar_group *group, size_t row,
                     double x, double y)
{
	const double share = group->shares[row];
	const double length = plan->most > 0 ? share / plan->most * (plan->right - plan->left) : 0;
	const double end = x + plan->left + (share > 0 ? fmax(length, 1) : 0);
	char text[NUMBER_SIZE];
	number_share(share, text);
	buffer_text(out, "<g><title>");
	markup_text(out, group->said[row]);
	buffer_text(out, "</title>");
	paint_label(out,
	            (struct label){ x + plan->left - 6, y + 10,
	                            "class=\"mute\" text-anchor=\"end\"", INFINITY },
	            groups->rows[row]);
	if (share > 0)
		paint_block(out, row == group->marked ? MARKED_STYLE : PLAIN_STYLE,
		            (const double[]){ x + plan->left, y, end, y + BAR });
	paint_label(out,
	            (struct label){ end + TEXT_GAP, y + 10, share > 0 ? "" : "class=\"mute\"",
	                            INFINITY },
	            share > 0 ? text : "0");
	buffer_text(out, "</g>\n");
}

static void draw_group(struct buffer *out, const struct bar_groups *groups,
                       const struct groups_plan *plan, size_t number)
{
	const struct bar_group *group = &groups->groups[number];
	const double x = plan->column * (double)(number % plan->columns),
		     y = plan->first_y + plan->group_height * (double)(number / plan->columns);
	const double room = (plan->column - GAP_X) / plan->font;
	paint_label(out, (struct label){ x, y + plan->font, "font-weight=\"600\"", room },
	            group->title);
	paint_label(out, (struct label){ x, y + plan->font * 2.3, "class=\"mute\"", room },
	            group->note);
	for (size_t row = 0; row < groups->row_count; row++)
		draw_row(out, groups, plan, group, row, x, y + HEAD + ROW * (double)row);
	paint_line(out, "class=\"axis\" stroke=\"#8391a0\"",
	           (const double[]){ x + plan->left, y + HEAD - 3, x + plan->left,
	                             y + HEAD + ROW * (double)groups->row_count - 3 });
}

void bar_groups_draw(struct buffer *out, const struct bar_groups *groups)
{
	static const unsigned styles[] = { PLAIN_STYLE, MARKED_STYLE };
	const struct groups_plan plan = make_plan(groups);
	struct figure_frame frame = groups->frame;
	frame.width = plan.width;
	frame.height = plan.height;
	frame.font = plan.font;
	frame_open(out, &frame);
	paint_label(out,
	            (struct label){ 0, plan.unit_y, "font-weight=\"600\"", plan.width / plan.font },
	            groups->unit);
	for (size_t i = 0; i < 2; i++) {
		const double x = plan.legend_x[i], y = plan.legend_y[i];
		paint_block(out, styles[i], (const double[]){ x, y - 11, x + 16, y + 1 });
		paint_label(out, (struct label){ x + 22, y, "", plan.width / plan.font },
		            groups->kinds[i]);
	}
	for (size_t i = 0; i < groups->count; i++)
		draw_group(out, groups, &plan, i);
	buffer_text(out, "</svg>\n");
}
