// SPDX-License-Identifier: MIT
// Taking responses in: gathered in memory, sorted, put aside where memory is short, and in the end merged
// day by day with what the store has, each once.
//
// What is put aside is sections of the store's own form, one for each day of what was gathered, in one file a
// time. The days of the store that get something new are written anew as a whole, and entered in one change
// (write.c).
#include "store/responses.h"
#include "store/write.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

enum { BATCH_MIN = 4 << 20, BATCH_MAX = 1 << 30, RUNS_MAX = 1 << 12 };

// A response that was gathered; its texts lie in the arena.
struct gathered {
	struct response response;
	int32_t day;
	uint32_t text;  // the probe, then the answer
};

// A file of what was put aside.
struct run {
	char name[STORE_NAME_SIZE];
	struct span map;
};

struct section {
	int32_t day;
	size_t run;
	uint64_t offset;
	struct responses_section is;
};

struct store_response_take {
	struct store *store;
	struct store_change *change;
	uint64_t memory_bytes;
	struct day_span span;  // the day of the last one
	bool has_span;
	struct gathered *list;
	size_t count, capacity;
	struct buffer arena;
	struct run *runs;
	size_t run_count;
	struct section *sections;
	size_t section_count, section_capacity;
	size_t section_at, list_at;  // of which the days before are merged
	struct store_responses_taken taken;
};

bool store_responses_begin(struct store *s, uint64_t memory_bytes, struct store_response_take **out,
                           struct error *error)
{
	struct store_response_take *t = memory_new(1, sizeof *t);
	if (t == NULL)
		return error_memory(error, "responses");
	if (memory_bytes < BATCH_MIN)
		memory_bytes = BATCH_MIN;
	t->store = s;
	t->memory_bytes = memory_bytes < BATCH_MAX ? memory_bytes : BATCH_MAX;
	t->arena = buffer_up_to(t->memory_bytes + RESPONSE_BYTES_MAX + RESPONSE_PROBE_MAX);
	if (!store_change_begin(s, &t->change, error)) {
		memory_free(t);
		return false;
	}
	*out = t;
	return true;
}

void store_responses_free(struct store_response_take *t)
{
	struct error ignored;
	if (t == NULL)
		return;
	struct disk *disk = t->store->disk;
	for (size_t i = 0; i < t->run_count; i++) {
		if (t->runs[i].map.bytes != NULL)
			disk->unmap(disk, t->runs[i].map);
		(void)!disk->remove(disk, t->runs[i].name, &ignored);
	}
	store_change_free(t->change);
	buffer_done(&t->arena);
	memory_free(t->list);
	memory_free(t->runs);
	memory_free(t->sections);
	memory_free(t);
}

// Nobody says when: that is the day on which clocks begin.
static int32_t day_of(struct store_response_take *t, uint64_t time_ns)
{
	if (time_ns == 0)
		return 0;
	if (!t->has_span || time_ns < t->span.begin_ns || time_ns >= t->span.end_ns) {
		t->span = zone_day(&t->store->settings.zone, time_ns);
		t->has_span = true;
	}
	return t->span.day;
}

// ---- what was gathered, in order

static void point_at_texts(const struct store_response_take *t, struct response *r, uint32_t text)
{
	r->probe.bytes = t->arena.bytes + text;
	r->bytes.bytes = t->arena.bytes + text + r->probe.length;
}

static int by_day(const void *a, const void *b)
{
	const struct gathered *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return response_compare(&x->response, &y->response);
}

static void sort(struct store_response_take *t)
{
	for (size_t i = 0; i < t->count; i++)
		point_at_texts(t, &t->list[i].response, t->list[i].text);
	if (t->count > 1)
		qsort(t->list, t->count, sizeof *t->list, by_day);
}

// Where the day of the entry at `begin` ends.
static size_t end_of_day(const struct store_response_take *t, size_t begin)
{
	size_t end = begin;
	while (end < t->count && t->list[end].day == t->list[begin].day)
		end++;
	return end;
}

struct gathered_source {
	struct response_source base;
	const struct gathered *at, *end;
};

static bool next_gathered(struct response_source *base, struct response *out, struct error *error)
{
	struct gathered_source *source = (struct gathered_source *)base;
	error->kind = ERROR_NONE;
	if (source->at == source->end)
		return false;
	*out = (source->at++)->response;
	return true;
}

// ---- putting aside

static bool note_section(struct store_response_take *t, const struct section *section,
                         struct error *error)
{
	if (t->section_count == t->section_capacity) {
		const size_t capacity = t->section_capacity == 0 ? 16 : 2 * t->section_capacity;
		void *more = memory_resize(t->sections, capacity, sizeof *t->sections);
		if (more == NULL)
			return error_memory(error, "responses");
		t->sections = more;
		t->section_capacity = capacity;
	}
	t->sections[t->section_count++] = *section;
	return true;
}

// The same response twice in a row is written once.
static bool write_days(struct store_response_take *t, struct responses_writer *writer,
                       struct error *error)
{
	uint64_t offset = 0;
	for (size_t i = 0, end; i < t->count; i = end) {
		struct section section = { t->list[i].day, t->run_count, offset, { .count = 0 } };
		end = end_of_day(t, i);
		for (size_t at = i; at < end; at++)
			if ((at == i || by_day(&t->list[at - 1], &t->list[at]) != 0) &&
			    !responses_writer_add(writer, &t->list[at].response, error))
				return false;
		if (!responses_writer_end(writer, &section.is, error) ||
		    !note_section(t, &section, error))
			return false;
		offset += section.is.bytes;
	}
	return true;
}

static bool put_aside(struct store_response_take *t, struct error *error)
{
	struct disk *disk = t->store->disk;
	struct disk_file *file;
	if (t->runs == NULL && (t->runs = memory_new(RUNS_MAX, sizeof *t->runs)) == NULL)
		return error_memory(error, "responses");
	if (t->run_count == RUNS_MAX)
		return error_set(error, ERROR_FAILED,
		                 "these are too many responses for the memory that they may take");
	struct run *run = &t->runs[t->run_count];
	text_format(run->name, sizeof run->name, "%06llu-%zu.responses.spill",
	            (unsigned long long)t->change->number, t->run_count);
	sort(t);
	if (!disk->create(disk, run->name, &file, error))
		return false;
	struct responses_writer *writer = responses_writer_new(disk, file);
	bool ok = writer != NULL || error_memory(error, "responses");
	ok = ok && write_days(t, writer, error);
	responses_writer_free(writer);
	disk->close(file);
	t->run_count++;
	ok = ok && disk->map(disk, run->name, &run->map, error);
	t->count = 0;
	t->arena.length = 0;
	return ok;
}

static size_t memory_of(const struct store_response_take *t)
{
	return t->arena.length + t->count * sizeof *t->list;
}

static bool grow(struct store_response_take *t, struct error *error)
{
	if (t->count < t->capacity)
		return true;
	const size_t capacity = t->capacity == 0 ? 1024 : t->capacity * 2;
	struct gathered *list = memory_resize(t->list, capacity, sizeof *list);
	if (list == NULL)
		return error_memory(error, "responses");
	t->list = list;
	t->capacity = capacity;
	return true;
}

bool store_responses_add(struct store_response_take *t, const struct response *r,
                         struct error *error)
{
	const int32_t day = day_of(t, r->time_ns);
	t->taken.came++;
	if (day < t->store->settings.kept_from) {
		t->taken.forgotten++;
		return true;
	}
	if (memory_of(t) + sizeof *t->list > t->memory_bytes && !put_aside(t, error))
		return false;
	if (!grow(t, error))
		return false;
	t->list[t->count++] = (struct gathered){ *r, day, (uint32_t)t->arena.length };
	buffer_append(&t->arena, r->probe.bytes, r->probe.length);
	buffer_append(&t->arena, r->bytes.bytes, r->bytes.length);
	return !t->arena.failed || error_memory(error, "responses");
}

// ---- merging, day by day

// What there is of a day: sections that were put aside, what is in memory, and the store's own.
struct day_sources {
	struct response_source **list;
	struct responses_reader *readers;
	size_t count, reader_count, own;  // own: the store's is this one; `count`: it has none
	struct gathered_source gathered;
};

static void done(struct day_sources *d)
{
	for (size_t i = 0; i < d->reader_count; i++)
		responses_reader_done(&d->readers[i]);
	memory_free(d->readers);
	memory_free(d->list);
}

static bool open_section(struct store_response_take *t, struct day_sources *d,
                         const struct section *section, struct error *error)
{
	const struct run *run = &t->runs[section->run];
	struct responses_reader *reader = &d->readers[d->reader_count];
	struct span span = span_from(run->map, (size_t)section->offset);
	if (span.length < section->is.bytes)
		return error_set(error, ERROR_FAILED, "'%s' has changed", run->name);
	span.length = (size_t)section->is.bytes;
	if (!responses_reader_open(reader, span, &section->is, true, run->name, NULL, error))
		return false;
	d->reader_count++;
	d->list[d->count++] = &reader->source;
	return true;
}

// The store's file of that day; the number of files: it has none.
static size_t find_own(const struct store *s, int32_t day)
{
	size_t low = 0, high = s->response_count;
	while (low < high) {
		const size_t middle = (low + high) / 2;
		if (s->responses[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->response_count && s->responses[low].day == day ? low : s->response_count;
}

static bool open_day(struct store_response_take *t, int32_t day, struct day_sources *d,
                     struct error *error)
{
	const size_t own = find_own(t->store, day);
	const size_t first = t->section_at;
	while (t->section_at < t->section_count && t->sections[t->section_at].day == day)
		t->section_at++;
	const size_t sections = t->section_at - first;
	d->readers = memory_new(sections + 1, sizeof *d->readers);
	d->list = memory_new(sections + 2, sizeof(struct response_source *));
	if (d->readers == NULL || d->list == NULL)
		return error_memory(error, "responses");
	if (own < t->store->response_count) {
		if (!store_responses_open(t->store, own, true, &d->readers[0], error))
			return false;
		d->list[d->count++] = &d->readers[d->reader_count++].source;
	}
	d->own = own < t->store->response_count ? 0 : SIZE_MAX;
	for (size_t i = first; i < t->section_at; i++)
		if (!open_section(t, d, &t->sections[i], error))
			return false;
	d->gathered.base.next = next_gathered;
	if (t->list_at < t->count && t->list[t->list_at].day == day) {
		d->gathered.at = t->list + t->list_at;
		t->list_at = end_of_day(t, t->list_at);
		d->gathered.end = t->list + t->list_at;
		d->list[d->count++] = &d->gathered.base;
	}
	return true;
}

// Writes all of it; *out_new: responses that the store had not.
static bool merge_day(struct day_sources *d, struct responses_writer *writer, uint64_t *out_new,
                      struct error *error)
{
	struct response_merge merge;
	struct response response;
	size_t source;
	bool ok = true;
	if (!response_merge_begin(&merge, d->list, d->count, error))
		return false;
	while (ok && response_merge_next(&merge, &response, &source, error)) {
		*out_new += source != d->own;
		ok = responses_writer_add(writer, &response, error);
	}
	response_merge_done(&merge);
	return ok && error->kind == ERROR_NONE;
}

static bool write_file(struct store_response_take *t, struct day_sources *d,
                       struct store_responses *file, uint64_t *out_new, struct error *error)
{
	struct disk *disk = t->store->disk;
	struct disk_file *to;
	struct responses_section section;
	uint8_t header[RESPONSES_HEADER_SIZE];
	responses_header(file->day, header);
	responses_name(file->day, t->change->number, true, file->file);
	if (!disk->create(disk, file->file, &to, error))
		return false;
	struct responses_writer *writer = responses_writer_new(disk, to);
	bool ok = writer != NULL || error_memory(error, "responses");
	ok = ok && disk->append(to, (struct span){ header, sizeof header }, error) &&
	     merge_day(d, writer, out_new, error) &&
	     responses_writer_end(writer, &section, error) && disk->sync(to, error);
	responses_writer_free(writer);
	disk->close(to);
	if (!ok)
		return false;
	file->bytes = section.bytes + sizeof header;
	file->count = section.count;
	file->digest = section.digest;
	return true;
}

// Of a day of which nothing is new the file stays.
static bool take_day(struct store_response_take *t, int32_t day, struct error *error)
{
	const size_t own = find_own(t->store, day);
	struct store_responses file = { .day = day };
	struct day_sources sources = { .count = 0 };
	uint64_t fresh = 0;
	bool ok = open_day(t, day, &sources, error) &&
	          write_file(t, &sources, &file, &fresh, error);
	done(&sources);
	if (!ok)
		return false;
	t->taken.fresh += fresh;
	if (fresh == 0)
		return t->store->disk->remove(t->store->disk, file.file, error);
	t->taken.days++;
	return (own == t->store->response_count ||
	        store_change_remove_responses(t->change, t->store->responses[own].file, error)) &&
	       store_change_add_responses(t->change, &file, error);
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
static bool list_days(const struct store_response_take *t, int32_t **out, size_t *out_count,
                      struct error *error)
{
	int32_t *days = memory_new(t->section_count + t->count + 1, sizeof *days);
	size_t count = 0, kept = 0;
	if (days == NULL)
		return error_memory(error, "responses");
	for (size_t i = 0; i < t->section_count; i++)
		days[count++] = t->sections[i].day;
	for (size_t i = 0; i < t->count; i = end_of_day(t, i))
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

bool store_responses_commit(struct store_response_take *t, struct store_responses_taken *out,
                            struct error *error)
{
	int32_t *days = NULL;
	size_t count = 0;
	sort(t);
	if (t->section_count > 1)
		qsort(t->sections, t->section_count, sizeof *t->sections, compare_sections);
	if (!list_days(t, &days, &count, error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = take_day(t, days[i], error);
	memory_free(days);
	ok = ok && (t->taken.days == 0 || store_change_commit(t->change, error));
	if (ok)
		*out = t->taken;
	return ok;
}
