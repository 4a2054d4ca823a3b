// SPDX-License-Identifier: MIT
// Colours of figures, light and dark, and the style sheet that they make.
//
// Series are told apart by colour and by dashes. The colours are those of Okabe
// and Ito ("Color Universal Design", 2008), which people with any kind of colour vision
// can tell apart, darkened or lightened to a contrast of at least 3 with the ground.
#pragma once

#include "base/buffer.h"

enum { CHART_STYLES = 8 };

struct series_style {
	const char *light, *dark;  // colours
	const char *dash;          // stroke-dasharray, "" for a solid line
};

extern const struct series_style chart_series_styles[CHART_STYLES];

// Families of fonts that systems have, Japanese ones included.
extern const char chart_fonts[];

// The rules for everything inside an element of class "chart".
void chart_style_sheet(struct buffer *out);
