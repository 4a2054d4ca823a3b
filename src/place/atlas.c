// SPDX-License-Identifier: MIT
// An atlas: its databases, which of them is asked for a day, and the places that were found.
#include "base/calendar.h"
#include "base/disk.h"
#include "base/memory.h"
#include "base/text.h"
#include "place/database.h"

#include <string.h>

struct place_atlas {
	struct place_list places;
	struct database *databases;
	size_t count;
};

static const char *const kind_words[] = { "countries", "networks" };

bool database_wrong_kind(const struct database *d, struct error *error)
{
	const bool is_said = d->other_option != NULL;
	return error_set(error, ERROR_FAILED, "'%s' (%s) holds %s, not %s%s%s", d->name, d->type,
	                 kind_words[!d->kind], kind_words[d->kind], is_said ? ": it is for " : "",
	                 is_said ? d->other_option : "");
}

bool database_no_ipv4(const struct database *d, struct error *error)
{
	return error_set(error, ERROR_FAILED, "'%s' (%s) knows no IPv4 address%s", d->name, d->type,
	                 d->format == &database_mmdb ? "" : ", only IPv6");
}

// What people have before they have unpacked what they fetched.
static bool not_a_database(const struct database *d, struct span file, struct error *error)
{
	static const struct {
		const char *magic, *what;
	} packed[] = {
		{ "\x1f\x8b", "gzip" },
		{ "PK\x03\x04", "zip" },
		{ "\xfd"
		  "7zXZ",
		  "xz" },
		{ "BZh", "bzip2" },
		{ "\x28\xb5\x2f\xfd", "zstd" },
	};
	for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
		if (file.length >= strlen(packed[i].magic) &&
		    memcmp(file.bytes, packed[i].magic, strlen(packed[i].magic)) == 0)
			return error_set(error, ERROR_FAILED,
			                 "'%s' is packed (%s): unpack it first", d->name,
			                 packed[i].what);
	return error_set(error, ERROR_FAILED,
	                 "'%s' is neither a MaxMind database nor a table of ranges", d->name);
}

static bool open_as(struct database *d, struct span file, struct error *error)
{
	static const struct database_format *const formats[] = { &database_mmdb,
		                                                 &database_range_table };
	if (file.length == 0)
		return error_set(error, ERROR_FAILED, "'%s' is empty", d->name);
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (formats[i]->recognise(file)) {
			d->format = formats[i];
			return d->format->open(d, file, error);
		}
	return not_a_database(d, file, error);
}

static bool open_database(struct database *d, const struct place_source *source,
                          struct error *error)
{
	struct span file;
	d->built_day = INT32_MIN;
	d->from = source->from;
	d->to = source->to;
	d->other_option = source->other_option;
	d->path = memory_text(source->path);
	d->name = memory_text(source->name);
	if (d->path == NULL || d->name == NULL)
		return error_memory(error, "a database");
	if (!disk_map_file(source->path, &file, error))
		return false;
	const bool ok = open_as(d, file, error);
	disk_unmap_file(file);
	return ok;
}

bool place_atlas_open(enum place_kind kind, const struct place_source *sources, size_t count,
                      struct place_atlas **out, struct error *error)
{
	struct place_atlas *atlas = memory_new(1, sizeof *atlas);
	if (atlas != NULL)
		atlas->databases = memory_new(count + 1, sizeof *atlas->databases);
	if (atlas == NULL || atlas->databases == NULL || !place_list_init(&atlas->places)) {
		place_atlas_close(atlas);
		return error_memory(error, "an atlas");
	}
	for (; atlas->count < count; atlas->count++) {
		struct database *d = &atlas->databases[atlas->count];
		d->kind = kind;
		d->places = &atlas->places;
		d->rank = (unsigned)atlas->count;
		if (!open_database(d, &sources[atlas->count], error)) {
			atlas->count++;
			place_atlas_close(atlas);
			return false;
		}
	}
	*out = atlas;
	return true;
}

void place_atlas_close(struct place_atlas *atlas)
{
	if (atlas == NULL)
		return;
	for (size_t i = 0; i < atlas->count; i++) {
		struct database *d = &atlas->databases[i];
		if (d->format != NULL)
			d->format->close(d);
		memory_free(d->path);
		memory_free(d->name);
	}
	memory_free(atlas->databases);
	place_list_done(&atlas->places);
	memory_free(atlas);
}

static uint64_t days_of(const struct database *d)
{
	return (uint64_t)((int64_t)d->to - d->from);
}

// Of those for the day the one with the fewest days, so that one without limits stands in
// where there is no better one, in whatever order they are given.
static struct database *database_of(struct place_atlas *atlas, int32_t day)
{
	struct database *best = NULL;
	for (size_t i = 0; i < atlas->count; i++) {
		struct database *d = &atlas->databases[i];
		if (day >= d->from && day <= d->to && (best == NULL || days_of(d) <= days_of(best)))
			best = d;
	}
	return best;
}

bool place_find(struct place_atlas *atlas, int32_t day, uint32_t address, struct place_range *out)
{
	struct database *d = database_of(atlas, day);
	if (d != NULL)
		return d->format->find(d, address, out);
	*out = (struct place_range){ .last = UINT32_MAX, .place = PLACE_UNKNOWN };
	return true;
}

size_t place_count(const struct place_atlas *atlas)
{
	return atlas->places.count;
}

const struct place *place_at(const struct place_atlas *atlas, uint32_t place)
{
	return &atlas->places.places[place];
}

size_t place_origin_count(const struct place_atlas *atlas)
{
	return atlas->count;
}

struct place_origin place_origin_at(const struct place_atlas *atlas, size_t index)
{
	const struct database *d = &atlas->databases[index];
	return (struct place_origin){
		.name = d->name,
		.type = d->type,
		.built_day = d->built_day,
		.from = d->from,
		.to = d->to,
		.bad_records = d->bad_records,
		.bad_line = d->bad_line,
		.bad_line_why = d->bad_line_why,
	};
}
