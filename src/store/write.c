// SPDX-License-Identifier: MIT
// Entering new segments: written and synced aside, then renamed, the folder
// synced, and last one transaction that makes them, and the captures they came
// from, part of the store. Compaction uses the same steps to replace old ones.
#include "store/day_writer.h"
#include "store/owed.h"
#include "store/rewrite.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

struct store_ingest {
	struct host_day_receiver receiver;
	struct store_change *change;
	const int32_t *days;  // that are wanted; NULL: all are
	size_t day_count;
};

// Stands for a day that is not wanted.
static char no_day;

bool store_change_begin(struct store *s, struct store_change **out, struct error *error)
{
	struct store_change *c = memory_new(1, sizeof *c);
	if (c == NULL)
		return error_memory(error, "a change of the store");
	c->store = s;
	pthread_mutex_init(&c->mutex, NULL);
	if (!catalog_next_number(s, &c->number, error)) {
		memory_free(c);
		return false;
	}
	*out = c;
	return true;
}

bool store_change_begin_segment(struct store_change *c, int32_t day, uint64_t begin_ns,
                                struct segment_writer **out, struct error *error)
{
	char name[STORE_NAME_SIZE];
	segment_name(day, c->number, true, name);
	return segment_writer_new(c->store->disk, name, day, begin_ns,
	                          (uint32_t)c->store->settings.fingerprints.count, out, error);
}

static bool note_segment(struct store_change *c, const struct new_segment *segment,
                         struct error *error)
{
	bool ok = true;
	pthread_mutex_lock(&c->mutex);
	if (c->count == c->capacity) {
		const size_t capacity = c->capacity == 0 ? 16 : c->capacity * 2;
		struct new_segment *more = memory_resize(c->segments, capacity, sizeof *more);
		if (more == NULL) {
			ok = error_memory(error, "the list of segments");
		} else {
			c->segments = more;
			c->capacity = capacity;
		}
	}
	if (ok)
		c->segments[c->count++] = *segment;
	pthread_mutex_unlock(&c->mutex);
	return ok;
}

bool store_change_end_segment(struct store_change *c, struct segment_writer *writer, uint32_t floor,
                              struct error *error)
{
	struct new_segment segment;
	const bool ok = segment_writer_finish(writer, floor, &segment.segment, &segment.summary,
	                                      error);
	segment_writer_free(writer);
	return ok && note_segment(c, &segment, error);
}

bool store_change_remove(struct store_change *c, const struct store_segment *segment,
                         struct error *error)
{
	bool ok = true;
	pthread_mutex_lock(&c->mutex);
	if (c->removed_count == c->removed_capacity) {
		const size_t capacity = c->removed_capacity == 0 ? 16 : c->removed_capacity * 2;
		void *more = memory_resize(c->removed, capacity, STORE_NAME_SIZE);
		ok = more != NULL || error_memory(error, "the list of segments");
		c->removed = ok ? more : c->removed;
		c->removed_capacity = ok ? capacity : c->removed_capacity;
	}
	if (ok)
		text_copy(c->removed[c->removed_count++], STORE_NAME_SIZE, segment->file);
	pthread_mutex_unlock(&c->mutex);
	return ok;
}

static bool note_records(struct store_change *c, const struct new_records *records,
                         struct error *error)
{
	if (c->record_count == c->record_capacity) {
		const size_t capacity = 2 * c->record_capacity + 8;
		void *more = memory_resize(c->records, capacity, sizeof *c->records);
		if (more == NULL)
			return error_memory(error, records_forms[records->form]->all);
		c->records = more;
		c->record_capacity = capacity;
	}
	c->records[c->record_count++] = *records;
	return true;
}

bool store_change_remove_records(struct store_change *c, enum store_records form, const char *file,
                                 struct error *error)
{
	struct new_records records = { .form = form, .is_removed = true };
	text_copy(records.file.file, sizeof records.file.file, file);
	return note_records(c, &records, error);
}

bool store_change_add_records(struct store_change *c, enum store_records form,
                              const struct store_records_file *file, struct error *error)
{
	const struct new_records records = { .form = form, .file = *file };
	return note_records(c, &records, error);
}

static int by_day(const void *a, const void *b)
{
	const struct new_segment *x = a, *y = b;
	return (x->segment.day > y->segment.day) - (x->segment.day < y->segment.day);
}

// Gives every new file its name, durably. Nobody reads it before the catalogue names it.
static bool name_files(struct store_change *c, struct error *error)
{
	struct disk *disk = c->store->disk;
	if (c->count > 0)
		qsort(c->segments, c->count, sizeof *c->segments, by_day);
	for (size_t i = 0; i < c->count; i++) {
		struct store_segment *segment = &c->segments[i].segment;
		char aside[STORE_NAME_SIZE];
		text_copy(aside, sizeof aside, segment->file);
		segment_name(segment->day, c->number, false, segment->file);
		if (!disk->rename(disk, aside, segment->file, error))
			return false;
	}
	for (size_t i = 0; i < c->record_count; i++) {
		struct store_records_file *file = &c->records[i].file;
		char aside[STORE_NAME_SIZE];
		if (c->records[i].is_removed)
			continue;
		text_copy(aside, sizeof aside, file->file);
		records_name(c->records[i].form, file->day, c->number, false, file->file);
		if (!disk->rename(disk, aside, file->file, error))
			return false;
	}
	return disk->sync_folder(disk, error);
}

// A day has one file: the one before goes first.
static bool enter_records(struct store_change *c, struct error *error)
{
	for (size_t i = 0; i < c->record_count; i++)
		if (c->records[i].is_removed &&
		    !catalog_remove_records(c->store, c->records[i].form, c->records[i].file.file,
		                            error))
			return false;
	for (size_t i = 0; i < c->record_count; i++)
		if (!c->records[i].is_removed &&
		    !catalog_add_records(c->store, c->records[i].form, &c->records[i].file, error))
			return false;
	return true;
}

static bool enter_capture(struct store *s, const struct store_capture *capture, struct error *error)
{
	const bool has_grown = capture->grown_from.length_bytes > 0;
	return has_grown ? catalog_grow_capture(s, capture, error)
	                 : catalog_add_capture(s, capture, error);
}

static bool enter_anew(struct store_change *c, struct error *error)
{
	bool ok = catalog_set_setting(c->store, "telescope", c->telescope, error);
	for (size_t i = 0; ok && i < c->before_count; i++)
		ok = catalog_remove_capture(c->store, &c->before[i], error);
	return ok;
}

static bool enter_forgotten(struct store_change *c, struct error *error)
{
	char day[CALENDAR_DAY_SIZE];
	day_format(c->kept_from, day);
	return catalog_set_setting(c->store, "kept_from", day, error) &&
	       owed_forget(c->store, c->kept_from, error);
}

// It is in the catalogue: what the store says of itself follows.
static void exchange_telescopes(struct store_change *c)
{
	struct store_settings *s = &c->store->settings, before = *s;
	s->telescope = c->telescope;
	s->telescope_days = c->telescope_days;
	s->prefixes = c->prefixes;
	c->telescope = before.telescope;
	c->telescope_days = before.telescope_days;
	c->prefixes = before.prefixes;
}

static bool enter(struct store_change *c, struct error *error)
{
	const struct store_settings *settings = &c->store->settings;
	if (c->has_fingerprints && !catalog_save_fingerprints(c->store, &settings->fingerprints,
	                                                      settings->fingerprint_text, error))
		return false;
	if ((c->is_anew && !enter_anew(c, error)) || (c->forgets && !enter_forgotten(c, error)))
		return false;
	for (size_t i = 0; i < c->removed_count; i++)
		if (!catalog_remove_segment(c->store, c->removed[i], error))
			return false;
	for (size_t i = 0; i < c->count; i++)
		if (!catalog_add_segment(c->store, &c->segments[i].segment, &c->segments[i].summary,
		                         error))
			return false;
	for (size_t i = 0; i < c->owed_count; i++)
		if (!owed_enter(c->store, &c->owed[i].capture, c->owed[i].day, error))
			return false;
	for (size_t i = 0; i < c->refilled_count; i++)
		if (!owed_clear(c->store, &c->refilled[i], error))
			return false;
	for (size_t i = 0; i < c->capture_count; i++)
		if (!enter_capture(c->store, &c->captures[i], error))
			return false;
	return enter_records(c, error);
}

static bool load_lists(struct store *s, struct error *error)
{
	return catalog_load_segments(s, error) && catalog_load_records(s, error);
}

bool store_change_commit(struct store_change *c, struct error *error)
{
	sqlite3 *db = c->store->db;
	struct disk *disk = c->store->disk;
	struct error ignored;
	if (!name_files(c, error) || !sql_run(db, "BEGIN IMMEDIATE", error))
		return false;
	// The new list is read before the end, behind which nothing may fail any more.
	bool ok = enter(c, error) && load_lists(c->store, error);
	// If COMMIT fails, its rows may be in the log all the same, and be there when the
	// log is read after a crash. So the files stay, and the next writer, who sees what
	// became of it, removes them if they are garbage.
	c->keeps_files = ok;
	c->store->is_new = c->store->is_new && !ok;
	ok = ok && sql_run(db, "COMMIT", error);
	if (!ok) {
		(void)!sql_run(db, "ROLLBACK", &ignored);
		(void)!load_lists(c->store, &ignored);
		return false;
	}
	// What was replaced is garbage now; should this fail, the next writer removes it.
	for (size_t i = 0; i < c->removed_count; i++)
		disk->remove(disk, c->removed[i], &ignored);
	for (size_t i = 0; i < c->record_count; i++)
		if (c->records[i].is_removed)
			disk->remove(disk, c->records[i].file.file, &ignored);
	if (c->is_anew)
		exchange_telescopes(c);
	return true;
}

enum { ENDINGS = 2 * (1 + STORE_RECORDS) };

// The names of the change's files, aside or not, all hold its number.
static bool remove_if_mine(void *context, const char *name)
{
	const struct store_change *c = context;
	struct disk *disk = c->store->disk;
	char ending[ENDINGS][STORE_NAME_SIZE];
	struct error ignored;
	size_t count = 0;
	for (int aside = 0; aside < 2; aside++) {
		segment_name(0, c->number, aside == 1, ending[count++]);
		for (unsigned form = 0; form < STORE_RECORDS; form++)
			records_name(form, 0, c->number, aside == 1, ending[count++]);
	}
	for (size_t i = 0; i < count; i++)
		// Behind the date, which has ten characters.
		if (store_is_own_name(name) && text_ends(name, ending[i] + 10))
			disk->remove(disk, name, &ignored);
	return true;
}

void store_change_free(struct store_change *c)
{
	if (c == NULL)
		return;
	struct disk *disk = c->store->disk;
	struct error ignored;
	if (!c->keeps_files)
		disk->list(disk, remove_if_mine, c, &ignored);
	pthread_mutex_destroy(&c->mutex);
	memory_free(c->segments);
	memory_free(c->removed);
	memory_free(c->records);
	memory_free(c->owed);
	memory_free(c->telescope);
	telescope_done(&c->telescope_days);
	ipset_prefixes_done(&c->prefixes);
	memory_free(c);
}

static struct store_ingest *of(struct host_day_receiver *receiver)
{
	return (struct store_ingest *)receiver;
}

static bool wants_day(const struct store_ingest *in, int32_t day)
{
	bool is_wanted = in->days == NULL;
	if (day < in->change->store->settings.kept_from)
		return false;
	for (size_t i = 0; i < in->day_count; i++)
		is_wanted = is_wanted || in->days[i] == day;
	return is_wanted;
}

static void *begin_day(struct host_day_receiver *receiver, int32_t day, uint64_t begin_ns,
                       struct error *error)
{
	const struct store *s = of(receiver)->change->store;
	struct day_writer *writer;
	if (!wants_day(of(receiver), day))
		return &no_day;
	for (size_t i = 0; i < s->segment_count && !of(receiver)->change->is_anew; i++)
		if (s->segments[i].day == day && s->segments[i].floor > 1) {
			char date[CALENDAR_DAY_SIZE];
			day_format(day, date);
			error_set(error, ERROR_FAILED,
			          "store '%s': %s was compacted with floor %u and is closed; "
			          "nothing was taken in",
			          s->path, date, s->segments[i].floor);
			return NULL;
		}
	return day_writer_new(of(receiver)->change, day, begin_ns, &writer, error) ? writer : NULL;
}

static bool add_hosts(struct host_day_receiver *receiver, void *day, const struct host_batch *batch,
                      struct error *error)
{
	(void)receiver;
	return day == &no_day || day_writer_add(day, batch, error);
}

static bool end_day(struct host_day_receiver *receiver, void *day, bool is_whole,
                    struct error *error)
{
	(void)receiver;
	if (day == &no_day)
		return true;
	const bool ok = !is_whole || day_writer_end(day, error);
	day_writer_free(day);
	return ok;
}

bool store_ingest_begin(struct store *s, struct store_ingest **out, struct error *error)
{
	struct store_ingest *in = memory_new(1, sizeof *in);
	if (in == NULL)
		return error_memory(error, "ingest");
	in->receiver = (struct host_day_receiver){ begin_day, add_hosts, end_day };
	if (!store_change_begin(s, &in->change, error)) {
		memory_free(in);
		return false;
	}
	*out = in;
	return true;
}

struct host_day_receiver *store_ingest_receiver(struct store_ingest *in)
{
	return &in->receiver;
}

void store_ingest_refill(struct store_ingest *in, const int32_t *days, size_t day_count,
                         const struct capture_identity *captures, size_t capture_count)
{
	in->days = days;
	in->day_count = day_count;
	in->change->refilled = captures;
	in->change->refilled_count = capture_count;
}

void store_ingest_bursts(struct store_ingest *in, struct burst_days *bursts)
{
	in->change->bursts = bursts;
}

bool store_ingest_anew(struct store_ingest *in, const char *telescope,
                       const struct capture_identity *before, size_t count, struct error *error)
{
	struct store_change *c = in->change;
	const struct store *s = c->store;
	bool ok = true;
	c->is_anew = true;
	c->before = before;
	c->before_count = count;
	if ((c->telescope = memory_text(telescope)) == NULL)
		return error_memory(error, "a change of the store");
	if (telescope[0] != '\0' && (!telescope_parse(telescope, &c->telescope_days, error) ||
	                             !telescope_ever(&c->telescope_days, &c->prefixes, error)))
		return false;
	for (size_t i = 0; ok && i < s->segment_count; i++)
		ok = store_change_remove(c, &s->segments[i], error);
	return ok;
}

bool store_ingest_commit(struct store_ingest *in, const struct store_capture *captures,
                         size_t capture_count, struct error *error)
{
	in->change->captures = captures;
	in->change->capture_count = capture_count;
	return store_change_commit(in->change, error);
}

void store_ingest_tidy(struct store_ingest *in)
{
	for (size_t i = 0; i < in->change->count; i++)
		store_tidy_day(in->change->store, in->change->segments[i].segment.day);
}

void store_ingest_free(struct store_ingest *in)
{
	if (in == NULL)
		return;
	store_change_free(in->change);
	memory_free(in);
}
