// SPDX-License-Identifier: MIT
// The outlines of the countries, made by tools/make-world, which says from what and how.
//
// Equal Earth projection, cut in the Bering Strait. x grows to the east and y to the south, from 0 to
// `width` and `height`. Paths are commands of SVG ("m12 3 4-1z"), filled by the rule "evenodd", drawn
// for about a quarter of `width` in pixels.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORLD_COUNTRIES_MAX = 256, WORLD_ROWS_MAX = 64 };

struct world_country {
	char code[3];      // ISO 3166-1 alpha-2, or "XK"
	int16_t x, y;      // where a label belongs
	int16_t breadth;   // of its largest part, from west to east
	bool is_small;     // nobody would see its outline: draw a circle at x, y, too
	const char *path;  // "": no outline at this scale
};

struct world {
	int16_t width, height;
	size_t count;
	const struct world_country *countries;  // ascending by code
	const char *nobody;                     // land that no code stands for
	// Rows of cells of `cell` by `cell` units, from the north; '#' where there is land.
	int16_t cell;
	const char *land[WORLD_ROWS_MAX];
};

extern const struct world world;

// Whether there is land at a place, as far as the cells tell. Beyond the map there is none.
bool world_is_land(double x, double y);

// The index of a country; false: the map does not have it.
bool world_find(const char *code, size_t *out);
