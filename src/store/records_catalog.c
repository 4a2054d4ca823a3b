// SPDX-License-Identifier: MIT
// The files of records in the catalogue: a table for each form.
#include "store/records.h"

#include "base/memory.h"
#include "base/text.h"

enum { SQL_SIZE = 256 };

static void forget_list(struct store *s, struct record_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->files[i].map.bytes != NULL)
			s->disk->unmap(s->disk, list->files[i].map);
	memory_free(list->files);
	*list = (struct record_list){ .count = 0 };
}

void store_unmap_records(struct store *s)
{
	for (unsigned form = 0; form < STORE_RECORDS; form++)
		forget_list(s, &s->records[form]);
}

// Of a store that a hotaru from before the kind made there is no table.
static bool count_rows(struct store *s, const char *table, size_t *out, struct error *error)
{
	char sql[SQL_SIZE];
	sqlite3_stmt *statement;
	*out = 0;
	if (!sql_prepare(s->db, &statement,
	                 "SELECT 1 FROM main.sqlite_master WHERE type = 'table' AND name = ?",
	                 error, "s", table))
		return false;
	enum sql_status status = sql_step(statement, error);
	sqlite3_finalize(statement);
	if (status != SQL_ROW)
		return status == SQL_END;
	text_format(sql, sizeof sql, "SELECT count(*) FROM %s", table);
	if (!sql_prepare(s->db, &statement, sql, error, ""))
		return false;
	status = sql_step(statement, error);
	*out = status == SQL_ROW ? (size_t)sql_u64(statement, 0) : 0;
	sqlite3_finalize(statement);
	return status == SQL_ROW;
}

static void take_row(sqlite3_stmt *row, struct store_records_file *out)
{
	out->day = (int32_t)sqlite3_column_int64(row, 0);
	text_copy(out->file, sizeof out->file, sql_text(row, 1));
	out->bytes = sql_u64(row, 2);
	out->count = sql_u64(row, 3);
	out->digest = sql_u64(row, 4);
}

static bool load_list(struct store *s, const struct records_form *form, struct record_list *list,
                      struct error *error)
{
	char sql[SQL_SIZE];
	size_t count;
	sqlite3_stmt *statement;
	enum sql_status status = SQL_FAILED;
	if (!count_rows(s, form->table, &count, error))
		return false;
	if (count == 0)
		return true;
	list->files = memory_new(count, sizeof *list->files);
	if (list->files == NULL)
		return error_memory(error, form->all);
	text_format(sql, sizeof sql,
	            "SELECT day_number, file, bytes, %s, digest FROM %s ORDER BY day_number",
	            form->table, form->table);
	if (!sql_prepare(s->db, &statement, sql, error, ""))
		return false;
	while ((status = sql_step(statement, error)) == SQL_ROW && list->count < count)
		take_row(statement, &list->files[list->count++]);
	sqlite3_finalize(statement);
	return status == SQL_END;
}

bool catalog_load_records(struct store *s, struct error *error)
{
	store_unmap_records(s);
	for (unsigned form = 0; form < STORE_RECORDS; form++)
		if (!load_list(s, records_forms[form], &s->records[form], error))
			return false;
	return true;
}

bool catalog_add_records(struct store *s, enum store_records form,
                         const struct store_records_file *r, struct error *error)
{
	char day[CALENDAR_DAY_SIZE], sql[SQL_SIZE];
	sqlite3_stmt *statement;
	day_format(r->day, day);
	text_format(sql, sizeof sql, "INSERT INTO %s VALUES (?, ?, ?, ?, ?, ?)",
	            records_forms[form]->table);
	return sql_prepare(s->db, &statement, sql, error, "sisuuu", day, (int64_t)r->day, r->file,
	                   r->bytes, r->count, r->digest) &&
	       sql_finish(statement, error);
}

bool catalog_remove_records(struct store *s, enum store_records form, const char *file,
                            struct error *error)
{
	char sql[SQL_SIZE];
	sqlite3_stmt *statement;
	text_format(sql, sizeof sql, "DELETE FROM %s WHERE file = ?", records_forms[form]->table);
	return sql_prepare(s->db, &statement, sql, error, "s", file) &&
	       sql_finish(statement, error);
}
