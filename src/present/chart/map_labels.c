// SPDX-License-Identifier: MIT
// Labels take their places in the order of their numbers, the highest first. Of many places around
// its country, where it covers no other label and no line, each takes the one that hides the least: not far
// from the country, not on the points of others, and not on the whole of a small country itself.
// A country that finds no place has no label, and stands in the table.
#include "present/chart/map.h"

#include "present/words/width.h"

#include <math.h>

enum { DIRECTIONS = 16, DISTANCES = 9 };

// Bold text is wider than width_em() says.
static const double bold = 1.12, gap = 2, line_least = 4, point_cost = 2.5, land_cost = 4;

static bool boxes_touch(const struct map_box *a, const struct map_box *b)
{
	return a->left < b->right + gap && b->left < a->right + gap && a->top < b->bottom + gap &&
	       b->top < a->bottom + gap;
}

// Whether a line comes into a box: clips it on both axes.
static bool line_touches(const double line[4], const struct map_box *box)
{
	const double low[2] = { box->left - gap, box->top - gap };
	const double high[2] = { box->right + gap, box->bottom + gap };
	double enter = 0, leave = 1;
	for (int axis = 0; axis < 2; axis++) {
		const double from = line[axis], step = line[axis + 2] - line[axis];
		if (fabs(step) < 1e-9) {
			if (from < low[axis] || from > high[axis])
				return false;
			continue;
		}
		const double a = (low[axis] - from) / step, b = (high[axis] - from) / step;
		enter = fmax(enter, fmin(a, b));
		leave = fmin(leave, fmax(a, b));
	}
	return enter <= leave;
}

static struct map_box size_of(const struct map_plan *plan, size_t country)
{
	char number[NUMBER_SIZE];
	if (plan->has_list)
		return (struct map_box){ .right = 2 * MAP_BADGE, .bottom = 2 * MAP_BADGE };
	number_grouped(plan->sources[country], number);
	const double em = fmax(fmin(width_em(plan->names[country]), MAP_LABEL_EM_MAX) * bold,
	                       width_em(number));
	return (struct map_box){ .right = em * plan->label_font, .bottom = 2.2 * plan->label_font };
}

// The line from a point to the nearest place of the box, if that is worth a line.
static void lead(struct map_label *label, double x, double y)
{
	const struct map_box *box = &label->box;
	const double to_x = fmin(fmax(x, box->left), box->right);
	const double to_y = fmin(fmax(y, box->top), box->bottom);
	label->has_line = hypot(to_x - x, to_y - y) > line_least;
	label->line[0] = x;
	label->line[1] = y;
	label->line[2] = to_x;
	label->line[3] = to_y;
}

static bool is_free(const struct map_plan *plan, const struct map_label *label)
{
	const struct map_box *box = &label->box;
	if (box->left < 0 || box->right > plan->width || box->top < plan->top ||
	    box->bottom > plan->bottom)
		return false;
	for (size_t i = 0; i < plan->label_count; i++) {
		const struct map_label *other = &plan->labels[i];
		const double point[4] = { other->line[0], other->line[1], other->line[0],
			                  other->line[1] };
		if (boxes_touch(box, &other->box) ||
		    line_touches(other->has_line ? other->line : point, box) ||
		    (label->has_line && line_touches(label->line, &other->box)))
			return false;
	}
	return true;
}

static bool is_within(const struct map_box *box, double x, double y)
{
	return x > box->left - gap && x < box->right + gap && y > box->top - gap &&
	       y < box->bottom + gap;
}

// How much of the box lies on land, 0 .. 1.
static double land_share(const struct map_plan *plan, const struct map_box *box)
{
	enum { STEPS_X = 8, STEPS_Y = 4 };
	int hits = 0;
	for (int i = 0; i <= STEPS_X; i++) {
		for (int j = 0; j <= STEPS_Y; j++) {
			const double x = box->left + (box->right - box->left) * i / STEPS_X;
			const double y = box->top + (box->bottom - box->top) * j / STEPS_Y;
			hits += world_is_land(x / plan->scale, (y - plan->top) / plan->scale);
		}
	}
	return (double)hits / ((STEPS_X + 1) * (STEPS_Y + 1));
}

// What a label would hide there, and how far off it would be.
static double cost_of(const struct map_plan *plan, const struct map_label *label, int distance)
{
	const struct map_box *box = &label->box;
	const double breadth = world.countries[label->country].breadth * plan->scale;
	double cost = distance + (plan->has_list ? 0 : land_cost * land_share(plan, box));
	if (distance == 0 && breadth > box->right - box->left)
		return 0;  // inside its own country
	for (size_t i = 0; i < world.count; i++)
		if (plan->sources[i] > 0 && is_within(box, map_x(plan, i), map_y(plan, i)))
			cost += point_cost;
	return cost;
}

// At distance 0 the box stands around the point; farther away, its near edge is so far off.
static void move(struct map_label *label, const struct map_plan *plan, int distance, int direction)
{
	const struct map_box size = size_of(plan, label->country);
	const double x = map_x(plan, label->country), y = map_y(plan, label->country);
	const double angle = 2 * M_PI * direction / DIRECTIONS;
	const double away = plan->label_font * (distance - 0.5);
	const double reach = distance == 0 ? 0 : 1;
	const double middle_x = x + reach * cos(angle) * (size.right / 2 + away);
	const double middle_y = y + reach * sin(angle) * (size.bottom / 2 + away);
	label->box = (struct map_box){ middle_x - size.right / 2, middle_y - size.bottom / 2,
		                       middle_x + size.right / 2, middle_y + size.bottom / 2 };
	lead(label, x, y);
}

static bool find_place(const struct map_plan *plan, struct map_label *label)
{
	struct map_label best = *label;
	double best_cost = INFINITY;
	for (int distance = 0; distance < DISTANCES; distance++) {
		for (int d = 0; d < (distance == 0 ? 1 : DIRECTIONS); d++) {
			move(label, plan, distance, d);
			const double cost = cost_of(plan, label, distance);
			if (cost < best_cost && is_free(plan, label)) {
				best_cost = cost;
				best = *label;
			}
		}
	}
	*label = best;
	return best_cost < INFINITY;
}

// The country with the most sources after another one; of equals the first one.
static bool next_country(const struct map_plan *plan, size_t *country)
{
	const bool is_first = *country == WORLD_COUNTRIES_MAX;
	size_t best = WORLD_COUNTRIES_MAX;
	for (size_t i = 0; i < world.count; i++) {
		const uint64_t sources = plan->sources[i];
		const bool comes_after = is_first || sources < plan->sources[*country] ||
		                         (sources == plan->sources[*country] && i > *country);
		if (sources > 0 && comes_after &&
		    (best == WORLD_COUNTRIES_MAX || sources > plan->sources[best]))
			best = i;
	}
	*country = best;
	return best < WORLD_COUNTRIES_MAX;
}

void map_labels_place(struct map_plan *plan)
{
	size_t country = WORLD_COUNTRIES_MAX;
	for (int rank = 0; rank < MAP_LABELS_MAX && next_country(plan, &country); rank++) {
		struct map_label label = { .country = country };
		if (find_place(plan, &label))
			plan->labels[plan->label_count++] = label;
	}
}
