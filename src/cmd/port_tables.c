// SPDX-License-Identifier: MIT
#include "cmd/port_tables.h"

#include "base/calendar.h"

enum { FIRST_NUMBER = 4 };

const struct column port_columns_of_days[PORT_COLUMNS] = {
	{ "day", CELL_TEXT },           { "protocol", CELL_TEXT },
	{ "port", CELL_NUMBER },        { "family", CELL_TEXT },
	{ "packets", CELL_NUMBER },     { "sources", CELL_NUMBER },
	{ "day_before", CELL_NUMBER },  { "week_before", CELL_NUMBER },
	{ "most_before", CELL_NUMBER }, { "is_new", CELL_TEXT },
};

static void write_past(struct table *table, struct port_past past)
{
	if (past.is_there)
		table_u64(table, past.sources);
	else
		table_empty(table);
}

static void write_row(struct table *table, const char *day, const struct port_row *row)
{
	static const char *const words[] = { [PORT_NOT_NEW] = "no", [PORT_NEW] = "yes" };
	table_text(table, day);
	table_text(table, row->protocol == SOURCE_TCP ? "tcp" : "udp");
	table_u64(table, row->port);
	table_text(table, row->family);
	for (size_t i = FIRST_NUMBER; !row->is_known && i < PORT_COLUMNS; i++)
		table_unknown(table);
	if (row->is_known) {
		table_u64(table, row->packets);
		table_u64(table, row->sources);
		write_past(table, row->day_before);
		write_past(table, row->week_before);
		write_past(table, row->most_before);
		if (row->is_new == PORT_NEW_UNKNOWN)
			table_unknown(table);
		else
			table_text(table, words[row->is_new]);
	}
	table_end_row(table);
}

void port_write_day(struct table *table, const struct ports_day *day)
{
	char date[CALENDAR_DAY_SIZE];
	day_format(day->day, date);
	for (size_t i = 0; i < day->row_count && !table->failed; i++)
		write_row(table, date, &day->rows[i]);
}
