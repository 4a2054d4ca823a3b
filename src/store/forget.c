// SPDX-License-Identifier: MIT
// Letting days go when their time is over.
//
// A day is a segment or several, so what goes are files. The captures stay in the catalogue: they hold no
// address, and who takes one in again must not bring back what was to be forgotten.
#include "store/records.h"
#include "store/write.h"

static bool remove_days(struct store_change *change, struct store_forgotten *out,
                        struct error *error)
{
	const struct store *s = change->store;
	bool ok = true;
	for (size_t i = 0; ok && i < s->segment_count && s->segments[i].day < change->kept_from;
	     i++) {
		const struct store_segment *segment = &s->segments[i];
		out->days += i == 0 || s->segments[i - 1].day != segment->day;
		out->first = i == 0 ? segment->day : out->first;
		out->last = segment->day;
		out->hosts += segment->hosts;
		out->segments++;
		ok = store_change_remove(change, segment, error);
	}
	return ok;
}

static bool remove_records(struct store_change *change, struct store_forgotten *out,
                           struct error *error)
{
	const struct store *s = change->store;
	bool ok = true;
	for (unsigned form = 0; form < STORE_RECORDS; form++) {
		const struct record_list *list = &s->records[form];
		for (size_t i = 0; ok && i < list->count && list->files[i].day < change->kept_from;
		     i++) {
			out->records[form] += list->files[i].count;
			ok = store_change_remove_records(change, form, list->files[i].file, error);
		}
	}
	return ok;
}

bool store_forget(struct store *s, int32_t before, struct store_forgotten *out, struct error *error)
{
	struct store_forgotten forgotten = { .segments = 0 };
	struct store_change *change;
	*out = forgotten;
	if (before <= s->settings.kept_from)
		return true;
	if (!store_change_begin(s, &change, error))
		return false;
	change->forgets = true;
	change->kept_from = before;
	const bool ok = remove_days(change, &forgotten, error) &&
	                remove_records(change, &forgotten, error) &&
	                store_change_commit(change, error);
	store_change_free(change);
	if (!ok)
		return false;
	store_keep_from(s, before);
	*out = forgotten;
	return true;
}
