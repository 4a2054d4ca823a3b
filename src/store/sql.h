// SPDX-License-Identifier: MIT
// Private to store/: SQLite in the manner of hotaru: errors in one line, nothing
// left open.
#pragma once

#include "base/cursor.h"
#include "base/error.h"

#include <sqlite3.h>

// Runs statements that return nothing.
bool sql_run(sqlite3 *, const char *sql, struct error *error) MUST_CHECK;

// Prepares one statement and binds its parameters, one letter each in `types`:
// i int64_t, u uint64_t, s const char * (NULL: null), b struct span.
bool sql_prepare(sqlite3 *, sqlite3_stmt **out, const char *sql, struct error *error,
                 const char *types, ...) MUST_CHECK;

// Runs a statement that returns nothing with these parameters, and keeps it for the next row of the same kind: to
// prepare it takes longer than to run it. *kept is NULL at first; the caller finalises it, also after a failure.
bool sql_run_again(sqlite3 *, sqlite3_stmt **kept, const char *sql, struct error *error,
                   const char *types, ...) MUST_CHECK;

// The next row. SQL_END is no error.
enum sql_status { SQL_ROW, SQL_END, SQL_FAILED };
enum sql_status sql_step(sqlite3_stmt *, struct error *error) MUST_CHECK;

// Steps a statement that returns nothing to its end and finalises it.
bool sql_finish(sqlite3_stmt *, struct error *error) MUST_CHECK;

// A text column; "" for null. Valid until the next step.
const char *sql_text(sqlite3_stmt *, int column);
uint64_t sql_u64(sqlite3_stmt *, int column);

bool sql_error(sqlite3 *, struct error *error);
