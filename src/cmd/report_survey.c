// SPDX-License-Identifier: MIT
// The survey of the report.
#include "cmd/surveyed.h"

#include "base/text.h"

const struct column survey_columns[] = {
	{ "day", CELL_TEXT },
	{ "family", CELL_TEXT },
	{ "packets", CELL_NUMBER },
	{ "sources", CELL_NUMBER },
	{ "new", CELL_NUMBER },
	{ "returned", CELL_NUMBER },
	{ "recovered", CELL_NUMBER },
	{ "cumulative_new", CELL_NUMBER },
	{ "cumulative_recovered", CELL_NUMBER },
	{ "active", CELL_NUMBER },
};
const size_t survey_column_count = sizeof survey_columns / sizeof *survey_columns;

const struct column lifetimes_columns[] = {
	{ "family", CELL_TEXT },      { "sources", CELL_NUMBER },
	{ "spells", CELL_NUMBER },    { "open_spells", CELL_NUMBER },
	{ "mean_days", CELL_NUMBER }, { "median_days", CELL_NUMBER },
	{ "p90_days", CELL_NUMBER },  { "kaplan_meier_median_days", CELL_NUMBER },
};
const size_t lifetimes_column_count = sizeof lifetimes_columns / sizeof *lifetimes_columns;

bool survey_make(struct store *store, const struct survey_command *c,
                 const struct day_range *window, struct survey *out, struct error *error)
{
	struct family_list families;
	uint32_t gap;
	if (!survey_gap(c, &gap, error))
		return false;
	if (!family_list_make(store, c->analysis.families, &families, error))
		return false;
	const struct survey_request request = {
		.families = families.names,
		.family_count = families.count,
		.gap_days = gap,
		.window = window,
		.threads = (unsigned)c->analysis.take.take.threads
	};
	return survey_run(store_holdings(store), &request, out, error);
}

static void write_unknown_row(struct table *table, const char *day, const char *family)
{
	table_text(table, day);
	table_text(table, family);
	for (size_t i = 2; i < survey_column_count; i++)
		table_unknown(table);
}

static void write_row(struct table *table, const char *day, const char *family,
                      const struct survey_day *d)
{
	table_text(table, day);
	table_text(table, family);
	table_u64(table, d->packets);
	table_u64(table, d->sources);
	table_u64(table, d->new_sources);
	table_u64(table, d->returned);
	table_u64(table, d->recovered);
	table_u64(table, d->cumulative_new);
	table_u64(table, d->cumulative_recovered);
	table_u64(table, d->active);
}

bool survey_write(struct table *table, const struct survey *survey,
                  const struct analysis_command *analysis)
{
	bool has_rows = false;
	for (uint32_t i = 0; i < survey->day_count; i++) {
		const int32_t day = survey->first_day + (int32_t)i;
		char date[CALENDAR_DAY_SIZE];
		if (!analysis_wants_day(analysis, day))
			continue;
		has_rows = true;
		day_format(day, date);
		for (size_t f = 0; f < survey->family_count; f++) {
			const struct survey_family *family = &survey->families[f];
			if (survey_is_known(survey, f, i))
				write_row(table, date, family->name, &family->days[i]);
			else
				write_unknown_row(table, date, family->name);
			table_end_row(table);
		}
	}
	return has_rows;
}

void lifetimes_write(struct table *table, const struct survey *survey)
{
	for (size_t f = 0; f < survey->family_count; f++) {
		const struct lifetimes *l = &survey->families[f].lifetimes;
		table_text(table, survey->families[f].name);
		if (survey_is_unknown(survey, f)) {
			for (size_t i = 1; i < lifetimes_column_count; i++)
				table_unknown(table);
			table_end_row(table);
			continue;
		}
		table_u64(table, l->sources);
		table_u64(table, l->spells);
		table_u64(table, l->open_spells);
		if (l->spells > 0) {
			table_real(table, l->mean_days);
			table_real(table, l->median_days);
			table_u64(table, l->p90_days);
		} else {
			table_empty(table);
			table_empty(table);
			table_empty(table);
		}
		if (l->kaplan_meier_median_days > 0)
			table_u64(table, l->kaplan_meier_median_days);
		else
			table_empty(table);
		table_end_row(table);
	}
}
