// SPDX-License-Identifier: MIT
#include "cmd/atlas.h"

#include "base/disk.h"
#include "base/memory.h"
#include "base/text.h"

#include <string.h>

enum { PATH_SIZE = 4096, FILES_MAX = 2 * STORE_DATABASES_MAX };

// By enum place_kind: in the store, in options, in words.
static const char *const kept_kinds[] = { "country", "asn" };
static const char *const kind_options[] = { "--country-db", "--asn-db" };
static const char *const kind_words[] = { "countries", "networks" };
static const char *const kind_rows[] = { "country_db", "asn_db" };

#define DATABASE_OPTIONS(country_help, asn_help)                                                   \
	{                                                                                          \
		{ "country-db",                                                                    \
		  0,                                                                               \
		  OPTION_TEXT,                                                                     \
		  offsetof(struct take_command, databases[PLACE_COUNTRY]),                         \
		  "FILES",                                                                         \
		  country_help,                                                                    \
		  0,                                                                               \
		  0,                                                                               \
		  NULL },                                                                          \
		{                                                                                  \
			"asn-db", 0, OPTION_TEXT,                                                  \
				offsetof(struct take_command, databases[PLACE_NETWORK]), "FILES",  \
				asn_help, 0, 0, NULL                                               \
		}                                                                                  \
	}

static const struct option places_options[] = DATABASE_OPTIONS(
	"take countries from this MaxMind database or table of ranges (default: the store's), "
	"FILE[@FROM..TO][,FILE...]",
	"take networks from this one, likewise");
const struct option_table places_table = { places_options, 2 };

static const struct option keep_options[] = DATABASE_OPTIONS(
	"keep this database of countries with the store, FILE[@FROM..TO][,FILE...]; '' removes it",
	"keep this database of networks, likewise");
const struct option_table keep_databases_table = { keep_options, 2 };

// ---- what an option names

// Takes "FROM..TO" off the end of a word, if it ends so: an @ may also be part of a name.
static bool take_days(char *word, struct place_source *out, struct error *error)
{
	char *at = strrchr(word, '@');
	out->from = INT32_MIN;
	out->to = INT32_MAX;
	if (at == NULL)
		return true;
	char *dots = strstr(at, "..");
	if (dots == NULL || strspn(at + 1, "0123456789-.") != strlen(at + 1))
		return true;
	char from[CALENDAR_DAY_SIZE], to[CALENDAR_DAY_SIZE];
	*at = '\0';
	if (!text_format(from, sizeof from, "%.*s", (int)(dots - at - 1), at + 1) ||
	    !text_copy(to, sizeof to, dots + 2) ||
	    (from[0] != '\0' && !day_parse(from, &out->from)) ||
	    (to[0] != '\0' && !day_parse(to, &out->to)))
		return error_set(error, ERROR_USAGE,
		                 "'%s' has to be followed by @FROM..TO, days as YYYY-MM-DD, not by "
		                 "'@%s'",
		                 word, at + 1);
	return out->from <= out->to ||
	       error_set(error, ERROR_USAGE, "the days of '%s' end before they begin", word);
}

static bool add_source(enum place_kind kind, struct database_list *list, char *word,
                       struct error *error)
{
	struct place_source source = { .other_option = kind_options[!kind] };
	if (!take_days(word, &source, error))
		return false;
	if (word[0] == '\0')
		return error_set(error, ERROR_USAGE, "a database needs a name before its days");
	if (list->count == STORE_DATABASES_MAX)
		return error_set(error, ERROR_USAGE, "more than %d databases", STORE_DATABASES_MAX);
	source.path = source.name = memory_text(word);
	if (source.path == NULL)
		return error_memory(error, "the list of databases");
	list->sources[list->count++] = source;
	return true;
}

bool database_list_parse(enum place_kind kind, const char *text, struct database_list *out,
                         struct error *error)
{
	struct database_list list = { .sources = memory_new(STORE_DATABASES_MAX,
		                                            sizeof *list.sources) };
	char word[PATH_SIZE];
	bool ok = list.sources != NULL || error_memory(error, "the list of databases");
	const bool is_none = text[0] == '\0';
	while (ok && !is_none && text_next(&text, ',', word, sizeof word))
		ok = word[0] != '\0'
		             ? add_source(kind, &list, word, error)
		             : error_set(error, ERROR_USAGE, "%s takes FILE[@FROM..TO][,FILE...]",
		                         kind_options[kind]);
	if (ok)
		*out = list;
	else
		database_list_done(&list);
	return ok;
}

void database_list_done(struct database_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		memory_free((void *)(uintptr_t)list->sources[i].path);
	memory_free(list->sources);
	*list = (struct database_list){ .count = 0 };
}

static bool add_files(enum place_kind kind, const char *text, char **files, size_t *count,
                      struct error *error)
{
	struct database_list list;
	if (text == NULL)
		return true;
	if (!database_list_parse(kind, text, &list, error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < list.count; i++) {
		files[*count] = memory_text(list.sources[i].path);
		ok = files[*count] != NULL || error_memory(error, "the list of databases");
		*count += ok;
	}
	database_list_done(&list);
	return ok;
}

bool database_files(const struct take_command *c, char ***out, struct error *error)
{
	char **files = memory_new(FILES_MAX + 1, sizeof *files);
	size_t count = 0;
	if (files == NULL)
		return error_memory(error, "the list of databases");
	for (enum place_kind kind = PLACE_COUNTRY; kind <= PLACE_NETWORK; kind++)
		if (!add_files(kind, c->databases[kind], files, &count, error)) {
			database_files_done(files);
			return false;
		}
	*out = files;
	return true;
}

void database_files_done(char **files)
{
	for (size_t i = 0; files != NULL && files[i] != NULL; i++)
		memory_free(files[i]);
	memory_free(files);
}

// ---- keeping them with a store

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL ? slash + 1 : path;
}

// When a database is given: later there is only their number.
static void say_bad_lines(const struct place_atlas *atlas)
{
	for (size_t i = 0; i < place_origin_count(atlas); i++) {
		const struct place_origin origin = place_origin_at(atlas, i);
		char line[512], more[64] = "";
		if (origin.bad_line == 0)
			continue;
		if (origin.bad_records > 1)
			text_format(more, sizeof more, "; bad lines in all: %llu",
			            (unsigned long long)origin.bad_records);
		text_format(line, sizeof line, "warning: '%s' line %llu: %s%s", origin.name,
		            (unsigned long long)origin.bad_line, origin.bad_line_why, more);
		command_say(line);
	}
}

static bool try_list(enum place_kind kind, const struct database_list *list, struct error *error)
{
	struct place_atlas *atlas;
	if (!place_atlas_open(kind, list->sources, list->count, &atlas, error))
		return false;
	place_atlas_close(atlas);
	return true;
}

bool atlas_try(const struct take_command *c, struct error *error)
{
	for (enum place_kind kind = PLACE_COUNTRY; kind <= PLACE_NETWORK; kind++) {
		struct database_list list;
		if (c->databases[kind] == NULL)
			continue;
		if (!database_list_parse(kind, c->databases[kind], &list, error))
			return false;
		const bool ok = try_list(kind, &list, error);
		database_list_done(&list);
		if (!ok)
			return false;
	}
	return true;
}

// What there is to be kept of one, and its bytes.
static bool prepare(const struct place_atlas *atlas, size_t i, const struct place_source *source,
                    struct store_database *out, struct span *out_bytes, struct error *error)
{
	const struct place_origin origin = place_origin_at(atlas, i);
	*out = (struct store_database){ .built_day = origin.built_day,
		                        .from = source->from,
		                        .to = source->to };
	text_copy(out->name, sizeof out->name, base_name(source->path));
	text_copy(out->type, sizeof out->type, origin.type);
	return disk_map_file(source->path, out_bytes, error);
}

static bool keep_list(struct store *store, enum place_kind kind, const struct database_list *list,
                      struct error *error)
{
	struct place_atlas *atlas = NULL;
	struct store_database *kept = memory_new(list->count + 1, sizeof *kept);
	struct span *bytes = memory_new(list->count + 1, sizeof *bytes);
	bool ok = kept != NULL && bytes != NULL;
	if (!ok)
		error_memory(error, "the list of databases");
	ok = ok && place_atlas_open(kind, list->sources, list->count, &atlas, error);
	if (ok)
		say_bad_lines(atlas);
	for (size_t i = 0; ok && i < list->count; i++)
		ok = prepare(atlas, i, &list->sources[i], &kept[i], &bytes[i], error);
	ok = ok && store_keep_databases(store,
	                                &(struct store_new_databases){ kept_kinds[kind], kept,
	                                                               bytes, list->count },
	                                error);
	for (size_t i = 0; bytes != NULL && i < list->count; i++)
		disk_unmap_file(bytes[i]);
	place_atlas_close(atlas);
	memory_free(kept);
	memory_free(bytes);
	return ok;
}

bool atlas_keep(struct store *store, const struct take_command *c, struct error *error)
{
	for (enum place_kind kind = PLACE_COUNTRY; kind <= PLACE_NETWORK; kind++) {
		struct database_list list;
		if (c->databases[kind] == NULL)
			continue;
		if (!database_list_parse(kind, c->databases[kind], &list, error))
			return false;
		const bool ok = keep_list(store, kind, &list, error);
		database_list_done(&list);
		if (!ok)
			return false;
	}
	return true;
}

// ---- asking them

// The store's databases of a kind, each checked. Of `list` names point into the store.
static bool list_kept(enum place_kind kind, struct store *store, struct database_list *list,
                      struct error *error)
{
	for (size_t i = 0; i < store_database_count(store); i++) {
		const struct store_database *d = store_database_at(store, i);
		char path[PATH_SIZE + STORE_NAME_SIZE];
		if (!text_equal(d->kind, kept_kinds[kind]) || list->count == STORE_DATABASES_MAX)
			continue;
		if (!store_database_check(store, i, error))
			return false;
		text_format(path, sizeof path, "%s/%s", store_path(store), d->file);
		char *copy = memory_text(path);
		if (copy == NULL)
			return error_memory(error, "the list of databases");
		list->sources[list->count++] = (struct place_source){ copy, d->name, d->from, d->to,
			                                              kind_options[!kind] };
	}
	return true;
}

static bool list_any(enum place_kind kind, const struct analysis_command *c,
                     const struct dataset *dataset, struct database_list *out, struct error *error)
{
	const char *text = c->take.databases[kind];
	struct database_list list;
	if (!database_list_parse(kind, text != NULL ? text : "", &list, error))
		return false;
	if (text == NULL && !list_kept(kind, dataset->store, &list, error)) {
		database_list_done(&list);
		return false;
	}
	*out = list;
	return true;
}

static void say_none(enum place_kind kind)
{
	char line[256];
	text_format(line, sizeof line,
	            "note: without a database of %s all are unknown; `tools/fetch-databases DIR` "
	            "fetches free ones, %s FILE names one (doc/places.md)",
	            kind_words[kind], kind_options[kind]);
	command_say(line);
}

static bool try_any(enum place_kind kind, const struct analysis_command *c,
                    const struct dataset *dataset, struct place_atlas **out, size_t *out_count,
                    struct error *error)
{
	struct database_list list;
	if (!list_any(kind, c, dataset, &list, error))
		return false;
	const bool ok = place_atlas_open(kind, list.sources, list.count, out, error);
	*out_count = list.count;
	database_list_done(&list);
	return ok;
}

bool atlas_open(enum place_kind kind, const struct analysis_command *c,
                const struct dataset *dataset, struct place_atlas **out, struct error *error)
{
	const bool are_kept = c->take.databases[kind] == NULL;
	size_t count = 0;
	bool ok;
	// The store may have got others since it was opened, in place of what it had.
	while (!(ok = try_any(kind, c, dataset, out, &count, error)) && are_kept &&
	       store_renew_databases(dataset->store)) {
	}
	if (ok && count == 0 && !c->take.common.quiet)
		say_none(kind);
	else if (ok && !are_kept)
		say_bad_lines(*out);
	return ok;
}

// ---- what readers have to know

// "up to 2016-12-31", "from 2017-01-01", "2017-01-01 to 2017-12-31"; "" for all days.
static void format_days(int32_t from, int32_t to, char *out, size_t size)
{
	char first[CALENDAR_DAY_SIZE] = "", last[CALENDAR_DAY_SIZE] = "";
	if (from != INT32_MIN)
		day_format(from, first);
	if (to != INT32_MAX)
		day_format(to, last);
	if (first[0] != '\0' && last[0] != '\0')
		text_format(out, size, "%s to %s", first, last);
	else if (first[0] != '\0')
		text_format(out, size, "from %s", first);
	else
		text_format(out, size, "%s%s", last[0] != '\0' ? "up to " : "", last);
}

static void append(char *to, size_t size, const char *text)
{
	const size_t length = strlen(to);
	text_copy(to + length, size - length, text);
}

// "'GeoLite2-Country.mmdb' (GeoLite2-Country, of 2016-10-04, for days up to 2016-12-31)".
static void describe(const char *name, const char *type, int32_t built_day, const char *days,
                     char *out, size_t size)
{
	char built[CALENDAR_DAY_SIZE + 8] = "no date", day[CALENDAR_DAY_SIZE];
	if (built_day != INT32_MIN) {
		day_format(built_day, day);
		text_format(built, sizeof built, "of %s", day);
	}
	text_format(out, size, "'%.200s' (%s, %s%s%s)", name, type, built,
	            days[0] != '\0' ? ", for days " : "", days);
}

// Appends one of those that were asked.
static void list_origin(enum place_kind kind, const struct place_origin *origin,
                        char line[ATLAS_NOTE_SIZE])
{
	char days[64], text[400];
	format_days(origin->from, origin->to, days, sizeof days);
	describe(origin->name, origin->type, origin->built_day, days, text, sizeof text);
	text_format(days, sizeof days, "%s by ", kind_words[kind]);
	append(line, ATLAS_NOTE_SIZE, line[0] == '\0' ? days : "; ");
	append(line, ATLAS_NOTE_SIZE, text);
}

static void end_list(enum place_kind kind, uint64_t bad, char line[ATLAS_NOTE_SIZE])
{
	char end[96] = "";
	if (line[0] == '\0')
		text_format(end, sizeof end, "%s by no database", kind_words[kind]);
	else if (bad > 0)
		text_format(end, sizeof end, "; %llu bad record%s", (unsigned long long)bad,
		            bad == 1 ? "" : "s");
	append(line, ATLAS_NOTE_SIZE, end);
}

void atlas_note(const struct caveat *c, const struct description *d, char line[ATLAS_NOTE_SIZE])
{
	const enum place_kind kind = c->numbers[0] == 0 ? PLACE_COUNTRY : PLACE_NETWORK;
	line[0] = '\0';
	for (size_t i = 0; i < d->database_count; i++) {
		const struct described_database *database = &d->databases[i];
		const struct place_origin origin = { .name = database->name,
			                             .type = database->type,
			                             .built_day = database->built_day,
			                             .from = database->days.from,
			                             .to = database->days.to };
		if (database->is_of_networks == (kind == PLACE_NETWORK) &&
		    origin.from <= c->days[1] && origin.to >= c->days[0])
			list_origin(kind, &origin, line);
	}
	end_list(kind, c->numbers[1], line);
}

void atlas_write_kept(struct rows *rows, const struct store *store)
{
	for (enum place_kind kind = PLACE_COUNTRY; kind <= PLACE_NETWORK; kind++) {
		bool has_one = false;
		for (size_t i = 0; i < store_database_count(store); i++) {
			const struct store_database *d = store_database_at(store, i);
			char days[64], text[400];
			if (!text_equal(d->kind, kept_kinds[kind]))
				continue;
			has_one = true;
			format_days(d->from, d->to, days, sizeof days);
			describe(d->name, d->type, d->built_day, days, text, sizeof text);
			rows_text(rows, kind_rows[kind]);
			rows_text(rows, text);
			rows_end(rows);
		}
		if (!has_one) {
			rows_text(rows, kind_rows[kind]);
			rows_text(rows, "none");
			rows_end(rows);
		}
	}
}
