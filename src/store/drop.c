// SPDX-License-Identifier: MIT
// Going on without what is damaged.
//
// A segment holds what several captures sent on a day, and cannot be made again from
// the store. So its day goes, and the captures that touch that day are forgotten, so that they
// can be taken in again. What they sent on other days would then count twice: those days
// go too, and the captures that touch them, until no capture is left that lies half
// inside. Captures of one day each lose that day only.
#include "store/day.h"
#include "store/write.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

struct reach {
	int32_t first, last;  // days
	size_t capture;
};

struct dropper {
	struct store *store;
	struct store_capture *captures;
	size_t capture_count;
	bool *is_forgotten;  // by capture
	bool *is_dropped;    // by segment
	bool only_plan;
	struct store_dropped result;
};

static int by_first_day(const void *a, const void *b)
{
	const struct reach *x = a, *y = b;
	return (x->first > y->first) - (x->first < y->first);
}

// The days that each capture reaches over, ascending by the first.
static size_t measure(const struct dropper *d, struct reach *out)
{
	const struct zone *zone = &d->store->settings.zone;
	size_t count = 0;
	for (size_t i = 0; i < d->capture_count; i++) {
		const struct store_capture *capture = &d->captures[i];
		if (capture->first_ns <= capture->last_ns)
			out[count++] = (struct reach){
				.first = zone_day(zone, capture->first_ns).day,
				.last = zone_day(zone, capture->last_ns).day,
				.capture = i
			};
	}
	qsort(out, count, sizeof *out, by_first_day);
	return count;
}

// Captures hang together if they share a day. A chain of them goes as a whole, with all days
// from its first to its last, if one of these is dropped. *segment goes over the segments.
static void drop_chain(struct dropper *d, const struct reach *chain, size_t count, int32_t last,
                       size_t *segment)
{
	const struct store_segment *segments = d->store->segments;
	const size_t end = d->store->segment_count;
	while (*segment < end && segments[*segment].day < chain[0].first)
		++*segment;
	const size_t begin = *segment;
	bool is_hit = false;
	for (; *segment < end && segments[*segment].day <= last; ++*segment)
		is_hit = is_hit || d->is_dropped[*segment];
	for (size_t i = begin; is_hit && i < *segment; i++)
		d->is_dropped[i] = true;
	for (size_t i = 0; is_hit && i < count; i++)
		d->is_forgotten[chain[i].capture] = true;
}

static bool spread(struct dropper *d, struct error *error)
{
	struct reach *reaches = memory_new(d->capture_count + 1, sizeof *reaches);
	if (reaches == NULL)
		return error_memory(error, "a change of the store");
	const size_t count = measure(d, reaches);
	size_t segment = 0;
	for (size_t begin = 0, end; begin < count; begin = end) {
		int32_t last = reaches[begin].last;
		for (end = begin + 1; end < count && reaches[end].first <= last; end++)
			if (reaches[end].last > last)
				last = reaches[end].last;
		drop_chain(d, reaches + begin, end - begin, last, &segment);
	}
	memory_free(reaches);
	return true;
}

static bool commit(struct dropper *d, struct store_change *change, struct error *error)
{
	const struct store *s = d->store;
	change->forgotten = memory_new(d->capture_count + 1, sizeof *change->forgotten);
	if (change->forgotten == NULL)
		return error_memory(error, "a change of the store");
	for (size_t i = 0; i < s->segment_count; i++)
		if (d->is_dropped[i] && !store_change_remove(change, &s->segments[i], error))
			return false;
	for (size_t i = 0; i < d->capture_count; i++)
		if (d->is_forgotten[i])
			change->forgotten[change->forgotten_count++] = d->captures[i].identity;
	return store_change_commit(change, error);
}

static void count(struct dropper *d)
{
	for (size_t i = 0; i < d->store->segment_count; i++) {
		d->result.segments += d->is_dropped[i];
		d->result.damaged_segments += d->store->segments[i].is_damaged;
	}
	for (size_t i = 0; i < d->capture_count; i++)
		d->result.captures += d->is_forgotten[i];
}

static bool drop(struct dropper *d, struct error *error)
{
	struct store_change *change;
	const struct store *s = d->store;
	d->is_forgotten = memory_new(d->capture_count + 1, sizeof *d->is_forgotten);
	d->is_dropped = memory_new(s->segment_count + 1, sizeof *d->is_dropped);
	if (d->is_forgotten == NULL || d->is_dropped == NULL)
		return error_memory(error, "a change of the store");
	// All segments of a day go together: captures are not known to be in one of them.
	for (size_t begin = 0, end; begin < s->segment_count; begin = end) {
		bool is_damaged = false;
		end = begin + store_day_segments(s, begin);
		for (size_t i = begin; i < end; i++)
			is_damaged = is_damaged || s->segments[i].is_damaged;
		for (size_t i = begin; i < end; i++)
			d->is_dropped[i] = is_damaged;
	}
	if (!spread(d, error))
		return false;
	count(d);
	if (d->only_plan)
		return true;
	if (!store_change_begin(d->store, &change, error))
		return false;
	const bool ok = commit(d, change, error);
	store_change_free(change);
	return ok;
}

bool store_drop_damaged(struct store *s, bool only_plan,
                        void (*forgot)(void *context, const char *name), void *context,
                        struct store_dropped *out, struct error *error)
{
	struct dropper d = { .store = s, .only_plan = only_plan };
	if (!store_captures(s, &d.captures, &d.capture_count, error))
		return false;
	const bool ok = drop(&d, error);
	for (size_t i = 0; ok && i < d.capture_count; i++)
		if (d.is_forgotten[i])
			forgot(context, d.captures[i].name);
	store_captures_done(d.captures, d.capture_count);
	memory_free(d.is_forgotten);
	memory_free(d.is_dropped);
	if (ok)
		*out = d.result;
	return ok;
}
