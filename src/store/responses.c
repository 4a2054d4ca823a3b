// SPDX-License-Identifier: MIT
// The files of responses of an open store, and answers of several days in order.
#include "store/lost.h"
#include "store/responses.h"

#include "base/memory.h"
#include "base/text.h"

#include <stddef.h>
#include <string.h>

static const char own_suffix[] = ".responses";

void responses_name(int32_t day, uint64_t number, bool is_aside, char out[STORE_NAME_SIZE])
{
	char date[CALENDAR_DAY_SIZE];
	day_format(day, date);
	text_format(out, STORE_NAME_SIZE, "%s.%06llu%s%s", date, (unsigned long long)number,
	            own_suffix, is_aside ? ".new" : "");
}

bool store_is_responses_name(const char *name)
{
	return text_ends(name, own_suffix) || text_ends(name, ".responses.new");
}

size_t store_responses_count(const struct store *s)
{
	return s->response_count;
}

struct store_response_day store_responses_at(const struct store *s, size_t index)
{
	const struct store_responses *r = &s->responses[index];
	return (struct store_response_day){ r->day, r->count, r->bytes };
}

bool store_map_responses(struct store *s)
{
	struct error ignored;
	bool is_all = true;
	for (size_t i = 0; i < s->response_count; i++) {
		struct store_responses *r = &s->responses[i];
		if (r->map.bytes != NULL || r->is_missing ||
		    s->disk->map(s->disk, r->file, &r->map, &ignored))
			continue;
		r->is_missing = !s->disk->exists(s->disk, r->file);
		is_all = is_all && !r->is_missing;
	}
	return is_all;
}

static bool damaged(struct store_responses *r, const char *what, struct error *error)
{
	r->is_suspect = true;
	return error_set(error, ERROR_CORRUPT, "'%s' is damaged: %s; see `hotaru verify`", r->file,
	                 what);
}

bool store_responses_open(struct store *s, size_t index, bool wants_bytes,
                          struct responses_reader *out, struct error *error)
{
	struct store_responses *r = &s->responses[index];
	uint8_t header[RESPONSES_HEADER_SIZE];
	if (r->is_missing)
		return damaged(r, "it is not there", error);
	if (r->map.bytes == NULL && !s->disk->map(s->disk, r->file, &r->map, error))
		return s->disk->exists(s->disk, r->file) ? false
		                                         : damaged(r, "it is not there", error);
	responses_header(r->day, header);
	if (r->map.length != r->bytes || r->map.length < sizeof header ||
	    memcmp(r->map.bytes, header, sizeof header) != 0)
		return damaged(r, "it is another file than was written", error);
	const struct responses_section section = { r->bytes - sizeof header, r->count, r->digest };
	return responses_reader_open(out, span_from(r->map, sizeof header), &section, wants_bytes,
	                             r->file, &r->is_suspect, error);
}

bool store_responses_check(struct store *s, size_t index, struct error *error)
{
	struct responses_reader reader;
	struct response response, before;
	bool is_first = true, is_sorted = true;
	if (!store_responses_open(s, index, true, &reader, error))
		return false;
	while (is_sorted && reader.source.next(&reader.source, &response, error)) {
		const uint64_t key = (uint64_t)response.address << 16 | response.port;
		is_sorted = is_first || key > ((uint64_t)before.address << 16 | before.port) ||
		            (key == ((uint64_t)before.address << 16 | before.port) &&
		             response.time_ns >= before.time_ns);
		before = response;
		is_first = false;
	}
	responses_reader_done(&reader);
	if (!is_sorted)
		return damaged(&s->responses[index], "it is out of order", error);
	return error->kind == ERROR_NONE;
}

// ---- several days

struct open_responses {
	struct holdings_responses base;
	struct responses_reader *readers;
	struct response_source **sources;
	size_t count;
	struct response_merge merge;
};

static bool next(struct holdings_responses *base, struct response *out, struct error *error)
{
	struct open_responses *open = (struct open_responses *)base;
	size_t ignored;
	return response_merge_next(&open->merge, out, &ignored, error);
}

static void close_all(struct holdings_responses *base)
{
	struct open_responses *open = (struct open_responses *)base;
	response_merge_done(&open->merge);
	for (size_t i = 0; i < open->count; i++)
		responses_reader_done(&open->readers[i]);
	memory_free(open->readers);
	memory_free(open->sources);
	memory_free(open);
}

static bool is_shown(const struct store *s, int32_t day, int32_t from, int32_t to)
{
	if (day < from || day > to || day < s->settings.kept_from)
		return false;
	for (size_t i = 0; s->lost != NULL && i < s->lost->day_count; i++)
		if (s->lost->days[i].day == day)
			return false;
	return true;
}

bool store_open_responses(struct store *s, int32_t from, int32_t to, bool wants_bytes,
                          struct holdings_responses **out, struct error *error)
{
	struct open_responses *open = memory_new(1, sizeof *open);
	if (open == NULL)
		return error_memory(error, "responses");
	open->base = (struct holdings_responses){ next, close_all };
	open->readers = memory_new(s->response_count + 1, sizeof *open->readers);
	open->sources = memory_new(s->response_count + 1, sizeof(struct response_source *));
	bool ok = (open->readers != NULL && open->sources != NULL) ||
	          error_memory(error, "responses");
	for (size_t i = 0; ok && i < s->response_count; i++) {
		if (!is_shown(s, s->responses[i].day, from, to))
			continue;
		struct responses_reader *reader = &open->readers[open->count];
		ok = store_responses_open(s, i, wants_bytes, reader, error);
		if (ok)
			open->sources[open->count++] = &reader->source;
	}
	if (!ok || !response_merge_begin(&open->merge, open->sources, open->count, error)) {
		close_all(&open->base);
		return false;
	}
	*out = &open->base;
	return true;
}

// The catalogue lists them in ascending order.
bool store_next_asked_day(const struct store *s, int32_t from, int32_t *out)
{
	for (size_t i = 0; i < s->response_count; i++) {
		if (!is_shown(s, s->responses[i].day, from, INT32_MAX))
			continue;
		*out = s->responses[i].day;
		return true;
	}
	return false;
}
