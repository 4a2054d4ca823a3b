// SPDX-License-Identifier: MIT
// Sources of a /16 ascend, so that an atlas is asked once a range, or once a range and day if it
// has databases of several times. The atlas numbers places as they are met and takes one question at a
// time: threads take turns, /16 by /16, which is little of what they do.
#include "analyse/where/places.h"

#include "analyse/pair_counts.h"
#include "analyse/distinct_sources.h"

#include "base/memory.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { DAYS_KEPT = 256 };

// What an atlas said last, by day.
struct answer {
	bool is_known;
	int32_t day;
	struct place_range range;
};

struct asker {
	struct place_atlas *atlas;
	bool depends_on_day;
	struct answer answers[DAYS_KEPT];
};

struct place_count {
	pthread_mutex_t lock;
	struct asker places, countries;
	bool is_by_country;
	struct cells cells;
};

static struct asker asker_of(struct place_atlas *atlas)
{
	return (struct asker){
		.atlas = atlas, .depends_on_day = atlas != NULL && place_atlas_depends_on_day(atlas)
	};
}

static bool ask(struct asker *a, int32_t day, uint32_t address, struct place_range *out)
{
	struct answer *known = &a->answers[a->depends_on_day ? (uint32_t)day % DAYS_KEPT : 0];
	const bool is_of_day = !a->depends_on_day || known->day == day;
	if (!known->is_known || !is_of_day || address < known->range.first ||
	    address > known->range.last) {
		if (!place_find(a->atlas, day, address, &known->range))
			return false;
		known->is_known = true;
		known->day = day;
	}
	*out = known->range;
	return true;
}

static bool find_cell(struct place_count *c, size_t group, int32_t day, uint32_t address,
                      struct cell *out)
{
	struct place_range place, country = { .place = (uint32_t)group };
	if (!ask(&c->places, day, address, &place) ||
	    (c->is_by_country && !ask(&c->countries, day, address, &country)))
		return false;
	*out = (struct cell){ .group = country.place, .place = place.place };
	return true;
}

// Neighbours are mostly of one cell, which is added to when it ends.
static bool count_sources(struct place_count *c, const struct once_block *b)
{
	struct cell run = { .count = 0 }, cell;
	for (uint32_t low = once_next(b, 0); low < ONCE_ADDRESSES; low = once_next(b, low + 1)) {
		const int32_t day = b->last_day != NULL ? b->last_day[low] : 0;
		if (!find_cell(c, b->group, day, b->key << 16 | low, &cell))
			return false;
		if (run.count > 0 && (cell.group != run.group || cell.place != run.place)) {
			if (!cells_add(&c->cells, run.group, run.place, run.count))
				return false;
			run.count = 0;
		}
		cell.count = run.count + 1;
		run = cell;
	}
	return cells_add(&c->cells, run.group, run.place, run.count);
}

static bool count_block(void *context, const struct once_block *b)
{
	struct place_count *c = context;
	pthread_mutex_lock(&c->lock);
	const bool ok = count_sources(c, b);
	pthread_mutex_unlock(&c->lock);
	return ok;
}

// ---- cells -> rows

static int by_group(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;
	return (x->group > y->group) - (x->group < y->group);
}

static int by_sources(const void *a, const void *b)
{
	const struct places_row *x = a, *y = b;
	return x->sources != y->sources ? (x->sources > y->sources ? -1 : 1)
	                                : strcmp(x->place.id, y->place.id);
}

static int by_sources_of_all(const void *a, const void *b)
{
	const struct places_group *x = a, *y = b;
	return x->sources != y->sources ? (x->sources > y->sources ? -1 : 1)
	                                : strcmp(x->country.id, y->country.id);
}

// The rows of the cells from `from` on that are of one group; returns where the next begins.
static size_t fill_group(const struct place_count *c, struct places_row *rows, size_t from,
                         size_t count, struct places_group *out)
{
	const struct cell *cells = c->cells.slots;
	size_t end = from;
	for (; end < count && cells[end].group == cells[from].group; end++) {
		rows[end].place = *place_at(c->places.atlas, cells[end].place);
		rows[end].sources = cells[end].count;
		out->sources += cells[end].count;
	}
	out->rows = rows + from;
	out->count = end - from;
	qsort(rows + from, out->count, sizeof *rows, by_sources);
	return end;
}

static void fill_groups(const struct place_count *c, const struct places_wish *wish,
                        size_t cell_count, struct places *out)
{
	size_t countries = 0;
	for (size_t i = 0; wish->is_by_port && i < out->group_count; i++)
		out->groups[i].port = wish->choice->ports[i];
	for (size_t from = 0; from < cell_count;) {
		const uint32_t number = c->cells.slots[from].group;
		struct places_group *group = &out->groups[c->is_by_country ? countries++ : number];
		from = fill_group(c, out->rows, from, cell_count, group);
		if (c->is_by_country)
			group->country = *place_at(c->countries.atlas, number);
		out->sources += group->sources;
	}
	if (c->is_by_country)
		qsort(out->groups, out->group_count, sizeof *out->groups, by_sources_of_all);
}

static bool make_rows(struct place_count *c, const struct places_wish *wish, struct places *out,
                      struct error *error)
{
	const size_t cell_count = cells_pack(&c->cells);
	if (cell_count > 0)
		qsort(c->cells.slots, cell_count, sizeof(struct cell), by_group);
	if (c->is_by_country)
		for (size_t i = 0; i < cell_count; i++)
			out->group_count += i == 0 || by_group(&c->cells.slots[i - 1],
			                                       &c->cells.slots[i]) != 0;
	else
		out->group_count = wish->is_by_port ? wish->choice->port_count : 1;
	out->groups = memory_new(out->group_count + 1, sizeof *out->groups);
	out->rows = memory_new(cell_count + 1, sizeof *out->rows);
	if (out->groups == NULL || out->rows == NULL)
		return error_memory(error, "the places");
	fill_groups(c, wish, cell_count, out);
	return true;
}

bool places_run(struct store *store, const struct places_wish *wish, struct places *out,
                struct error *error)
{
	assert(!wish->is_by_port || (wish->choice->port_count > 0 && wish->countries == NULL));
	struct places found = { .group_count = 0 };
	struct place_count *c = memory_new(1, sizeof *c);
	if (c == NULL)
		return error_memory(error, "the places");
	pthread_mutex_init(&c->lock, NULL);
	c->places = asker_of(wish->atlas);
	c->countries = asker_of(wish->countries);
	c->is_by_country = wish->countries != NULL;
	struct floods_left_out left_out = { .days = 0 };
	const struct once_wish once = {
		.choice = wish->choice,
		.is_by_port = wish->is_by_port,
		.wants_last_day = c->places.depends_on_day || c->countries.depends_on_day,
		.left_out = &left_out,
	};
	const bool ok = once_run(store, &once, count_block, c, error) &&
	                make_rows(c, wish, &found, error) &&
	                once_days(store, wish->choice, found.sources, &found.seen, error);
	found.seen.left_out = left_out;
	cells_done(&c->cells);
	pthread_mutex_destroy(&c->lock);
	memory_free(c);
	if (!ok) {
		places_done(&found);
		return false;
	}
	*out = found;
	return true;
}

void places_done(struct places *p)
{
	memory_free(p->groups);
	memory_free(p->rows);
	*p = (struct places){ .groups = NULL };
}
