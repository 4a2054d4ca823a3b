// SPDX-License-Identifier: MIT
// Which columns are shown.
#include "present/table/table.h"

#include "base/suggest.h"
#include "base/text.h"
#include "present/words/width.h"

static size_t find_column(const struct column *columns, size_t count, const char *name)
{
	size_t i = 0;
	while (i < count && !text_equal(columns[i].name, name))
		i++;
	return i;
}

static bool unknown_column(const char *name, const struct column *columns, size_t count,
                           struct error *error)
{
	struct suggestion meant = { .word = name };
	char all[TABLE_NAMES_SIZE] = "";
	for (size_t i = 0, length = 0; i < count; i++, length = width_bytes(all)) {
		text_format(all + length, sizeof all - length, "%s%s", i > 0 ? "," : "",
		            columns[i].name);
		suggestion_try(&meant, columns[i].name);
	}
	error_set(error, ERROR_USAGE, "there is no column '%s'; there are %.300s%s", name, all,
	          width_bytes(all) > 300 ? " and others" : "");
	return suggestion_add(&meant, "", error);
}

bool table_look_find(const struct table_look *look, const struct column *columns,
                     size_t column_count, size_t out[SCHEMA_COLUMNS_MAX], size_t *out_count,
                     struct error *error)
{
	const char *names = look->columns;
	char name[SCHEMA_NAME_SIZE];
	size_t count = 0;
	while (text_next(&names, ',', name, sizeof name)) {
		const size_t column = find_column(columns, column_count, name);
		if (column == column_count)
			return unknown_column(name, columns, column_count, error);
		if (count == SCHEMA_COLUMNS_MAX)
			return error_set(error, ERROR_USAGE, "more than %d columns are named",
			                 SCHEMA_COLUMNS_MAX);
		out[count++] = column;
	}
	*out_count = count;
	return count > 0 || error_set(error, ERROR_USAGE, "no column is named");
}

bool table_look_check(const struct table_look *look, const struct column *columns,
                      size_t column_count, struct error *error)
{
	size_t chosen[SCHEMA_COLUMNS_MAX], count;
	return look->columns == NULL ||
	       table_look_find(look, columns, column_count, chosen, &count, error);
}

void table_left_out(const struct table *t, char out[TABLE_NAMES_SIZE])
{
	size_t length = 0;
	out[0] = '\0';
	for (size_t i = 0; i < t->column_count; i++)
		if (t->is_left_out[i]) {
			text_format(out + length, TABLE_NAMES_SIZE - length, "%s%s",
			            length > 0 ? ", " : "", t->columns[i].name);
			length = width_bytes(out);
		}
}
