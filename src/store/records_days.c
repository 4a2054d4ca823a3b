// SPDX-License-Identifier: MIT
// The days of the store that get something new are written anew as a whole, merged of what was put aside, what is
// in memory and what the store has, each record once, and entered in one change (write.c).
#include "store/records_take.h"

#include "base/memory.h"
#include "base/pool.h"

#include <stdlib.h>

struct gathered_source {
	struct record_source base;
	const struct gathered *at, *end;
};

static bool next_gathered(struct record_source *base, union store_record *out, struct error *error)
{
	struct gathered_source *source = (struct gathered_source *)base;
	error->kind = ERROR_NONE;
	if (source->at == source->end)
		return false;
	*out = *(source->at++)->record;
	return true;
}

// What there is of a day: sections that were put aside, what is in memory, and the store's own.
struct day_sources {
	struct record_source **list;
	struct records_reader *readers;
	size_t count, reader_count, own;  // own: the store's is this one; `count`: it has none
	struct gathered_source gathered;
};

static void done(struct day_sources *d)
{
	for (size_t i = 0; i < d->reader_count; i++)
		records_reader_done(&d->readers[i]);
	memory_free(d->readers);
	memory_free(d->list);
}

static bool open_section(struct store_take *t, struct day_sources *d, const struct section *section,
                         struct error *error)
{
	const struct run *run = &t->runs[section->run];
	struct records_reader *reader = &d->readers[d->reader_count];
	struct span span = span_from(run->map, (size_t)section->offset);
	if (span.length < section->is.bytes)
		return error_set(error, ERROR_FAILED, "'%s' has changed", run->name);
	span.length = (size_t)section->is.bytes;
	if (!records_reader_open(reader, t->form, span, &section->is, true, run->name, NULL, error))
		return false;
	d->reader_count++;
	d->list[d->count++] = &reader->source;
	return true;
}

static bool open_day(struct store_take *t, int32_t day, struct day_sources *d, struct error *error)
{
	const size_t own = store_records_find(t->store, t->which, day);
	const size_t first = t->section_at;
	while (t->section_at < t->section_count && t->sections[t->section_at].day == day)
		t->section_at++;
	const size_t sections = t->section_at - first;
	d->readers = memory_new(sections + 1, sizeof *d->readers);
	d->list = memory_new(sections + 2, sizeof(struct record_source *));
	if (d->readers == NULL || d->list == NULL)
		return error_memory(error, t->form->all);
	if (own < t->store->records[t->which].count) {
		if (!store_records_open(t->store, t->which, own, true, &d->readers[0], error))
			return false;
		d->list[d->count++] = &d->readers[d->reader_count++].source;
	}
	d->own = own < t->store->records[t->which].count ? 0 : SIZE_MAX;
	for (size_t i = first; i < t->section_at; i++)
		if (!open_section(t, d, &t->sections[i], error))
			return false;
	d->gathered.base.next = next_gathered;
	if (t->list_at < t->count && t->list[t->list_at].day == day) {
		d->gathered.at = t->list + t->list_at;
		t->list_at = take_end_of_day(t, t->list_at);
		d->gathered.end = t->list + t->list_at;
		d->list[d->count++] = &d->gathered.base;
	}
	return true;
}

// Writes all of it; *out_new: records that the store had not.
static bool merge_day(const struct store_take *t, struct day_sources *d,
                      struct records_writer *writer, uint64_t *out_new, struct error *error)
{
	struct records_merge merge;
	union store_record record;
	size_t source;
	bool ok = true;
	if (!records_merge_begin(&merge, t->form, d->list, d->count, error))
		return false;
	while (ok && records_merge_next(&merge, &record, &source, error)) {
		*out_new += source != d->own;
		ok = records_writer_add(writer, &record, error);
	}
	records_merge_done(&merge);
	return ok && error->kind == ERROR_NONE;
}

static bool write_file(struct store_take *t, struct day_sources *d, struct store_records_file *file,
                       uint64_t *out_new, struct error *error)
{
	struct disk *disk = t->store->disk;
	struct disk_file *to;
	struct records_section section;
	uint8_t header[RECORDS_HEADER_SIZE];
	records_header(t->form, file->day, header);
	records_name(t->which, file->day, t->change->number, true, file->file);
	if (!disk->create(disk, file->file, &to, error))
		return false;
	struct records_writer *writer = records_writer_new(t->form, disk, to);
	bool ok = writer != NULL || error_memory(error, t->form->all);
	ok = ok && disk->append(to, (struct span){ header, sizeof header }, error) &&
	     merge_day(t, d, writer, out_new, error) &&
	     records_writer_end(writer, &section, error) && disk->sync(to, error);
	records_writer_free(writer);
	disk->close(to);
	if (!ok)
		return false;
	file->bytes = section.bytes + sizeof header;
	file->count = section.count;
	file->digest = section.digest;
	return true;
}

// A day that is written, and what came of it.
struct written_day {
	struct store_records_file file;
	struct day_sources sources;
	uint64_t fresh;
	bool is_written;
	struct error error;
};

struct round {
	struct store_take *take;
	struct written_day *days;
};

static bool write_job(void *context, size_t job, unsigned thread)
{
	const struct round *round = context;
	struct written_day *day = &round->days[job];
	(void)thread;
	day->is_written = write_file(round->take, &day->sources, &day->file, &day->fresh,
	                             &day->error);
	return day->is_written;
}

// Of a day of which nothing is new the file stays.
static bool enter_day(struct store_take *t, const struct written_day *day, struct error *error)
{
	const size_t own = store_records_find(t->store, t->which, day->file.day);
	t->taken.fresh += day->fresh;
	if (day->fresh == 0)
		return t->store->disk->remove(t->store->disk, day->file.file, error);
	t->taken.days++;
	return (own == t->store->records[t->which].count ||
	        store_change_remove_records(t->change, t->which,
	                                    t->store->records[t->which].files[own].file, error)) &&
	       store_change_add_records(t->change, t->which, &day->file, error);
}

// Of several that failed the first one says why.
static void explain(const struct round *round, size_t count, struct error *error)
{
	size_t i = 0;
	while (i < count && round->days[i].error.kind == ERROR_NONE)
		i++;
	if (i < count)
		*error = round->days[i].error;
	else
		error_memory(error, round->take->form->all);
}

// Days that are written side by side.
static bool take_round(struct store_take *t, const int32_t *days, size_t count, unsigned threads,
                       struct error *error)
{
	struct round round = { t, memory_new(count, sizeof *round.days) };
	size_t opened = 0;
	if (round.days == NULL)
		return error_memory(error, t->form->all);
	bool ok = true;
	for (; ok && opened < count; opened++) {
		round.days[opened].file.day = days[opened];
		ok = open_day(t, days[opened], &round.days[opened].sources, error);
	}
	const bool are_open = ok;
	ok = ok && pool_run(threads, count, write_job, &round);
	for (size_t i = 0; i < opened; i++)
		done(&round.days[i].sources);
	if (are_open && !ok)
		explain(&round, count, error);
	for (size_t i = 0; ok && i < count; i++)
		ok = enter_day(t, &round.days[i], error);
	memory_free(round.days);
	return ok;
}

static int compare_sections(const void *a, const void *b)
{
	const struct section *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return (x->run > y->run) - (x->run < y->run);
}

static int compare_days(const void *a, const void *b)
{
	const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return (x > y) - (x < y);
}

// All days of which something came, ascending, each once; the caller frees them.
static bool list_days(const struct store_take *t, int32_t **out, size_t *out_count,
                      struct error *error)
{
	int32_t *days = memory_new(t->section_count + t->count + 1, sizeof *days);
	size_t count = 0, kept = 0;
	if (days == NULL)
		return error_memory(error, t->form->all);
	for (size_t i = 0; i < t->section_count; i++)
		days[count++] = t->sections[i].day;
	for (size_t i = 0; i < t->count; i = take_end_of_day(t, i))
		days[count++] = t->list[i].day;
	if (count > 1)
		qsort(days, count, sizeof *days, compare_days);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || days[i] != days[i - 1])
			days[kept++] = days[i];
	*out = days;
	*out_count = kept;
	return true;
}

bool store_take_commit(struct store_take *t, unsigned threads, struct store_taken *out,
                       struct error *error)
{
	int32_t *days = NULL;
	size_t count = 0;
	take_sort(t);
	if (t->section_count > 1)
		qsort(t->sections, t->section_count, sizeof *t->sections, compare_sections);
	if (!list_days(t, &days, &count, error))
		return false;
	bool ok = true;
	threads = pool_threads(threads);
	for (size_t i = 0, next; ok && i < count; i = next) {
		next = count - i < threads ? count : i + threads;
		ok = take_round(t, days + i, next - i, threads, error);
	}
	memory_free(days);
	ok = ok && (t->taken.days == 0 || store_change_commit(t->change, error));
	if (ok)
		*out = t->taken;
	return ok;
}
