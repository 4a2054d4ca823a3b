// SPDX-License-Identifier: MIT
// Going on without what is damaged.
//
// A segment holds what several captures sent on a day, and cannot be made again from
// the store. So its day goes, and the captures that touch that day are forgotten, so that they
// can be taken in again. What they sent on other days would then count twice: those days
// go too, and the captures that touch them, until no capture is left that lies half
// inside. Captures of one day each lose that day only.
#include "store/write.h"

#include "base/memory.h"
#include "base/text.h"

struct dropper {
	struct store *store;
	struct store_capture *captures;
	size_t capture_count;
	bool *is_forgotten;  // by capture
	bool *is_dropped;    // by segment
	struct store_dropped result;
};

static bool has_frames(const struct store_capture *c)
{
	return c->ledger.first_ns <= c->ledger.last_ns;
}

static bool touches(const struct dropper *d, const struct store_capture *c, size_t segment)
{
	const struct zone *zone = &d->store->settings.zone;
	const int32_t day = d->store->segments[segment].day;
	return zone_day(zone, c->ledger.first_ns).day <= day &&
	       day <= zone_day(zone, c->ledger.last_ns).day;
}

// Drops every segment of the days of a capture. True: there was a new one.
static bool drop_days(struct dropper *d, const struct store_capture *c)
{
	bool is_new = false;
	for (size_t i = 0; i < d->store->segment_count; i++)
		if (!d->is_dropped[i] && touches(d, c, i))
			is_new = d->is_dropped[i] = true;
	return is_new;
}

static bool touches_dropped(const struct dropper *d, const struct store_capture *c)
{
	for (size_t i = 0; i < d->store->segment_count; i++)
		if (d->is_dropped[i] && touches(d, c, i))
			return true;
	return false;
}

static void spread(struct dropper *d)
{
	for (bool goes_on = true; goes_on;) {
		goes_on = false;
		for (size_t i = 0; i < d->capture_count; i++) {
			const struct store_capture *c = &d->captures[i];
			if (d->is_forgotten[i] || !has_frames(c) || !touches_dropped(d, c))
				continue;
			d->is_forgotten[i] = goes_on = true;
			drop_days(d, c);
		}
	}
}

static bool commit(struct dropper *d, struct store_change *change, struct error *error)
{
	const struct store *s = d->store;
	change->removed = memory_new(s->segment_count + 1, STORE_NAME_SIZE);
	change->forgotten = memory_new(d->capture_count + 1, sizeof *change->forgotten);
	if (change->removed == NULL || change->forgotten == NULL)
		return error_memory(error, "a change of the store");
	for (size_t i = 0; i < s->segment_count; i++)
		if (d->is_dropped[i])
			text_copy(change->removed[change->removed_count++], STORE_NAME_SIZE,
			          s->segments[i].file);
	for (size_t i = 0; i < d->capture_count; i++)
		if (d->is_forgotten[i])
			change->forgotten[change->forgotten_count++] = d->captures[i].identity;
	d->result.segments = change->removed_count;
	d->result.captures = change->forgotten_count;
	return store_change_commit(change, error);
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
	for (size_t i = 0; i < s->segment_count; i++)
		for (size_t k = 0; s->segments[i].is_damaged && k < s->segment_count; k++)
			d->is_dropped[k] |= s->segments[k].day == s->segments[i].day;
	spread(d);
	if (!store_change_begin(d->store, &change, error))
		return false;
	const bool ok = commit(d, change, error);
	store_change_free(change);
	return ok;
}

bool store_drop_damaged(struct store *s, void (*forgot)(void *context, const char *name),
                        void *context, struct store_dropped *out, struct error *error)
{
	struct dropper d = { .store = s };
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
