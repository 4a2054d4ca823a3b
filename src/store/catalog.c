// SPDX-License-Identifier: MIT
// The catalogue's tables and what is done to them. doc/store.md describes them
// for whoever queries them with sqlite3.
#include "store/kind.h"
#include "store/owed.h"
#include "store/seal.h"

#include "base/memory.h"
#include "base/text.h"

enum { APPLICATION_ID = 0x484f5452, BUSY_MS = 10000 };  // "HOTR"
enum { LOOKS_MAX = 100, LOOK_MS = 10 };

static const char layout[] =
	"CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE fingerprint (bit INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
	"  kind TEXT NOT NULL, rule TEXT NOT NULL);"
	"CREATE TABLE capture (id INTEGER PRIMARY KEY, name TEXT NOT NULL, format TEXT NOT NULL,"
	"  length_bytes INTEGER NOT NULL, digest BLOB NOT NULL UNIQUE, head INTEGER NOT NULL,"
	"  first_ns INTEGER, last_ns INTEGER, is_simulated INTEGER NOT NULL, damage TEXT);"
	"CREATE INDEX capture_head ON capture (head);"
	"CREATE TABLE segment (id INTEGER PRIMARY KEY, day TEXT NOT NULL, day_number INTEGER NOT NULL,"
	"  file TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL, hosts INTEGER NOT NULL,"
	"  floor INTEGER NOT NULL, toc_digest INTEGER NOT NULL);"
	"INSERT INTO setting VALUES ('next_number', '1');";

// Databases that are kept with the store. Days are null where there is no limit, or none is known.
static const char database_table[] =
	"CREATE TABLE database (id INTEGER PRIMARY KEY, kind TEXT NOT NULL,"
	"  file TEXT NOT NULL UNIQUE, name TEXT NOT NULL, type TEXT NOT NULL, built_day TEXT,"
	"  from_day TEXT, to_day TEXT, bytes INTEGER NOT NULL, digest INTEGER NOT NULL);";

// Formats differ in more than tables: one that keeps fingerprints of sources is another.
static bool set_format(struct store *s, unsigned format, struct error *error)
{
	char pragmas[96];
	text_format(pragmas, sizeof pragmas,
	            "PRAGMA application_id = %d; PRAGMA user_version = %u;", APPLICATION_ID,
	            format);
	s->format = format;
	return sql_run(s->db, pragmas, error);
}

bool catalog_lay_out(struct store *s, struct error *error)
{
	return sql_run(s->db, layout, error) && kinds_lay_out(s, error) &&
	       sql_run(s->db, database_table, error) && seal_lay_out(s, error) &&
	       set_format(s, STORE_FORMAT, error) && kinds_find(s, error) && seal_watch(s, error);
}

static bool pragma(struct store *s, const char *sql, int64_t *out, struct error *error)
{
	sqlite3_stmt *statement;
	if (!sql_prepare(s->db, &statement, sql, error, ""))
		return false;
	const enum sql_status status = sql_step(statement, error);
	if (status == SQL_ROW)
		*out = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return status == SQL_ROW;
}

static bool check_format(struct store *s, struct error *error)
{
	int64_t id = 0, format = 0, seals = 0, databases = 0;
	if (!pragma(s, "PRAGMA application_id", &id, error) ||
	    !pragma(s, "PRAGMA user_version", &format, error) ||
	    !pragma(s, "SELECT count(*) FROM sqlite_master WHERE name = 'seal'", &seals, error) ||
	    !pragma(s, "SELECT count(*) FROM sqlite_master WHERE name = 'database'", &databases,
	            error))
		return false;
	if (id != APPLICATION_ID)
		return error_set(error, ERROR_FAILED, "'%s' is a database, but not of hotaru",
		                 s->path);
	if (format < STORE_FORMAT_MIN || format > STORE_FORMAT_MAX)
		return error_set(
			error, ERROR_FAILED,
			"store '%s' has format %lld, this hotaru (%s) reads %d to %d; use the hotaru that "
			"wrote it",
			s->path, (long long)format, HOTARU_VERSION, STORE_FORMAT_MIN,
			STORE_FORMAT_MAX);
	if ((format >= 2) != (seals == 1))
		return error_set(error, ERROR_FAILED,
		                 "store '%s' is damaged: it says format %lld, and has %s seal",
		                 s->path, (long long)format, seals == 1 ? "a" : "no");
	if ((format >= STORE_FORMAT_DATABASES) != (databases == 1))
		return error_set(error, ERROR_FAILED,
		                 "store '%s' is damaged: it says format %lld, and has %s table of "
		                 "databases",
		                 s->path, (long long)format, databases == 1 ? "a" : "no");
	s->format = (unsigned)format;
	return true;
}

// A path as a file: URI: what means something there is written as %XX.
static void file_uri(const char *path, const char *query, struct buffer *out)
{
	buffer_text(out, "file:");
	for (; *path != '\0'; path++)
		buffer_format(out, strchr("%?#", *path) != NULL ? "%%%02X" : "%c",
		              (unsigned char)*path);
	buffer_text(out, query);
	buffer_byte(out, 0);
}

// Readers of a database in WAL mode write a little beside it, if no writer has left it there. Where
// they may not and none has - a copy of the catalogue alone, the store of an older hotaru - nobody is
// writing, and SQLite has to be told so.
static bool is_immutable(const struct store *s)
{
	struct disk *disk = s->disk;
	return s->lock_fd < 0 && !disk->may_write(disk) &&
	       !disk->exists(disk, "catalog.sqlite-wal");
}

bool catalog_check_names(const struct store *s, struct error *error)
{
	static const char *const names[] = { "catalog.sqlite", "catalog.sqlite-wal",
		                             "catalog.sqlite-shm", "catalog.sqlite-journal",
		                             "lock" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const enum disk_entry entry = s->disk->look(s->disk, names[i]);
		if (entry == ENTRY_FOLDER || entry == ENTRY_OTHER)
			return error_set(error, ERROR_FAILED,
			                 "'%s/%s' is no file, but %s; move it away%s", s->path,
			                 names[i], disk_entry_names[entry],
			                 i == 0 ? ", and restore the file from a copy" : "");
	}
	return true;
}

static bool open_database(struct store *s, struct error *error)
{
	struct buffer file = buffer_up_to(16384), uri = buffer_up_to(65536);
	const bool is_writer = s->lock_fd >= 0;
	const int flags = is_writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
	                            : SQLITE_OPEN_READONLY;
	buffer_format(&file, "%s/catalog.sqlite", s->path);
	buffer_byte(&file, 0);
	bool ok = !file.failed;
	if (ok)
		file_uri((const char *)file.bytes, is_immutable(s) ? "?immutable=1" : "", &uri);
	ok = ok && !uri.failed;
	if (!ok)
		error_set(error, ERROR_FAILED, "path '%s' is too long", s->path);
	else if (sqlite3_open_v2((const char *)uri.bytes, &s->db, flags | SQLITE_OPEN_URI,
	                         s->disk->vfs) != SQLITE_OK)
		ok = s->db == NULL ? error_memory(error, "the catalogue") : sql_error(s->db, error);
	buffer_done(&file);
	buffer_done(&uri);
	return ok;
}

static bool half_made(const struct store *s, struct error *error)
{
	return error_set(error, ERROR_FAILED,
	                 "'%s' is no store: making it was interrupted; the next ingest makes it",
	                 s->path);
}

static bool note_segment(void *context, const char *name)
{
	bool *has_any = context;
	*has_any = *has_any || text_ends(name, ".segment");
	return true;
}

// A store that is being made has no segments yet: its tables come first.
static bool check_empty(struct store *s, struct error *error)
{
	bool has_segments = false;
	if (!s->disk->list(s->disk, note_segment, &has_segments, error))
		return false;
	return !has_segments ||
	       error_set(error, ERROR_FAILED,
	                 "'%s/catalog.sqlite' is damaged: it is empty, and there are segments; "
	                 "restore it",
	                 s->path);
}

// The log stays when the writer ends, empty, and so do the locks beside it (-shm): readers who may not
// write in the folder find both there, and are as safe from the next writer as any other.
static bool write_ahead(struct store *s, struct error *error)
{
	int stays = 1;
	(void)sqlite3_file_control(s->db, "main", SQLITE_FCNTL_PERSIST_WAL, &stays);
	return sql_run(s->db,
	               "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
	               " PRAGMA journal_size_limit = 0;",
	               error);
}

// A reader who may not write beside the catalogue cannot mend what he finds half-written there. Mostly a writer is
// writing it, and has ended before SQLite asks whether there is one, which then says that somebody has to mend it.
static bool count_tables(struct store *s, int64_t *out, struct error *error)
{
	for (unsigned looks = 1; !pragma(s, "SELECT count(*) FROM sqlite_master", out, error);
	     looks++) {
		const int code = sqlite3_extended_errcode(s->db);
		if (looks == LOOKS_MAX ||
		    (code != SQLITE_READONLY_RECOVERY && code != SQLITE_READONLY_CANTINIT))
			return false;
		sqlite3_sleep(LOOK_MS);
	}
	return true;
}

bool catalog_open(struct store *s, bool *out_is_empty, struct error *error)
{
	const bool is_writer = s->lock_fd >= 0;
	int64_t tables = 0;
	// SQLite sorts in memory: its temporary files would lie where the sandbox lets nobody.
	if (!open_database(s, error) || !sql_run(s->db, "PRAGMA temp_store = MEMORY", error))
		return false;
	sqlite3_busy_timeout(s->db, BUSY_MS);
	// One transaction from here to the end: all that a reader reads is of one moment.
	if (!is_writer && !sql_run(s->db, "BEGIN", error))
		return false;
	// The file is there before its tables are: a crash between the two leaves it empty, or
	// with a journal that only a writer may roll back. Later there are no such journals.
	if (!count_tables(s, &tables, error))
		return sqlite3_extended_errcode(s->db) == SQLITE_READONLY_ROLLBACK
		               ? half_made(s, error)
		               : false;
	*out_is_empty = tables == 0;
	if (tables == 0 && !check_empty(s, error))
		return false;
	if (tables > 0 && !check_format(s, error))
		return false;
	return is_writer ? write_ahead(s, error) : tables > 0 || half_made(s, error);
}

bool catalog_setting(struct store *s, const char *key, char **out, struct error *error)
{
	sqlite3_stmt *statement;
	if (!sql_prepare(s->db, &statement, "SELECT value FROM setting WHERE key = ?", error, "s",
	                 key))
		return false;
	const enum sql_status status = sql_step(statement, error);
	bool ok = status != SQL_FAILED;
	if (ok) {
		*out = memory_text(status == SQL_ROW ? sql_text(statement, 0) : "");
		ok = *out != NULL || error_memory(error, "a setting");
	}
	sqlite3_finalize(statement);
	return ok;
}

bool catalog_set_setting(struct store *s, const char *key, const char *value, struct error *error)
{
	sqlite3_stmt *statement;
	return sql_prepare(s->db, &statement, "INSERT OR REPLACE INTO setting VALUES (?, ?)", error,
	                   "ss", key, value) &&
	       sql_finish(statement, error);
}

bool catalog_save_fingerprints(struct store *s, const struct fingerprint_set *set, const char *text,
                               struct error *error)
{
	sqlite3_stmt *statement;
	if (!sql_run(s->db, "DELETE FROM fingerprint", error))
		return false;
	for (unsigned f = 0; f < set->count; f++)
		if (!sql_prepare(s->db, &statement, "INSERT INTO fingerprint VALUES (?, ?, ?, ?)",
		                 error, "isss", (int64_t)f, set->entries[f].name,
		                 fingerprint_kind_names[set->entries[f].kind],
		                 set->entries[f].rule) ||
		    !sql_finish(statement, error))
			return false;
	return catalog_set_setting(s, "fingerprints", text, error) &&
	       set_format(s, set->of_sources != 0 ? STORE_FORMAT_OF_SOURCES : STORE_FORMAT, error);
}

bool catalog_next_number(struct store *s, uint64_t *out, struct error *error)
{
	char *text = NULL, next[24];
	uint64_t number;
	if (!catalog_setting(s, "next_number", &text, error))
		return false;
	const bool is_number = text_u64(text, INT64_MAX - 1, &number);
	memory_free(text);
	if (!is_number)
		return error_set(error, ERROR_FAILED, "store '%s' is damaged: setting next_number",
		                 s->path);
	text_format(next, sizeof next, "%llu", (unsigned long long)number + 1);
	if (!catalog_set_setting(s, "next_number", next, error))
		return false;
	*out = number;
	return true;
}

// Format 1 had no seal, and kept less of why frames were not understood; format 2 kept no
// databases; and there may be kinds of facts that are younger than the store. The seal is made anew,
// over the tables as they are then.
static bool bring_up(struct store *s, struct error *error)
{
	const bool has_seal = s->format >= 2, has_databases = s->format >= STORE_FORMAT_DATABASES;
	return (!has_seal || sql_run(s->db, "DROP TABLE seal", error)) && kinds_lay_out(s, error) &&
	       (has_databases || sql_run(s->db, database_table, error)) && seal_lay_out(s, error) &&
	       set_format(s, s->format > STORE_FORMAT ? s->format : STORE_FORMAT, error) &&
	       kinds_find(s, error);
}

static bool upgrade(struct store *s, struct error *error)
{
	const unsigned format = s->format;
	const uint32_t kinds = s->kinds;
	struct error ignored;
	if (s->format >= STORE_FORMAT && kinds_are_there(s))
		return true;
	if (!sql_run(s->db, "BEGIN IMMEDIATE", error))
		return false;
	if (bring_up(s, error) && sql_run(s->db, "COMMIT", error))
		return true;
	(void)!sql_run(s->db, "ROLLBACK", &ignored);
	s->format = format;
	s->kinds = kinds;
	return false;
}

static bool check_indices(struct store *s, struct error *error)
{
	int64_t sound = 0;
	return pragma(s, "SELECT integrity_check = 'ok' FROM pragma_integrity_check(1)", &sound,
	              error) &&
	       (sound != 0 || error_set(error, ERROR_FAILED,
	                                "'%s/catalog.sqlite' is damaged: its indices; restore it, "
	                                "or take the captures in anew",
	                                s->path));
}

bool catalog_check(struct store *s, struct error *error)
{
	const bool is_writer = s->lock_fd >= 0;
	if (s->format >= 2 && !s->is_to_verify && !seal_check(s, error))
		return false;
	return kinds_find(s, error) && (!is_writer || (check_indices(s, error) &&
	                                               upgrade(s, error) && seal_watch(s, error)));
}

static void forget_segments(struct store *s)
{
	for (size_t i = 0; i < s->segment_count; i++)
		segment_free(s->segments[i].segment);
	memory_free(s->segments);
	s->segments = NULL;
	s->segment_count = 0;
}

bool catalog_load_segments(struct store *s, struct error *error)
{
	int64_t count = 0;
	sqlite3_stmt *statement;
	forget_segments(s);
	if (!pragma(s, "SELECT count(*) FROM segment", &count, error) ||
	    !sql_prepare(s->db, &statement,
	                 "SELECT day_number, file, bytes, hosts, floor, toc_digest FROM segment"
	                 " ORDER BY day_number, id",
	                 error, ""))
		return false;
	s->segments = memory_new((size_t)count + 1, sizeof *s->segments);
	enum sql_status status = SQL_FAILED;
	if (s->segments == NULL)
		error_memory(error, "the list of segments");
	else
		while ((status = sql_step(statement, error)) == SQL_ROW &&
		       s->segment_count < (size_t)count) {
			struct store_segment *segment = &s->segments[s->segment_count++];
			segment->day = (int32_t)sqlite3_column_int64(statement, 0);
			text_copy(segment->file, sizeof segment->file, sql_text(statement, 1));
			segment->bytes = sql_u64(statement, 2);
			segment->hosts = sql_u64(statement, 3);
			segment->floor = (uint32_t)sql_u64(statement, 4);
			segment->toc_digest = sql_u64(statement, 5);
		}
	sqlite3_finalize(statement);
	if (status == SQL_ROW)
		return error_set(error, ERROR_FAILED, "store '%s' is damaged: list of segments",
		                 s->path);
	return status == SQL_END && kind_bursts_load(s, error);
}

bool catalog_add_capture(struct store *s, const struct store_capture *c, struct error *error)
{
	sqlite3_stmt *statement;
	const struct span digest = { c->identity.digest, sizeof c->identity.digest };
	return sql_prepare(
		       s->db, &statement,
		       "INSERT INTO capture (name, format, length_bytes, digest, head, first_ns,"
		       " last_ns, is_simulated, damage) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		       error, "ssubuuuis", c->name, c->format, c->identity.length_bytes, digest,
		       c->head, c->first_ns, c->last_ns, (int64_t)c->is_simulated, c->damage) &&
	       sql_finish(statement, error) &&
	       kinds_enter(s, (uint64_t)sqlite3_last_insert_rowid(s->db), c, error);
}

bool catalog_add_segment(struct store *s, const struct store_segment *segment,
                         const struct segment_summary *sum, struct error *error)
{
	char day[CALENDAR_DAY_SIZE];
	sqlite3_stmt *statement;
	day_format(segment->day, day);
	return sql_prepare(
		       s->db, &statement,
		       "INSERT INTO segment (day, day_number, file, bytes, hosts, floor, toc_digest)"
		       " VALUES (?, ?, ?, ?, ?, ?, ?)",
		       error, "sisuuiu", day, (int64_t)segment->day, segment->file, segment->bytes,
		       segment->hosts, (int64_t)segment->floor, segment->toc_digest) &&
	       sql_finish(statement, error) &&
	       kinds_enter_segment(s, (uint64_t)sqlite3_last_insert_rowid(s->db), sum, error);
}

// The number of a row; 0: there is none. SQLite gives out none below 1.
static bool find_id(sqlite3_stmt *statement, uint64_t *out, struct error *error)
{
	const enum sql_status status = sql_step(statement, error);
	*out = status == SQL_ROW ? sql_u64(statement, 0) : 0;
	sqlite3_finalize(statement);
	return status != SQL_FAILED;
}

bool catalog_remove_segment(struct store *s, const char *file, struct error *error)
{
	sqlite3_stmt *statement;
	uint64_t id;
	return sql_prepare(s->db, &statement, "SELECT id FROM segment WHERE file = ?", error, "s",
	                   file) &&
	       find_id(statement, &id, error) && kinds_forget(s, "segment_id", id, error) &&
	       sql_prepare(s->db, &statement, "DELETE FROM segment WHERE id = ?", error, "u", id) &&
	       sql_finish(statement, error);
}

bool catalog_capture_id(struct store *s, const struct capture_identity *identity, uint64_t *out,
                        struct error *error)
{
	const struct span digest = { identity->digest, sizeof identity->digest };
	sqlite3_stmt *statement;
	return sql_prepare(s->db, &statement, "SELECT id FROM capture WHERE digest = ?", error, "b",
	                   digest) &&
	       find_id(statement, out, error);
}

bool catalog_remove_capture(struct store *s, const struct capture_identity *identity,
                            struct error *error)
{
	sqlite3_stmt *statement;
	uint64_t id;
	return catalog_capture_id(s, identity, &id, error) &&
	       kinds_forget(s, "capture_id", id, error) &&
	       sql_prepare(s->db, &statement, "DELETE FROM capture WHERE id = ?", error, "u", id) &&
	       sql_finish(statement, error);
}

// Its beginning would count on these days when it comes again, and what is new in it for a second time.
static bool owes_nothing(struct store *s, const struct store_capture *c, uint64_t id,
                         struct error *error)
{
	bool owes;
	if (!owed_by(s, id, &owes, error))
		return false;
	return !owes ||
	       error_set(
		       error, ERROR_FAILED,
		       "'%.200s' goes on from a capture of which days were dropped as damaged: take that "
		       "one in first, as it was; nothing was taken in",
		       c->name);
}

bool catalog_grow_capture(struct store *s, const struct store_capture *c, struct error *error)
{
	const struct span digest = { c->identity.digest, sizeof c->identity.digest };
	sqlite3_stmt *statement;
	uint64_t id;
	if (!catalog_capture_id(s, &c->grown_from, &id, error))
		return false;
	if (id == 0)
		return error_set(error, ERROR_FAILED, "store '%s' is damaged: its list of captures",
		                 s->path);
	return owes_nothing(s, c, id, error) && kinds_forget(s, "capture_id", id, error) &&
	       sql_prepare(s->db, &statement,
	                   "UPDATE capture SET name = ?, format = ?, length_bytes = ?, digest = ?,"
	                   " head = ?, first_ns = ?, last_ns = ?, is_simulated = ?, damage = ?"
	                   " WHERE id = ?",
	                   error, "ssubuuuisu", c->name, c->format, c->identity.length_bytes,
	                   digest, c->head, c->first_ns, c->last_ns, (int64_t)c->is_simulated,
	                   c->damage, id) &&
	       sql_finish(statement, error) && kinds_enter(s, id, c, error);
}
