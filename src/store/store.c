// SPDX-License-Identifier: MIT
// Opening and closing a store, its settings, and what can be asked of it.
#include "store/kind.h"
#include "store/lost.h"
#include "store/records.h"
#include "store/request.h"
#include "store/rewrite.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <sys/stat.h>

// Below the number of mappings that Linux lets a process have (65,530).
enum { SEGMENTS_MAPPED_MAX = 60000 };

static const char own_suffix[] = ".segment", aside_suffix[] = ".new";

void segment_name(int32_t day, uint64_t number, bool is_aside, char out[STORE_NAME_SIZE])
{
	char date[CALENDAR_DAY_SIZE];
	day_format(day, date);
	text_format(out, STORE_NAME_SIZE, "%s.%06llu%s%s", date, (unsigned long long)number,
	            own_suffix, is_aside ? aside_suffix : "");
}

bool store_is_own_name(const char *name)
{
	return text_ends(name, own_suffix) || text_ends(name, ".segment.new") ||
	       text_ends(name, ".spill") || store_is_database_name(name) ||
	       store_is_records_name(name);
}

bool store_is_named(const struct store *s, const char *name)
{
	for (size_t i = 0; i < s->segment_count; i++)
		if (text_equal(s->segments[i].file, name))
			return true;
	if (store_is_named_records(s, name))
		return true;
	return store_has_database_file(s, name);
}

// Takes the disk over, also when it fails.
static struct store *store_new(struct disk *disk, const char *path, struct error *error)
{
	struct store *s = memory_new(1, sizeof *s);
	if (s == NULL || (s->path = memory_text(path)) == NULL) {
		memory_free(s);
		disk->free(disk);
		error_memory(error, "a store");
		return NULL;
	}
	s->disk = disk;
	s->lock_fd = -1;
	return s;
}

static bool has_others(struct store *s, struct error *error)
{
	char *version = NULL;
	if (!catalog_setting(s, "hotaru", &version, error))
		return false;
	error_set(
		error, ERROR_FAILED,
		"store '%s' was made by hotaru %s, whose fingerprints %s does not have; use that one",
		s->path, version, HOTARU_VERSION);
	memory_free(version);
	return false;
}

// The bits in segments mean what the catalogue's table of fingerprints says. A store from before some of
// the built-in ones goes on without them.
static bool load_fingerprints(struct store *s, struct error *error)
{
	struct store_settings *settings = &s->settings;
	char *names[FINGERPRINTS_MAX] = { NULL };
	sqlite3_stmt *statement;
	enum sql_status status = SQL_FAILED;
	size_t count = 0;
	if (!sql_prepare(s->db, &statement, "SELECT name FROM fingerprint ORDER BY bit", error, ""))
		return false;
	bool ok = true;
	for (; ok && (status = sql_step(statement, error)) == SQL_ROW; count++)
		if (count < FINGERPRINTS_MAX)
			ok = (names[count] = memory_text(sql_text(statement, 0))) != NULL ||
			     error_memory(error, "fingerprints");
	sqlite3_finalize(statement);
	const size_t known = count < FINGERPRINTS_MAX ? count : FINGERPRINTS_MAX;
	ok = ok && status != SQL_FAILED &&
	     fingerprint_set_init_of(&settings->fingerprints,
	                             fingerprint_builtins_among((const char *const *)names, known),
	                             settings->fingerprint_text, "the store's fingerprints", error);
	bool same = ok && count == settings->fingerprints.count;
	for (size_t i = 0; same && i < count; i++)
		same = text_equal(names[i], settings->fingerprints.entries[i].name);
	for (size_t i = 0; i < known; i++)
		memory_free(names[i]);
	return ok && (same || has_others(s, error));
}

// The format says whether an older hotaru may write: days are whole where it has to be so.
static bool check_format(const struct store *s, struct error *error)
{
	const bool has_any = s->settings.fingerprints.of_sources != 0;
	return has_any == (s->format == STORE_FORMAT_OF_SOURCES) ||
	       error_set(error, ERROR_FAILED,
	                 "store '%s' is damaged: it says format %u, and has %s of sources", s->path,
	                 s->format, has_any ? "fingerprints" : "no fingerprints");
}

// The day begins within a day of where it does in UTC.
static uint64_t begin_of(const struct zone *zone, int32_t day)
{
	static const uint64_t day_ns = UINT64_C(86400) * 1000000000;
	struct day_span span = zone_day(zone, day > 0 ? (uint64_t)day * day_ns : 0);
	while (span.day > day && span.begin_ns > 0)
		span = zone_day(zone, span.begin_ns - 1);
	while (span.day < day)
		span = zone_day(zone, span.end_ns);
	return span.begin_ns;
}

void store_keep_from(struct store *s, int32_t day)
{
	s->settings.kept_from = day;
	s->settings.kept_from_ns = day == INT32_MIN ? 0 : begin_of(&s->settings.zone, day);
}

static bool load_kept_from(struct store *s, struct error *error)
{
	char *text = NULL;
	int32_t day = INT32_MIN;
	if (!catalog_setting(s, "kept_from", &text, error))
		return false;
	const bool ok = text[0] == '\0' || day_parse(text, &day);
	memory_free(text);
	if (!ok)
		return error_set(error, ERROR_FAILED, "store '%s' is damaged: setting kept_from",
		                 s->path);
	store_keep_from(s, day);
	return true;
}

// Written only where they are kept: what an older hotaru made says nothing, and keeps none.
static bool load_keeps_events(struct store *s, struct error *error)
{
	char *events = NULL;
	if (!catalog_setting(s, "events", &events, error))
		return false;
	s->settings.keeps_events = events[0] != '\0';
	memory_free(events);
	return true;
}

static bool load_settings(struct store *s, struct error *error)
{
	struct store_settings *settings = &s->settings;
	char *zone = NULL;
	if (!catalog_setting(s, "zone", &zone, error))
		return false;
	const bool ok = zone_parse(zone, &settings->zone, error);
	memory_free(zone);
	return ok && load_kept_from(s, error) && load_keeps_events(s, error) &&
	       catalog_setting(s, "telescope", &settings->telescope, error) &&
	       (settings->telescope[0] == '\0' ||
	        (telescope_parse(settings->telescope, &settings->telescope_days, error) &&
	         telescope_ever(&settings->telescope_days, &settings->prefixes, error))) &&
	       catalog_setting(s, "fingerprints", &settings->fingerprint_text, error) &&
	       load_fingerprints(s, error) && check_format(s, error);
}

// What cannot be mapped is reported when it is asked for.
static bool map_segment(struct store *s, size_t index, struct error *error)
{
	struct store_segment *entry = &s->segments[index];
	if (!segment_map(s->disk, entry, &entry->segment, error)) {
		entry->is_suspect = error->kind == ERROR_CORRUPT;
		return false;
	}
	segment_watch(entry->segment, &entry->is_suspect);
	return true;
}

// Maps what the catalogue names, and is not mapped yet. False: a file is not there, and that is news.
static bool map_segments(struct store *s)
{
	struct error ignored;
	bool is_all = true;
	for (size_t i = 0; i < s->segment_count && i < SEGMENTS_MAPPED_MAX; i++) {
		struct store_segment *segment = &s->segments[i];
		if (segment->segment != NULL || segment->is_missing || map_segment(s, i, &ignored))
			continue;
		segment->is_missing = !s->disk->exists(s->disk, segment->file);
		is_all = is_all && !segment->is_missing;
	}
	return is_all;
}

// What is known of segments that are still listed. Both lists ascend by day, and on a day by the order in
// which they came: what is found in one stands behind what was found before in the other.
static void take_over(struct store *s, struct store_segment *before, size_t count)
{
	size_t from = 0;
	for (size_t i = 0; i < s->segment_count; i++) {
		struct store_segment *now = &s->segments[i];
		while (from < count && before[from].day < now->day)
			from++;
		size_t at = from;
		while (at < count && before[at].day == now->day &&
		       !text_equal(before[at].file, now->file))
			at++;
		if (at == count || before[at].day != now->day)
			continue;
		now->segment = before[at].segment;
		now->is_missing = before[at].is_missing;
		now->is_suspect = before[at].is_suspect;
		before[at].segment = NULL;
		if (now->segment != NULL)
			segment_watch(now->segment, &now->is_suspect);
		from = at + 1;
	}
	for (size_t i = 0; i < count; i++)
		segment_free(before[i].segment);
	memory_free(before);
}

static bool list_segments(struct store *s, struct error *error)
{
	struct store_segment *before = s->segments;
	const size_t count = s->segment_count;
	s->segments = NULL;
	s->segment_count = 0;
	const bool ok = catalog_load_segments(s, error);
	take_over(s, before, count);
	return ok;
}

// The catalogue as of one moment, and all segments of it mapped. A writer removes what it has replaced
// once the catalogue does not name it any more: whoever misses a file has to look at the
// catalogue again, and a file that is named there again is missing indeed. What is mapped stays, so
// that a reader who looks again has little to do, and comes to an end beside the busiest writer.
static bool open_moment(struct store *s, struct error *error)
{
	struct error list_error;
	bool is_empty, is_listed;
	do {
		sqlite3_close(s->db);
		s->db = NULL;
		if (!catalog_open(s, &is_empty, error))
			return false;
		is_listed = list_segments(s, &list_error) && catalog_load_records(s, &list_error);
	} while (is_listed && !(map_segments(s) && store_map_records(s)));
	// What is wrong with the whole catalogue is told before what is wrong with a part of it.
	if (!catalog_check(s, error) || !load_settings(s, error) ||
	    (is_listed && !kind_bursts_load(s, error)) || !catalog_load_databases(s, error))
		return false;
	if (!is_listed)
		*error = list_error;
	return is_listed;
}

static bool no_store(const char *path, struct error *error)
{
	return error_set(error, ERROR_FAILED,
	                 "'%s' is no store; `hotaru ingest -s %s CAPTURE...` makes one", path,
	                 path);
}

unsigned store_format(const struct store *s)
{
	return s->format;
}

static bool open_reading(struct disk *disk, const char *path, bool is_to_verify, struct store **out,
                         struct error *error)
{
	struct store *s = store_new(disk, path, error);
	if (s == NULL)
		return false;
	s->is_to_verify = is_to_verify;
	if ((!disk->exists(disk, "catalog.sqlite") && !no_store(path, error)) ||
	    !catalog_check_names(s, error) || !open_moment(s, error) ||
	    !store_lose_owed(s, error)) {
		store_close(s);
		return false;
	}
	*out = s;
	return true;
}

bool store_open_on(struct disk *disk, const char *path, struct store **out, struct error *error)
{
	return open_reading(disk, path, false, out, error);
}

static bool open_real(const char *path, bool is_to_verify, struct store **out, struct error *error)
{
	struct disk *disk;
	struct stat status;
	if (stat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return no_store(path, error);
	return disk_real_open(path, false, &disk, error) &&
	       open_reading(disk, path, is_to_verify, out, error);
}

bool store_open(const char *path, struct store **out, struct error *error)
{
	return open_real(path, false, out, error);
}

bool store_open_to_verify(const char *path, struct store **out, struct error *error)
{
	return open_real(path, true, out, error);
}

struct garbage {
	struct store *store;
	struct error error;
};

static bool remove_if_garbage(void *context, const char *name)
{
	struct garbage *garbage = context;
	struct store *s = garbage->store;
	// Folders hotaru makes none of.
	if (!store_is_own_name(name) || store_is_named(s, name) ||
	    s->disk->look(s->disk, name) == ENTRY_FOLDER)
		return true;
	return s->disk->remove(s->disk, name, &garbage->error);
}

static bool remove_garbage(struct store *s, struct error *error)
{
	struct garbage garbage = { .store = s };
	const bool is_listed = s->disk->list(s->disk, remove_if_garbage, &garbage, error);
	if (garbage.error.kind == ERROR_NONE)
		return is_listed;
	*error = garbage.error;
	return false;
}

static bool note_name(void *context, const char *name)
{
	bool *has_others = context;
	if (!text_starts(name, "catalog.sqlite") && !text_equal(name, "lock"))
		*has_others = true;
	return true;
}

// A store is made only in a folder that has nothing else in it.
static bool check_folder(struct store *s, struct error *error)
{
	bool has_others = false;
	if (s->disk->exists(s->disk, "catalog.sqlite"))
		return true;
	if (!s->disk->list(s->disk, note_name, &has_others, error))
		return false;
	return !has_others ||
	       error_set(error, ERROR_FAILED, "'%s' is no store and not empty; name a new folder",
	                 s->path);
}

static bool take_lock(struct store *s, struct error *error)
{
	switch (s->disk->lock(s->disk, "lock", &s->lock_fd, error)) {
	case LOCK_TAKEN: return true;
	case LOCK_HELD_ELSEWHERE:
		return error_set(
			error, ERROR_FAILED,
			"store '%s' is being written by another process; try again when it is done",
			s->path);
	case LOCK_FAILED: break;
	}
	return false;
}

static bool prepare(struct store *s, const struct store_request *request, struct error *error)
{
	bool is_empty;
	if (!check_folder(s, error) || !catalog_check_names(s, error) || !take_lock(s, error) ||
	    !catalog_open(s, &is_empty, error))
		return false;
	s->is_new = is_empty;
	if (is_empty ? !request_lay_out(s, request, error) : !catalog_check(s, error))
		return false;
	return load_settings(s, error) && request_check(s, request, error) &&
	       catalog_load_segments(s, error) && catalog_load_records(s, error) &&
	       catalog_load_databases(s, error) && remove_garbage(s, error) && store_tidy(s, error);
}

bool store_open_writing(const char *path, const struct store_request *request, struct store **out,
                        struct error *error)
{
	struct disk *disk;
	return request_try(request, error) && disk_real_open(path, true, &disk, error) &&
	       store_open_writing_on(disk, path, request, out, error);
}

bool store_open_writing_on(struct disk *disk, const char *path, const struct store_request *request,
                           struct store **out, struct error *error)
{
	struct store *s = store_new(disk, path, error);
	if (s == NULL)
		return false;
	if (!prepare(s, request, error)) {
		store_close_used(s);
		return false;
	}
	*out = s;
	return true;
}

// SQLite has cut the log to nothing, but waits for no disk to know: an old log that came back after a
// loss of power must not meet the next writer's.
static void sync_log(struct disk *disk)
{
	struct disk_file *log;
	struct error ignored;
	if (!disk->open(disk, "catalog.sqlite-wal", &log, &ignored))
		return;
	(void)!disk->sync(log, &ignored);
	disk->close(log);
}

void store_close(struct store *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->segment_count; i++)
		segment_free(s->segments[i].segment);
	memory_free(s->segments);
	store_unmap_records(s);
	store_lost_free(s->lost);
	memory_free(s->databases);
	sqlite3_close(s->db);
	if (s->lock_fd >= 0) {
		sync_log(s->disk);
		lock_release(s->lock_fd);
	}
	s->disk->free(s->disk);
	fingerprint_set_done(&s->settings.fingerprints);
	ipset_prefixes_done(&s->settings.prefixes);
	telescope_done(&s->settings.telescope_days);
	memory_free(s->settings.telescope);
	memory_free(s->settings.fingerprint_text);
	memory_free(s->path);
	memory_free(s);
}

// What a store consists of goes before its lock does.
void store_close_used(struct store *s)
{
	static const char *const names[] = { "catalog.sqlite-wal", "catalog.sqlite-shm",
		                             "catalog.sqlite-journal", "catalog.sqlite", "lock" };
	struct error ignored;
	if (s != NULL && s->is_new) {
		sqlite3_close(s->db);
		s->db = NULL;
		for (size_t i = 0; i < s->database_count; i++)
			(void)!s->disk->remove(s->disk, s->databases[i].file, &ignored);
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			if (s->disk->exists(s->disk, names[i]))
				(void)!s->disk->remove(s->disk, names[i], &ignored);
	}
	store_close(s);
}

const struct store_settings *store_settings(const struct store *s)
{
	return &s->settings;
}

const char *store_path(const struct store *s)
{
	return s->path;
}

struct disk *store_disk(struct store *s)
{
	return s->disk;
}

size_t store_segment_count(const struct store *s)
{
	return s->segment_count;
}

const struct store_segment *store_segment_at(const struct store *s, size_t index)
{
	return &s->segments[index];
}

bool store_segment_open(struct store *s, size_t index, const struct segment **out,
                        struct error *error)
{
	struct store_segment *segment = &s->segments[index];
	if (segment->segment == NULL && !map_segment(s, index, error))
		return index < SEGMENTS_MAPPED_MAX
		               ? error_prefix(error, s->path)
		               : error_set(error, ERROR_FAILED,
		                           "store '%s' has %zu segments, more than a process can "
		                           "map; `hotaru compact -s %s` makes one of each day's",
		                           s->path, s->segment_count, s->path);
	if (!segment_check(segment->segment, segment, error))
		return error_prefix(error, s->path);
	*out = segment->segment;
	return true;
}

bool store_segment_syns(struct store *s, size_t index, unsigned f, uint64_t *out,
                        struct error *error)
{
	const struct segment *segment;
	struct segment_summary summary;
	if (!store_segment_open(s, index, &segment, error) ||
	    !segment_summary(segment, &summary, error))
		return false;
	segment_release(segment, 0, segment_length(segment));
	*out = f == STORE_ALL ? summary.packets[KIND_SYN - HOST_KIND_FIRST] : summary.syns[f];
	return true;
}
