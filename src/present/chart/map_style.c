// SPDX-License-Identifier: MIT
#include "present/chart/map_style.h"

const struct map_color map_zero = { "#eceff2", "#243040" };

const struct map_color map_colors[MAP_COLORS] = {
	{ "#e0e68a", "#2d386c" }, { "#94d182", "#155b8d" }, { "#45b68c", "#00809a" },
	{ "#009390", "#03a4a1" }, { "#056f85", "#4ec69b" }, { "#014b7a", "#96e383" },
	{ "#1e275f", "#ecf761" },
};

void map_style_attributes(struct buffer *out, size_t color)
{
	buffer_format(out, "class=\"m%zu\" fill=\"%s\"", color + 1, map_colors[color].light);
}

void map_style_rules(struct buffer *out, bool is_dark)
{
	buffer_format(out, ".chart .land{stroke:%s}.chart .halo{stroke:%s}",
	              is_dark ? "#151d27" : "#ffffff", is_dark ? "#151d27" : "#ffffff");
	buffer_format(out, ".chart .m0,.plot .m0{fill:%s}",
	              is_dark ? map_zero.dark : map_zero.light);
	for (size_t i = 0; i < MAP_COLORS; i++)
		buffer_format(out, ".chart .m%zu,.plot .m%zu{fill:%s}", i + 1, i + 1,
		              is_dark ? map_colors[i].dark : map_colors[i].light);
	buffer_format(out, ".chart .land :hover{stroke:%s}\n", is_dark ? "#ffffff" : "#1b2631");
}
