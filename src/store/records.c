// SPDX-License-Identifier: MIT
// The files of records of an open store, and records of several days in order.
#include "store/lost.h"
#include "store/records.h"

#include "base/memory.h"
#include "base/text.h"

#include <stddef.h>
#include <string.h>

const struct records_form *const records_forms[STORE_RECORDS] = { &records_responses,
	                                                          &records_events };

void records_name(enum store_records form, int32_t day, uint64_t number, bool is_aside,
                  char out[STORE_NAME_SIZE])
{
	char date[CALENDAR_DAY_SIZE];
	day_format(day, date);
	text_format(out, STORE_NAME_SIZE, "%s.%06llu.%s%s", date, (unsigned long long)number,
	            records_forms[form]->table, is_aside ? ".new" : "");
}

bool store_is_records_name(const char *name)
{
	for (unsigned form = 0; form < STORE_RECORDS; form++)
		for (unsigned aside = 0; aside < 2; aside++) {
			char ending[STORE_NAME_SIZE];
			text_format(ending, sizeof ending, ".%s%s", records_forms[form]->table,
			            aside == 1 ? ".new" : "");
			if (text_ends(name, ending))
				return true;
		}
	return false;
}

bool store_is_named_records(const struct store *s, const char *name)
{
	for (unsigned form = 0; form < STORE_RECORDS; form++)
		for (size_t i = 0; i < s->records[form].count; i++)
			if (text_equal(s->records[form].files[i].file, name))
				return true;
	return false;
}

size_t store_record_days(const struct store *s, enum store_records form)
{
	return s->records[form].count;
}

struct store_record_day store_record_day_at(const struct store *s, enum store_records form,
                                            size_t index)
{
	const struct store_records_file *file = &s->records[form].files[index];
	return (struct store_record_day){ file->day, file->count, file->bytes };
}

size_t store_records_find(const struct store *s, enum store_records form, int32_t day)
{
	const struct store_records_file *files = s->records[form].files;
	const size_t count = s->records[form].count;
	size_t low = 0, high = count;
	while (low < high) {
		const size_t middle = (low + high) / 2;
		if (files[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && files[low].day == day ? low : count;
}

static bool map_list(struct store *s, struct record_list *list)
{
	struct error ignored;
	bool is_all = true;
	for (size_t i = 0; i < list->count; i++) {
		struct store_records_file *r = &list->files[i];
		if (r->map.bytes != NULL || r->is_missing ||
		    s->disk->map(s->disk, r->file, &r->map, &ignored))
			continue;
		r->is_missing = !s->disk->exists(s->disk, r->file);
		is_all = is_all && !r->is_missing;
	}
	return is_all;
}

bool store_map_records(struct store *s)
{
	bool is_all = true;
	for (unsigned form = 0; form < STORE_RECORDS; form++)
		is_all = map_list(s, &s->records[form]) && is_all;
	return is_all;
}

static bool damaged(struct store_records_file *r, const char *what, struct error *error)
{
	r->is_suspect = true;
	return error_set(error, ERROR_CORRUPT, "'%s' is damaged: %s; see `hotaru verify`", r->file,
	                 what);
}

bool store_records_open(struct store *s, enum store_records form, size_t index, bool wants_texts,
                        struct records_reader *out, struct error *error)
{
	struct store_records_file *r = &s->records[form].files[index];
	uint8_t header[RECORDS_HEADER_SIZE];
	if (r->is_missing)
		return damaged(r, "it is not there", error);
	if (r->map.bytes == NULL && !s->disk->map(s->disk, r->file, &r->map, error))
		return s->disk->exists(s->disk, r->file) ? false
		                                         : damaged(r, "it is not there", error);
	records_header(records_forms[form], r->day, header);
	if (r->map.length != r->bytes || r->map.length < sizeof header ||
	    memcmp(r->map.bytes, header, sizeof header) != 0)
		return damaged(r, "it is another file than was written", error);
	const struct records_section section = { r->bytes - sizeof header, r->count, r->digest };
	return records_reader_open(out, records_forms[form], span_from(r->map, sizeof header),
	                           &section, wants_texts, r->file, &r->is_suspect, error);
}

bool store_records_check(struct store *s, enum store_records form, size_t index,
                         struct error *error)
{
	struct records_reader reader;
	struct record_source *source = &reader.source;
	struct records_merge merge;
	union store_record ignored;
	size_t number;
	if (!store_records_open(s, form, index, true, &reader, error))
		return false;
	bool is_sorted = true;
	if (records_merge_begin(&merge, records_forms[form], &source, 1, error)) {
		while (is_sorted && records_merge_next(&merge, &ignored, &number, error))
			is_sorted = !merge.is_unsorted;
		records_merge_done(&merge);
	}
	records_reader_done(&reader);
	if (!is_sorted)
		return damaged(&s->records[form].files[index], "it is out of order", error);
	return error->kind == ERROR_NONE;
}

// ---- several days

struct open_days {
	struct records_reader *readers;
	struct record_source **sources;
	size_t count;
	struct records_merge merge;
};

struct open_responses {
	struct holdings_responses base;
	struct open_days days;
};

struct open_events {
	struct holdings_events base;
	struct open_days days;
};

static bool is_shown(const struct store *s, int32_t day, int32_t from, int32_t to)
{
	if (day < from || day > to || day < s->settings.kept_from)
		return false;
	for (size_t i = 0; s->lost != NULL && i < s->lost->day_count; i++)
		if (s->lost->days[i].day == day)
			return false;
	return true;
}

static void close_days(struct open_days *open)
{
	records_merge_done(&open->merge);
	for (size_t i = 0; i < open->count; i++)
		records_reader_done(&open->readers[i]);
	memory_free(open->readers);
	memory_free(open->sources);
}

// What is open after a failure is closed.
static bool open_days(struct store *s, enum store_records form, struct day_range days,
                      bool wants_texts, struct open_days *open, struct error *error)
{
	const size_t count = s->records[form].count;
	*open = (struct open_days){ .count = 0 };
	open->readers = memory_new(count + 1, sizeof *open->readers);
	open->sources = memory_new(count + 1, sizeof(struct record_source *));
	bool ok = (open->readers != NULL && open->sources != NULL) ||
	          error_memory(error, records_forms[form]->all);
	for (size_t i = 0; ok && i < count; i++) {
		if (!is_shown(s, s->records[form].files[i].day, days.from, days.to))
			continue;
		struct records_reader *reader = &open->readers[open->count];
		ok = store_records_open(s, form, i, wants_texts, reader, error);
		if (ok)
			open->sources[open->count++] = &reader->source;
	}
	ok = ok && records_merge_begin(&open->merge, records_forms[form], open->sources,
	                               open->count, error);
	if (!ok)
		close_days(open);
	return ok;
}

static bool next_response(struct holdings_responses *base, struct response *out,
                          struct error *error)
{
	struct open_responses *open = (struct open_responses *)base;
	union store_record record;
	size_t ignored;
	if (!records_merge_next(&open->days.merge, &record, &ignored, error))
		return false;
	*out = record.response;
	return true;
}

static void close_responses(struct holdings_responses *base)
{
	close_days(&((struct open_responses *)base)->days);
	memory_free(base);
}

bool store_open_responses(struct store *s, int32_t from, int32_t to, bool wants_bytes,
                          struct holdings_responses **out, struct error *error)
{
	struct open_responses *open = memory_new(1, sizeof *open);
	if (open == NULL)
		return error_memory(error, "responses");
	open->base = (struct holdings_responses){ next_response, close_responses };
	if (!open_days(s, STORE_RESPONSES, (struct day_range){ from, to }, wants_bytes, &open->days,
	               error)) {
		memory_free(open);
		return false;
	}
	*out = &open->base;
	return true;
}

static bool next_event(struct holdings_events *base, struct honeypot_event *out,
                       struct error *error)
{
	struct open_events *open = (struct open_events *)base;
	union store_record record;
	size_t ignored;
	if (!records_merge_next(&open->days.merge, &record, &ignored, error))
		return false;
	*out = record.event;
	return true;
}

static void close_events(struct holdings_events *base)
{
	close_days(&((struct open_events *)base)->days);
	memory_free(base);
}

bool store_open_events(struct store *s, int32_t from, int32_t to, struct holdings_events **out,
                       struct error *error)
{
	struct open_events *open = memory_new(1, sizeof *open);
	if (open == NULL)
		return error_memory(error, "events");
	open->base = (struct holdings_events){ next_event, close_events };
	if (!open_days(s, STORE_EVENTS, (struct day_range){ from, to }, true, &open->days, error)) {
		memory_free(open);
		return false;
	}
	*out = &open->base;
	return true;
}

// The catalogue lists them in ascending order.
bool store_next_records_day(const struct store *s, enum store_records form, int32_t from,
                            int32_t *out)
{
	const struct record_list *list = &s->records[form];
	for (size_t i = 0; i < list->count; i++) {
		if (!is_shown(s, list->files[i].day, from, INT32_MAX))
			continue;
		*out = list->files[i].day;
		return true;
	}
	return false;
}
