// SPDX-License-Identifier: MIT
// Public events, built in and one's own.
#include "cmd/ask.h"
#include "cmd/confine.h"
#include "cmd/incident_file.h"
#include "present/page/incident_rows.h"

struct incidents_command {
	struct analysis_command analysis;
	struct incidents incidents;
};

static const struct option options[] = {
	INCIDENTS_OPTION,
	{ "from", 0, OPTION_DAY, offsetof(struct incidents_command, analysis.days.from), "DAY",
	  "only those from this day on: YYYY-MM-DD, today or yesterday", 0, 0, NULL },
	{ "to", 0, OPTION_DAY, offsetof(struct incidents_command, analysis.days.to), "DAY",
	  "only those up to this day", 0, 0, NULL },
};
static const struct option_table table = { options, sizeof options / sizeof *options };

// ---- the list

// Without a store there is no last day that days could be counted from.
static bool resolve_days(struct analysis_command *c, struct error *error)
{
	struct zone utc;
	if (days_need_data(&c->days))
		return error_set(error, ERROR_USAGE,
		                 "incidents are of days of the calendar: --from and --to as "
		                 "YYYY-MM-DD, today or yesterday");
	return zone_parse("UTC", &utc, error) &&
	       days_resolve(&c->days, &(struct held_days){ &utc, NULL, 0 }, error);
}

static bool print(const struct incidents_command *c, struct error *error)
{
	struct printer printer = printer_to(&c->analysis);
	struct rows rows;
	struct error later;
	bool ok = rows_begin(&rows, &printer.outlet.receiver, &incidents_schema, error);
	if (ok)
		incident_rows(&rows, &c->incidents, days_range(&c->analysis.days));
	ok = rows_finish(&rows, ok ? error : &later) && ok;
	return printer.outlet.close(&printer.outlet, ok, ok ? error : &later) && ok;
}

static int list(struct incidents_command *c, const struct option_words *words)
{
	const struct confine confine = { .common = &c->analysis.take.common,
		                         .read_more = c->analysis.incidents,
		                         .output = c->analysis.output };
	struct error error;
	const bool ok = (words->count == 0 ||
	                 error_set(&error, ERROR_USAGE,
	                           "`hotaru incidents` takes no '%s' without --around",
	                           words->words[0])) &&
	                resolve_days(&c->analysis, &error) && confine_enter(&confine, &error) &&
	                incident_file_read(c->analysis.incidents, &c->incidents, &error) &&
	                print(c, &error);
	return ok ? EXIT_DONE : command_fail(&error);
}

static int run(const struct command *self, struct option_words words)
{
	struct incidents_command c = { .analysis = analysis_defaults() };
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	exit_code = list(&c, &words);
	incidents_done(&c.incidents);
	return exit_code;
}

static const struct option_table *const tables[] = { &table, &output_table, &common_table, NULL };

const struct command command_incidents = {
	.name = "incidents",
	.summary = "public events, with who says so: built in, and your own",
	.operands = "",
	.description =
		"Attacks, malware and flaws that made a date of their own: when, how large, who says so, and how sure that is. "
		"confidence says which date or size is in doubt. The figures of `hotaru report` mark those of their "
		"days. --incidents merges a file of your own, in the form in which CSV is printed here: a line whose "
		"label a built-in incident has stands in its place, and with - for a date takes it out. "
		"`hotaru incidents --format csv` prints a file to begin with.",
	.tables = tables,
	.run = run,
};
