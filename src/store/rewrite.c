// SPDX-License-Identifier: MIT
#include "store/rewrite.h"

#include "store/bursts.h"
#include "store/day.h"

#include "base/interrupt.h"

static bool copy_hosts(struct store_day *reader, const struct rewrite *rewrite,
                       struct segment_writer *writer, struct error *error)
{
	const struct host_day *host;
	bool ok = true;
	while (ok && (host = store_day_next(reader, error)) != NULL) {
		if (interrupt_requested())
			return error_set(error, ERROR_FAILED, "interrupted; %s",
			                 rewrite->interrupted);
		// Dropping shortens item sets in place; the copy shares the items with
		// the merger's host-day, which nobody looks at again.
		struct host_day copy = *host;
		if (rewrite->marks != NULL)
			host_day_mark(host, rewrite->marks, &copy);
		if (rewrite->counts != NULL)
			floor_drop(rewrite->counts, rewrite->floor, &copy);
		ok = segment_writer_add(writer, &copy, error);
	}
	return ok && error->kind == ERROR_NONE;
}

// The store's lists are of one thread at a time.
static bool open_day(struct store_change *change, size_t first, size_t count, uint64_t *begin_ns,
                     struct store_day **reader, struct error *error)
{
	pthread_mutex_lock(&change->mutex);
	const bool ok = store_day_begin(change->store, first, count, begin_ns, error) &&
	                store_day_open_segments(change->store, first, count, COLUMNS_ALL, reader,
	                                        error);
	pthread_mutex_unlock(&change->mutex);
	return ok;
}

bool store_rewrite_day(struct store_change *change, size_t first, size_t count,
                       const struct rewrite *rewrite, struct error *error)
{
	const struct store_segment *segments = change->store->segments + first;
	struct store_day *reader;
	struct segment_writer *writer;
	uint64_t begin_ns;
	if (!open_day(change, first, count, &begin_ns, &reader, error))
		return false;
	const struct bursts_copy bursts = { .change = change,
		                            .first = first,
		                            .count = count,
		                            .day = segments->day,
		                            .marks = rewrite->marks,
		                            .interrupted = rewrite->interrupted };
	bool ok = store_change_begin_segment(change, segments->day, begin_ns, &writer, error);
	if (ok) {
		ok = copy_hosts(reader, rewrite, writer, error) &&
		     store_copy_bursts(&bursts, writer, error);
		if (ok)
			ok = store_change_end_segment(change, writer, rewrite->floor, error);
		else
			segment_writer_free(writer);
	}
	store_day_close(reader);
	for (size_t i = 0; ok && i < count; i++)
		ok = store_change_remove(change, &segments[i], error);
	return ok;
}
