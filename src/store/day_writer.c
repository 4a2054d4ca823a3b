// SPDX-License-Identifier: MIT
#include "store/day_writer.h"

#include "store/bursts.h"
#include "store/day.h"

#include "base/interrupt.h"
#include "base/memory.h"

struct day_writer {
	struct store_change *change;
	struct segment_writer *segment;
	int32_t day;
	// The rest is of days that have to be whole.
	bool is_whole;
	struct host_marks marks;
	size_t first, count;          // segments of the day that the store has
	struct store_day *old;        // their host-days
	const struct host_day *next;  // the first of them that is not written
	struct host_day host, merged;
};

// Moves to the next host-day that the store has.
static bool advance(struct day_writer *w, struct error *error)
{
	w->next = store_day_next(w->old, error);
	return w->next != NULL || error->kind == ERROR_NONE;
}

// The segments of the day, and the moment at which it begins for all of them.
static bool open_old(struct day_writer *w, int32_t day, uint64_t *begin_ns, struct error *error)
{
	struct store *s = w->change->store;
	while (w->first < s->segment_count && s->segments[w->first].day < day)
		w->first++;
	if (w->first == s->segment_count || s->segments[w->first].day != day)
		return true;
	w->count = store_day_segments(s, w->first);
	uint64_t old_ns;
	pthread_mutex_lock(&w->change->mutex);
	const bool ok = store_day_begin(s, w->first, w->count, &old_ns, error) &&
	                store_day_open_segments(s, w->first, w->count, COLUMNS_ALL, &w->old, error);
	pthread_mutex_unlock(&w->change->mutex);
	if (!ok)
		return false;
	*begin_ns = old_ns < *begin_ns ? old_ns : *begin_ns;
	return advance(w, error);
}

bool day_writer_new(struct store_change *change, int32_t day, uint64_t begin_ns,
                    struct day_writer **out, struct error *error)
{
	const struct fingerprint_set *set = &change->store->settings.fingerprints;
	struct day_writer *w = memory_new(1, sizeof *w);
	if (w == NULL)
		return error_memory(error, "a day");
	w->change = change;
	w->day = day;
	w->is_whole = set->of_sources != 0;
	const bool has_old = w->is_whole && !change->is_anew;
	w->marks = host_marks_of(set);
	if ((has_old && !open_old(w, day, &begin_ns, error)) ||
	    !store_change_begin_segment(change, day, begin_ns, &w->segment, error)) {
		day_writer_free(w);
		return false;
	}
	*out = w;
	return true;
}

void day_writer_free(struct day_writer *w)
{
	if (w == NULL)
		return;
	segment_writer_free(w->segment);
	store_day_close(w->old);
	host_day_done(&w->host);
	host_day_done(&w->merged);
	memory_free(w);
}

static bool write_host(struct day_writer *w, const struct host_day *host, struct error *error)
{
	struct host_day marked;
	host_day_mark(host, &w->marks, &marked);
	return segment_writer_add(w->segment, &marked, error);
}

static const char interrupted[] = "what was read is dropped as a whole, the store is as it was";

// Writes what the store has of sources below `source`.
static bool write_old(struct day_writer *w, uint64_t source, struct error *error)
{
	while (w->next != NULL && w->next->source < source) {
		if (interrupt_requested())
			return error_set(error, ERROR_FAILED, "interrupted; %s", interrupted);
		if (!write_host(w, w->next, error) || !advance(w, error))
			return false;
	}
	return true;
}

static bool add_host(struct day_writer *w, struct error *error)
{
	if (!write_old(w, w->host.source, error))
		return false;
	if (w->next == NULL || w->next->source != w->host.source)
		return write_host(w, &w->host, error);
	const struct host_day *const pieces[] = { w->next, &w->host };
	if (!host_day_merge(pieces, 2, &w->merged))
		return error_memory(error, "a day");
	return write_host(w, &w->merged, error) && advance(w, error);
}

bool day_writer_add(struct day_writer *w, const struct host_batch *batch, struct error *error)
{
	struct host_reader reader;
	if (!w->is_whole)
		return segment_writer_append(w->segment, batch, error);
	host_reader_open(&reader, batch->columns, batch->host_count, batch->base_ns, COLUMNS_ALL);
	while (host_reader_next(&reader, &w->host))
		if (!add_host(w, error))
			return false;
	assert(!reader.is_damaged);
	return !w->host.failed || error_memory(error, "a day");
}

bool day_writer_end(struct day_writer *w, struct error *error)
{
	struct segment_writer *segment = w->segment;
	const struct bursts_copy bursts = { .change = w->change,
		                            .first = w->first,
		                            .count = w->count,
		                            .days = w->change->bursts,
		                            .has_more = true,
		                            .day = w->day,
		                            .interrupted = interrupted };
	if (!write_old(w, UINT64_MAX, error) || !store_copy_bursts(&bursts, segment, error))
		return false;
	for (size_t i = w->first; i < w->first + w->count; i++)
		if (!store_change_remove(w->change, &w->change->store->segments[i], error))
			return false;
	w->segment = NULL;
	return store_change_end_segment(w->change, segment, 0, error);
}
