// SPDX-License-Identifier: MIT
// One segment a day instead of several; with a floor, without rare header
// values. Each day is a change of its own, so that a stop in between loses nothing.
#include "store/day.h"
#include "store/floor.h"
#include "store/write.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/text.h"

static bool count_values(struct store *s, size_t first, size_t count, struct floor_counts *counts,
                         struct error *error)
{
	struct store_day *reader;
	if (!store_day_open_segments(s, first, count, FLOOR_COLUMNS, &reader, error))
		return false;
	const struct host_day *host;
	while ((host = store_day_next(reader, error)) != NULL)
		floor_counts_add(counts, host);
	store_day_close(reader);
	return error->kind == ERROR_NONE;
}

static bool copy_hosts(struct store_day *reader, const struct floor_counts *counts, uint32_t floor,
                       struct segment_writer *writer, struct error *error)
{
	const struct host_day *host;
	bool ok = true;
	while (ok && (host = store_day_next(reader, error)) != NULL) {
		if (interrupt_requested())
			return error_set(error, ERROR_FAILED,
			                 "interrupted; days that were rewritten stay so");
		// Dropping shortens item sets in place; the copy shares the items with
		// the merger's host-day, which nobody looks at again.
		struct host_day shortened = *host;
		if (counts != NULL)
			floor_drop(counts, floor, &shortened);
		ok = segment_writer_add(writer, &shortened, error);
	}
	return ok && error->kind == ERROR_NONE;
}

// Pieces of one day begin at the same moment, unless the time zone database
// changed its mind between them.
static bool earliest_begin(struct store *s, size_t first, size_t count, uint64_t *out_ns,
                           struct error *error)
{
	uint64_t begin_ns = UINT64_MAX;
	for (size_t i = first; i < first + count; i++) {
		const struct segment *segment;
		if (!store_segment_open(s, i, &segment, error))
			return false;
		if (segment_begin_ns(segment) < begin_ns)
			begin_ns = segment_begin_ns(segment);
	}
	*out_ns = begin_ns;
	return true;
}

// Writes the merged day as a new segment of the change.
static bool rewrite_day(struct store_change *change, size_t first, size_t count,
                        const struct floor_counts *counts, uint32_t floor, struct error *error)
{
	struct store *s = change->store;
	struct store_day *reader;
	struct segment_writer *writer;
	uint64_t begin_ns;
	if (!earliest_begin(s, first, count, &begin_ns, error) ||
	    !store_day_open_segments(s, first, count, COLUMNS_ALL, &reader, error))
		return false;
	bool ok = store_change_begin_segment(change, s->segments[first].day, begin_ns, &writer,
	                                     error);
	if (ok) {
		ok = copy_hosts(reader, counts, floor, writer, error);
		if (ok)
			ok = store_change_end_segment(change, writer, floor, error);
		else
			segment_writer_free(writer);
	}
	store_day_close(reader);
	return ok;
}

static bool replace_day(struct store_change *change, size_t first, size_t count, uint32_t floor,
                        struct error *error)
{
	const struct store *s = change->store;
	struct floor_counts *counts = NULL;
	bool ok = true;
	if (floor > 1) {
		counts = floor_counts_new();
		ok = counts != NULL || error_memory(error, "a floor");
		ok = ok && count_values(change->store, first, count, counts, error);
	}
	ok = ok && rewrite_day(change, first, count, counts, floor, error);
	floor_counts_free(counts);
	if (!ok)
		return false;
	change->removed = memory_new(count, STORE_NAME_SIZE);
	if (change->removed == NULL)
		return error_memory(error, "a change of the store");
	for (size_t i = 0; i < count; i++)
		text_copy(change->removed[change->removed_count++], STORE_NAME_SIZE,
		          s->segments[first + i].file);
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

// A closed day keeps its floor; a higher one may replace it.
static bool needs_work(const struct store *s, size_t first, size_t count, uint32_t floor)
{
	return count > 1 || (floor > 1 && s->segments[first].floor < floor);
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
