// SPDX-License-Identifier: MIT
// What hosts answered: a row for each day of which there is something, with the file that has it.
//
// The answers themselves would make the catalogue what every command has to read: its seal is checked
// whole when a store is opened.
#include "store/kind.h"
#include "store/responses.h"

#include "base/memory.h"
#include "base/text.h"

static const char layout[] =
	"CREATE TABLE responses (day TEXT NOT NULL, day_number INTEGER PRIMARY KEY,"
	"  file TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL, responses INTEGER NOT NULL,"
	"  digest INTEGER NOT NULL);";

static const char *const checks[] = {
	("SELECT 'day and day_number differ: ' || file FROM responses"
	 " WHERE day <> date(day_number * 86400, 'unixepoch')"),
	("SELECT 'responses that cannot be: ' || file FROM responses"
	 " WHERE typeof(bytes) <> 'integer' OR typeof(responses) <> 'integer'"
	 " OR typeof(digest) <> 'integer' OR bytes <= 0 OR responses <= 0"),
	NULL,
};

const struct store_kind kind_responses = {
	.name = "responses",
	.layout = layout,
	.checks = checks,
};

void store_unmap_responses(struct store *s)
{
	for (size_t i = 0; i < s->response_count; i++)
		if (s->responses[i].map.bytes != NULL)
			s->disk->unmap(s->disk, s->responses[i].map);
	memory_free(s->responses);
	s->responses = NULL;
	s->response_count = 0;
}

static bool count_rows(struct store *s, size_t *out, struct error *error)
{
	sqlite3_stmt *statement;
	*out = 0;
	if (!sql_prepare(s->db, &statement,
	                 "SELECT 1 FROM main.sqlite_master WHERE type = 'table'"
	                 " AND name = 'responses'",
	                 error, ""))
		return false;
	enum sql_status status = sql_step(statement, error);
	sqlite3_finalize(statement);
	if (status != SQL_ROW)
		return status == SQL_END;
	if (!sql_prepare(s->db, &statement, "SELECT count(*) FROM responses", error, ""))
		return false;
	status = sql_step(statement, error);
	*out = status == SQL_ROW ? (size_t)sql_u64(statement, 0) : 0;
	sqlite3_finalize(statement);
	return status == SQL_ROW;
}

static void take_row(sqlite3_stmt *row, struct store_responses *out)
{
	out->day = (int32_t)sqlite3_column_int64(row, 0);
	text_copy(out->file, sizeof out->file, sql_text(row, 1));
	out->bytes = sql_u64(row, 2);
	out->count = sql_u64(row, 3);
	out->digest = sql_u64(row, 4);
}

bool catalog_load_responses(struct store *s, struct error *error)
{
	size_t count;
	sqlite3_stmt *statement;
	enum sql_status status = SQL_FAILED;
	store_unmap_responses(s);
	if (!count_rows(s, &count, error))
		return false;
	if (count == 0)
		return true;
	s->responses = memory_new(count, sizeof *s->responses);
	if (s->responses == NULL)
		return error_memory(error, "the list of responses");
	if (!sql_prepare(s->db, &statement,
	                 "SELECT day_number, file, bytes, responses, digest FROM responses"
	                 " ORDER BY day_number",
	                 error, ""))
		return false;
	while ((status = sql_step(statement, error)) == SQL_ROW && s->response_count < count)
		take_row(statement, &s->responses[s->response_count++]);
	sqlite3_finalize(statement);
	return status == SQL_END;
}

bool catalog_add_responses(struct store *s, const struct store_responses *r, struct error *error)
{
	char day[CALENDAR_DAY_SIZE];
	sqlite3_stmt *statement;
	day_format(r->day, day);
	return sql_prepare(s->db, &statement, "INSERT INTO responses VALUES (?, ?, ?, ?, ?, ?)",
	                   error, "sisuuu", day, (int64_t)r->day, r->file, r->bytes, r->count,
	                   r->digest) &&
	       sql_finish(statement, error);
}

bool catalog_remove_responses(struct store *s, const char *file, struct error *error)
{
	sqlite3_stmt *statement;
	return sql_prepare(s->db, &statement, "DELETE FROM responses WHERE file = ?", error, "s",
	                   file) &&
	       sql_finish(statement, error);
}
