// SPDX-License-Identifier: MIT
// The page with the figures, and beside it the tables as CSV and the figures as
// SVG, and as PNG where rsvg-convert is installed.
#include "report/report.h"

#include "answer/local/local.h"
#include "base/text.h"
#include "cmd/atlas.h"
#include "cmd/choice.h"
#include "cmd/cluster_labels.h"
#include "cmd/confine.h"
#include "cmd/families.h"
#include "cmd/home.h"
#include "cmd/incident_file.h"
#include "cmd/render.h"
#include "cmd/rules.h"
#include "cmd/survey.h"

#include <stdlib.h>

enum { PATH_SIZE = 4096 };

struct report_command {
	struct survey_command survey;
	unsigned lang;
	const char *ports;
	bool is_log;
	uint16_t port_list[REPORT_FIGURE_PORTS_MAX];
	size_t port_count;
	const char *support;   // of association rules
	uint64_t support_min;  // 0: by day
	double confidence_min;
	const char *home_text;
	struct home home;
	struct incidents incidents;
	struct label_source labels;
	uint32_t gap_days;
	struct helper renderer;
};

static const struct option report_options[] = {
	{ "output", 'o', OPTION_TEXT, offsetof(struct report_command, survey.analysis.output),
	  "DIR", "the folder of the report; made if it is not there", 0, 0, NULL },
	{ "lang", 0, OPTION_CHOICE, offsetof(struct report_command, lang), "en|ja",
	  "labels in English (default) or Japanese", 0, 0, lang_names },
	{ "port", 'p', OPTION_TEXT, offsetof(struct report_command, ports), "PORTS",
	  "draw sources by day of these ports, separated by commas (default: the twelve with the most "
	  "sources on the last day and over all days)",
	  0, 0, NULL },
	{ "log", 0, OPTION_FLAG, offsetof(struct report_command, is_log), NULL,
	  "draw sources of ports on a logarithmic axis", 0, 0, NULL },
	{ "min-support", 0, OPTION_TEXT, offsetof(struct report_command, support), "N",
	  "association rules: " RULES_SUPPORT_TEXT, 0, 0, NULL },
	{ "min-confidence", 0, OPTION_REAL, offsetof(struct report_command, confidence_min), "C",
	  "association rules: the share of those with the antecedent that have the consequent, 0 to 1 "
	  "(default: 0.9)",
	  0, 0, NULL },
	INCIDENTS_OPTION,
	HOME_OPTION(struct report_command, home_text),
	{ "recog", 0, OPTION_TEXT, offsetof(struct report_command, labels.recog), "DIR",
	  "names of devices by the rules in this folder, a checkout of recog (doc/devices.md)", 0,
	  0, NULL },
	{ "labels", 0, OPTION_TEXT, offsetof(struct report_command, labels.table), "FILE",
	  "names of devices from a table of your own: address,label", 0, 0, NULL },
};
static const struct option_table report_table = { report_options,
	                                          sizeof report_options / sizeof *report_options };

// ---- the folder

static bool path_of(const struct report_command *c, const char *name, char path[PATH_SIZE],
                    struct error *error)
{
	const char *folder = c->survey.analysis.output;
	return text_format(path, PATH_SIZE, "%s/%s", folder, name) ||
	       error_set(error, ERROR_FAILED, "path '%s' is too long", folder);
}

static FILE *create(void *context, const char *name, struct error *error)
{
	char path[PATH_SIZE];
	return path_of(context, name, path, error) ? command_output_open(path, error) : NULL;
}

static bool close_file(void *context, FILE *file, const char *name, struct error *error)
{
	char path[PATH_SIZE];
	(void)!path_of(context, name, path, error);
	return command_output_close(file, path, error);
}

static void remove_file(void *context, const char *name)
{
	char path[PATH_SIZE];
	struct error ignored;
	if (path_of(context, name, path, &ignored))
		(void)remove(path);
}

static void render(void *context, const char *name)
{
	render_figure(&((struct report_command *)context)->renderer, name);
}

static bool check_folder(const char *path, struct error *error)
{
	struct disk *folder;
	if (!disk_real_open(path, true, &folder, error))
		return false;
	folder->free(folder);
	return true;
}

static void say_where(const char *folder)
{
	char line[PATH_SIZE + 64], resolved[PATH_SIZE];
	const char *path = realpath(folder, resolved) != NULL ? resolved : folder;
	text_format(line, sizeof line, "the report is at %s/index.html", path);
	command_say(line);
}

// ---- the command

static bool check(struct report_command *c, const struct option_words *words, struct error *error)
{
	if (c->survey.analysis.output == NULL)
		return error_set(error, ERROR_USAGE, "name the folder of the report: -o DIR");
	if (!(c->confidence_min >= 0 && c->confidence_min <= 1))
		return error_set(error, ERROR_USAGE, "--min-confidence is from 0 to 1");
	if (words->count > 0 && (c->labels.recog != NULL || c->labels.table != NULL))
		return error_set(error, ERROR_USAGE,
		                 "--recog and --labels name devices by what they answered, which "
		                 "only a store has: name one by -s");
	return label_source_check(&c->labels, error) &&
	       (c->home_text == NULL || home_parse(c->home_text, &c->home, error)) &&
	       rules_support_parse(c->support, &c->support_min, error) &&
	       (c->ports == NULL || port_list_parse(c->ports, REPORT_FIGURE_PORTS_MAX, c->port_list,
	                                            &c->port_count, error)) &&
	       survey_gap(&c->survey, &c->gap_days, error);
}

static bool make(struct report_command *c, struct engine *engine, struct listener listener,
                 struct place_atlas *const atlases[PLACE_KINDS], struct error *error)
{
	const struct analysis_command *analysis = &c->survey.analysis;
	const struct limits limits = { .threads = (unsigned)analysis->take.take.threads };
	const struct report_folder folder = { create, close_file, remove_file, render, c };
	struct family_names families;
	if (!survey_gap_find(&c->survey, engine, listener, &c->gap_days, error) ||
	    !family_names_parse(engine_describe(engine), analysis->families, &families, error))
		return false;
	const struct report_options options = {
		.lang = c->lang,
		.version = HOTARU_VERSION,
		.families = families.list,
		.family_count = families.count,
		.gap_days = c->gap_days,
		.days = days_range(&analysis->days),
		.without_floods = analysis->without_floods,
		.ports = c->port_list,
		.port_count = c->port_count,
		.is_log = c->is_log,
		.support_min = c->support_min,
		.confidence_min = c->confidence_min,
		.lower_support = "hotaru rules -s STORE --min-support",
		.incidents = &c->incidents,
		.home = c->home_text != NULL ? &c->home : NULL,
		.atlases = { atlases[PLACE_COUNTRY], atlases[PLACE_NETWORK] },
	};
	return report_make(engine, &options, &limits, &folder, error);
}

// The page has the hint how to get databases.
static bool open_atlases(const struct report_command *c, const struct dataset *dataset,
                         struct place_atlas *atlases[PLACE_KINDS], struct error *error)
{
	struct analysis_command quiet = c->survey.analysis;
	quiet.take.common.quiet = true;
	return atlas_open(PLACE_COUNTRY, &quiet, dataset, &atlases[PLACE_COUNTRY], error) &&
	       atlas_open(PLACE_NETWORK, &quiet, dataset, &atlases[PLACE_NETWORK], error);
}

static bool make_of(struct report_command *c, struct dataset *dataset, struct error *error)
{
	const struct analysis_command *analysis = &c->survey.analysis;
	struct place_atlas *atlases[PLACE_KINDS] = { NULL };
	struct engine *engine = NULL;
	bool ok = open_atlases(c, dataset, atlases, error);
	ok = ok && label_source_read(&c->labels, error) &&
	     incident_file_read(analysis->incidents, &c->incidents, error);
	const struct local_world world = { .holdings = store_holdings(dataset->store),
		                           .countries = atlases[PLACE_COUNTRY],
		                           .networks = atlases[PLACE_NETWORK],
		                           .is_strict = c->survey.analysis.is_strict,
		                           .label_rules = c->labels.rules,
		                           .label_table = c->labels.has_labels ? &c->labels.labels
		                                                               : NULL };
	ok = ok && local_engine_open(&world, &engine, error) &&
	     local_engine_end(engine, days_range(&c->survey.analysis.days), error) &&
	     make(c, engine, dataset_listener(dataset, &c->survey.analysis), atlases, error);
	if (ok && engine_describe(engine)->lost_count > 0) {
		caveats_say_lost(engine_describe(engine),
		                 dataset_listener(dataset, &c->survey.analysis));
		dataset->is_damaged = true;
	}
	engine_close(engine);
	place_atlas_close(atlases[PLACE_COUNTRY]);
	place_atlas_close(atlases[PLACE_NETWORK]);
	return ok;
}

static int run(const struct command *self, struct option_words words)
{
	struct report_command c = { .survey.analysis = analysis_defaults(), .confidence_min = 0.9 };
	struct analysis_command *analysis = &c.survey.analysis;
	struct dataset dataset = { .store = NULL };
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	bool ok = check(&c, &words, &error);
	c.survey.analysis.fills_folder = true;
	c.survey.analysis.ends = true;
	c.survey.analysis.is_public = true;
	analysis->read = c.labels.table;
	analysis->read_folder = c.labels.recog;
	if (ok) {
		confine_make_folder(analysis->output);
		render_start(&c.renderer, analysis->output, !analysis->take.common.no_sandbox);
	}
	// A folder that cannot be had is told before anything is said of what would be in it.
	ok = ok && dataset_open(&dataset, analysis, &words, &error) &&
	     check_folder(analysis->output, &error) && make_of(&c, &dataset, &error);
	helper_end(&c.renderer);
	if (ok && !analysis->take.common.quiet) {
		label_source_warn(&c.labels);
		say_where(analysis->output);
	}
	label_source_done(&c.labels);
	incidents_done(&c.incidents);
	exit_code = analysis_exit(ok, &dataset, &error);
	dataset_close(&dataset);
	return exit_code;
}

static const struct option_table *const tables[] = { &report_table, &survey_table, &store_table,
	                                             &strict_table, &days_table,   &family_table,
	                                             &places_table, &floods_table, &take_table,
	                                             &common_table, NULL };

const struct command command_report = {
	.name = "report",
	.summary = "the page with figures, tables and the ledger",
	.operands = "[CAPTURE...]",
	.description =
		"Writes index.html, which opens from disk without a network, the figures as SVG (and PNG "
		"where rsvg-convert is installed) and the tables as CSV into the folder --output. With --to the "
		"page is as if nothing had been captured after that day: the page of that day, made anew. A "
		"capture that goes on after it is counted as a whole in the table of frames, which the page "
		"says. --from and --last shorten figures and tables; sums, who is new, and lifetimes are still "
		"counted from the store's first day on.",
	.tables = tables,
	.run = run,
};
