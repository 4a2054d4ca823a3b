// SPDX-License-Identifier: MIT
// Colours of maps, light and dark, from few to many.
//
// Lightness falls (on dark ground: rises) in even steps in OKLCH (Ottosson: "A perceptual color space for
// image processing", 2020), so that the order is seen without thinking, on paper without colours, and
// by people with any kind of colour vision; hues run from the green of fireflies to the night.
#pragma once

#include "base/buffer.h"

enum { MAP_COLORS = 7 };

struct map_color {
	const char *light, *dark;
};

extern const struct map_color map_zero;                // a country without a source
extern const struct map_color map_colors[MAP_COLORS];  // the weakest first

// Attributes of an element that is filled with one of them.
void map_style_attributes(struct buffer *out, size_t color);

// The rules for maps, part of chart_style_sheet().
void map_style_rules(struct buffer *out, bool is_dark);
