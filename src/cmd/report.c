// SPDX-License-Identifier: MIT
// The page with the figures, and beside it the tables as CSV and the figures as
// SVG, and as PNG where rsvg-convert is installed.
#include "cmd/atlas.h"
#include "cmd/choice.h"
#include "cmd/confine.h"
#include "cmd/report_material.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

enum { PATH_SIZE = 4096 };

static const struct option report_options[] = {
	{ "output", 'o', OPTION_TEXT, offsetof(struct report_command, survey.analysis.output),
	  "DIR", "the folder of the report; made if it is not there", 0, 0, NULL },
	{ "lang", 0, OPTION_CHOICE, offsetof(struct report_command, lang), "en|ja",
	  "labels in English (default) or Japanese", 0, 0, lang_names },
	{ "port", 'p', OPTION_TEXT, offsetof(struct report_command, ports), "PORTS",
	  "draw sources by day of these ports, separated by commas (default: those published of Mirai "
	  "and its successors)",
	  0, 0, NULL },
	{ "log", 0, OPTION_FLAG, offsetof(struct report_command, is_log), NULL,
	  "draw sources of ports on a logarithmic axis", 0, 0, NULL },
	{ "min-support", 0, OPTION_NUMBER, offsetof(struct report_command, support_min), "N",
	  "association rules: sources that used all values of one on a day (default: 1000)", 1,
	  INT64_MAX, NULL },
	{ "min-confidence", 0, OPTION_REAL, offsetof(struct report_command, confidence_min), "C",
	  "association rules: the share of those with the antecedent that have the consequent, 0 to 1 "
	  "(default: 0.9)",
	  0, 0, NULL },
};
static const struct option_table report_table = { report_options,
	                                          sizeof report_options / sizeof *report_options };

static void say_where(const char *folder)
{
	char line[PATH_SIZE + 64], resolved[PATH_SIZE];
	const char *path = realpath(folder, resolved) != NULL ? resolved : folder;
	text_format(line, sizeof line, "the report is at %s/index.html", path);
	command_say(line);
}

static bool report_folder(const char *path, struct error *error)
{
	struct disk *folder;
	if (!disk_real_open(path, true, &folder, error))
		return false;
	folder->free(folder);
	return true;
}

static struct report_command report_defaults(void)
{
	const struct rules_command rules = rules_defaults();
	struct report_command c = { .survey.analysis = analysis_defaults(),
		                    .support_min = rules.support_min,
		                    .confidence_min = rules.confidence_min };
	c.survey.analysis.fills_folder = true;
	return c;
}

static int run(const struct command *self, struct option_words words)
{
	struct report_command c = report_defaults();
	const struct analysis_command *analysis = &c.survey.analysis;
	struct material *m = memory_new(1, sizeof *m);
	struct dataset dataset = { .store = NULL };
	struct helper renderer = { .process = 0 };
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code)) {
		memory_free(m);
		return exit_code;
	}
	bool ok = m != NULL || error_memory(&error, "the report");
	if (ok && analysis->output == NULL)
		ok = error_set(&error, ERROR_USAGE, "name the folder of the report: -o DIR");
	if (ok && !(c.confidence_min >= 0 && c.confidence_min <= 1))
		ok = error_set(&error, ERROR_USAGE, "--min-confidence is from 0 to 1");
	if (ok && c.ports != NULL)
		ok = port_list_parse(c.ports, REPORT_FIGURE_PORTS_MAX, c.port_list, &c.port_count,
		                     &error);
	if (ok) {
		confine_make_folder(analysis->output);
		render_start(&renderer, analysis->output, !analysis->take.common.no_sandbox);
	}
	ok = ok && dataset_open(&dataset, analysis, &words, &error);
	if (ok) {
		m->options = &c;
		m->dataset = &dataset;
		// A folder that cannot be had is told before anything is said of what would be in it.
		ok = report_folder(analysis->output, &error) && material_gather(m, &error) &&
		     report_write(m, analysis->output, &renderer, &error);
	}
	helper_end(&renderer);
	if (ok && !analysis->take.common.quiet)
		say_where(analysis->output);
	exit_code = analysis_exit(ok, &dataset, &error);
	if (m != NULL)
		material_done(m);
	memory_free(m);
	dataset_close(&dataset);
	return exit_code;
}

static const struct option_table *const tables[] = { &report_table, &survey_table, &store_table,
	                                             &days_table,   &family_table, &places_table,
	                                             &floods_table, &take_table,   &common_table,
	                                             NULL };

const struct command command_report = {
	.name = "report",
	.summary = "the page with figures, tables and the ledger",
	.operands = "[CAPTURE...]",
	.description =
		"Writes index.html, which opens from disk without a network, the figures as SVG (and PNG "
		"where rsvg-convert is installed) and the tables as CSV into the folder --output.",
	.tables = tables,
	.run = run,
};
