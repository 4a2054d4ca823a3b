// SPDX-License-Identifier: MIT
// Going on without what is damaged.
//
// A segment holds what several captures sent on a day, and cannot be made again from
// the store. So its day goes, with all of its segments: captures are not known to be in one of them. The captures
// that reach over the day owe it then (owed.h). What they sent on other days stays.
#include "store/day.h"
#include "store/records.h"
#include "store/write.h"

#include "base/memory.h"

struct dropper {
	struct store *store;
	struct store_capture *captures;
	size_t capture_count;
	int32_t *days;  // that are dropped, ascending
	size_t day_count;
	struct store_dropped result;
};

static bool find_days(struct dropper *d, struct error *error)
{
	const struct store *s = d->store;
	d->days = memory_new(s->segment_count + 1, sizeof *d->days);
	if (d->days == NULL)
		return error_memory(error, "a change of the store");
	for (size_t begin = 0, count; begin < s->segment_count; begin += count) {
		size_t damaged = 0;
		count = store_day_segments(s, begin);
		for (size_t i = begin; i < begin + count; i++)
			damaged += s->segments[i].is_damaged;
		if (damaged == 0)
			continue;
		d->days[d->day_count++] = s->segments[begin].day;
		d->result.segments += count;
		d->result.damaged_segments += damaged;
	}
	d->result.days = d->day_count;
	for (unsigned form = 0; form < STORE_RECORDS; form++)
		for (size_t i = 0; i < s->records[form].count; i++)
			d->result.record_files[form] += s->records[form].files[i].is_damaged;
	return true;
}

static bool is_dropped(const struct dropper *d, int32_t day)
{
	size_t low = 0, high = d->day_count;
	while (low < high) {
		const size_t middle = (low + high) / 2;
		if (d->days[middle] < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low < d->day_count && d->days[low] == day;
}

// The days that the capture reaches over; none if nothing is in it.
static struct day_range reach_of(const struct dropper *d, const struct store_capture *capture)
{
	const struct zone *zone = &d->store->settings.zone;
	if (capture->first_ns > capture->last_ns)
		return (struct day_range){ 1, 0 };
	return (struct day_range){ zone_day(zone, capture->first_ns).day,
		                   zone_day(zone, capture->last_ns).day };
}

// How many of the days it reaches over; each is appended to the list, if there is one.
static size_t days_of(const struct dropper *d, const struct store_capture *capture,
                      struct owed_day *list)
{
	const struct day_range reach = reach_of(d, capture);
	size_t count = 0;
	for (size_t i = 0; i < d->day_count; i++) {
		if (!day_range_holds(reach, d->days[i]))
			continue;
		if (list != NULL)
			list[count] = (struct owed_day){ capture->identity, d->days[i] };
		count++;
	}
	return count;
}

static bool enter_owed(const struct dropper *d, struct store_change *change, struct error *error)
{
	size_t count = 0;
	for (size_t i = 0; i < d->capture_count; i++)
		count += days_of(d, &d->captures[i], NULL);
	change->owed = memory_new(count + 1, sizeof *change->owed);
	if (change->owed == NULL)
		return error_memory(error, "a change of the store");
	for (size_t i = 0; i < d->capture_count; i++)
		change->owed_count += days_of(d, &d->captures[i],
		                              change->owed + change->owed_count);
	return true;
}

static bool remove_records(struct store_change *change, enum store_records form,
                           const struct record_list *list, struct error *error)
{
	bool ok = true;
	for (size_t i = 0; ok && i < list->count; i++)
		ok = !list->files[i].is_damaged ||
		     store_change_remove_records(change, form, list->files[i].file, error);
	return ok;
}

static bool commit(const struct dropper *d, struct error *error)
{
	const struct store *s = d->store;
	struct store_change *change;
	if (!store_change_begin(d->store, &change, error))
		return false;
	bool ok = enter_owed(d, change, error);
	for (size_t i = 0; ok && i < s->segment_count; i++)
		ok = !is_dropped(d, s->segments[i].day) ||
		     store_change_remove(change, &s->segments[i], error);
	for (unsigned form = 0; ok && form < STORE_RECORDS; form++)
		ok = remove_records(change, form, &s->records[form], error);
	ok = ok && store_change_commit(change, error);
	store_change_free(change);
	return ok;
}

bool store_drop_damaged(struct store *s, bool only_plan,
                        void (*owes)(void *context, const char *name), void *context,
                        struct store_dropped *out, struct error *error)
{
	struct dropper d = { .store = s };
	if (!store_captures(s, &d.captures, &d.capture_count, error))
		return false;
	const bool ok = find_days(&d, error) && (only_plan || commit(&d, error));
	for (size_t i = 0; ok && i < d.capture_count; i++)
		if (days_of(&d, &d.captures[i], NULL) > 0) {
			owes(context, d.captures[i].name);
			d.result.captures++;
		}
	store_captures_done(d.captures, d.capture_count);
	memory_free(d.days);
	if (ok)
		*out = d.result;
	return ok;
}
