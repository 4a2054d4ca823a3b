// SPDX-License-Identifier: MIT
#include "store/sql.h"

#include "base/text.h"

#include <errno.h>
#include <stdarg.h>

// SQLite knows of an open database which file it is, and of one that could not be opened why not.
bool sql_error(sqlite3 *db, struct error *error)
{
	const int code = sqlite3_errcode(db), number = sqlite3_system_errno(db);
	const char *file = sqlite3_db_filename(db, "main");
	if (code == SQLITE_CANTOPEN && number != 0) {
		errno = number;
		return error_errno(error, "cannot open '%s' or a file beside it",
		                   file != NULL ? file : "catalog.sqlite");
	}
	if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
		return error_set(error, ERROR_FAILED,
		                 "'%s' is damaged (%s); restore it, or take the captures in anew",
		                 file, sqlite3_errmsg(db));
	if (code == SQLITE_FULL)
		return error_set(error, ERROR_FAILED,
		                 "'%s': No space left on the disk; the store is as it was: make "
		                 "room and try again",
		                 file);
	return error_set(error, ERROR_FAILED, "'%s': %s", file != NULL ? file : "catalog.sqlite",
	                 sqlite3_errmsg(db));
}

bool sql_run(sqlite3 *db, const char *sql, struct error *error)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || sql_error(db, error);
}

static int bind_one(sqlite3_stmt *statement, int at, char type, va_list *arguments)
{
	struct span blob;
	const char *text;
	switch (type) {
	case 'i': return sqlite3_bind_int64(statement, at, va_arg(*arguments, int64_t));
	case 'u': return sqlite3_bind_int64(statement, at, (int64_t)va_arg(*arguments, uint64_t));
	case 's':
		text = va_arg(*arguments, const char *);
		return sqlite3_bind_text(statement, at, text, -1, SQLITE_TRANSIENT);
	case 'b':
		blob = va_arg(*arguments, struct span);
		return sqlite3_bind_blob(statement, at, blob.bytes, (int)blob.length,
		                         SQLITE_TRANSIENT);
	default: assert(false); return SQLITE_ERROR;
	}
}

static bool prepare(sqlite3 *db, sqlite3_stmt **out, const char *sql, struct error *error)
{
	return sqlite3_prepare_v2(db, sql, -1, out, NULL) == SQLITE_OK || sql_error(db, error);
}

static bool bind(sqlite3_stmt *statement, const char *types, va_list *arguments,
                 struct error *error)
{
	int result = SQLITE_OK;
	for (int i = 0; types[i] != '\0' && result == SQLITE_OK; i++)
		result = bind_one(statement, i + 1, types[i], arguments);
	return result == SQLITE_OK || sql_error(sqlite3_db_handle(statement), error);
}

bool sql_prepare(sqlite3 *db, sqlite3_stmt **out, const char *sql, struct error *error,
                 const char *types, ...)
{
	sqlite3_stmt *statement = NULL;
	if (!prepare(db, &statement, sql, error))
		return false;
	va_list arguments;
	va_start(arguments, types);
	const bool ok = bind(statement, types, &arguments, error);
	va_end(arguments);
	if (!ok) {
		sqlite3_finalize(statement);
		return false;
	}
	*out = statement;
	return true;
}

bool sql_run_again(sqlite3 *db, sqlite3_stmt **kept, const char *sql, struct error *error,
                   const char *types, ...)
{
	if (*kept == NULL && !prepare(db, kept, sql, error))
		return false;
	va_list arguments;
	va_start(arguments, types);
	const bool ok = bind(*kept, types, &arguments, error) && sql_step(*kept, error) == SQL_END;
	va_end(arguments);
	return ok && (sqlite3_reset(*kept) == SQLITE_OK || sql_error(db, error));
}

enum sql_status sql_step(sqlite3_stmt *statement, struct error *error)
{
	const int result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		return SQL_ROW;
	if (result == SQLITE_DONE)
		return SQL_END;
	sql_error(sqlite3_db_handle(statement), error);
	return SQL_FAILED;
}

bool sql_finish(sqlite3_stmt *statement, struct error *error)
{
	const enum sql_status status = sql_step(statement, error);
	sqlite3_finalize(statement);
	return status == SQL_END;
}

const char *sql_text(sqlite3_stmt *statement, int column)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);
	return text == NULL ? "" : text;
}

uint64_t sql_u64(sqlite3_stmt *statement, int column)
{
	return (uint64_t)sqlite3_column_int64(statement, column);
}
