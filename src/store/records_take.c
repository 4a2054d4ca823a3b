// SPDX-License-Identifier: MIT
// Taking records in: gathered in memory, sorted, and put aside where memory is short, as sections of the store's own
// form, one for each day of what was gathered, in one file a time.
#include "store/records_take.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

enum { BATCH_MIN = 4 << 20, BATCH_MAX = 1 << 30, RUNS_MAX = 1 << 12 };
enum { CHUNK = 256 * 1024 };
_Static_assert(CHUNK >= RECORDS_SPAN_BYTES + sizeof(union store_record), "a record fits");

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

void take_sort(struct store_take *t)
{
	rank_groups(t);
	if (t->count > 0)
		memcpy(t->other, t->list, t->count * sizeof *t->list);
	merge_sort(t, t->list, t->other, t->count);
}

size_t take_end_of_day(const struct store_take *t, size_t begin)
{
	size_t end = begin;
	while (end < t->count && t->list[end].day == t->list[begin].day)
		end++;
	return end;
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
		end = take_end_of_day(t, i);
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
	take_sort(t);
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
