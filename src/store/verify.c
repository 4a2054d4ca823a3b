// SPDX-License-Identifier: MIT
// Every byte of a store: checksums, then the sense of each kind of fact (what a segment holds of
// it, what the catalogue says); databases must be what was kept; no file may be missing or too
// many.
#include "store/kind.h"
#include "store/records.h"
#include "store/seal.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/text.h"

void verify_report(struct verifier *v, const char *line)
{
	v->result->problems++;
	v->found(v->context, line);
}

void verify_report_segment(struct verifier *v, const struct store_segment *segment,
                           const char *what)
{
	char line[256];
	text_format(line, sizeof line, "segment '%s': %s", segment->file, what);
	verify_report(v, line);
}

void verify_report_unchecked(struct verifier *v, const struct store_segment *segment)
{
	v->result->unchecked++;
	verify_report_segment(v, segment, "not all was checked: out of memory");
}

// Runs a query that returns a line of text for each thing that is wrong.
static void report_rows(struct verifier *v, const char *sql)
{
	struct error error;
	sqlite3_stmt *statement;
	enum sql_status status;
	if (!sql_prepare(v->store->db, &statement, sql, &error, "")) {
		verify_report(v, error.text);
		return;
	}
	while ((status = sql_step(statement, &error)) == SQL_ROW) {
		char line[256];
		text_format(line, sizeof line, "catalogue: %.200s", sql_text(statement, 0));
		verify_report(v, line);
	}
	if (status == SQL_FAILED)
		verify_report(v, error.text);
	sqlite3_finalize(statement);
}

struct orphans {
	struct verifier *verifier;
	const char *owner;  // "capture", "segment"
};

static bool report_orphans(struct store *s, const char *table, void *context, struct error *error)
{
	const struct orphans *o = context;
	char sql[512];
	(void)s;
	if (!text_format(sql, sizeof sql,
	                 "SELECT 'rows of a %s that is not there: ' || %s_id FROM main.%s"
	                 " WHERE %s_id NOT IN (SELECT id FROM %s)",
	                 o->owner, o->owner, table, o->owner, o->owner))
		return error_set(error, ERROR_FAILED, "the catalogue is damaged: table names");
	report_rows(o->verifier, sql);
	return true;
}

// No row may be of a capture or segment that is not there.
static void check_owners(struct verifier *v)
{
	struct orphans captures = { v, "capture" }, segments = { v, "segment" };
	struct error error;
	if (!kinds_tables(v->store, "capture_id", report_orphans, &captures, &error) ||
	    !kinds_tables(v->store, "segment_id", report_orphans, &segments, &error))
		verify_report(v, error.text);
}

// The catalogue against itself: no row may be missing, and none too many.
static void check_catalog(struct verifier *v)
{
	struct error error;
	// A store from before knows of no day that is owed.
	if (!kind_is_there(v->store, KIND_OWED) &&
	    !sql_run(v->store->db,
	             "CREATE TEMP VIEW IF NOT EXISTS owed AS"
	             " SELECT NULL AS capture_id, NULL AS day_number WHERE 0",
	             &error))
		verify_report(v, error.text);
	for (size_t i = 0; i < STORE_KINDS; i++)
		for (const char *const *check = store_kinds[i]->checks;
		     kind_is_there(v->store, i) && *check != NULL; check++)
			report_rows(v, *check);
	check_owners(v);
	report_rows(v, "SELECT 'day and day_number differ: ' || file FROM segment"
	               " WHERE day <> date(day_number * 86400, 'unixepoch')");
}

static bool check_chunks(struct verifier *v, const struct store_segment *entry,
                         const struct segment *segment)
{
	struct error error;
	bool ok = true;
	for (size_t i = 0; i < segment_chunk_count(segment); i++)
		if (!segment_chunk_check(segment, segment_chunk(segment, i), &error)) {
			verify_report(v, error.text);
			ok = false;
		}
	if (!segment_is_padded(segment)) {
		verify_report_segment(v, entry,
		                      "there are bytes between its chunks that nobody wrote");
		ok = false;
	}
	return ok;
}

static void check_kinds(struct verifier *v, const struct store_segment *entry,
                        const struct segment *segment)
{
	for (size_t i = 0; i < STORE_KINDS; i++)
		if (store_kinds[i]->verify != NULL)
			store_kinds[i]->verify(v, entry, segment);
}

static bool check_name(void *context, const char *name)
{
	struct verifier *v = context;
	const struct store *s = v->store;
	if (!store_is_own_name(name) || store_is_named(s, name))
		return true;
	char line[384];
	const bool is_folder = s->disk->look(s->disk, name) == ENTRY_FOLDER;
	text_format(
		line, sizeof line,
		is_folder ? "note: '%s' is a folder, of which hotaru makes none; no harm"
			  : "note: '%s' was left by a change that did not end (a crash, a full "
			    "disk), or is of a writer at work; no harm, the next ingest removes it",
		name);
	v->found(v->context, line);
	return true;
}

// Fingerprints of sources ask what happened on a whole day.
static void check_days(struct verifier *v)
{
	const struct store *s = v->store;
	for (size_t i = 1; v->marks.set->of_sources != 0 && i < s->segment_count; i++)
		if (s->segments[i].day == s->segments[i - 1].day)
			verify_report_segment(
				v, &s->segments[i],
				"its day has several, and there are fingerprints of sources");
}

// Days that were dropped are no damage any more, but are not there.
static void note_owed_days(struct verifier *v)
{
	struct error error;
	sqlite3_stmt *statement;
	enum sql_status status;
	if (!sql_prepare(v->store->db, &statement,
	                 "SELECT day_number, name FROM owed JOIN capture ON capture_id = id"
	                 " ORDER BY day_number, name",
	                 &error, "")) {
		verify_report(v, error.text);
		return;
	}
	while ((status = sql_step(statement, &error)) == SQL_ROW) {
		char date[CALENDAR_DAY_SIZE], line[512];
		day_format((int32_t)sqlite3_column_int64(statement, 0), date);
		text_format(line, sizeof line,
		            "note: %s is lost until it is taken in again: '%.400s'", date,
		            sql_text(statement, 1));
		v->found(v->context, line);
	}
	if (status == SQL_FAILED)
		verify_report(v, error.text);
	sqlite3_finalize(statement);
}

static bool check_records(struct verifier *v, enum store_records form, struct error *error)
{
	struct store *s = v->store;
	for (size_t i = 0; i < s->records[form].count; i++) {
		struct store_records_file *file = &s->records[form].files[i];
		struct error problem;
		if (interrupt_requested())
			return error_set(error, ERROR_FAILED, "interrupted; not all was checked");
		if (store_records_check(s, form, i, &problem)) {
			v->result->bytes += file->bytes;
			continue;
		}
		verify_report(v, problem.text);
		file->is_damaged = problem.kind == ERROR_CORRUPT;
		v->result->unchecked += problem.kind != ERROR_CORRUPT;
	}
	return true;
}

static void check_databases(struct verifier *v)
{
	struct store *s = v->store;
	uint64_t bytes = 0;
	for (size_t i = 0; i < s->database_count; i++) {
		struct error problem;
		if (store_database_check(s, i, &problem)) {
			bytes += s->databases[i].bytes;
		} else if (store_renew_databases(s)) {
			// They were replaced meanwhile: those that are there now are checked.
			i = SIZE_MAX;
			bytes = 0;
		} else {
			verify_report(v, problem.text);
		}
	}
	v->result->bytes += bytes;
}

bool store_verify(struct store *s, void (*found)(void *context, const char *line), void *context,
                  struct store_verify_result *out, struct error *error)
{
	*out = (struct store_verify_result){ .segments = s->segment_count };
	struct verifier v = { .store = s,
		              .found = found,
		              .context = context,
		              .result = out,
		              .marks = host_marks_of(&s->settings.fingerprints) };
	report_rows(&v, "SELECT integrity_check FROM pragma_integrity_check"
	                " WHERE integrity_check <> 'ok'");
	struct error broken;
	if (s->format >= 2 && !seal_check(s, &broken))
		verify_report(&v, broken.text);
	for (size_t i = 0; i < s->segment_count; i++) {
		const struct segment *segment;
		struct error problem;
		if (interrupt_requested())
			return error_set(error, ERROR_FAILED, "interrupted; not all was checked");
		const uint64_t before = out->problems, unchecked = out->unchecked;
		if (!store_segment_open(s, i, &segment, &problem)) {
			verify_report(&v, problem.text);
			// No memory, too many mappings: what is in the file nobody has seen.
			out->unchecked += problem.kind != ERROR_CORRUPT;
		} else {
			out->bytes += segment_length(segment);
			if (check_chunks(&v, &s->segments[i], segment))
				check_kinds(&v, &s->segments[i], segment);
		}
		s->segments[i].is_damaged = out->problems - before > out->unchecked - unchecked;
	}
	for (unsigned form = 0; form < STORE_RECORDS; form++)
		if (!check_records(&v, form, error))
			return false;
	check_days(&v);
	check_databases(&v);
	check_catalog(&v);
	note_owed_days(&v);
	return s->disk->list(s->disk, check_name, &v, error);
}
