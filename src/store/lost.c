// SPDX-License-Identifier: MIT
#include "store/lost.h"

#include "store/day.h"
#include "store/owed.h"
#include "store/records.h"

#include "base/interrupt.h"
#include "base/memory.h"

void store_lost_free(struct store_lost *lost)
{
	if (lost == NULL)
		return;
	for (size_t i = 0; i < lost->day_count; i++)
		memory_free(lost->reasons[i]);
	memory_free(lost->days);
	memory_free(lost->reasons);
	memory_free(lost->pieces);
	memory_free(lost);
}

size_t store_piece_count(const struct store *s)
{
	return s->lost != NULL ? s->lost->piece_count : s->segment_count;
}

size_t store_piece_segment(const struct store *s, size_t piece)
{
	return s->lost != NULL ? s->lost->pieces[piece] : piece;
}

// Whether a segment is what was written; if not, why. Opening it costs little, and finds what is missing,
// cut short, or another file.
static bool is_sound(struct store *s, size_t index, bool looks_at_all, struct error *why)
{
	const struct segment *segment;
	if (!store_segment_open(s, index, &segment, why))
		return false;
	return (!looks_at_all && !s->segments[index].is_suspect) || segment_check_all(segment, why);
}

// What no checksum tells: it was suspect, and all of its bytes are as they were written.
static void contradicts_itself(const struct store_segment *segment, struct error *why)
{
	error_set(why, ERROR_CORRUPT, "segment '%s' contradicts itself; see `hotaru verify`",
	          segment->file);
}

// Looks at the segments of one day, of which there are `count` from `first` on. False: that could not be
// done; *out_why has no kind where all is sound.
static bool look_at_day(struct store *s, size_t first, size_t count, bool looks_at_all,
                        struct error *out_why, struct error *error)
{
	out_why->kind = ERROR_NONE;
	for (size_t i = first; i < first + count && out_why->kind == ERROR_NONE; i++) {
		struct error why;
		if (interrupt_requested())
			return error_set(error, ERROR_FAILED, "interrupted");
		if (!is_sound(s, i, looks_at_all, &why)) {
			if (why.kind != ERROR_CORRUPT) {
				*error = why;
				return false;
			}
			*out_why = why;
		} else if (s->segments[i].is_suspect) {
			contradicts_itself(&s->segments[i], out_why);
		}
	}
	return true;
}

// The same of the records of a form of that day.
static bool look_at_records(struct store *s, enum store_records form, int32_t day,
                            bool looks_at_all, struct error *out_why, struct error *error)
{
	const size_t index = store_records_find(s, form, day);
	struct error why;
	if (index == s->records[form].count)
		return true;
	const struct store_records_file *r = &s->records[form].files[index];
	if ((!looks_at_all && !r->is_suspect && !r->is_missing) ||
	    store_records_check(s, form, index, &why))
		return true;
	if (why.kind != ERROR_CORRUPT) {
		*error = why;
		return false;
	}
	*out_why = why;
	return true;
}

static bool add_day(struct store_lost *lost, int32_t day, const char *why)
{
	const size_t at = lost->day_count;
	lost->reasons[at] = memory_text(why);
	if (lost->reasons[at] == NULL)
		return false;
	lost->days[at] = (struct lost_day){ day, lost->reasons[at] };
	lost->day_count++;
	return true;
}

static struct store_lost *lost_new(size_t days, size_t segments)
{
	struct store_lost *lost = memory_new(1, sizeof *lost);
	if (lost == NULL)
		return NULL;
	lost->days = memory_new(days + 1, sizeof *lost->days);
	lost->reasons = memory_new(days + 1, sizeof *lost->reasons);
	lost->pieces = memory_new(segments + 1, sizeof *lost->pieces);
	if (lost->days == NULL || lost->reasons == NULL || lost->pieces == NULL) {
		store_lost_free(lost);
		return NULL;
	}
	return lost;
}

// How days are sorted into those that are lost and those that are held.
struct sorting {
	struct store *store;
	const struct store_lost
		*before;  // days that are lost already stay so, whatever is there of them
	size_t next;      // the first of them that is not sorted in
	bool looks, looks_at_all;
	struct store_lost *lost;
};

// Days that were lost before, up to and with this one. *is_lost: the last of them is it.
static bool add_before(struct sorting *s, int64_t day, bool *is_lost)
{
	bool ok = true;
	*is_lost = false;
	for (; ok && s->before != NULL && s->next < s->before->day_count; s->next++) {
		const struct lost_day *before = &s->before->days[s->next];
		if (before->day > day)
			break;
		*is_lost = before->day == day;
		ok = add_day(s->lost, before->day, before->why);
	}
	return ok;
}

// A day of `count` segments from `first` on.
static bool sort_day(struct sorting *s, int32_t day, size_t first, size_t count,
                     struct error *error)
{
	struct error why = { .kind = ERROR_NONE };
	bool is_lost;
	if (!add_before(s, day, &is_lost))
		return error_memory(error, "the days that are lost");
	if (is_lost)
		return true;
	if (s->looks && !look_at_day(s->store, first, count, s->looks_at_all, &why, error))
		return false;
	for (unsigned form = 0; s->looks && why.kind == ERROR_NONE && form < STORE_RECORDS; form++)
		if (!look_at_records(s->store, form, day, s->looks_at_all, &why, error))
			return false;
	if (why.kind != ERROR_NONE)
		return add_day(s->lost, day, why.text) ||
		       error_memory(error, "the days that are lost");
	for (size_t i = first; i < first + count; i++)
		s->lost->pieces[s->lost->piece_count++] = i;
	return true;
}

// The days of segments and of records, in order.
struct days_at {
	size_t segment, records[STORE_RECORDS];
};

static bool next_day(const struct store *s, const struct days_at *at, int32_t *out)
{
	int64_t day = INT64_MAX;
	if (at->segment < s->segment_count)
		day = s->segments[at->segment].day;
	for (unsigned form = 0; form < STORE_RECORDS; form++)
		if (at->records[form] < s->records[form].count &&
		    s->records[form].files[at->records[form]].day < day)
			day = s->records[form].files[at->records[form]].day;
	*out = (int32_t)day;
	return day != INT64_MAX;
}

static void pass_day(const struct store *s, struct days_at *at, int32_t day, size_t segments)
{
	at->segment += segments;
	for (unsigned form = 0; form < STORE_RECORDS; form++)
		at->records[form] += at->records[form] < s->records[form].count &&
		                     s->records[form].files[at->records[form]].day == day;
}

static bool sort_out(struct sorting *s, struct error *error)
{
	struct store *store = s->store;
	struct days_at at = { .segment = 0 };
	size_t known = s->before != NULL ? s->before->day_count : 0;
	int32_t day;
	bool ignored;
	for (unsigned form = 0; form < STORE_RECORDS; form++)
		known += store->records[form].count;
	s->lost = lost_new(known + store->segment_count, store->segment_count);
	bool ok = s->lost != NULL || error_memory(error, "the days that are lost");
	while (ok && next_day(store, &at, &day)) {
		const bool has_segments = at.segment < store->segment_count &&
		                          store->segments[at.segment].day == day;
		const size_t count = has_segments ? store_day_segments(store, at.segment) : 0;
		ok = sort_day(s, day, at.segment, count, error);
		pass_day(store, &at, day, count);
	}
	if (ok && !add_before(s, INT64_MAX, &ignored))
		ok = error_memory(error, "the days that are lost");
	if (!ok) {
		store_lost_free(s->lost);
		return false;
	}
	store_lost_free(store->lost);
	store->lost = s->lost;
	return true;
}

bool store_lose_damaged(struct store *s, bool looks_at_all, size_t *out_days, struct error *error)
{
	struct sorting sorting = {
		.store = s, .before = s->lost, .looks = true, .looks_at_all = looks_at_all
	};
	const size_t before = s->lost != NULL ? s->lost->day_count : 0;
	if (!sort_out(&sorting, error))
		return false;
	*out_days = s->lost->day_count - before;
	return true;
}

struct owed_days {
	struct store_lost lost;
	size_t room;
};

static bool note_owed(void *context, int32_t day, const char *why, struct error *error)
{
	struct owed_days *owed = context;
	struct store_lost *lost = &owed->lost;
	if (lost->day_count == owed->room) {
		const size_t room = 2 * owed->room + 8;
		void *days = memory_resize(lost->days, room, sizeof *lost->days);
		lost->days = days != NULL ? days : lost->days;
		void *reasons = memory_resize(lost->reasons, room, sizeof *lost->reasons);
		lost->reasons = reasons != NULL ? reasons : lost->reasons;
		if (days == NULL || reasons == NULL)
			return error_memory(error, "the days that are lost");
		owed->room = room;
	}
	return add_day(lost, day, why) || error_memory(error, "the days that are lost");
}

bool store_lose_owed(struct store *s, struct error *error)
{
	struct owed_days owed = { .room = 0 };
	struct sorting sorting = { .store = s, .before = &owed.lost };
	const bool ok = owed_list(s, note_owed, &owed, error) &&
	                (owed.lost.day_count == 0 || sort_out(&sorting, error));
	for (size_t i = 0; i < owed.lost.day_count; i++)
		memory_free(owed.lost.reasons[i]);
	memory_free(owed.lost.days);
	memory_free(owed.lost.reasons);
	return ok;
}
