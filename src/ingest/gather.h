// SPDX-License-Identifier: MIT
// Frames of a capture -> when they were seen.
#pragma once

#include "base/error.h"
#include "ingest/seen.h"

#include <stdbool.h>

// Until it is sorted, the last of the list is where the last frame went.
struct gatherer {
	const struct zone *zone;
	struct capture_seen seen;
	size_t capacity;
	uint64_t silence_ns;  // that parts stretches
	struct day_span day;  // of the last of the list
};

// Begins anew with an empty list, whose room stays.
void gather_begin(struct gatherer *, const struct zone *);
void gather_done(struct gatherer *);

// Notes frames of one day, each of which came less than SEEN_SILENCE_S after another of them. False: no
// memory.
bool gather_add(struct gatherer *, const struct seen_stretch *) MUST_CHECK;

// Whether both ends lie on the day of the frame that came last.
static inline bool gather_is_day(const struct gatherer *g, const struct seen_stretch *s)
{
	return s->first_ns >= g->day.begin_ns && s->last_ns < g->day.end_ns;
}

// Puts what was gathered in order, once all is there: then g->seen is what was seen.
void gather_sort(struct gatherer *);
