// SPDX-License-Identifier: MIT
#include "present/chart/dendrogram.h"

#include "base/escape.h"
#include "present/chart/chart_style.h"

#include <string.h>

enum {
	ROW = 19,
	TREE_LEFT = 8,
	TREE_RIGHT = 520,
	TEXT_X = 530,
	AXIS_HEIGHT = 46,
	NODES_MAX = 2 * DENDROGRAM_LEAVES_MAX
};

struct drawing {
	const struct dendrogram *d;
	struct buffer *out;
	double top, highest;
	double y[NODES_MAX];  // of nodes
};

static double x_of(const struct drawing *g, double height)
{
	return TREE_RIGHT - (TREE_RIGHT - TREE_LEFT) * height / g->highest;
}

static double height_of(const struct dendrogram *d, uint32_t node)
{
	return node < d->leaf_count ? d->leaves[node].height
	                            : d->merges[node - d->leaf_count].height;
}

// Rows of leaves, in the order in which the tree has them: the left branch above the right one.
static void place_leaves(struct drawing *g)
{
	uint32_t waiting[NODES_MAX], count = 0, row = 0;
	const uint32_t leaves = g->d->leaf_count;
	waiting[count++] = 2 * leaves - 2;
	while (count > 0) {
		const uint32_t node = waiting[--count];
		if (node < leaves) {
			g->y[node] = g->top + ROW * (row++ + 0.5);
			continue;
		}
		waiting[count++] = g->d->merges[node - leaves].right;
		waiting[count++] = g->d->merges[node - leaves].left;
	}
	for (uint32_t k = 0; k + 1 < leaves; k++)
		g->y[leaves + k] = (g->y[g->d->merges[k].left] + g->y[g->d->merges[k].right]) / 2;
}

static void axis(const struct drawing *g, double bottom)
{
	for (int i = 0; i <= 4; i++) {
		const double height = g->highest * i / 4, x = x_of(g, height);
		buffer_format(
			g->out,
			"<line class='grid' stroke='#e2e7ec' x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f'/>"
			"<text class='mute' fill='#55626f' x='%.1f' y='%.1f' text-anchor='middle'>%.2f</text>\n",
			x, x, g->top, bottom, i == 4 ? x + 14 : x, bottom + 16, height);
	}
	buffer_format(g->out,
	              "<text class='mute' fill='#55626f' x='%d' y='%.1f' text-anchor='middle'>",
	              (TREE_LEFT + TREE_RIGHT) / 2, bottom + 34);
	escape_html(g->out, g->d->distance_title, strlen(g->d->distance_title));
	buffer_text(g->out, "</text>\n");
}

static void leaf(const struct drawing *g, uint32_t i)
{
	const struct dendrogram_leaf *l = &g->d->leaves[i];
	const unsigned style = (l->number - 1) % CHART_STYLES;
	const char *color = chart_series_styles[style].light;
	const double y = g->y[i], x = x_of(g, l->height);
	if (l->height > 0)
		buffer_format(g->out, "<path class='a%u' fill='%s' d='M%.1f %.1fL%d %.1fV%.1fZ'/>",
		              style, color, x, y, TREE_RIGHT, y - 6, y + 6);
	else
		buffer_format(g->out, "<circle class='a%u' fill='%s' cx='%d' cy='%.1f' r='3.5'/>",
		              style, color, TREE_RIGHT, y);
	buffer_format(
		g->out,
		"<text x='%d' y='%.1f'><tspan class='a%u' fill='%s' font-weight='600'>%u</tspan>"
		"<tspan dx='8'>",
		TEXT_X, y + 4, style, color, l->number);
	escape_html(g->out, l->text, strlen(l->text));
	buffer_text(g->out, "</tspan></text>\n");
}

static void bracket(const struct drawing *g, uint32_t k)
{
	const struct dendrogram_merge *m = &g->d->merges[k];
	const double x = x_of(g, m->height);
	buffer_format(
		g->out,
		"<path class='axis' fill='none' style='fill:none' stroke='#8391a0' stroke-width='1.3' "
		"d='M%.1f %.1fH%.1fV%.1fH%.1f'/>\n",
		x_of(g, height_of(g->d, m->left)), g->y[m->left], x, g->y[m->right],
		x_of(g, height_of(g->d, m->right)));
}

static void cut_line(const struct drawing *g, double bottom)
{
	const double x = x_of(g, g->d->cut);
	if (g->d->cut > g->highest)
		return;
	buffer_format(
		g->out,
		"<line class='s2' stroke='%s' stroke-width='1.5' stroke-dasharray='5 4' x1='%.1f' x2='%.1f' "
		"y1='%.1f' y2='%.1f'/><text class='a2' fill='%s' x='%.1f' y='%.1f' text-anchor='middle'>%.2f</text>\n",
		chart_series_styles[2].light, x, x, g->top - 4, bottom,
		chart_series_styles[2].light, x, g->top - 8, g->d->cut);
}

void dendrogram_draw(struct buffer *out, const struct dendrogram *d)
{
	struct figure_frame frame = d->frame;
	struct drawing g = { .d = d,
		             .out = out,
		             .top = (frame.stands_alone ? FRAME_HEAD_Y : 0) + 22 };
	const double bottom = g.top + ROW * d->leaf_count + 6;
	frame.width = FRAME_WIDE;
	frame.height = bottom + AXIS_HEIGHT;
	frame.font = 12;
	g.highest = d->cut > 0 ? d->cut : 0.1;
	for (uint32_t i = 0; i < 2 * d->leaf_count - 1; i++)
		g.highest = height_of(d, i) > g.highest ? height_of(d, i) : g.highest;
	place_leaves(&g);
	frame_open(out, &frame);
	axis(&g, bottom);
	for (uint32_t k = 0; k + 1 < d->leaf_count; k++)
		bracket(&g, k);
	for (uint32_t i = 0; i < d->leaf_count; i++)
		leaf(&g, i);
	cut_line(&g, bottom);
	buffer_text(out, "</svg>\n");
}
