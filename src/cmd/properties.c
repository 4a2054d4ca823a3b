// SPDX-License-Identifier: MIT
#include "cmd/properties.h"

#include "base/text.h"
#include "cmd/ask.h"

void property_add(struct rows *rows, const char *name, const char *value)
{
	rows_text(rows, name);
	rows_text(rows, value);
	rows_end(rows);
}

void property_add_number(struct rows *rows, const char *name, uint64_t value)
{
	rows_text(rows, name);
	rows_numeral(rows, value);
	rows_end(rows);
}

bool properties_print(const struct analysis_command *options, struct store *store, const char *name,
                      properties_write *write, struct error *error)
{
	struct schema schema = { { { .type = CELL_TEXT }, { "value", CELL_TEXT } }, 2 };
	struct printer printer = printer_to(options);
	struct rows rows;
	struct error ignored;
	text_copy(schema.columns[0].name, SCHEMA_NAME_SIZE, name);
	bool ok = rows_begin(&rows, &printer.outlet.receiver, &schema, error) &&
	          write(&rows, store, error);
	ok = rows_finish(&rows, ok ? error : &ignored) && ok;
	return printer.outlet.close(&printer.outlet, ok, ok ? error : &ignored) && ok;
}
