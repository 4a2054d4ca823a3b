// SPDX-License-Identifier: MIT
// Classes of numbers. Limits are round numbers of one of three series; the finest one that
// needs no more classes than there are colours is taken.
#include "present/chart/map.h"

#include <math.h>

// How many limits a series has in each power of ten, and the first digits of them. So many classes more than there
// are colours may fall into the lowest one.
static const struct series_of_limits {
	size_t per_ten;
	uint64_t digits[3];
	size_t more;
} all_series[] = {
	{ 3, { 1, 2, 5 }, 0 },
	{ 2, { 1, 3 }, 1 },
	{ 1, { 1 }, SIZE_MAX - MAP_CLASSES_MAX },
};

enum { TENS_MAX = 19 };  // 10^19 is the last power of ten below 2^64

static uint64_t limit_at(const struct series_of_limits *series, size_t index)
{
	uint64_t limit = series->digits[index % series->per_ten];
	for (size_t i = 0; i < index / series->per_ten; i++)
		limit *= 10;
	return limit;
}

// The last limit that is not above the value.
static size_t limit_below(const struct series_of_limits *series, uint64_t value)
{
	size_t index = 0;
	while (index + 1 <= TENS_MAX * series->per_ten && limit_at(series, index + 1) <= value)
		index++;
	return index;
}

struct map_scale map_scale_of(uint64_t least, uint64_t most)
{
	const struct series_of_limits *series = all_series;
	while (limit_below(series, most) - limit_below(series, least) >=
	       MAP_CLASSES_MAX + series->more)
		series++;
	const size_t first = limit_below(series, least), last = limit_below(series, most);
	struct map_scale scale = { .count = last - first + 1 };
	if (scale.count > MAP_CLASSES_MAX)
		scale.count = MAP_CLASSES_MAX;
	for (size_t i = 0; i < scale.count; i++)
		scale.lowest[i] = limit_at(series, last + 1 - scale.count + i);
	scale.lowest[0] = limit_at(series, first);
	return scale;
}

size_t map_class(const struct map_scale *scale, uint64_t sources)
{
	size_t class = 0;
	while (class + 1 < scale->count && scale->lowest[class + 1] <= sources)
		class ++;
	return class;
}

size_t map_color(const struct map_scale *scale, size_t class)
{
	const size_t step = scale->count <= (MAP_CLASSES_MAX + 1) / 2 ? 2 : 1;
	return MAP_CLASSES_MAX - 1 - (scale->count - 1 - class) * step;
}
