// SPDX-License-Identifier: MIT
// Databases of countries and networks that a store keeps, so that it gives the same answer
// tomorrow, on another machine, and inside the sandbox, where nothing but the store can be read. What
// is in them is nothing to the store: they are bytes with a checksum.
//
// They are entered as segments are (write.c): written aside, synced, renamed, the folder synced,
// then one transaction. The databases of a kind are always replaced together.
#include "store/catalog.h"

#include "base/memory.h"
#include "base/text.h"

#include <string.h>
#include <xxhash.h>

static const char own_suffix[] = ".database";

static void database_file(uint64_t number, bool is_aside, char out[STORE_NAME_SIZE])
{
	text_format(out, STORE_NAME_SIZE, "%06llu%s%s", (unsigned long long)number, own_suffix,
	            is_aside ? ".new" : "");
}

bool store_is_database_name(const char *name)
{
	return text_ends(name, own_suffix) || text_ends(name, ".database.new");
}

bool store_has_database_file(const struct store *s, const char *name)
{
	for (size_t i = 0; i < s->database_count; i++)
		if (text_equal(s->databases[i].file, name))
			return true;
	return false;
}

size_t store_database_count(const struct store *s)
{
	return s->database_count;
}

const struct store_database *store_database_at(const struct store *s, size_t index)
{
	return &s->databases[index];
}

// Days are dates in the catalogue; null is no limit, or not known.
static void put_day(int32_t day, int32_t none, char text[CALENDAR_DAY_SIZE], const char **out)
{
	*out = NULL;
	if (day == none)
		return;
	day_format(day, text);
	*out = text;
}

static int32_t take_day(sqlite3_stmt *row, int column, int32_t none)
{
	int32_t day;
	return day_parse(sql_text(row, column), &day) ? day : none;
}

static void take_row(sqlite3_stmt *row, struct store_database *out)
{
	text_copy(out->kind, sizeof out->kind, sql_text(row, 0));
	text_copy(out->file, sizeof out->file, sql_text(row, 1));
	text_copy(out->name, sizeof out->name, sql_text(row, 2));
	text_copy(out->type, sizeof out->type, sql_text(row, 3));
	out->built_day = take_day(row, 4, INT32_MIN);
	out->from = take_day(row, 5, INT32_MIN);
	out->to = take_day(row, 6, INT32_MAX);
	out->bytes = sql_u64(row, 7);
	out->digest = sql_u64(row, 8);
}

bool catalog_load_databases(struct store *s, struct error *error)
{
	static const char sql[] =
		"SELECT kind, file, name, type, built_day, from_day, to_day, bytes, digest"
		" FROM database ORDER BY id";
	sqlite3_stmt *statement;
	enum sql_status status = SQL_FAILED;
	s->database_count = 0;
	if (s->format < STORE_FORMAT_DATABASES)
		return true;
	if (!sql_prepare(s->db, &statement, sql, error, ""))
		return false;
	if (s->databases == NULL)
		s->databases = memory_new(2 * STORE_DATABASES_MAX, sizeof *s->databases);
	if (s->databases == NULL)
		error_memory(error, "the list of databases");
	else
		while ((status = sql_step(statement, error)) == SQL_ROW &&
		       s->database_count < 2 * STORE_DATABASES_MAX)
			take_row(statement, &s->databases[s->database_count++]);
	sqlite3_finalize(statement);
	if (status == SQL_ROW)
		return error_set(error, ERROR_FAILED, "store '%s' is damaged: list of databases",
		                 s->path);
	return status == SQL_END;
}

bool store_database_check(struct store *s, size_t index, struct error *error)
{
	const struct store_database *d = &s->databases[index];
	struct span bytes;
	if (!s->disk->map(s->disk, d->file, &bytes, error))
		return false;
	const bool is_same = bytes.length == d->bytes &&
	                     XXH3_64bits(bytes.bytes, bytes.length) == d->digest;
	s->disk->unmap(s->disk, bytes);
	return is_same ||
	       error_set(error, ERROR_FAILED,
	                 "'%s/%s' is damaged: it is not the database '%s' that was kept; give it "
	                 "again with `hotaru settings`",
	                 s->path, d->file, d->name);
}

static bool has_same_files(const struct store *a, const struct store *b)
{
	bool is_same = a->database_count == b->database_count;
	for (size_t i = 0; is_same && i < a->database_count; i++)
		is_same = text_equal(a->databases[i].file, b->databases[i].file);
	return is_same;
}

bool store_renew_databases(struct store *s)
{
	struct store *now;
	struct error ignored;
	if (!store_open(s->path, &now, &ignored))
		return false;
	const bool is_same = has_same_files(s, now);
	struct store_database *before = s->databases;
	s->databases = now->databases;
	s->database_count = now->database_count;
	now->databases = before;
	store_close(now);
	return !is_same;
}

// Writes one aside, and notes its size and checksum.
static bool write_aside(struct store *s, struct store_database *d, struct span content,
                        struct error *error)
{
	struct disk *disk = s->disk;
	struct disk_file *file;
	uint64_t number;
	char aside[STORE_NAME_SIZE];
	if (!catalog_next_number(s, &number, error))
		return false;
	database_file(number, true, aside);
	database_file(number, false, d->file);
	d->bytes = content.length;
	d->digest = XXH3_64bits(content.bytes, content.length);
	if (!disk->create(disk, aside, &file, error))
		return false;
	const bool ok = disk->append(file, content, error) && disk->sync(file, error);
	disk->close(file);
	return ok;
}

static bool name_files(struct store *s, const struct store_database *list, size_t count,
                       struct error *error)
{
	struct disk *disk = s->disk;
	for (size_t i = 0; i < count; i++) {
		char aside[STORE_NAME_SIZE + 8];
		text_format(aside, sizeof aside, "%s.new", list[i].file);
		if (!disk->rename(disk, aside, list[i].file, error))
			return false;
	}
	return disk->sync_folder(disk, error);
}

static void remove_files(struct store *s, const struct store_database *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char aside[STORE_NAME_SIZE + 8];
		struct error ignored;
		if (list[i].file[0] == '\0')
			continue;
		text_format(aside, sizeof aside, "%s.new", list[i].file);
		(void)s->disk->remove(s->disk, aside, &ignored);
		(void)s->disk->remove(s->disk, list[i].file, &ignored);
	}
}

static bool enter_one(struct store *s, const struct store_database *d, struct error *error)
{
	static const char sql[] =
		"INSERT INTO database (kind, file, name, type, built_day, from_day, to_day, bytes,"
		" digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
	char text[3][CALENDAR_DAY_SIZE];
	const char *built, *from, *to;
	sqlite3_stmt *statement;
	put_day(d->built_day, INT32_MIN, text[0], &built);
	put_day(d->from, INT32_MIN, text[1], &from);
	put_day(d->to, INT32_MAX, text[2], &to);
	return sql_prepare(s->db, &statement, sql, error, "sssssssuu", d->kind, d->file, d->name,
	                   d->type, built, from, to, d->bytes, d->digest) &&
	       sql_finish(statement, error);
}

static bool enter_all(struct store *s, const char *kind, const struct store_database *list,
                      size_t count, struct error *error)
{
	sqlite3_stmt *statement;
	if (!sql_prepare(s->db, &statement, "DELETE FROM database WHERE kind = ?", error, "s",
	                 kind) ||
	    !sql_finish(statement, error))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!enter_one(s, &list[i], error))
			return false;
	return catalog_load_databases(s, error);
}

// As store_change_commit(): *out_keeps_files once the new rows may be in the catalogue.
static bool commit(struct store *s, const char *kind, const struct store_database *list,
                   size_t count, bool *out_keeps_files, struct error *error)
{
	struct error ignored;
	if (!sql_run(s->db, "BEGIN IMMEDIATE", error))
		return false;
	const bool is_entered = enter_all(s, kind, list, count, error);
	*out_keeps_files = is_entered;
	if (is_entered && sql_run(s->db, "COMMIT", error))
		return true;
	(void)!sql_run(s->db, "ROLLBACK", &ignored);
	(void)!catalog_load_databases(s, &ignored);
	return false;
}

// The databases of a kind that are kept; the caller frees them.
static bool copy_kept(const struct store *s, const char *kind, struct store_database **out,
                      size_t *out_count, struct error *error)
{
	struct store_database *kept = memory_new(s->database_count + 1, sizeof *kept);
	size_t count = 0;
	if (kept == NULL)
		return error_memory(error, "the list of databases");
	for (size_t i = 0; i < s->database_count; i++)
		if (text_equal(s->databases[i].kind, kind))
			kept[count++] = s->databases[i];
	*out = kept;
	*out_count = count;
	return true;
}

static bool is_kept_so(const struct store_database *kept, const struct store_database *wanted,
                       struct span content)
{
	return text_equal(kept->name, wanted->name) && text_equal(kept->type, wanted->type) &&
	       kept->built_day == wanted->built_day && kept->from == wanted->from &&
	       kept->to == wanted->to && kept->bytes == content.length &&
	       kept->digest == XXH3_64bits(content.bytes, content.length);
}

static bool are_kept_so(const struct store_database *kept, size_t kept_count,
                        const struct store_new_databases *wanted)
{
	bool is_same = kept_count == wanted->count;
	for (size_t i = 0; is_same && i < kept_count; i++)
		is_same = is_kept_so(&kept[i], &wanted->list[i], wanted->contents[i]);
	return is_same;
}

static bool replace(struct store *s, const struct store_new_databases *wanted,
                    const struct store_database *kept, size_t kept_count, struct error *error)
{
	struct store_database *list = wanted->list;
	const size_t count = wanted->count;
	bool keeps_files = false, ok = true;
	for (size_t i = 0; i < count; i++) {
		text_copy(list[i].kind, sizeof list[i].kind, wanted->kind);
		list[i].file[0] = '\0';
	}
	for (size_t i = 0; ok && i < count; i++)
		ok = write_aside(s, &list[i], wanted->contents[i], error);
	ok = ok && name_files(s, list, count, error) &&
	     commit(s, wanted->kind, list, count, &keeps_files, error);
	if (ok)
		remove_files(s, kept, kept_count);
	else if (!keeps_files)
		remove_files(s, list, count);
	return ok;
}

bool store_keep_databases(struct store *s, const struct store_new_databases *wanted,
                          struct error *error)
{
	struct store_database *kept = NULL;
	size_t kept_count = 0;
	if (wanted->count > STORE_DATABASES_MAX)
		return error_set(error, ERROR_USAGE, "a store keeps %d databases of a kind at most",
		                 STORE_DATABASES_MAX);
	if (!copy_kept(s, wanted->kind, &kept, &kept_count, error))
		return false;
	const bool ok = are_kept_so(kept, kept_count, wanted) ||
	                replace(s, wanted, kept, kept_count, error);
	memory_free(kept);
	return ok;
}
