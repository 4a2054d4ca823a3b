// SPDX-License-Identifier: MIT
// Elements carry the light colours as attributes too, for renderers that read no style
// sheet. Renderers that read some CSS but no media queries take the rules in front.
#include "present/chart/chart_style.h"

#include "present/chart/map_style.h"

const struct series_style chart_series_styles[CHART_STYLES] = {
	{ "#0072b2", "#56b4f5", "" },    { "#00866a", "#2fd0a2", "7 3" },
	{ "#d55e00", "#ff9350", "" },    { "#a8447f", "#eb9fce", "2 2.5" },
	{ "#6b7884", "#a3b1bf", "" },    { "#a87400", "#f2bb4a", "9 3 2 3" },
	{ "#5b4bbd", "#b3a4ff", "4 2" }, { "#1b2631", "#e8eef4", "1.5 3" },
};

const char chart_fonts[] =
	"system-ui, -apple-system, 'Segoe UI', Roboto, 'Hiragino Sans', 'Noto Sans', "
	"'Noto Sans JP', 'Noto Sans CJK JP', 'Yu Gothic UI', Meiryo, sans-serif";

struct rule {
	const char *selector, *property, *light, *dark;
};

static const struct rule rules[] = {
	{ "", "fill", "#1b2631", "#e8eef4" },
	{ " .ground", "fill", "#ffffff", "#151d27" },
	{ " .mute", "fill", "#55626f", "#a3b1bf" },
	{ " .alert", "fill", "#a33b00", "#ffb27d" },
	{ " .grid", "stroke", "#e2e7ec", "#2b3744" },
	{ " .axis", "stroke", "#8391a0", "#667686" },
	{ " .gap", "fill", "#e4e8ec", "#2a3542" },
	{ " .open", "fill", "#dcf0f2", "#16383d" },
	{ " .part", "fill", "#fbecc8", "#3d331b" },
	{ " .unknown", "fill", "#dfe3fa", "#2b2f52" },
	{ " .lost", "fill", "#f8d3cf", "#52262a" },
	{ " .halo", "stroke", "#ffffff", "#151d27" },
	{ " .event", "stroke", "#8391a0", "#8795a4" },
	{ " .mark", "fill", "#4b5763", "#b9c5d1" },
	{ " .number", "fill", "#ffffff", "#151d27" },
	{ " .cross", "stroke", "#1b2631", "#e8eef4" },
	{ " .dots", "stroke", "#1b2631", "#ffffff" },
};

// A drawing that has curves or countries of another one (`use`) sees of their elements those from .plot on.
static void append_rules(struct buffer *out, bool dark)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		buffer_format(out, ".chart%s{%s:%s}", rules[i].selector, rules[i].property,
		              dark ? rules[i].dark : rules[i].light);
	for (int i = 0; i < CHART_STYLES; i++) {
		const struct series_style *style = &chart_series_styles[i];
		const char *color = dark ? style->dark : style->light;
		buffer_format(out,
		              ".chart .s%d,.plot .s%d{stroke:%s}.chart .a%d,.plot .a%d{fill:%s}", i,
		              i, color, i, i, color);
	}
	map_style_rules(out, dark);
}

void chart_style_sheet(struct buffer *out)
{
	append_rules(out, false);
	buffer_text(out, ".chart text{font-variant-numeric:tabular-nums}"
	                 ".chart .halo{stroke-width:4;stroke-linejoin:round;paint-order:stroke}"
	                 ".chart .day .hit{pointer-events:all}"
	                 ".chart .dots{stroke-width:6;stroke-linecap:round}"
	                 ".chart .day:hover .shown{visibility:visible}\n"
	                 ".chart .cross,.chart .dots{fill:none}"
	                 "@media screen and (prefers-color-scheme:dark){");
	append_rules(out, true);
	buffer_text(out, "}\n");
}
