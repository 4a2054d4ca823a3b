// SPDX-License-Identifier: MIT
// Draws what map_plan.c has planned, from back to front. Countries of one class are one group, so that
// a colour is said once.
#include "present/chart/map.h"

#include "present/chart/map_style.h"
#include "present/chart/paint.h"
#include "present/words/width.h"

#include <math.h>

// The classes of the plan, before them the countries without a source.
static size_t key_of(const struct map_plan *plan, size_t country)
{
	const uint64_t sources = plan->sources[country];
	return sources == 0 ? 0 : 1 + map_class(&plan->classes, sources);
}

static void append_color(struct buffer *out, const struct map_plan *plan, size_t key)
{
	if (key == 0)
		buffer_format(out, "class=\"m0\" fill=\"%s\"", map_zero.light);
	else
		map_style_attributes(out, map_color(&plan->classes, key - 1));
}

static void draw_hover(struct buffer *out, const struct figure_map *map,
                       const struct map_plan *plan, size_t country)
{
	char number[NUMBER_SIZE], share[NUMBER_SIZE];
	number_grouped(plan->sources[country], number);
	number_share((double)plan->sources[country] / (double)map->sources, share);
	buffer_text(out, "<title>");
	markup_phrase(out, map->lang, WORD_MAP_COUNTRY,
	              (struct markup_values){ plan->names[country], number, share, NULL });
	buffer_text(out, "</title>");
}

// Closes an element, around what shows while the pointer is over it.
static void close_country(struct buffer *out, const struct figure_map *map,
                          const struct map_plan *plan, size_t country, const char *tag)
{
	if (map->is_narrow) {
		buffer_text(out, "/>\n");
		return;
	}
	buffer_text(out, ">");
	draw_hover(out, map, plan, country);
	buffer_format(out, "</%s>\n", tag);
}

static void draw_class(struct buffer *out, const struct figure_map *map,
                       const struct map_plan *plan, size_t key)
{
	buffer_text(out, "<g ");
	append_color(out, plan, key);
	buffer_text(out, ">\n");
	for (size_t i = 0; i < world.count; i++) {
		if (key_of(plan, i) != key || world.countries[i].path[0] == '\0')
			continue;
		buffer_format(out, "<path d=\"%s\"", world.countries[i].path);
		close_country(out, map, plan, i, "path");
	}
	buffer_text(out, "</g>\n");
}

static void draw_circles(struct buffer *out, const struct figure_map *map,
                         const struct map_plan *plan, size_t key)
{
	buffer_text(out, "<g ");
	append_color(out, plan, key);
	buffer_text(out, ">\n");
	for (size_t i = 0; i < world.count; i++) {
		const struct world_country *country = &world.countries[i];
		if (key_of(plan, i) != key || !country->is_small)
			continue;
		buffer_format(out, "<circle cx=\"%d\" cy=\"%d\" r=\"%.0f\"", country->x, country->y,
		              plan->radius / plan->scale);
		close_country(out, map, plan, i, "circle");
	}
	buffer_text(out, "</g>\n");
}

// A page has the outlines once: its narrow map has those of the wide one.
static void draw_land(struct buffer *out, const struct figure_map *map, const struct map_plan *plan)
{
	if (map->is_narrow && !map->stands_alone) {
		buffer_text(out, "<use href=\"#plot-land\"/>\n");
		return;
	}
	buffer_text(out, map->stands_alone ? "" : "<g class=\"plot\" id=\"plot-land\">");
	buffer_format(out, "<path class=\"nobody\" fill=\"none\" stroke=\"#8391a0\" d=\"%s\"/>\n",
	              world.nobody);
	for (size_t key = 0; key <= plan->classes.count; key++)
		draw_class(out, map, plan, key);
	buffer_text(out, map->stands_alone ? "" : "</g>\n");
}

// In the units of the outlines, with lines as fine in every size.
static void draw_world(struct buffer *out, const struct figure_map *map,
                       const struct map_plan *plan)
{
	buffer_text(out, "<g class=\"land\" fill-rule=\"evenodd\" stroke=\"#ffffff\" "
	                 "stroke-linejoin=\"round\" stroke-width=\"");
	markup_coordinate(out, (map->is_narrow ? 0.35 : 0.6) / plan->scale);
	buffer_text(out, "\" transform=\"translate(0 ");
	markup_coordinate(out, plan->top);
	buffer_format(out, ") scale(%.6f)\">\n", plan->scale);
	draw_land(out, map, plan);
	for (size_t key = 1; key <= plan->classes.count; key++)
		draw_circles(out, map, plan, key);
	buffer_text(out, "</g>\n");
}

static void draw_lines(struct buffer *out, const struct map_plan *plan)
{
	for (size_t i = 0; i < plan->label_count; i++) {
		const struct map_label *label = &plan->labels[i];
		if (!label->has_line)
			continue;
		paint_line(out, "class=\"halo\" stroke=\"#ffffff\" stroke-width=\"3\"",
		           label->line);
		paint_line(out, "class=\"cross\" stroke=\"#1b2631\"", label->line);
		buffer_text(out, "<circle r=\"1.6\" cx=\"");
		markup_coordinate(out, label->line[0]);
		buffer_text(out, "\" cy=\"");
		markup_coordinate(out, label->line[1]);
		buffer_text(out, "\"/>\n");
	}
}

// Letters have the ground around them, so that they can be read on any colour.
static void draw_labels(struct buffer *out, const struct map_plan *plan)
{
	buffer_text(out, "<g class=\"halo\" pointer-events=\"none\" text-anchor=\"middle\" "
	                 "paint-order=\"stroke\" stroke=\"#ffffff\" stroke-width=\"3\" "
	                 "stroke-linejoin=\"round\" font-size=\"");
	markup_coordinate(out, plan->label_font);
	buffer_text(out, "\">\n");
	for (size_t i = 0; i < plan->label_count; i++) {
		const struct map_label *label = &plan->labels[i];
		const double x = (label->box.left + label->box.right) / 2;
		const double y = label->box.top + plan->label_font * 0.95;
		char number[NUMBER_SIZE];
		number_grouped(plan->sources[label->country], number);
		paint_label(out, (struct label){ x, y, "font-weight=\"600\"", MAP_LABEL_EM_MAX },
		            plan->names[label->country]);
		paint_label(out, (struct label){ x, y + plan->label_font * 1.1, "", INFINITY },
		            number);
		buffer_byte(out, '\n');
	}
	buffer_text(out, "</g>\n");
}

static void draw_badge(struct buffer *out, double x, double y, size_t number)
{
	char text[NUMBER_SIZE];
	number_grouped(number, text);
	buffer_format(out, "<circle class=\"mark\" fill=\"#4b5763\" r=\"%d\" cx=\"", MAP_BADGE);
	markup_coordinate(out, x);
	buffer_text(out, "\" cy=\"");
	markup_coordinate(out, y);
	buffer_text(out, "\"/>");
	paint_label(out,
	            (struct label){ x, y + 3,
	                            "class=\"number\" fill=\"#ffffff\" text-anchor=\"middle\" "
	                            "font-size=\"8.5\" font-weight=\"600\"",
	                            INFINITY },
	            text);
}

// Numbers on the map, and below it what they stand for.
static void draw_list(struct buffer *out, const struct map_plan *plan)
{
	for (size_t i = 0; i < plan->label_count; i++) {
		const struct map_label *label = &plan->labels[i];
		const double right = label->list_x + plan->width / 2 - 16;
		char number[NUMBER_SIZE];
		number_grouped(plan->sources[label->country], number);
		draw_badge(out, (label->box.left + label->box.right) / 2,
		           (label->box.top + label->box.bottom) / 2, i + 1);
		draw_badge(out, label->list_x + MAP_BADGE, label->list_y - plan->font * 0.36,
		           i + 1);
		paint_label(out,
		            (struct label){ label->list_x + 18, label->list_y, "",
		                            (right - label->list_x - 18) / plan->font -
		                                    width_em(number) - 0.5 },
		            plan->names[label->country]);
		paint_label(out,
		            (struct label){ right, label->list_y, "text-anchor=\"end\"", INFINITY },
		            number);
		buffer_byte(out, '\n');
	}
}

static void draw_keys(struct buffer *out, const struct map_plan *plan)
{
	for (size_t key = 0; key <= plan->classes.count; key++) {
		const struct map_key *at = &plan->keys[key];
		buffer_text(out, "<path ");
		append_color(out, plan, key);
		buffer_text(out, " d=\"");
		paint_to(out, 'M', at->x + 1, at->y - plan->font * 0.85);
		buffer_text(out, "h16v12h-16z\"/>");
		paint_label(out, (struct label){ at->x + 22, at->y, "", INFINITY }, at->text);
		buffer_byte(out, '\n');
	}
}

bool figure_map(struct buffer *out, const struct figure_map *map)
{
	struct map_plan plan;
	if (!map_plan_make(&plan, map))
		return false;
	frame_open(out, &(struct figure_frame){ .lang = map->lang,
	                                        .title = map->title,
	                                        .subtitle = map->subtitle,
	                                        .is_simulated = map->is_simulated,
	                                        .stands_alone = map->stands_alone,
	                                        .width = plan.width,
	                                        .height = plan.height,
	                                        .font = plan.font });
	paint_label(out, (struct label){ 0, plan.unit_y, "font-weight=\"600\"", INFINITY },
	            word_in(map->lang, WORD_MAP_UNIT));
	draw_world(out, map, &plan);
	draw_lines(out, &plan);
	if (plan.has_list)
		draw_list(out, &plan);
	else
		draw_labels(out, &plan);
	draw_keys(out, &plan);
	if (plan.note[0] != '\0')
		paint_label(
			out,
			(struct label){ 0, plan.note_y, "class=\"mute\"", plan.width / plan.font },
			plan.note);
	buffer_text(out, "</svg>\n");
	return !out->failed;
}
