// SPDX-License-Identifier: MIT
// One segment a day instead of several; with a floor, without rare header
// values. Each day is a change of its own, so that a stop in between loses nothing.
#include "store/day.h"
#include "store/kind.h"

static bool replace_day(struct store_change *change, size_t first, size_t count, uint32_t floor,
                        struct error *error)
{
	for (size_t i = 0; i < STORE_KINDS; i++)
		if (store_kinds[i]->merge != NULL &&
		    !store_kinds[i]->merge(change, first, count, floor, error))
			return false;
	return store_change_commit(change, error);
}

static bool compact_day(struct store *s, size_t first, size_t count, uint32_t floor,
                        struct error *error)
{
	struct store_change *change;
	if (!store_change_begin(s, &change, error))
		return false;
	const bool ok = replace_day(change, first, count, floor, error);
	store_change_free(change);
	return ok;
}

// An older segment, of which host-days have to be asked for what newer ones have in sets and tables. One that
// cannot be opened is left to whoever reads it.
static bool is_older(struct store *s, size_t index)
{
	const struct segment *segment;
	struct error ignored;
	return store_segment_open(s, index, &segment, &ignored) && !segment_is_by_evidence(segment);
}

// A closed day keeps its floor; a higher one may replace it.
static bool needs_work(struct store *s, size_t first, size_t count, uint32_t floor)
{
	const uint32_t closed = s->segments[first].floor;
	return count > 1 || (floor > 1 && closed < floor) || (closed == 0 && is_older(s, first));
}

bool store_compact(struct store *s, uint32_t floor, size_t *out_days, struct error *error)
{
	size_t days = 0;
	for (size_t first = 0; first < s->segment_count;) {
		const size_t count = store_day_segments(s, first);
		if (needs_work(s, first, count, floor)) {
			if (!compact_day(s, first, count, floor > 1 ? floor : 0, error))
				return false;
			days++;
			first++;  // the list was loaded anew: the day has one segment now
		} else {
			first += count;
		}
	}
	*out_days = days;
	return true;
}
