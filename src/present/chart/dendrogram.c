// SPDX-License-Identifier: MIT
#include "present/chart/dendrogram.h"

#include "present/chart/chart_style.h"
#include "present/words/markup.h"

#include <math.h>

enum {
	ROW = 19,
	TREE_LEFT = 8,
	TREE_RIGHT = 520,
	TEXT_X = 530,
	TEXT_EM = 34,
	AXIS_HEIGHT = 46,
	THIN = 3,
	THICK = 8,
	FOLDED_STYLE = 4,
	NODES_MAX = 2 * DENDROGRAM_LEAVES_MAX
};

struct drawing {
	const struct dendrogram *d;
	struct buffer *out;
	double top, highest;
	uint32_t most;        // hosts of a leaf
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

// Steps of tenths, but for a tree that is higher than one can read so.
static void axis(const struct drawing *g, double bottom)
{
	const int step = g->highest > 1 ? 2 : 1;
	for (int tenths = 0; tenths / 10.0 <= g->highest + 1e-9; tenths += step) {
		const double x = x_of(g, tenths / 10.0);
		buffer_format(
			g->out,
			"<line class='grid' stroke='#e2e7ec' x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f'/>"
			"<text class='mute' fill='#55626f' x='%.1f' y='%.1f' text-anchor='middle'>%d.%d</text>\n",
			x, x, g->top, bottom, fmax(x, TREE_LEFT + 10), bottom + 16, tenths / 10,
			tenths % 10);
	}
	buffer_format(g->out,
	              "<text class='mute' fill='#55626f' x='%d' y='%.1f' text-anchor='middle'>",
	              (TREE_LEFT + TREE_RIGHT) / 2, bottom + 34);
	markup_text(g->out, g->d->distance_title);
	buffer_text(g->out, "</text>\n");
}

// Grey says that a leaf is several clusters; no cluster has it.
static unsigned style_of(const struct dendrogram_leaf *l)
{
	const unsigned style = (l->number - 1) % (CHART_STYLES - 1);
	return l->number == 0 ? FOLDED_STYLE : style + (style >= FOLDED_STYLE);
}

static void leaf(const struct drawing *g, uint32_t i)
{
	const struct dendrogram_leaf *l = &g->d->leaves[i];
	const unsigned style = style_of(l);
	const char *color = chart_series_styles[style].light;
	const double y = g->y[i], x = x_of(g, l->height);
	const double half = THIN + (THICK - THIN) * sqrt(l->hosts / fmax(g->most, 1));
	if (l->height > 0)
		buffer_format(g->out, "<path class='a%u' fill='%s' d='M%.1f %.1fL%d %.1fV%.1fZ'/>",
		              style, color, x, y, TREE_RIGHT, y - half, y + half);
	else
		buffer_format(g->out, "<circle class='a%u' fill='%s' cx='%d' cy='%.1f' r='%.1f'/>",
		              style, color, TREE_RIGHT, y, half);
	buffer_format(g->out, "<text x='%d' y='%.1f'>", TEXT_X, y + 4);
	if (l->number > 0)
		buffer_format(g->out,
		              "<tspan class='a%u' fill='%s' font-weight='600'>%u</tspan>"
		              "<tspan dx='8'>",
		              style, color, l->number);
	else
		buffer_text(g->out, "<tspan class='mute' fill='#55626f'>");
	markup_cut(g->out, l->text, TEXT_EM);
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
		"y1='%.1f' y2='%.1f'/><text class='a2' fill='%s' x='%.1f' y='%.1f' text-anchor='middle'>",
		chart_series_styles[2].light, x, x, g->top - 4, bottom,
		chart_series_styles[2].light, fmax(x, TREE_LEFT + 24), g->top - 8);
	markup_text(g->out, g->d->cut_title);
	buffer_format(g->out, " %g</text>\n", g->d->cut);
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
	for (uint32_t i = 0; i < d->leaf_count; i++)
		g.most = d->leaves[i].hosts > g.most ? d->leaves[i].hosts : g.most;
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
