// SPDX-License-Identifier: MIT
#include "present/page/incident_rows.h"

#include <math.h>

const struct schema incidents_schema = {
	{
		{ "date", CELL_DAY },
		{ "label", CELL_TEXT },
		{ "size", CELL_REAL },
		{ "unit", CELL_TEXT },
		{ "source", CELL_TEXT, .spare = 1 },
		{ "confidence", CELL_TEXT, .spare = 2 },
		{ "label_ja", CELL_TEXT, .is_detail = true },
	},
	7,
};

static void write_text(struct rows *rows, const char *text)
{
	if (text[0] != '\0')
		rows_text(rows, text);
	else
		rows_empty(rows);
}

void incident_rows(struct rows *rows, const struct incidents *all, struct day_range days)
{
	for (size_t i = 0; all != NULL && i < all->count; i++) {
		const struct incident *one = &all->list[i];
		if (!day_range_holds(days, one->day))
			continue;
		rows_day(rows, one->day);
		rows_text(rows, one->label);
		if (isnan(one->size))
			rows_empty(rows);
		else
			rows_real(rows, one->size);
		write_text(rows, one->unit);
		write_text(rows, one->source);
		write_text(rows, one->confidence);
		write_text(rows, one->label_ja);
		rows_end(rows);
	}
}
