// SPDX-License-Identifier: MIT
#include "cmd/shaped.h"

static const struct column columns[] = {
	{ "day", CELL_TEXT },       { "family", CELL_TEXT },    { "shape", CELL_TEXT },
	{ "sources", CELL_NUMBER }, { "packets", CELL_NUMBER }, { "flood_suspects", CELL_NUMBER },
};

struct rows {
	struct table *table;
	const struct family_bits *families;
	bool has_any;
};

static void write_row(struct table *table, const char *day, const char *family, const char *shape,
                      const struct shape_count *count)
{
	table_text(table, day);
	table_text(table, family);
	table_text(table, shape);
	if (count == NULL) {
		table_unknown(table);
		table_unknown(table);
		table_unknown(table);
	} else {
		table_u64(table, count->sources);
		table_u64(table, count->packets);
		table_u64(table, count->flood_suspects);
	}
	table_end_row(table);
}

static void write_day(void *context, const struct shape_day *day)
{
	struct rows *rows = context;
	char date[CALENDAR_DAY_SIZE];
	day_format(day->day, date);
	rows->has_any = true;
	for (size_t f = 0; f < rows->families->count; f++) {
		const bool is_unknown = day->has_unknown &&
		                        rows->families->bits[f] != HOLDINGS_ALL_SYNS;
		for (unsigned shape = 0; shape < SHAPE_COUNT; shape++) {
			const struct shape_count *count = &day->counts[f][shape];
			// Few captures keep destinations or ports to themselves.
			if (shape == SHAPE_UNKNOWN && count->sources + count->flood_suspects == 0)
				continue;
			write_row(rows->table, date, rows->families->names[f], shape_names[shape],
			          is_unknown ? NULL : count);
		}
	}
}

static bool run_on(struct dataset *dataset, const struct shaped_command *c, struct error *error)
{
	struct family_bits families;
	struct floods_left_out left_out = { .days = 0 };
	struct output output;
	struct error ignored;
	if (!shaped_families(dataset->store, c, NULL, &families, error) ||
	    !output_open(&output, &c->analysis, columns, sizeof columns / sizeof *columns, error))
		return false;
	struct rows rows = { &output.table, &families, false };
	const struct shapes_request request = { .filter = shaped_filter(c),
		                                .families = families.bits,
		                                .family_count = families.count,
		                                .each = write_day,
		                                .context = &rows };
	const bool ok = shapes_count(store_holdings(dataset->store), &request, &left_out, error);
	if (!output_close(&output, ok ? error : &ignored) || !ok)
		return false;
	if (!rows.has_any)
		command_say("note: there is no packet on these days");
	floods_say(&c->analysis, &left_out);
	return families_say_unknown(dataset->store, &c->analysis, &families, error);
}

static int run(const struct command *self, struct option_words words)
{
	struct shaped_command c = shaped_defaults();
	struct dataset dataset = { .store = NULL };
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	const bool ok = dataset_open(&dataset, &c.analysis, &words, &error) &&
	                run_on(&dataset, &c, &error);
	exit_code = analysis_exit(ok, &dataset, &error);
	dataset_close(&dataset);
	return exit_code;
}

static const struct option_table *const tables[] = { &store_table,   &days_table,   &family_table,
	                                             &packets_table, &floods_table, &output_table,
	                                             &take_table,    &common_table, NULL };

const struct command command_shapes = {
	.name = "shapes",
	.summary = "sources that scan many addresses, many ports, or both, by day and family",
	.operands = "[CAPTURE...]",
	.description =
		"For each day and family, and for all SYNs (*): sources and their packets by the shape of "
		"their scanning. horizontal: 5 destinations and more, fewer than 5 ports; vertical: 5 ports "
		"and more, fewer than 5 destinations; mixed: 5 and more of both; few: fewer of both, too few "
		"to tell (Yegneswaran, Barford and Ullrich, SIGMETRICS 2003, who count by the hour); unknown, "
		"only where there are some: flows that do not tell. Destinations are those of all packets of "
		"the source. flood_suspects is how many of the sources `hotaru sources` calls so; with "
		"--without-floods, how many were left out of the other two columns.",
	.tables = tables,
	.run = run,
};
