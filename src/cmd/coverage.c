// SPDX-License-Identifier: MIT
#include "cmd/coverage.h"

const struct column coverage_columns[] = {
	{ "day", CELL_TEXT },     { "captures", CELL_NUMBER }, { "covered_seconds", CELL_NUMBER },
	{ "share", CELL_NUMBER }, { "status", CELL_TEXT },     { "holes", CELL_NUMBER },
};
const size_t coverage_column_count = sizeof coverage_columns / sizeof *coverage_columns;

bool coverage_write(struct table *table, struct store *store, struct error *error)
{
	struct coverage c;
	if (!coverage_make(store_holdings(store), &c, error))
		return false;
	for (uint32_t i = 0; i < c.day_count; i++) {
		const struct coverage_day *d = &c.days[i];
		char date[CALENDAR_DAY_SIZE];
		day_format(c.first_day + (int32_t)i, date);
		table_text(table, date);
		table_u64(table, d->captures);
		table_u64(table, d->covered_ns / NANOSECONDS_A_SECOND);
		table_real(table, coverage_share(d));
		table_text(table, coverage_status_names[coverage_status(d)]);
		table_u64(table, d->holes);
		table_end_row(table);
	}
	coverage_done(&c);
	return true;
}
