// SPDX-License-Identifier: MIT
// Stretches are appended as frames come, and joined when there is no room for another.
#include "ingest/gather.h"

#include "base/memory.h"

#include <stdlib.h>

enum { ROOM = 64 };

void gather_begin(struct gatherer *g, const struct zone *zone)
{
	g->zone = zone;
	g->seen.count = 0;
	g->silence_ns = SEEN_SILENCE_S * NANOSECONDS_A_SECOND;
	g->day = (struct day_span){ .begin_ns = 1 };  // holds no moment
}

void gather_done(struct gatherer *g)
{
	memory_free(g->seen.stretches);
	*g = (struct gatherer){ .zone = NULL };
}

static int by_first(const void *a, const void *b)
{
	const struct seen_stretch *x = a, *y = b;
	return (x->first_ns > y->first_ns) - (x->first_ns < y->first_ns);
}

static void join(struct seen_stretch *into, const struct seen_stretch *s)
{
	if (s->first_ns < into->first_ns)
		into->first_ns = s->first_ns;
	if (s->last_ns > into->last_ns)
		into->last_ns = s->last_ns;
	into->frames += s->frames;
}

// Whether the time from the end of one to the begin of the other, if it comes later, is no silence.
static bool is_close(const struct seen_stretch *a, const struct seen_stretch *b,
                     uint64_t silence_ns)
{
	return b->first_ns <= a->last_ns || b->first_ns - a->last_ns < silence_ns;
}

// Joins those of a day that are close, which ascend.
static void join_all(struct gatherer *g)
{
	struct seen_stretch *list = g->seen.stretches;
	struct day_span day = { .begin_ns = 1 };
	size_t kept = 0;
	for (size_t i = 0; i < g->seen.count; i++) {
		// The last day that there is has no end.
		const bool is_same_day = list[i].first_ns >= day.begin_ns &&
		                         (list[i].first_ns < day.end_ns ||
		                          day.end_ns == UINT64_MAX);
		if (!is_same_day)
			day = zone_day(g->zone, list[i].first_ns);
		if (is_same_day && is_close(&list[kept - 1], &list[i], g->silence_ns))
			join(&list[kept - 1], &list[i]);
		else
			list[kept++] = list[i];
	}
	g->seen.count = kept;
}

void gather_sort(struct gatherer *g)
{
	if (g->seen.count == 0)
		return;
	qsort(g->seen.stretches, g->seen.count, sizeof *g->seen.stretches, by_first);
	join_all(g);
	for (; g->seen.count > SEEN_STRETCHES_MAX; join_all(g))
		g->silence_ns *= 2;
}

// Room for one more. What is sorted leaves at least half of the room, so that it is not sorted for each.
static bool make_room(struct gatherer *g)
{
	if (g->seen.count < g->capacity)
		return true;
	gather_sort(g);
	if (g->capacity == 2 * SEEN_STRETCHES_MAX ||
	    (g->capacity > 0 && g->seen.count <= g->capacity / 2))
		return true;
	const size_t capacity = g->capacity == 0 ? ROOM : g->capacity * 2;
	struct seen_stretch *list = memory_resize(g->seen.stretches, capacity, sizeof *list);
	if (list == NULL)
		return false;
	g->seen.stretches = list;
	g->capacity = capacity;
	return true;
}

bool gather_add(struct gatherer *g, const struct seen_stretch *s)
{
	if (gather_is_day(g, s) && g->seen.count > 0) {
		struct seen_stretch *last = &g->seen.stretches[g->seen.count - 1];
		if (is_close(last, s, g->silence_ns) && is_close(s, last, g->silence_ns)) {
			join(last, s);
			return true;
		}
	}
	if (!make_room(g))
		return false;
	g->day = zone_day(g->zone, s->first_ns);
	g->seen.stretches[g->seen.count++] = *s;
	return true;
}
