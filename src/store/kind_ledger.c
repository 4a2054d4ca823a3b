// SPDX-License-Identifier: MIT
// Where the frames of a capture went, and why some of them were not understood.
//
// A capture has a row for each counter, or none: then no packets were in it.
#include "store/kind.h"

#include "base/memory.h"
#include "base/text.h"

// The view is what hotaru kept before it had the table: programs that read it may go on.
#define REASON_TABLE                                                                               \
	"CREATE TABLE reason (capture_id INTEGER NOT NULL REFERENCES capture,"                     \
	"  counter TEXT NOT NULL, link_type INTEGER NOT NULL, reason TEXT NOT NULL,"               \
	"  number INTEGER NOT NULL, frames INTEGER NOT NULL,"                                      \
	"  PRIMARY KEY (capture_id, counter, link_type, reason, number)) WITHOUT ROWID;"
#define REASON_VIEW                                                                                \
	"CREATE VIEW not_understood AS SELECT capture_id, counter,"                                \
	"  CASE WHEN counter = 'unknown_link' OR reason = 'ethertype' THEN number ELSE 0 END"      \
	"  AS detail, sum(frames) AS frames FROM reason"                                           \
	"  WHERE counter IN ('unknown_link', 'not_ip') AND reason <> 'fraction'"                   \
	"  GROUP BY capture_id, counter, detail;"

static const char layout[] =
	"CREATE TABLE ledger (capture_id INTEGER NOT NULL REFERENCES capture, counter TEXT NOT NULL,"
	"  frames INTEGER NOT NULL, PRIMARY KEY (capture_id, counter)) WITHOUT ROWID;" REASON_TABLE
		REASON_VIEW;

// Stores of format 1 have a table `not_understood` instead of `reason`: link types of
// unknown_link, and EtherTypes (0: none) of not_ip. This reads the old as if it were the new.
#define OLD_REASONS                                                                                \
	"SELECT capture_id, counter,"                                                              \
	" CASE counter WHEN 'unknown_link' THEN detail ELSE -1 END AS link_type,"                  \
	" CASE WHEN counter = 'unknown_link' THEN 'link_type'"                                     \
	" WHEN detail > 0 THEN 'ethertype' ELSE 'other' END AS reason,"                            \
	" detail AS number, frames FROM not_understood"

static const char renew[] = REASON_TABLE "INSERT INTO reason " OLD_REASONS
					 ";DROP TABLE not_understood;" REASON_VIEW;

static const char *const checks[] = {
	("SELECT 'the ledger of a capture is not whole: ' || name FROM capture WHERE"
	 " (SELECT count(*) FROM ledger WHERE capture_id = id) NOT IN (0, 14)"),
	NULL,
};
_Static_assert(KIND_COUNT == 14, "the query counts the counters");

static bool enter(struct store *s, uint64_t id, const struct store_capture *capture,
                  struct error *error)
{
	const struct ingest_ledger *ledger = capture->ledger;
	sqlite3_stmt *frames = NULL, *reasons = NULL;
	bool ok = true;
	if (ledger == NULL)
		return true;
	for (unsigned kind = 0; ok && kind < KIND_COUNT; kind++)
		ok = sql_run_again(s->db, &frames, "INSERT INTO ledger VALUES (?, ?, ?)", error,
		                   "usu", id, kind_names[kind], ledger->frames[kind]);
	for (size_t i = 0; ok && i < ledger->detail_count; i++) {
		const struct ingest_detail *d = &ledger->details[i];
		ok = sql_run_again(s->db, &reasons, "INSERT INTO reason VALUES (?, ?, ?, ?, ?, ?)",
		                   error, "usisuu", id, kind_names[d->kind], (int64_t)d->link_type,
		                   reason_names[d->reason], (uint64_t)d->number, d->frames);
	}
	sqlite3_finalize(frames);
	sqlite3_finalize(reasons);
	return ok;
}

static unsigned kind_by_name(const char *name)
{
	unsigned kind = 0;
	while (kind < KIND_COUNT && !text_equal(kind_names[kind], name))
		kind++;
	return kind;
}

static bool load_frames(struct store *s, uint64_t id, struct ingest_ledger *ledger, bool *out_any,
                        struct error *error)
{
	sqlite3_stmt *statement;
	enum sql_status status;
	if (!sql_prepare(s->db, &statement,
	                 "SELECT counter, frames FROM ledger WHERE capture_id = ?", error, "u", id))
		return false;
	*out_any = false;
	while ((status = sql_step(statement, error)) == SQL_ROW) {
		const unsigned kind = kind_by_name(sql_text(statement, 0));
		*out_any = true;
		if (kind < KIND_COUNT)
			ledger->frames[kind] = sql_u64(statement, 1);
	}
	sqlite3_finalize(statement);
	return status == SQL_END;
}

bool store_capture_counts(struct store *s, const struct capture_identity *identity,
                          struct ingest_ledger *out, struct error *error)
{
	struct ingest_ledger ledger = { .copies = 0 };
	uint64_t id;
	bool is_there;
	if (!catalog_capture_id(s, identity, &id, error) ||
	    !load_frames(s, id, &ledger, &is_there, error) ||
	    !kind_copies_count(s, id, &ledger.copies, error))
		return false;
	*out = ledger;
	return true;
}

static enum reason reason_by_name(const char *name)
{
	unsigned reason = 0;
	while (reason < REASON_OTHER && !text_equal(reason_names[reason], name))
		reason++;
	return reason;
}

static bool load_details(struct store *s, uint64_t id, struct ingest_ledger *ledger,
                         struct error *error)
{
	static const char *const sources[] = {
		"SELECT counter, link_type, reason, number, frames FROM (" OLD_REASONS ")"
		" WHERE capture_id = ? ORDER BY counter, link_type, reason, number",
		"SELECT counter, link_type, reason, number, frames FROM reason"
		" WHERE capture_id = ? ORDER BY counter, link_type, reason, number",
	};
	sqlite3_stmt *statement;
	enum sql_status status;
	if (!sql_prepare(s->db, &statement, sources[s->format >= 2], error, "u", id))
		return false;
	while ((status = sql_step(statement, error)) == SQL_ROW &&
	       ledger->detail_count < INGEST_DETAILS_MAX) {
		const unsigned kind = kind_by_name(sql_text(statement, 0));
		if (kind < KIND_COUNT)
			ledger->details[ledger->detail_count++] = (struct ingest_detail){
				.kind = kind,
				.link_type = (int32_t)sqlite3_column_int64(statement, 1),
				.reason = reason_by_name(sql_text(statement, 2)),
				.number = (uint32_t)sql_u64(statement, 3),
				.frames = sql_u64(statement, 4),
			};
	}
	sqlite3_finalize(statement);
	return status != SQL_FAILED;
}

static bool load(struct store *s, uint64_t id, struct store_capture *capture, struct error *error)
{
	struct ingest_ledger *ledger = memory_new(1, sizeof *ledger);
	bool is_there;
	if (ledger == NULL)
		return error_memory(error, "captures");
	*ledger = (struct ingest_ledger){ .first_ns = capture->first_ns,
		                          .last_ns = capture->last_ns,
		                          .is_simulated = capture->is_simulated };
	if (!load_frames(s, id, ledger, &is_there, error) ||
	    (is_there && !load_details(s, id, ledger, error))) {
		memory_free(ledger);
		return false;
	}
	if (is_there)
		capture->ledger = ledger;
	else
		memory_free(ledger);
	return true;
}

static void done(struct store_capture *capture)
{
	memory_free((void *)(uintptr_t)capture->ledger);
}

const struct store_kind kind_ledger = {
	.name = "ledger",
	.layout = layout,
	.renew = renew,
	.checks = checks,
	.enter = enter,
	.load = load,
	.done = done,
};
