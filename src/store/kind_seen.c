// SPDX-License-Identifier: MIT
// When frames of a capture were seen (ingest/seen.h).
//
// A capture has a row for each stretch of time, and none if there is no frame in it.
#include "store/kind.h"

#include "base/memory.h"

#include <stdlib.h>

// Times after 2262 are negative, as in `capture`.
static const char layout[] =
	"CREATE TABLE seen (capture_id INTEGER NOT NULL REFERENCES capture,"
	"  first_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL, frames INTEGER NOT NULL,"
	"  PRIMARY KEY (capture_id, first_ns)) WITHOUT ROWID;"
	"CREATE TRIGGER seen_is_forgotten AFTER DELETE ON capture"
	"  BEGIN DELETE FROM seen WHERE capture_id = OLD.id; END;";

static const char *const checks[] = {
	("SELECT 'times of capture ' || capture_id || ' that cannot be: ' || first_ns FROM seen"
	 " WHERE typeof(first_ns) <> 'integer' OR typeof(last_ns) <> 'integer'"
	 " OR typeof(frames) <> 'integer' OR frames <= 0"
	 " OR (last_ns < first_ns AND (last_ns >= 0 OR first_ns < 0))"),
	NULL,
};

static bool enter(struct store *s, uint64_t id, const struct store_capture *capture,
                  struct error *error)
{
	const struct capture_seen *seen = capture->seen;
	sqlite3_stmt *statement = NULL;
	bool ok = true;
	for (size_t i = 0; ok && seen != NULL && i < seen->count; i++) {
		const struct seen_stretch *stretch = &seen->stretches[i];
		ok = sql_run_again(s->db, &statement, "INSERT INTO seen VALUES (?, ?, ?, ?)", error,
		                   "uuuu", id, stretch->first_ns, stretch->last_ns,
		                   stretch->frames);
	}
	sqlite3_finalize(statement);
	return ok;
}

static int by_first(const void *a, const void *b)
{
	const struct seen_stretch *x = a, *y = b;
	return (x->first_ns > y->first_ns) - (x->first_ns < y->first_ns);
}

static bool add(struct capture_seen *seen, size_t *room, const struct seen_stretch *stretch)
{
	if (seen->count == *room) {
		const size_t more = *room == 0 ? 1 : *room * 2;
		void *list = memory_resize(seen->stretches, more, sizeof *stretch);
		if (list == NULL)
			return false;
		seen->stretches = list;
		*room = more;
	}
	seen->stretches[seen->count++] = *stretch;
	return true;
}

static bool read_stretches(struct store *s, uint64_t id, struct capture_seen *seen,
                           struct error *error)
{
	sqlite3_stmt *statement;
	enum sql_status status;
	size_t room = 0;
	bool ok = true;
	if (!sql_prepare(s->db, &statement,
	                 "SELECT first_ns, last_ns, frames FROM seen WHERE capture_id = ?", error,
	                 "u", id))
		return false;
	while (ok && (status = sql_step(statement, error)) == SQL_ROW) {
		const struct seen_stretch stretch = { sql_u64(statement, 0), sql_u64(statement, 1),
			                              sql_u64(statement, 2) };
		// A stretch lies on one day: of days that were forgotten there is nothing to tell.
		if (stretch.last_ns >= s->settings.kept_from_ns)
			ok = add(seen, &room, &stretch) || error_memory(error, "captures");
	}
	sqlite3_finalize(statement);
	return ok && status == SQL_END;
}

static bool load(struct store *s, uint64_t id, struct store_capture *capture, struct error *error)
{
	struct capture_seen seen = { .stretches = NULL };
	bool ok = read_stretches(s, id, &seen, error);
	if (seen.count > 0) {
		qsort(seen.stretches, seen.count, sizeof *seen.stretches, by_first);
		ok = ok && store_capture_set_seen(capture, &seen, error);
	}
	memory_free(seen.stretches);
	return ok;
}

static void done(struct store_capture *capture)
{
	memory_free((void *)(uintptr_t)capture->seen);
}

const struct store_kind kind_seen = {
	.name = "seen",
	.layout = layout,
	.checks = checks,
	.enter = enter,
	.load = load,
	.done = done,
};
