// SPDX-License-Identifier: MIT
#include "present/chart/mix.h"

#include "base/text.h"
#include "present/chart/paint.h"
#include "present/words/markup.h"
#include "present/words/width.h"

#include <math.h>

enum { BAR = 14, ROW = 24, ROW_NARROW = 38, TEXT_GAP = 8, LABEL_EM_MAX = 16, NAME_EM_MAX = 26 };
enum { SWATCH = 16, SWATCH_GAP = 6, NAME_GAP = 20, BLOCK_GAP = 14, TICKS = 4 };

struct mix_plan {
	double width, height, font, row;
	double unit_y, legend_y, legend_line, first_y;
	double left, right;  // of the bars
	double name_x[MIX_PARTS], name_y[MIX_PARTS];
};

static double name_width(const struct mix *mix, size_t part, double font)
{
	return SWATCH + SWATCH_GAP + fmin(width_em(mix->names[part]), NAME_EM_MAX) * font +
	       NAME_GAP;
}

// Names from left to right, in as many lines as it takes; narrow drawings have a line for each.
static double plan_names(const struct mix *mix, struct mix_plan *plan)
{
	double x = 0, y = plan->legend_y;
	for (size_t i = 0; i < mix->part_count; i++) {
		const double width = name_width(mix, i, plan->font);
		if (i > 0 && (mix->is_narrow || x + width - NAME_GAP > plan->width)) {
			x = 0;
			y += plan->legend_line;
		}
		plan->name_x[i] = x;
		plan->name_y[i] = y;
		x += width;
	}
	return y;
}

static void plan_bars(const struct mix *mix, struct mix_plan *plan)
{
	double label = 0, text = width_em(mix->text_title);
	for (size_t b = 0; b < MIX_BLOCKS; b++)
		for (size_t i = 0; i < mix->blocks[b].count; i++) {
			const struct mix_row *row = &mix->blocks[b].rows[i];
			label = fmax(label, fmin(width_em(row->label), LABEL_EM_MAX));
			text = fmax(text, width_em(row->text));
		}
	plan->left = mix->is_narrow ? 0 : ceil(label * plan->font) + TEXT_GAP;
	plan->right = plan->width - (mix->is_narrow ? 0 : ceil(text * plan->font) + TEXT_GAP);
}

// A block has a line for its title, and one for the ends of its scale.
static double block_height(const struct mix_plan *plan, const struct mix_block *block)
{
	return block->count == 0 ? 0
	                         : plan->font * 1.8 + plan->row * (double)block->count +
	                                   plan->font * 1.4 + BLOCK_GAP;
}

static struct mix_plan make_plan(const struct mix *mix)
{
	struct mix_plan plan = {
		.width = mix->is_narrow ? FRAME_NARROW : FRAME_WIDE,
		.font = mix->is_narrow ? 12 : 13,
		.row = mix->is_narrow ? ROW_NARROW : ROW,
	};
	plan.legend_line = plan.font * 1.6;
	plan.unit_y = (mix->frame.stands_alone ? FRAME_HEAD_Y : 0) + plan.font;
	plan.legend_y = plan.unit_y + plan.font * 1.8;
	plan.first_y = plan_names(mix, &plan) + BLOCK_GAP;
	plan_bars(mix, &plan);
	plan.height = plan.first_y;
	for (size_t b = 0; b < MIX_BLOCKS; b++)
		plan.height += block_height(&plan, &mix->blocks[b]);
	plan.height = ceil(plan.height - BLOCK_GAP + 4);
	return plan;
}

static void draw_parts(struct buffer *out, const struct mix *mix, const struct mix_plan *plan,
                       const struct mix_row *row, double y)
{
	double sum = 0, before = 0;
	for (size_t i = 0; i < mix->part_count; i++)
		sum += row->parts[i];
	for (size_t i = 0; i < mix->part_count; i++) {
		const double room = plan->right - plan->left;
		if (!(row->parts[i] > 0))
			continue;
		const double x = plan->left + before / sum * room;
		const double end = plan->left + (before + row->parts[i]) / sum * room;
		before += row->parts[i];
		buffer_text(out, "<g>");
		if (row->said[i] != NULL) {
			buffer_text(out, "<title>");
			markup_text(out, row->said[i]);
			buffer_text(out, "</title>");
		}
		// A part that is there is never without a trace, nor joined to the next.
		paint_block(out, mix->styles[i],
		            (const double[]){ x, y, x + fmax(end - x - 1, 1), y + BAR });
		buffer_text(out, "</g>");
	}
}

static void draw_row(struct buffer *out, const struct mix *mix, const struct mix_plan *plan,
                     const struct mix_row *row, double top)
{
	const double y = top + (mix->is_narrow ? 18 : 5);
	if (mix->is_narrow) {
		paint_label(out, (struct label){ 0, top + 13, "", 20 }, row->label);
		paint_label(out,
		            (struct label){ plan->right, top + 13,
		                            "class=\"mute\" text-anchor=\"end\"", INFINITY },
		            row->text);
	} else {
		paint_label(out, (struct label){ 0, y + 11.5, "", LABEL_EM_MAX }, row->label);
		paint_label(
			out,
			(struct label){ plan->width, y + 11.5, "text-anchor=\"end\"", INFINITY },
			row->text);
	}
	draw_parts(out, mix, plan, row, y);
	buffer_byte(out, '\n');
}

// Quarters behind the bars, and what they are below these.
static void draw_scale(struct buffer *out, const struct mix_plan *plan, double top, double bottom)
{
	for (int i = 0; i <= TICKS; i++) {
		const double x = plan->left + (plan->right - plan->left) * i / TICKS;
		char text[8];
		text_format(text, sizeof text, "%d%%", 100 * i / TICKS);
		paint_line(out, "class=\"grid\" stroke=\"#e2e7ec\"",
		           (const double[]){ x, top, x, bottom });
		paint_label(out,
		            (struct label){ x, bottom + plan->font * 1.1,
		                            i == 0       ? "class=\"mute\""
		                            : i == TICKS ? "class=\"mute\" text-anchor=\"end\""
		                                         : "class=\"mute\" text-anchor=\"middle\"",
		                            INFINITY },
		            text);
	}
}

static void draw_block(struct buffer *out, const struct mix *mix, const struct mix_plan *plan,
                       const struct mix_block *block, double top)
{
	const double first = top + plan->font * 1.8;
	if (block->count == 0)
		return;
	paint_label(out, (struct label){ 0, top + plan->font, "font-weight=\"600\"", 20 },
	            block->title);
	paint_label(out,
	            (struct label){ plan->width, top + plan->font,
	                            "class=\"mute\" text-anchor=\"end\"", INFINITY },
	            mix->text_title);
	draw_scale(out, plan, first, first + plan->row * (double)block->count);
	for (size_t i = 0; i < block->count; i++)
		draw_row(out, mix, plan, &block->rows[i], first + plan->row * (double)i);
}

void mix_draw(struct buffer *out, const struct mix *mix)
{
	const struct mix_plan plan = make_plan(mix);
	struct figure_frame frame = mix->frame;
	frame.width = plan.width;
	frame.height = plan.height;
	frame.font = plan.font;
	frame_open(out, &frame);
	paint_label(out,
	            (struct label){ 0, plan.unit_y, "font-weight=\"600\"", plan.width / plan.font },
	            mix->unit);
	for (size_t i = 0; i < mix->part_count; i++) {
		const double x = plan.name_x[i], y = plan.name_y[i];
		paint_block(out, mix->styles[i], (const double[]){ x, y - 11, x + SWATCH, y + 1 });
		paint_label(out, (struct label){ x + SWATCH + SWATCH_GAP, y, "", NAME_EM_MAX },
		            mix->names[i]);
	}
	double top = plan.first_y;
	for (size_t b = 0; b < MIX_BLOCKS; b++) {
		draw_block(out, mix, &plan, &mix->blocks[b], top);
		top += block_height(&plan, &mix->blocks[b]);
	}
	buffer_text(out, "</svg>\n");
}
