// SPDX-License-Identifier: MIT
// From rows to countries, classes and a legend, and where everything stands, from top to bottom.
#include "present/chart/map.h"

#include "base/text.h"
#include "place/place.h"
#include "present/words/width.h"

#include <math.h>

enum { SAMPLE = 22 };

double map_x(const struct map_plan *plan, size_t country)
{
	return world.countries[country].x * plan->scale;
}

double map_y(const struct map_plan *plan, size_t country)
{
	return plan->top + world.countries[country].y * plan->scale;
}

static void take_rows(struct map_plan *plan, const struct figure_map *map)
{
	for (size_t i = 0; i < world.count; i++)
		plan->names[i] = place_country_name(world.countries[i].code, map->lang == LANG_JA);
	for (size_t i = 0; i < map->row_count; i++) {
		size_t country;
		if (world_find(map->rows[i].id, &country))
			plan->sources[country] += map->rows[i].sources;
	}
}

bool map_shows_some(const struct report_place *rows, size_t row_count)
{
	size_t country;
	for (size_t i = 0; i < row_count; i++)
		if (rows[i].sources > 0 && world_find(rows[i].id, &country))
			return true;
	return false;
}

// Of those of the countries that have sources, of which there is one.
static void find_classes(struct map_plan *plan)
{
	uint64_t least = UINT64_MAX, most = 0;
	for (size_t i = 0; i < world.count; i++) {
		const uint64_t sources = plan->sources[i];
		least = sources > 0 && sources < least ? sources : least;
		most = sources > most ? sources : most;
	}
	plan->classes = map_scale_of(least, most);
}

void map_phrase(enum lang lang, enum word word, struct markup_values values,
                char out[MAP_NOTE_SIZE])
{
	struct buffer phrase = buffer_up_to(MAP_NOTE_SIZE);
	markup_plain_phrase(&phrase, lang, word, values);
	buffer_byte(&phrase, '\0');
	text_copy(out, MAP_NOTE_SIZE, phrase.failed ? "" : (const char *)phrase.bytes);
	buffer_done(&phrase);
}

// "0", "1–9", "10 or more"; class 0 of the legend are the countries without a source.
static void key_text(const struct map_plan *plan, enum lang lang, size_t key,
                     char out[MAP_NOTE_SIZE])
{
	const struct map_scale *classes = &plan->classes;
	char from[NUMBER_SIZE], to[NUMBER_SIZE];
	text_copy(out, MAP_NOTE_SIZE, "0");
	if (key == 0)
		return;
	const bool is_last = key == classes->count;
	const uint64_t lowest = classes->lowest[key - 1];
	const uint64_t highest = is_last ? lowest : classes->lowest[key] - 1;
	number_grouped(lowest, from);
	number_grouped(highest, to);
	if (is_last)
		map_phrase(lang, WORD_MAP_AT_LEAST, (struct markup_values){ .one = from }, out);
	else if (lowest == highest)
		text_copy(out, MAP_NOTE_SIZE, from);
	else
		map_phrase(lang, WORD_MAP_CLASS, (struct markup_values){ from, to, NULL, NULL },
		           out);
}

// In one line if there is room; else in as many columns as fit, all of one width, and in lines of about
// the same length.
static double plan_keys(struct map_plan *plan, enum lang lang, double y)
{
	const size_t count = plan->classes.count + 1;
	double widths[MAP_CLASSES_MAX + 1], widest = 0, all = 0, x = 0;
	for (size_t i = 0; i < count; i++) {
		key_text(plan, lang, i, plan->keys[i].text);
		widths[i] = SAMPLE + (width_em(plan->keys[i].text) + 1) * plan->font;
		widest = fmax(widest, widths[i]);
		all += widths[i];
	}
	const size_t fitting = (size_t)fmax(1, (plan->width + plan->font) / widest);
	const size_t lines = all <= plan->width + plan->font ? 1 : (count + fitting - 1) / fitting;
	const size_t columns = (count + lines - 1) / lines;
	for (size_t i = 0; i < count; i++) {
		const size_t column = i % columns;
		x = column == 0 ? 0 : x + (lines == 1 ? widths[i - 1] : widest);
		plan->keys[i].x = x;
		plan->keys[i].y = y + (double)(i / columns) * plan->font * 1.5;
	}
	return y + (double)lines * plan->font * 1.5;
}

// Two columns, read downwards.
static double plan_list(struct map_plan *plan, double y)
{
	const size_t lines = (plan->label_count + 1) / 2;
	for (size_t i = 0; i < plan->label_count; i++) {
		plan->labels[i].list_x = i < lines ? 0 : plan->width / 2;
		plan->labels[i].list_y = y + (double)(i % lines) * plan->font * 1.5;
	}
	return y + (double)lines * plan->font * 1.5;
}

bool map_plan_make(struct map_plan *plan, const struct figure_map *map)
{
	*plan = (struct map_plan){
		.width = map->is_narrow ? FRAME_NARROW : FRAME_WIDE,
		.font = map->is_narrow ? 12 : 13,
		.label_font = map->is_narrow ? 9 : 11.5,
		.has_list = map->is_narrow,
		.radius = map->is_narrow ? 2 : 3.2,
	};
	if (!map_shows_some(map->rows, map->row_count))
		return false;
	take_rows(plan, map);
	find_classes(plan);
	map_note(map, plan->note);
	plan->scale = plan->width / world.width;
	plan->unit_y = (map->stands_alone ? FRAME_HEAD_Y : 0) + plan->font;
	plan->top = plan->unit_y + 8;
	plan->bottom = plan->top + world.height * plan->scale;
	map_labels_place(plan);
	double y = plan_keys(plan, map->lang, plan->bottom + plan->font + 6);
	if (plan->has_list)
		y = plan_list(plan, y + plan->font * 0.6);
	plan->note_y = y + plan->font * 0.4;
	plan->height = ceil(plan->note[0] != '\0' ? plan->note_y + 8 : y - plan->font * 0.6);
	return true;
}
