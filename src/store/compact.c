// SPDX-License-Identifier: MIT
// One segment a day instead of several; with a floor, without rare header
// values. Each day is a change of its own, so that a stop in between loses nothing.
//
// And fewer segments of a day that is taken in piece by piece. Merging all of them each time would write the day as
// often as it has pieces. So the small ones are merged, as the levels of an LSM tree are (O'Neil and others, 1996):
// as long as the next larger one is no more than twice of what the smaller ones have together. Whatever is
// written again gets to be part of half as much more, so that it happens a logarithm of times: of 288 pieces of a day
// each is written 4.3 times, of 10,000 7.9 times.
#include "store/day.h"
#include "store/kind.h"
#include "store/rewrite.h"

#include <stdlib.h>

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

static int by_bytes(const void *a, const void *b)
{
	const struct store_segment *x = a, *y = b;
	return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

// How many of the segments, which ascend by size, are small: two at least.
static size_t count_small(const struct store_segment *segments, size_t count)
{
	uint64_t bytes = segments[0].bytes;
	size_t small = 1;
	for (; small < count && (small == 1 || segments[small].bytes <= 2 * bytes); small++)
		bytes += segments[small].bytes;
	return small;
}

static size_t first_of(const struct store *s, int32_t day)
{
	size_t low = 0, high = s->segment_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (s->segments[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void store_tidy_day(struct store *s, int32_t day)
{
	struct error ignored;
	for (;;) {
		const size_t first = first_of(s, day);
		const size_t count = first < s->segment_count ? store_day_segments(s, first) : 0;
		if (count <= STORE_DAY_SEGMENTS)
			return;
		struct store_segment *segments = &s->segments[first];
		qsort(segments, count, sizeof *segments, by_bytes);
		if (!compact_day(s, first, count_small(segments, count), 0, &ignored))
			return;
	}
}

bool store_tidy(struct store *s, struct error *error)
{
	bool is_changed = false;
	for (size_t first = 0; first < s->segment_count;) {
		const int32_t day = s->segments[first].day;
		if (store_day_segments(s, first) > STORE_DAY_SEGMENTS) {
			store_tidy_day(s, day);
			is_changed = true;
		}
		while (first < s->segment_count && s->segments[first].day <= day)
			first++;
	}
	// The list is in another order, and where a change failed nobody looked whether it is whole.
	return !is_changed || catalog_load_segments(s, error);
}
