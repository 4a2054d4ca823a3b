// SPDX-License-Identifier: MIT
// For tests that change the catalogue of a store behind its back.
#pragma once

#include "store/test_store.h"

#include <sqlite3.h>

static inline void run_sql(const char *path, const char *sql)
{
	char file[400];
	sqlite3 *db;
	CHECK(text_format(file, sizeof file, "%s/catalog.sqlite", path));
	CHECK(sqlite3_open(file, &db) == SQLITE_OK);
	CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_close(db);
}

// Makes a store one of format 1, which had no seal and kept less of reasons. What is changed
// by SQL behind it breaks no seal.
#define TO_FORMAT_1                                                                                \
	"DROP TABLE seal; DROP TABLE database; DROP VIEW not_understood; DROP TABLE reason;"       \
	"CREATE TABLE not_understood (capture_id INTEGER NOT NULL REFERENCES capture,"             \
	"  counter TEXT NOT NULL, detail INTEGER NOT NULL, frames INTEGER NOT NULL,"               \
	"  PRIMARY KEY (capture_id, counter, detail)) WITHOUT ROWID; PRAGMA user_version = 1;"
