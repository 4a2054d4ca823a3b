// SPDX-License-Identifier: MIT
// Days that captures owe: a row each.
#include "store/kind.h"
#include "store/owed.h"

#include "base/memory.h"
#include "base/text.h"

static const char layout[] =
	"CREATE TABLE owed (capture_id INTEGER NOT NULL REFERENCES capture,"
	"  day_number INTEGER NOT NULL, PRIMARY KEY (capture_id, day_number)) WITHOUT ROWID;"
	"CREATE TRIGGER owed_are_forgotten AFTER DELETE ON capture"
	"  BEGIN DELETE FROM owed WHERE capture_id = OLD.id; END;";

static const char *const checks[] = {
	("SELECT 'capture ' || capture_id || ' owes a day that cannot be' FROM owed"
	 " WHERE typeof(day_number) <> 'integer'"),
	NULL,
};

const struct store_kind kind_owed = { .name = "owed", .layout = layout, .checks = checks };

static bool run(struct store *s, const char *sql, const struct capture_identity *identity,
                int32_t day, struct error *error)
{
	const struct span digest = { identity->digest, sizeof identity->digest };
	sqlite3_stmt *statement;
	return sql_prepare(s->db, &statement, sql, error, "bi", digest, (int64_t)day) &&
	       sql_finish(statement, error);
}

bool owed_enter(struct store *s, const struct capture_identity *identity, int32_t day,
                struct error *error)
{
	static const char sql[] =
		"INSERT INTO owed SELECT id, ?2 FROM capture WHERE digest = ?1 AND NOT EXISTS"
		" (SELECT 1 FROM owed WHERE capture_id = id AND day_number = ?2)";
	return run(s, sql, identity, day, error);
}

bool owed_clear(struct store *s, const struct capture_identity *identity, struct error *error)
{
	static const char sql[] =
		"DELETE FROM owed WHERE capture_id IN (SELECT id FROM capture WHERE digest = ?1)"
		" AND ?2 = 0";
	return run(s, sql, identity, 0, error);
}

bool owed_forget(struct store *s, int32_t before, struct error *error)
{
	sqlite3_stmt *statement;
	return sql_prepare(s->db, &statement, "DELETE FROM owed WHERE day_number < ?", error, "i",
	                   (int64_t)before) &&
	       sql_finish(statement, error);
}

bool owed_by(struct store *s, uint64_t capture_id, bool *out, struct error *error)
{
	sqlite3_stmt *statement;
	if (!sql_prepare(s->db, &statement, "SELECT 1 FROM owed WHERE capture_id = ?", error, "u",
	                 capture_id))
		return false;
	const enum sql_status status = sql_step(statement, error);
	sqlite3_finalize(statement);
	*out = status == SQL_ROW;
	return status != SQL_FAILED;
}

bool owed_list(struct store *s,
               bool (*each)(void *context, int32_t day, const char *why, struct error *error),
               void *context, struct error *error)
{
	sqlite3_stmt *statement;
	enum sql_status status = SQL_END;
	bool ok = true;
	if (!kind_is_there(s, KIND_OWED))
		return true;
	if (!sql_prepare(s->db, &statement,
	                 "SELECT day_number, min(name), count(*) FROM owed JOIN capture"
	                 " ON capture_id = id GROUP BY day_number ORDER BY day_number",
	                 error, ""))
		return false;
	while (ok && (status = sql_step(statement, error)) == SQL_ROW) {
		const uint64_t others = sql_u64(statement, 2) - 1;
		char why[384], more[48] = "";
		if (others > 0)
			text_format(more, sizeof more, " and %llu other%s",
			            (unsigned long long)others, others == 1 ? "" : "s");
		text_format(why, sizeof why,
		            "it was dropped as damaged; take in again: '%.200s'%s (`hotaru verify` "
		            "names all)",
		            sql_text(statement, 1), more);
		ok = each(context, (int32_t)sqlite3_column_int64(statement, 0), why, error);
	}
	sqlite3_finalize(statement);
	return ok && status != SQL_FAILED;
}

bool store_owes_any(struct store *s, bool *out, struct error *error)
{
	sqlite3_stmt *statement;
	if (!sql_prepare(s->db, &statement, "SELECT 1 FROM owed LIMIT 1", error, ""))
		return false;
	const enum sql_status status = sql_step(statement, error);
	sqlite3_finalize(statement);
	*out = status == SQL_ROW;
	return status != SQL_FAILED;
}

bool store_owes_head(struct store *s, uint64_t head, bool *out, struct error *error)
{
	sqlite3_stmt *statement;
	if (!sql_prepare(s->db, &statement,
	                 "SELECT 1 FROM owed JOIN capture ON capture_id = id WHERE head = ?", error,
	                 "u", head))
		return false;
	const enum sql_status status = sql_step(statement, error);
	sqlite3_finalize(statement);
	*out = status == SQL_ROW;
	return status != SQL_FAILED;
}

bool store_owed_days(struct store *s, const struct capture_identity *identity, int32_t **out,
                     size_t *out_count, struct error *error)
{
	const struct span digest = { identity->digest, sizeof identity->digest };
	int32_t *days = NULL;
	size_t count = 0, room = 0;
	sqlite3_stmt *statement;
	enum sql_status status = SQL_END;
	bool has_room = true;
	if (!sql_prepare(s->db, &statement,
	                 "SELECT day_number FROM owed JOIN capture ON capture_id = id"
	                 " WHERE digest = ? ORDER BY day_number",
	                 error, "b", digest))
		return false;
	while (has_room && (status = sql_step(statement, error)) == SQL_ROW) {
		if (count == room) {
			room = 2 * room + 8;
			int32_t *more = memory_resize(days, room, sizeof *days);
			has_room = more != NULL || error_memory(error, "captures");
			days = has_room ? more : days;
		}
		if (has_room)
			days[count++] = (int32_t)sqlite3_column_int64(statement, 0);
	}
	sqlite3_finalize(statement);
	if (!has_room || status == SQL_FAILED) {
		memory_free(days);
		return false;
	}
	*out = days;
	*out_count = count;
	return true;
}
