// SPDX-License-Identifier: MIT
#include "store/seal.h"

#include "base/buffer.h"
#include "base/text.h"

#include <xxhash.h>

enum { SQL_MAX = 8192 };

static const char tables_sql[] = "SELECT name FROM main.sqlite_master WHERE type = 'table'"
				 " AND name <> 'seal' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'";
static const char schema_sql[] = "SELECT ?1, type, name, tbl_name, sql FROM main.sqlite_master";

// Of a value its type, length and bytes; numbers as they are printed. What was hashed
// before is the seed.
static void hash_bytes(uint64_t *hash, int type, const void *bytes, int length)
{
	const uint64_t head = (uint64_t)length << 8 | (uint64_t)type;
	*hash = XXH3_64bits_withSeed(bytes, bytes == NULL ? 0 : (size_t)length, *hash ^ head);
}

static void hash_value(uint64_t *hash, sqlite3_value *value)
{
	const int type = sqlite3_value_type(value);
	const void *bytes = type == SQLITE_BLOB ? sqlite3_value_blob(value)
	                                        : sqlite3_value_text(value);
	hash_bytes(hash, type, bytes, sqlite3_value_bytes(value));
}

static void hash_column(uint64_t *hash, sqlite3_stmt *row, int column)
{
	const int type = sqlite3_column_type(row, column);
	const void *bytes = type == SQLITE_BLOB ? sqlite3_column_blob(row, column)
	                                        : sqlite3_column_text(row, column);
	hash_bytes(hash, type, bytes, sqlite3_column_bytes(row, column));
}

// The functions seal_add(sum, table, column...) and seal_take(...). Sums wrap around,
// which SQLite's own + does not.
static void change_sum(sqlite3_context *context, int count, sqlite3_value **values, uint64_t sign)
{
	uint64_t hash = 0;
	for (int i = 1; i < count; i++)
		hash_value(&hash, values[i]);
	const uint64_t sum = (uint64_t)sqlite3_value_int64(values[0]);
	sqlite3_result_int64(context, (int64_t)(sum + sign * hash));
}

static void add(sqlite3_context *context, int count, sqlite3_value **values)
{
	change_sum(context, count, values, 1);
}

static void take(sqlite3_context *context, int count, sqlite3_value **values)
{
	change_sum(context, count, values, UINT64_MAX);
}

// What the rows of a query add up to; `table` counts as their first value.
static bool sum_rows(struct store *s, const char *table, const char *sql, uint64_t *sum,
                     struct error *error)
{
	sqlite3_stmt *statement;
	enum sql_status status;
	if (!sql_prepare(s->db, &statement, sql, error, "s", table))
		return false;
	while ((status = sql_step(statement, error)) == SQL_ROW) {
		uint64_t hash = 0;
		for (int i = 0; i < sqlite3_column_count(statement); i++)
			hash_column(&hash, statement, i);
		*sum += hash;
	}
	sqlite3_finalize(statement);
	return status == SQL_END;
}

static bool for_each_table(struct store *s,
                           bool (*each)(struct store *, const char *, uint64_t *, struct error *),
                           uint64_t *sum, struct error *error)
{
	sqlite3_stmt *statement;
	enum sql_status status = SQL_END;
	bool ok = true;
	if (!sql_prepare(s->db, &statement, tables_sql, error, ""))
		return false;
	while (ok && (status = sql_step(statement, error)) == SQL_ROW)
		ok = each(s, sql_text(statement, 0), sum, error);
	sqlite3_finalize(statement);
	return ok && status == SQL_END;
}

static bool sum_table(struct store *s, const char *table, uint64_t *sum, struct error *error)
{
	char sql[160];
	return (text_format(sql, sizeof sql, "SELECT ?1, * FROM main.\"%s\"", table) ||
	        error_set(error, ERROR_FAILED, "store '%s' is damaged: table names", s->path)) &&
	       sum_rows(s, table, sql, sum, error);
}

static bool sum_all(struct store *s, uint64_t *rows, uint64_t *schema, struct error *error)
{
	*rows = *schema = 0;
	return for_each_table(s, sum_table, rows, error) &&
	       sum_rows(s, "", schema_sql, schema, error);
}

bool seal_lay_out(struct store *s, struct error *error)
{
	uint64_t rows, schema;
	sqlite3_stmt *statement;
	return sql_run(s->db,
	               "CREATE TABLE seal (part TEXT PRIMARY KEY, sum INTEGER NOT NULL)"
	               " WITHOUT ROWID",
	               error) &&
	       sum_all(s, &rows, &schema, error) &&
	       sql_prepare(s->db, &statement, "INSERT INTO seal VALUES ('rows', ?), ('schema', ?)",
	                   error, "uu", rows, schema) &&
	       sql_finish(statement, error);
}

// ", 'table', NEW.a, NEW.b" over the columns of a table.
static bool put_row(struct store *s, const char *table, const char *row, struct buffer *out,
                    struct error *error)
{
	sqlite3_stmt *statement;
	enum sql_status status;
	if (!sql_prepare(s->db, &statement, "SELECT name FROM pragma_table_info(?)", error, "s",
	                 table))
		return false;
	buffer_format(out, ", '%s'", table);
	while ((status = sql_step(statement, error)) == SQL_ROW)
		buffer_format(out, ", %s.\"%s\"", row, sql_text(statement, 0));
	sqlite3_finalize(statement);
	return status == SQL_END;
}

static bool watch_event(struct store *s, const char *table, const char *event, struct error *error)
{
	const bool has_old = !text_equal(event, "INSERT"), has_new = !text_equal(event, "DELETE");
	struct buffer sql = buffer_up_to(SQL_MAX);
	buffer_format(&sql,
	              "CREATE TEMP TRIGGER \"seal %s %s\" AFTER %s ON main.\"%s\""
	              " BEGIN UPDATE seal SET sum = %s%s",
	              event, table, event, table, has_new ? "seal_add(" : "",
	              has_old ? "seal_take(sum" : "sum");
	bool ok = !has_old || put_row(s, table, "OLD", &sql, error);
	buffer_text(&sql, has_old ? ")" : "");
	ok = ok && (!has_new || put_row(s, table, "NEW", &sql, error));
	buffer_text(&sql, has_new ? ")" : "");
	buffer_text(&sql, " WHERE part = 'rows'; END");
	buffer_byte(&sql, 0);
	if (ok && sql.failed)
		ok = error_memory(error, "the seal");
	ok = ok && sql_run(s->db, (const char *)sql.bytes, error);
	buffer_done(&sql);
	return ok;
}

static bool watch_table(struct store *s, const char *table, uint64_t *unused, struct error *error)
{
	(void)unused;
	return watch_event(s, table, "INSERT", error) && watch_event(s, table, "DELETE", error) &&
	       watch_event(s, table, "UPDATE", error);
}

bool seal_watch(struct store *s, struct error *error)
{
	const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
	if (sqlite3_create_function(s->db, "seal_add", -1, flags, NULL, add, NULL, NULL) !=
	            SQLITE_OK ||
	    sqlite3_create_function(s->db, "seal_take", -1, flags, NULL, take, NULL, NULL) !=
	            SQLITE_OK)
		return sql_error(s->db, error);
	// A row that INSERT OR REPLACE replaces counts as deleted.
	return sql_run(s->db, "PRAGMA recursive_triggers = ON; PRAGMA temp_store = MEMORY;",
	               error) &&
	       for_each_table(s, watch_table, NULL, error);
}

bool seal_check(struct store *s, struct error *error)
{
	uint64_t rows, schema;
	sqlite3_stmt *statement;
	if (!sum_all(s, &rows, &schema, error) ||
	    !sql_prepare(s->db, &statement,
	                 "SELECT count(*) FROM seal WHERE (part = 'rows' AND sum = ?)"
	                 " OR (part = 'schema' AND sum = ?)",
	                 error, "uu", rows, schema))
		return false;
	const enum sql_status status = sql_step(statement, error);
	const bool is_same = status == SQL_ROW && sqlite3_column_int64(statement, 0) == 2;
	sqlite3_finalize(statement);
	return status != SQL_FAILED &&
	       (is_same ||
	        error_set(error, ERROR_FAILED,
	                  "'%s/catalog.sqlite' is damaged: it does not hold what was written; "
	                  "restore it, or take the captures in anew",
	                  s->path));
}
