// SPDX-License-Identifier: MIT
#include "store/kind.h"

#include "base/text.h"

// To add a kind of fact, write its file and add its line here.
const struct store_kind *const store_kinds[STORE_KINDS] = {
	&kind_ledger,    &kind_drops,
	&kind_hosts,     [KIND_OWED] = &kind_owed,
	&kind_seen,      &kind_copies,
	&kind_beginning, &kind_responses,
	&kind_events,    [KIND_BURSTS] = &kind_bursts,
};

_Static_assert(STORE_KINDS <= 32, "struct store has a bit for each");

static bool find(struct store *s, size_t kind, struct error *error)
{
	sqlite3_stmt *statement;
	if (!sql_prepare(s->db, &statement,
	                 "SELECT 1 FROM main.sqlite_master WHERE type = 'table' AND name = ?",
	                 error, "s", store_kinds[kind]->name))
		return false;
	const enum sql_status status = sql_step(statement, error);
	sqlite3_finalize(statement);
	if (status == SQL_ROW)
		s->kinds |= UINT32_C(1) << kind;
	return status != SQL_FAILED;
}

bool kinds_find(struct store *s, struct error *error)
{
	s->kinds = 0;
	for (size_t i = 0; i < STORE_KINDS; i++)
		if (!find(s, i, error))
			return false;
	return true;
}

bool kind_is_there(const struct store *s, size_t kind)
{
	return s->kinds >> kind & 1;
}

bool kinds_are_there(const struct store *s)
{
	bool are_there = true;
	for (size_t i = 0; i < STORE_KINDS; i++)
		are_there = are_there && kind_is_there(s, i);
	return are_there;
}

bool kinds_lay_out(struct store *s, struct error *error)
{
	for (size_t i = 0; i < STORE_KINDS; i++) {
		const struct store_kind *kind = store_kinds[i];
		const bool is_old = kind_is_there(s, i) && s->format == 1 && kind->renew != NULL;
		if ((!kind_is_there(s, i) && !sql_run(s->db, kind->layout, error)) ||
		    (is_old && !sql_run(s->db, kind->renew, error)))
			return false;
	}
	return true;
}

bool kinds_enter(struct store *s, uint64_t capture_id, const struct store_capture *capture,
                 struct error *error)
{
	for (size_t i = 0; i < STORE_KINDS; i++)
		if (store_kinds[i]->enter != NULL &&
		    !store_kinds[i]->enter(s, capture_id, capture, error))
			return false;
	return true;
}

bool kinds_load(struct store *s, uint64_t capture_id, struct store_capture *capture,
                struct error *error)
{
	for (size_t i = 0; i < STORE_KINDS; i++)
		if (store_kinds[i]->load != NULL && kind_is_there(s, i) &&
		    !store_kinds[i]->load(s, capture_id, capture, error))
			return false;
	return true;
}

void kinds_done(struct store_capture *capture)
{
	for (size_t i = 0; i < STORE_KINDS; i++)
		if (store_kinds[i]->done != NULL)
			store_kinds[i]->done(capture);
}

bool kinds_enter_segment(struct store *s, uint64_t segment_id, const struct segment_summary *sum,
                         struct error *error)
{
	for (size_t i = 0; i < STORE_KINDS; i++)
		if (store_kinds[i]->enter_segment != NULL &&
		    !store_kinds[i]->enter_segment(s, segment_id, sum, error))
			return false;
	return true;
}

bool kinds_tables(struct store *s, const char *column, kinds_table *each, void *context,
                  struct error *error)
{
	sqlite3_stmt *statement;
	enum sql_status status = SQL_END;
	bool ok = true;
	if (!sql_prepare(s->db, &statement,
	                 "SELECT '\"' || replace(m.name, '\"', '\"\"') || '\"'"
	                 " FROM main.sqlite_master AS m, pragma_table_info(m.name) AS c"
	                 " WHERE m.type = 'table' AND c.name = ?",
	                 error, "s", column))
		return false;
	while (ok && (status = sql_step(statement, error)) == SQL_ROW)
		ok = each(s, sql_text(statement, 0), context, error);
	sqlite3_finalize(statement);
	return ok && status == SQL_END;
}

struct forgotten {
	const char *column;
	uint64_t id;
};

static bool forget_in(struct store *s, const char *table, void *context, struct error *error)
{
	const struct forgotten *f = context;
	char sql[256];
	sqlite3_stmt *statement;
	return (text_format(sql, sizeof sql, "DELETE FROM main.%s WHERE %s = ?", table,
	                    f->column) ||
	        error_set(error, ERROR_FAILED, "store '%s' is damaged: table names", s->path)) &&
	       sql_prepare(s->db, &statement, sql, error, "u", f->id) &&
	       sql_finish(statement, error);
}

bool kinds_forget(struct store *s, const char *column, uint64_t id, struct error *error)
{
	struct forgotten forgotten = { column, id };
	return kinds_tables(s, column, forget_in, &forgotten, error);
}
