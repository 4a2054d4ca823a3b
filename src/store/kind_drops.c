// SPDX-License-Identifier: MIT
// What captures say of packets that did not get into them (capture/drops.h).
//
// A capture has a row for each counter that it says, and none if it says nothing.
#include "store/kind.h"

#include "base/memory.h"
#include "base/text.h"

static const char layout[] =
	"CREATE TABLE drops (capture_id INTEGER NOT NULL REFERENCES capture, counter TEXT NOT NULL,"
	"  packets INTEGER NOT NULL, PRIMARY KEY (capture_id, counter)) WITHOUT ROWID;"
	"CREATE TRIGGER drops_are_forgotten AFTER DELETE ON capture"
	"  BEGIN DELETE FROM drops WHERE capture_id = OLD.id; END;";

static const char *const checks[] = {
	("SELECT 'drops of capture ' || capture_id || ' that cannot be: ' || counter FROM drops"
	 " WHERE typeof(packets) <> 'integer' OR packets < 0"),
	NULL,
};

static bool enter(struct store *s, uint64_t id, const struct store_capture *capture,
                  struct error *error)
{
	const struct capture_drops *drops = capture->drops;
	sqlite3_stmt *statement;
	for (unsigned counter = 0; drops != NULL && counter < DROP_COUNTERS; counter++)
		if (drops_say(drops, counter) &&
		    (!sql_prepare(s->db, &statement, "INSERT INTO drops VALUES (?, ?, ?)", error,
		                  "usu", id, drop_counter_names[counter],
		                  drops->packets[counter]) ||
		     !sql_finish(statement, error)))
			return false;
	return true;
}

// A counter that this hotaru does not know is one of a later one.
static void note(struct capture_drops *drops, const char *name, uint64_t packets)
{
	for (unsigned counter = 0; counter < DROP_COUNTERS; counter++)
		if (text_equal(drop_counter_names[counter], name))
			drops_add(drops, counter, packets);
}

static bool load(struct store *s, uint64_t id, struct store_capture *capture, struct error *error)
{
	struct capture_drops drops = { .said = 0 };
	sqlite3_stmt *statement;
	enum sql_status status;
	if (!sql_prepare(s->db, &statement,
	                 "SELECT counter, packets FROM drops WHERE capture_id = ?", error, "u", id))
		return false;
	while ((status = sql_step(statement, error)) == SQL_ROW)
		note(&drops, sql_text(statement, 0), sql_u64(statement, 1));
	sqlite3_finalize(statement);
	return status == SQL_END &&
	       (drops.said == 0 || store_capture_set_drops(capture, &drops, error));
}

static void done(struct store_capture *capture)
{
	memory_free((void *)(uintptr_t)capture->drops);
}

const struct store_kind kind_drops = {
	.name = "drops",
	.layout = layout,
	.checks = checks,
	.enter = enter,
	.load = load,
	.done = done,
};
