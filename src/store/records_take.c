// SPDX-License-Identifier: MIT
// Taking records in: gathered in memory, sorted, put aside where memory is short, and in the end merged
// day by day with what the store has, each once.
//
// What is put aside is sections of the store's own form, one for each day of what was gathered, in one file a
// time. The days of the store that get something new are written anew as a whole, and entered in one change
// (write.c).
#include "store/records.h"
#include "store/write.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

enum { BATCH_MIN = 4 << 20, BATCH_MAX = 1 << 30, RUNS_MAX = 1 << 12, GROUPS_MAX = 1 << 10 };
enum { CHUNK = 256 * 1024 };
_Static_assert(CHUNK >= RECORDS_SPAN_BYTES + sizeof(union store_record), "a record fits");

// A record that was gathered. It lies in a chunk, in front of what it points to.
struct gathered {
	uint64_t key;
	union store_record *record;
	int32_t day;
	uint32_t group;  // number, then its place among all of them
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
	struct records_section is;
};

struct store_take {
	struct store *store;
	struct store_change *change;
	enum store_records which;
	const struct records_form *form;
	uint64_t memory_bytes;
	struct day_span span;  // the day of the last one
	bool has_span;
	struct gathered *list, *other;  // the second one is for sorting
	size_t count, capacity;
	uint8_t **chunks;
	size_t chunk_count, chunk_at,
		chunk_used;  // in use: those before chunk_at, and of it so much
	struct buffer groups[GROUPS_MAX];
	uint32_t group_count, group;  // group: of the last one
	struct run *runs;
	size_t run_count;
	struct section *sections;
	size_t section_count, section_capacity;
	size_t section_at, list_at;  // of which the days before are merged
	struct store_taken taken;
};

bool store_take_begin(struct store *s, enum store_records which, uint64_t memory_bytes,
                      struct store_take **out, struct error *error)
{
	struct store_take *t = memory_new(1, sizeof *t);
	if (t == NULL)
		return error_memory(error, records_forms[which]->all);
	if (memory_bytes < BATCH_MIN)
		memory_bytes = BATCH_MIN;
	t->store = s;
	t->which = which;
	t->form = records_forms[which];
	t->memory_bytes = memory_bytes < BATCH_MAX ? memory_bytes : BATCH_MAX;
	if (!store_change_begin(s, &t->change, error)) {
		memory_free(t);
		return false;
	}
	*out = t;
	return true;
}

void store_take_free(struct store_take *t)
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
	for (size_t i = 0; i < t->chunk_count; i++)
		memory_free(t->chunks[i]);
	for (uint32_t i = 0; i < t->group_count; i++)
		buffer_done(&t->groups[i]);
	memory_free(t->chunks);
	memory_free(t->list);
	memory_free(t->other);
	memory_free(t->runs);
	memory_free(t->sections);
	memory_free(t);
}

// Nobody says when: that is the day on which clocks begin.
static int32_t day_of(struct store_take *t, uint64_t time_ns)
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

static int compare(const struct store_take *t, const struct gathered *a, const struct gathered *b)
{
	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return t->form->compare(a->record, b->record);
}

static int compare_spans(struct span a, struct span b)
{
	const size_t common = a.length < b.length ? a.length : b.length;
	const int order = common == 0 ? 0 : memcmp(a.bytes, b.bytes, common);
	return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

// Numbers groups by their names.
static void rank_groups(struct store_take *t)
{
	uint32_t ranks[GROUPS_MAX] = { 0 };
	for (uint32_t i = 0; i < t->group_count; i++)
		for (uint32_t j = 0; j < t->group_count; j++)
			ranks[i] += compare_spans(buffer_span(&t->groups[j]),
			                          buffer_span(&t->groups[i])) < 0;
	for (size_t i = 0; t->group_count > 1 && i < t->count; i++)
		t->list[i].group = ranks[t->list[i].group];
}

static void merge_halves(const struct store_take *t, const struct gathered *from, size_t middle,
                         size_t count, struct gathered *to)
{
	size_t left = 0, right = middle;
	for (size_t i = 0; i < count; i++) {
		const bool takes_left = right == count ||
		                        (left < middle &&
		                         compare(t, &from[left], &from[right]) <= 0);
		to[i] = from[takes_left ? left++ : right++];
	}
}

// Into `list`, or `other`; both have the items.
static void merge_sort(const struct store_take *t, struct gathered *list, struct gathered *other,
                       size_t count)
{
	const size_t middle = count / 2;
	if (count < 2)
		return;
	merge_sort(t, other, list, middle);
	merge_sort(t, other + middle, list + middle, count - middle);
	merge_halves(t, other, middle, count, list);
}

static void sort(struct store_take *t)
{
	rank_groups(t);
	if (t->count > 0)
		memcpy(t->other, t->list, t->count * sizeof *t->list);
	merge_sort(t, t->list, t->other, t->count);
}

// Where the day of the entry at `begin` ends.
static size_t end_of_day(const struct store_take *t, size_t begin)
{
	size_t end = begin;
	while (end < t->count && t->list[end].day == t->list[begin].day)
		end++;
	return end;
}

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

// ---- putting aside

static bool note_section(struct store_take *t, const struct section *section, struct error *error)
{
	if (t->section_count == t->section_capacity) {
		const size_t capacity = t->section_capacity == 0 ? 16 : 2 * t->section_capacity;
		void *more = memory_resize(t->sections, capacity, sizeof *t->sections);
		if (more == NULL)
			return error_memory(error, t->form->all);
		t->sections = more;
		t->section_capacity = capacity;
	}
	t->sections[t->section_count++] = *section;
	return true;
}

// The same record twice in a row is written once.
static bool write_days(struct store_take *t, struct records_writer *writer, struct error *error)
{
	uint64_t offset = 0;
	for (size_t i = 0, end; i < t->count; i = end) {
		struct section section = { t->list[i].day, t->run_count, offset, { .count = 0 } };
		end = end_of_day(t, i);
		for (size_t at = i; at < end; at++)
			if ((at == i || compare(t, &t->list[at - 1], &t->list[at]) != 0) &&
			    !records_writer_add(writer, t->list[at].record, error))
				return false;
		if (!records_writer_end(writer, &section.is, error) ||
		    !note_section(t, &section, error))
			return false;
		offset += section.is.bytes;
	}
	return true;
}

static void let_go(struct store_take *t)
{
	for (uint32_t i = 0; i < t->group_count; i++)
		buffer_done(&t->groups[i]);
	t->count = t->chunk_at = t->chunk_used = 0;
	t->group_count = t->group = 0;
}

static bool put_aside(struct store_take *t, struct error *error)
{
	struct disk *disk = t->store->disk;
	struct disk_file *file;
	if (t->runs == NULL && (t->runs = memory_new(RUNS_MAX, sizeof *t->runs)) == NULL)
		return error_memory(error, t->form->all);
	if (t->run_count == RUNS_MAX)
		return error_set(error, ERROR_FAILED,
		                 "these are too many %s for the memory that they may take",
		                 t->form->all);
	struct run *run = &t->runs[t->run_count];
	text_format(run->name, sizeof run->name, "%06llu-%zu.%s.spill",
	            (unsigned long long)t->change->number, t->run_count, t->form->table);
	sort(t);
	if (!disk->create(disk, run->name, &file, error))
		return false;
	struct records_writer *writer = records_writer_new(t->form, disk, file);
	bool ok = writer != NULL || error_memory(error, t->form->all);
	ok = ok && write_days(t, writer, error);
	records_writer_free(writer);
	disk->close(file);
	t->run_count++;
	ok = ok && disk->map(disk, run->name, &run->map, error);
	let_go(t);
	return ok;
}

static bool grow(struct store_take *t, struct error *error)
{
	if (t->count < t->capacity)
		return true;
	const size_t capacity = t->capacity == 0 ? 1024 : t->capacity * 2;
	void *list = memory_resize(t->list, capacity, sizeof *t->list);
	t->list = list != NULL ? list : t->list;
	void *other = memory_resize(t->other, capacity, sizeof *t->other);
	t->other = other != NULL ? other : t->other;
	if (list == NULL || other == NULL)
		return error_memory(error, t->form->all);
	t->capacity = capacity;
	return true;
}

// Room in a chunk.
static uint8_t *room(struct store_take *t, size_t length)
{
	length = (length + 7) & ~(size_t)7;
	if (t->chunk_at < t->chunk_count && t->chunk_used + length > CHUNK) {
		t->chunk_at++;
		t->chunk_used = 0;
	}
	if (t->chunk_at == t->chunk_count) {
		void *chunks = memory_resize(t->chunks, t->chunk_count + 1, sizeof *t->chunks);
		if (chunks == NULL)
			return NULL;
		t->chunks = chunks;
		if ((t->chunks[t->chunk_count] = memory_room(CHUNK)) == NULL)
			return NULL;
		t->chunk_count++;
	}
	t->chunk_used += length;
	return t->chunks[t->chunk_at] + t->chunk_used - length;
}

// A copy of the record, with all that it points to behind it.
static union store_record *copy(struct store_take *t, const union store_record *record)
{
	union store_record whole = *record;
	struct span *spans[RECORDS_SPANS];
	const unsigned count = t->form->spans(&whole, spans);
	size_t length = sizeof whole;
	for (unsigned i = 0; i < count; i++)
		length += spans[i]->length;
	uint8_t *at = room(t, length), *text = at + sizeof whole;
	if (at == NULL)
		return NULL;
	for (unsigned i = 0; i < count; i++) {
		if (spans[i]->length > 0)
			memcpy(text, spans[i]->bytes, spans[i]->length);
		spans[i]->bytes = text;
		text += spans[i]->length;
	}
	memcpy(at, &whole, sizeof whole);
	return (union store_record *)(void *)at;
}

static bool is_named(const struct store_take *t, uint32_t group, struct span name)
{
	return group < t->group_count && compare_spans(buffer_span(&t->groups[group]), name) == 0;
}

// The number of a group, GROUPS_MAX if it is new and there is no number for it; mostly it is that of the last one.
static uint32_t group_of(struct store_take *t, struct span name)
{
	if (is_named(t, t->group, name))
		return t->group;
	for (uint32_t i = 0; i < t->group_count; i++)
		if (is_named(t, i, name))
			return t->group = i;
	if (t->group_count == GROUPS_MAX)
		return GROUPS_MAX;
	t->groups[t->group_count] = buffer_up_to(RECORDS_NAME_MAX);
	buffer_append(&t->groups[t->group_count], name.bytes, name.length);
	if (t->groups[t->group_count].failed)
		return GROUPS_MAX;
	return t->group = t->group_count++;
}

static bool is_full(const struct store_take *t)
{
	const size_t lists = 2 * sizeof *t->list *
	                     (t->count == t->capacity ? 2 * t->capacity + 1 : t->capacity);
	return t->count > 0 && (t->chunk_at + 2) * (uint64_t)CHUNK + lists > t->memory_bytes;
}

static bool add(struct store_take *t, const union store_record *record, struct error *error)
{
	const int32_t day = day_of(t, t->form->time_ns(record));
	const struct span name = t->form->group != NULL ? t->form->group(record)
	                                                : (struct span){ .length = 0 };
	t->taken.came++;
	if (day < t->store->settings.kept_from) {
		t->taken.forgotten++;
		return true;
	}
	uint32_t group = group_of(t, name);
	if (group == GROUPS_MAX || is_full(t)) {
		if (!put_aside(t, error))
			return false;
		group = group_of(t, name);
	}
	union store_record *kept = copy(t, record);
	if (kept == NULL || group == GROUPS_MAX)
		return error_memory(error, t->form->all);
	if (!grow(t, error))
		return false;
	t->list[t->count++] = (struct gathered){ t->form->key(record), kept, day, group };
	return true;
}

bool store_take_response(struct store_take *t, const struct response *response, struct error *error)
{
	union store_record record = { .response = *response };
	assert(t->which == STORE_RESPONSES);
	return add(t, &record, error);
}

bool store_take_event(struct store_take *t, const struct honeypot_event *event, struct error *error)
{
	union store_record record = { .event = *event };
	assert(t->which == STORE_EVENTS);
	return add(t, &record, error);
}

// ---- merging, day by day

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
		t->list_at = end_of_day(t, t->list_at);
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

// Of a day of which nothing is new the file stays.
static bool take_day(struct store_take *t, int32_t day, struct error *error)
{
	const size_t own = store_records_find(t->store, t->which, day);
	struct store_records_file file = { .day = day };
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
	return (own == t->store->records[t->which].count ||
	        store_change_remove_records(t->change, t->which,
	                                    t->store->records[t->which].files[own].file, error)) &&
	       store_change_add_records(t->change, t->which, &file, error);
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

bool store_take_commit(struct store_take *t, struct store_taken *out, struct error *error)
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
