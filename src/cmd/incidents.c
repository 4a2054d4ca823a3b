// SPDX-License-Identifier: MIT
// Public events, built in and one's own.
#include "base/calendar.h"
#include "cmd/ask.h"
#include "cmd/atlas.h"
#include "cmd/confine.h"
#include "cmd/families.h"
#include "cmd/incident_file.h"
#include "present/page/incident_rows.h"

struct incidents_command {
	struct analysis_command analysis;
	struct incidents incidents;
	const char *around;  // NULL: they are listed
	uint64_t days, top;
	struct family_names families;
};

enum { DAYS_DEFAULT = 7, DAYS_MOST = 366, TOP_DEFAULT = 20, TOP_MOST = 200000 };

static const struct option options[] = {
	INCIDENTS_OPTION,
	{ "around", 0, OPTION_TEXT, offsetof(struct incidents_command, around), "LABEL",
	  "what changed in the telescope when it happened: an incident by its label or a part of it, or any day",
	  0, 0, NULL },
	{ "days", 0, OPTION_NUMBER, offsetof(struct incidents_command, days), "N",
	  "with --around: compare N days from the day on with N before (default: 7)", 1, DAYS_MOST,
	  NULL },
	{ "top", 'n', OPTION_NUMBER, offsetof(struct incidents_command, top), "N",
	  "with --around: the N families, ports and countries that changed most beyond what is usual (default: 20)",
	  1, TOP_MOST, NULL },
	{ "from", 0, OPTION_DAY, offsetof(struct incidents_command, analysis.days.from), "DAY",
	  "only those from this day on: YYYY-MM-DD, today or yesterday; with --around: days of the data",
	  0, 0, NULL },
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

// ---- around one

static bool find_day(struct incidents_command *c, int32_t *day, struct error *error)
{
	if (!incident_file_read(c->analysis.incidents, &c->incidents, error))
		return false;
	if (day_parse(c->around, day))
		return true;
	const struct incident *one = incidents_find(&c->incidents, c->around, error);
	if (one != NULL)
		*day = one->day;
	return one != NULL;
}

static bool question(void *context, const struct description *d, struct question *out,
                     struct error *error)
{
	struct incidents_command *c = context;
	int32_t day;
	if (!find_day(c, &day, error) ||
	    !family_names_parse(d, c->analysis.families, &c->families, error))
		return false;
	*out = (struct question){ .kind = QUESTION_AROUND,
		                  .days = days_range(&c->analysis.days),
		                  .families = c->families.list,
		                  .family_count = c->families.count,
		                  .without_floods = c->analysis.without_floods,
		                  .top = c->top,
		                  .around = { day, (uint32_t)c->days } };
	return true;
}

static bool ask(struct incidents_command *c, struct dataset *dataset, struct error *error)
{
	static const enum place_kind kinds[] = { PLACE_COUNTRY };
	const struct places_asked places = { .kinds = kinds, .count = 1, .are_extra = true };
	const struct analysis analysis = { .options = c, .question = question };
	struct place_atlas *atlases[PLACE_KINDS] = { NULL };
	const bool ok = dataset_places_open(dataset, &c->analysis, &places, atlases, error) &&
	                analysis_ask(&analysis, dataset->engine,
	                             dataset_listener(dataset, &c->analysis), error);
	dataset_places_close(dataset, atlases);
	return ok;
}

static int compare(struct incidents_command *c, const struct option_words *words)
{
	struct dataset dataset = { .store = NULL };
	struct error error;
	const bool ok = dataset_open(&dataset, &c->analysis, words, &error) &&
	                ask(c, &dataset, &error);
	const int exit_code = analysis_exit(ok, &dataset, &error);
	dataset_close(&dataset);
	return exit_code;
}

static int run(const struct command *self, struct option_words words)
{
	struct incidents_command c = { .analysis = analysis_defaults(),
		                       .days = DAYS_DEFAULT,
		                       .top = TOP_DEFAULT };
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	exit_code = c.around != NULL ? compare(&c, &words) : list(&c, &words);
	incidents_done(&c.incidents);
	return exit_code;
}

static const struct option_table *const tables[] = { &table,        &family_table, &places_table,
	                                             &floods_table, &store_table,  &strict_table,
	                                             &output_table, &take_table,   &common_table,
	                                             NULL };

const struct command command_incidents = {
	.name = "incidents",
	.summary = "public events, with who says so: built in, and your own",
	.operands = "[CAPTURE...]",
	.description =
		"Attacks, malware and flaws that made a date of their own: when, how large, who says so, and how sure that is. "
		"confidence says which date or size is in doubt. The figures of `hotaru report` mark those of their "
		"days. --incidents merges a file of your own, in the form in which CSV is printed here: a line whose "
		"label a built-in incident has stands in its place, and with - for a date takes it out. "
		"`hotaru incidents --format csv` prints a file to begin with.\n\n"
		"--around compares sources a day of families, ports and countries in the N days from its day on with those in "
		"the N before: ratio is after divided by before, empty where nobody was before. What ordinary weeks have is "
		"beside it: all other pairs of windows of N days that follow each other, of which no day is one of these. Nine of ten of them "
		"lie between usual_low and usual_high, and in as_large of pairs as much changed as here, or more (compared with half a source added to both means). Rows are in "
		"the order of that share, then of the change. Days that were not captured as a whole, are lost, or are "
		"not among the data count in no mean; days_before and days_after are those that do.",
	.tables = tables,
	.run = run,
};
