// SPDX-License-Identifier: MIT
// Labels beside lines. Where a line is high its label may stand right, left, above or below; of all these
// places the one with the fewest points of lines in it is taken, and none that another label has.
#include "present/chart/chart.h"

#include "base/text.h"
#include "present/chart/chart_style.h"
#include "present/chart/paint.h"
#include "present/words/width.h"

#include <math.h>

enum { TAG_EM_MAX = 16, PLACES_MAX = 40, AWAY = 8 };

struct tags {
	const struct chart *chart;
	const struct chart_plan *plan;
	size_t panel;
	struct chart_tag *out;
};

static bool is_apart(const struct chart_tag *a, const struct chart_tag *b)
{
	return !b->is_there || a->right < b->left || b->right < a->left || a->bottom < b->top ||
	       b->bottom < a->top;
}

static bool has_room(const struct tags *t, const struct chart_tag *tag)
{
	const struct panel_plan *place = &t->plan->panels[t->panel];
	if (tag->left < place->left + 4 || tag->right > place->right || tag->top < place->top - 6 ||
	    tag->bottom > place->bottom - 2)
		return false;
	for (size_t i = 0; i < CHART_SERIES_MAX; i++)
		if (!is_apart(tag, &t->out[i]))
			return false;
	return true;
}

// Points of all lines that the box would hide.
static size_t hidden(const struct tags *t, const struct chart_tag *tag)
{
	const struct panel *panel = &t->chart->panels[t->panel];
	const struct panel_plan *place = &t->plan->panels[t->panel];
	size_t count = 0;
	for (size_t i = 0; i < t->chart->count; i++) {
		const double x = chart_x(t->chart, place, (double)i);
		if (x < tag->left - 3 || x > tag->right + 3)
			continue;
		for (size_t s = 0; s < panel->series_count; s++) {
			const double value = panel->series[s].values[i];
			const double y = isfinite(value) ? chart_y(place, value) : -INFINITY;
			count += y > tag->top - 3 && y < tag->bottom + 3;
		}
	}
	return count;
}

static struct chart_tag box_at(const struct tags *t, const double point[2], double em,
                               enum chart_tag_side side)
{
	const double font = t->plan->font, width = em * font;
	struct chart_tag tag = { .is_there = true, .side = side };
	tag.left = side == CHART_TAG_RIGHT  ? point[0] + AWAY
	           : side == CHART_TAG_LEFT ? point[0] - AWAY - width
	                                    : point[0] - width / 2;
	tag.right = tag.left + width;
	tag.top = point[1] - font / 2;
	if (side == CHART_TAG_ABOVE)
		tag.top = point[1] - font - AWAY;
	if (side == CHART_TAG_BELOW)
		tag.top = point[1] + AWAY;
	tag.bottom = tag.top + font;
	return tag;
}

static double most_of(const struct chart *chart, const struct series *series)
{
	double most = 0;
	for (size_t i = 0; i < chart->count; i++)
		most = fmax(most, series->values[i]);
	return most;
}

static void plan_tag(const struct tags *t, size_t which)
{
	const struct series *series = &t->chart->panels[t->panel].series[which];
	const struct panel_plan *place = &t->plan->panels[t->panel];
	const double em = fmin(width_em(series->label), TAG_EM_MAX);
	const double most = most_of(t->chart, series);
	const size_t step = chart_bin(t->chart->count, PLACES_MAX);
	struct chart_tag found = { .is_there = false };
	size_t best = SIZE_MAX;
	for (size_t i = 0; i < t->chart->count; i++) {
		const double value = series->values[i];
		const bool is_peak = value >= most;
		if (!(value > 0) || (!is_peak && (i % step != 0 || value < most / 3)))
			continue;
		const double point[2] = { chart_x(t->chart, place, (double)i),
			                  chart_y(place, value) };
		for (enum chart_tag_side side = 0; side < CHART_TAG_SIDES; side++) {
			const struct chart_tag tag = box_at(t, point, em, side);
			const size_t bad = 2 * hidden(t, &tag) + !is_peak;
			if (has_room(t, &tag) && bad < best) {
				best = bad;
				found = tag;
			}
		}
	}
	t->out[which] = found;
}

void chart_tags_plan(const struct chart *chart, const struct chart_plan *plan, size_t panel,
                     struct chart_tag out[CHART_SERIES_MAX])
{
	const struct tags t = { chart, plan, panel, out };
	for (size_t i = 0; i < CHART_SERIES_MAX; i++)
		out[i] = (struct chart_tag){ .is_there = false };
	for (size_t i = 0; i < chart->panels[panel].series_count; i++)
		plan_tag(&t, i);
}

static void draw_tag(struct buffer *out, const struct chart_plan *plan, const struct chart_tag *tag,
                     const struct series *series)
{
	static const char *const anchors[] = { "start", "end", "middle", "middle" };
	const double middle = (tag->left + tag->right) / 2;
	const double xs[] = { tag->left, tag->right, middle, middle };
	char kind[128];
	text_format(kind, sizeof kind,
	            "class=\"halo a%u\" fill=\"%s\" font-weight=\"600\" text-anchor=\"%s\"",
	            series->style, chart_series_styles[series->style].light, anchors[tag->side]);
	paint_label(
		out,
		(struct label){ xs[tag->side], tag->bottom - plan->font * 0.2, kind, TAG_EM_MAX },
		series->label);
}

void chart_tags_draw(struct buffer *out, const struct chart *chart, const struct chart_plan *plan,
                     size_t panel)
{
	struct chart_tag tags[CHART_SERIES_MAX];
	chart_tags_plan(chart, plan, panel, tags);
	for (size_t i = 0; i < chart->panels[panel].series_count; i++)
		if (tags[i].is_there)
			draw_tag(out, plan, &tags[i], &chart->panels[panel].series[i]);
}
