// SPDX-License-Identifier: MIT
// Frames of a capture that are copies of others, and were left out (ingest/copies.h): a counter of its
// ledger that few have.
//
// A capture has a row if it has copies.
#include "store/kind.h"

static const char layout[] =
	"CREATE TABLE copies (capture_id INTEGER PRIMARY KEY REFERENCES capture,"
	"  frames INTEGER NOT NULL);"
	"CREATE TRIGGER copies_are_forgotten AFTER DELETE ON capture"
	"  BEGIN DELETE FROM copies WHERE capture_id = OLD.id; END;";

static const char *const checks[] = {
	("SELECT 'copies of capture ' || capture_id || ' that cannot be' FROM copies"
	 " WHERE typeof(frames) <> 'integer' OR frames <= 0"
	 " OR capture_id NOT IN (SELECT capture_id FROM ledger)"),
	NULL,
};

static bool enter(struct store *s, uint64_t id, const struct store_capture *capture,
                  struct error *error)
{
	sqlite3_stmt *statement;
	if (capture->ledger == NULL || capture->ledger->copies == 0)
		return true;
	return sql_prepare(s->db, &statement, "INSERT INTO copies VALUES (?, ?)", error, "uu", id,
	                   capture->ledger->copies) &&
	       sql_finish(statement, error);
}

bool kind_copies_count(struct store *s, uint64_t capture_id, uint64_t *out, struct error *error)
{
	sqlite3_stmt *statement;
	if (!sql_prepare(s->db, &statement, "SELECT frames FROM copies WHERE capture_id = ?", error,
	                 "u", capture_id))
		return false;
	const enum sql_status status = sql_step(statement, error);
	*out = status == SQL_ROW ? sql_u64(statement, 0) : 0;
	sqlite3_finalize(statement);
	return status != SQL_FAILED;
}

// The ledger was loaded before.
static bool load(struct store *s, uint64_t id, struct store_capture *capture, struct error *error)
{
	uint64_t copies = 0;
	return capture->ledger == NULL ||
	       (kind_copies_count(s, id, &copies, error) &&
	        (copies == 0 || store_capture_set_copies(capture, copies, error)));
}

const struct store_kind kind_copies = {
	.name = "copies",
	.layout = layout,
	.checks = checks,
	.enter = enter,
	.load = load,
};
