// SPDX-License-Identifier: MIT
// A map of the world: countries coloured by how many sources each has.
//
// Colours stand for classes of numbers on a logarithmic scale, because sources vary over four orders
// of magnitude. Countries without a source look like no class; land that no code stands for is not filled
// at all. Where an outline would be too small to be seen a circle stands instead. The countries with
// the most sources carry name and number, where there is room for them.
//
// map_plan.c and map_labels.c decide what stands where (struct map_plan), map.c draws it.
#pragma once

#include "base/error.h"
#include "present/chart/frame.h"
#include "present/chart/report_place.h"
#include "present/words/markup.h"
#include "present/words/numbers.h"
#include "present/words/words.h"
#include "present/chart/world.h"

enum { MAP_CLASSES_MAX = 7, MAP_LABELS_MAX = 10, MAP_LABEL_EM_MAX = 12, MAP_NOTE_SIZE = 512 };
enum { MAP_BADGE = 6 };  // radius of a number on a narrow map

struct figure_map {
	enum lang lang;
	const char *title;
	const char *subtitle;  // said by stand-alone figures only
	bool is_simulated;
	bool is_narrow;     // for telephones: 352 units wide instead of 960
	bool stands_alone;  // a file of its own, with style sheet and title
	// In any order. Codes that the map does not have, "unknown" among them, are named below it.
	const struct report_place *rows;
	size_t row_count;
	uint64_t sources;  // of all places: what shares are shares of
};

// Whether a country of the map has a source; where all are unknown there is nothing to draw.
bool map_shows_some(const struct report_place *rows, size_t row_count);

// False if no country has a source (then `out` is as before) or `out` failed.
bool figure_map(struct buffer *out, const struct figure_map *) MUST_CHECK;

// The lowest numbers of `count` classes, ascending. The last class has no upper end; each of the others
// ends before the next begins.
struct map_scale {
	uint64_t lowest[MAP_CLASSES_MAX];
	size_t count;
};

// The finest scale that holds all numbers from `least` (>= 1) to `most`: its limits are 1, 2, 5, 10, 20
// ..., or 1, 3, 10, 30 ..., or powers of ten. If even those are too many the lowest class takes more.
struct map_scale map_scale_of(uint64_t least, uint64_t most);
// The class of a number, from 0; it is at least the lowest of class 0.
size_t map_class(const struct map_scale *, uint64_t sources);
// Which of the MAP_CLASSES_MAX colours a class has. The highest class always has the strongest.
size_t map_color(const struct map_scale *, size_t class);

struct map_box {
	double left, top, right, bottom;
};

// Name over number, in a box that touches no other. If the box is not around the place that it speaks
// of, a line leads there.
struct map_label {
	size_t country;  // in world.countries
	struct map_box box;
	bool has_line;
	double line[4];         // from the place to the box
	double list_x, list_y;  // of a narrow map
};

// One entry of the legend.
struct map_key {
	double x, y;
	char text[MAP_NOTE_SIZE];
};

struct map_plan {
	double width, height, font, label_font;
	double scale;   // of the world's units
	double radius;  // of circles
	double unit_y, top, bottom;
	struct map_scale classes;
	uint64_t total;                          // of all rows
	uint64_t sources[WORLD_COUNTRIES_MAX];   // by country
	const char *names[WORLD_COUNTRIES_MAX];  // in the language of the figure
	struct map_label labels[MAP_LABELS_MAX];
	size_t label_count;
	bool has_list;  // of what the labels would say, because the map has room for numbers only
	struct map_key keys[MAP_CLASSES_MAX + 1];  // first that of countries without a source
	double note_y;
	char note[MAP_NOTE_SIZE];  // what is not on the map; "": nothing
};

// False: there is nothing to draw.
bool map_plan_make(struct map_plan *out, const struct figure_map *);

// Parts of it. The labels, for which sources and the place of the map must be planned:
void map_labels_place(struct map_plan *);
// What is not on the map, in words; "": nothing.
void map_note(const struct figure_map *, char out[MAP_NOTE_SIZE]);
// A word with values, as plain text; "" if it is longer than that.
void map_phrase(enum lang, enum word, struct markup_values, char out[MAP_NOTE_SIZE]);

// Where a country's point stands in the figure.
double map_x(const struct map_plan *, size_t country);
double map_y(const struct map_plan *, size_t country);
