// SPDX-License-Identifier: MIT
#include "cmd/ask.h"
#include "cmd/source_days.h"

static bool question(void *context, const struct description *d, struct question *out,
                     struct error *error)
{
	if (!source_days_question(context, d, NULL, out, error))
		return false;
	out->kind = QUESTION_SHAPES;
	return true;
}

static int run(const struct command *self, struct option_words words)
{
	struct source_days_command c = source_days_defaults();
	return analysis_run(&(struct analysis){ self, &c, NULL, question }, words);
}

static const struct option_table *const tables[] = { &store_table,  &strict_table,  &days_table,
	                                             &family_table, &packets_table, &floods_table,
	                                             &output_table, &take_table,    &common_table,
	                                             NULL };

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
