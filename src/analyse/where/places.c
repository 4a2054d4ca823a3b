// SPDX-License-Identifier: MIT
// Sources of a /16 ascend, so that an atlas is asked once a range, or once a range and day if it
// has databases of several times. The atlas numbers places as they are met and takes one question at a
// time: threads take turns, /16 by /16, which is little of what they do.
#include "analyse/where/where_private.h"

#include "analyse/pair_counts.h"
#include "base/memory.h"

#include <assert.h>
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

struct places_count {
	const struct source_choice *choice;
	struct asker places, countries;
	bool is_by_country, is_by_port;
	struct pair_counts counts;
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

static bool find_place(struct places_count *c, size_t group, int32_t day, uint32_t address,
                       struct pair_count *out)
{
	struct place_range place, country = { .place = (uint32_t)group };
	if (!ask(&c->places, day, address, &place) ||
	    (c->is_by_country && !ask(&c->countries, day, address, &country)))
		return false;
	*out = (struct pair_count){ .group = country.place, .place = place.place };
	return true;
}

// Neighbours are mostly of one pair, which is added to when it ends.
static bool count_block(void *context, const struct source_block *b)
{
	struct places_count *c = context;
	struct pair_count run = { .count = 0 }, pair;
	for (uint32_t low = source_block_next(b, 0); low < SOURCE_BLOCK_ADDRESSES;
	     low = source_block_next(b, low + 1)) {
		const int32_t day = b->last_day != NULL ? b->last_day[low] : 0;
		if (!find_place(c, b->group, day, b->key << 16 | low, &pair))
			return false;
		if (run.count > 0 && (pair.group != run.group || pair.place != run.place)) {
			if (!pair_counts_add(&c->counts, run.group, run.place, run.count))
				return false;
			run.count = 0;
		}
		pair.count = run.count + 1;
		run = pair;
	}
	return pair_counts_add(&c->counts, run.group, run.place, run.count);
}

// ---- counts -> rows

static int by_group(const void *a, const void *b)
{
	const struct pair_count *x = a, *y = b;
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

// The rows of the counts from `from` on that are of one group; returns where the next begins.
static size_t fill_group(const struct places_count *c, struct places_row *rows, size_t from,
                         size_t count, struct places_group *out)
{
	const struct pair_count *counts = c->counts.slots;
	size_t end = from;
	for (; end < count && counts[end].group == counts[from].group; end++) {
		rows[end].place = *place_at(c->places.atlas, counts[end].place);
		rows[end].sources = counts[end].count;
		out->sources += counts[end].count;
	}
	out->rows = rows + from;
	out->count = end - from;
	qsort(rows + from, out->count, sizeof *rows, by_sources);
	return end;
}

static void fill_groups(const struct places_count *c, size_t pairs, struct places *out)
{
	size_t countries = 0;
	for (size_t i = 0; c->is_by_port && i < out->group_count; i++)
		out->groups[i].port = c->choice->ports[i];
	for (size_t from = 0; from < pairs;) {
		const uint32_t number = c->counts.slots[from].group;
		struct places_group *group = &out->groups[c->is_by_country ? countries++ : number];
		from = fill_group(c, out->rows, from, pairs, group);
		if (c->is_by_country)
			group->country = *place_at(c->countries.atlas, number);
		out->sources += group->sources;
	}
	if (c->is_by_country)
		qsort(out->groups, out->group_count, sizeof *out->groups, by_sources_of_all);
}

static size_t count_groups(const struct places_count *c, size_t pairs)
{
	size_t groups = 0;
	if (!c->is_by_country)
		return c->is_by_port ? c->choice->port_count : 1;
	for (size_t i = 0; i < pairs; i++)
		groups += i == 0 || by_group(&c->counts.slots[i - 1], &c->counts.slots[i]) != 0;
	return groups;
}

bool places_count_finish(struct places_count *c, struct places *out, struct error *error)
{
	const size_t pairs = pair_counts_pack(&c->counts);
	if (pairs > 0)
		qsort(c->counts.slots, pairs, sizeof(struct pair_count), by_group);
	struct places found = { .group_count = count_groups(c, pairs) };
	found.groups = memory_new(found.group_count + 1, sizeof *found.groups);
	found.rows = memory_new(pairs + 1, sizeof *found.rows);
	if (found.groups == NULL || found.rows == NULL) {
		places_done(&found);
		return error_memory(error, "the places");
	}
	fill_groups(c, pairs, &found);
	*out = found;
	return true;
}

// ---- beside others

struct places_count *places_count_new(const struct source_choice *choice,
                                      const struct places_request *request)
{
	assert(!request->is_by_port || (choice->port_count > 0 && request->countries == NULL));
	struct places_count *c = memory_new(1, sizeof *c);
	if (c == NULL)
		return NULL;
	c->choice = choice;
	c->places = asker_of(request->atlas);
	c->countries = asker_of(request->countries);
	c->is_by_country = request->countries != NULL;
	c->is_by_port = request->is_by_port;
	return c;
}

struct source_visitor places_count_visitor(struct places_count *c)
{
	return (struct source_visitor){
		.visit = count_block,
		.context = c,
		.is_by_port = c->is_by_port,
		.wants_last_day = c->places.depends_on_day || c->countries.depends_on_day,
		.takes_turns = true,
	};
}

void places_count_free(struct places_count *c)
{
	if (c == NULL)
		return;
	pair_counts_done(&c->counts);
	memory_free(c);
}

void places_done(struct places *p)
{
	memory_free(p->groups);
	memory_free(p->rows);
	*p = (struct places){ .groups = NULL };
}
