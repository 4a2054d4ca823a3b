// SPDX-License-Identifier: MIT
#include "cmd/source.h"
#include "cmd/surveyed.h"

#include "base/text.h"

const struct column survey_columns[] = {
	{ "day", true },
	{ "family", true },
	{ "packets", false },
	{ "sources", false },
	{ "new", false },
	{ "returned", false },
	{ "recovered", false },
	{ "cumulative_new", false },
	{ "cumulative_recovered", false },
	{ "active", false },
	// --coverage
	{ "coverage", false },
	// --estimate
	{ "seen_probability", false },
	{ "estimated_sources", false },
	{ "estimated_low", false },
	{ "estimated_high", false },
	{ "chao1", false },
	{ "chao1_low", false },
	{ "chao1_high", false },
	{ "gone_after_days", false },
	{ "slow_internet_rate", false },
};
const size_t survey_column_count = 10, survey_coverage_columns = 1, survey_estimate_columns = 9;

const struct column lifetimes_columns[] = {
	{ "family", true },     { "sources", false },
	{ "spells", false },    { "open_spells", false },
	{ "mean_days", false }, { "median_days", false },
	{ "p90_days", false },  { "kaplan_meier_median_days", false },
};
const size_t lifetimes_column_count = sizeof lifetimes_columns / sizeof *lifetimes_columns;

static const struct option options[] = {
	{ "gap", 'g', OPTION_TEXT, offsetof(struct survey_command, gap), "DAYS",
	  "a source that is silent for more days than these has recovered (default: none, no limit)",
	  0, 0, NULL },
};
const struct option_table survey_table = { options, sizeof options / sizeof *options };

bool survey_make(struct store *store, const struct survey_command *c,
                 const struct day_range *window, struct survey *out, struct error *error)
{
	struct family_list families;
	uint64_t gap = SURVEY_GAP_NONE;
	if (c->gap != NULL && !text_equal(c->gap, "none") &&
	    !text_u64(c->gap, SURVEY_GAP_NONE - 1, &gap))
		return error_set(error, ERROR_USAGE,
		                 "--gap takes a number of days or none, not '%s'", c->gap);
	if (!family_list_make(store, c->analysis.families, &families, error))
		return false;
	const struct survey_request request = {
		.families = families.names,
		.family_count = families.count,
		.gap_days = (uint32_t)gap,
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

bool survey_write(struct table *table, const struct survey *survey, const struct survey_more *more,
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
			if (more != NULL)
				survey_more_write(table, more, survey, i, f);
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

// An empty table is no answer: which days there are is.
static void say_no_rows(const struct survey *survey)
{
	char line[128], first[CALENDAR_DAY_SIZE], last[CALENDAR_DAY_SIZE];
	if (survey->day_count == 0) {
		command_say("note: there is no packet to count, so there is no day");
		return;
	}
	day_format(survey->first_day, first);
	day_format(survey->first_day + (int32_t)survey->day_count - 1, last);
	text_format(line, sizeof line, "note: the days are %s to %s; none is from --from to --to",
	            first, last);
	command_say(line);
}

// Numbers that are not there have to be missed.
static void say_unknown(const struct survey *survey)
{
	char line[256];
	const uint32_t days = survey_unknown_days(survey);
	if (days == 0)
		return;
	text_format(
		line, sizeof line,
		"note: on %u of %u days packets came as flows, which do not tell families: they "
		"are unknown there (all SYNs: --family '*'), and no silence in between",
		days, survey->day_count);
	command_say(line);
}

static size_t count_columns(const struct survey_more *more)
{
	return survey_column_count + (more->has_coverage ? survey_coverage_columns : 0) +
	       (more->has_estimates ? survey_estimate_columns : 0);
}

static void write_survey(struct table *table, const struct survey *survey,
                         const struct survey_more *more, const struct analysis_command *analysis)
{
	if (!survey_write(table, survey, more, analysis))
		say_no_rows(survey);
}

static int run_survey(const struct command *self, struct option_words words, bool wants_lifetimes)
{
	struct survey_command c = { .analysis = analysis_defaults(), .error = 0.01 };
	struct survey_more more = { .has_coverage = false };
	struct source source = { .store = NULL };
	struct survey survey = { .family_count = 0 };
	struct output output;
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	const struct day_range asked = {
		c.analysis.from.is_given ? c.analysis.from.day : all_days.from,
		c.analysis.to.is_given ? c.analysis.to.day : all_days.to,
	};
	bool ok = source_open(&source, &c.analysis, &words, &error) &&
	          survey_make(source.store, &c, wants_lifetimes ? &asked : &all_days, &survey,
	                      &error) &&
	          (wants_lifetimes || survey_more_make(source.store, &c, &survey, &more, &error)) &&
	          output_open(&output, &c.analysis,
	                      wants_lifetimes ? lifetimes_columns : survey_columns,
	                      wants_lifetimes ? lifetimes_column_count : count_columns(&more),
	                      &error);
	if (ok) {
		if (wants_lifetimes)
			lifetimes_write(&output.table, &survey);
		else
			write_survey(&output.table, &survey, &more, &c.analysis);
		if (!c.analysis.take.common.quiet)
			say_unknown(&survey);
		ok = output_close(&output, &error);
	}
	// Of a result that nobody has there is nothing to be said.
	if (ok && !wants_lifetimes && !c.analysis.take.common.quiet)
		survey_more_say(&more, &c.analysis);
	survey_more_done(&more);
	survey_done(&survey);
	exit_code = analysis_exit(ok, &source, &error);
	source_close(&source);
	return exit_code;
}

static int run_survey_rows(const struct command *self, struct option_words words)
{
	return run_survey(self, words, false);
}

static int run_survey_lifetimes(const struct command *self, struct option_words words)
{
	return run_survey(self, words, true);
}

static const struct option_table *const lifetimes_tables[] = { &survey_table, &store_table,
	                                                       &days_table,   &family_table,
	                                                       &output_table, &take_table,
	                                                       &common_table, NULL };
static const struct option_table *const tables[] = {
	&survey_table, &survey_more_table, &store_table,  &days_table, &family_table,
	&output_table, &take_table,        &common_table, NULL
};

const struct command command_survey = {
	.name = "survey",
	.summary = "packets, sources, new, returned, recovered, active by day and family",
	.operands = "[CAPTURE...]",
	.description =
		"For each day and family: SYNs that match, distinct sources that sent them, sources seen "
		"for the first time (new), seen again after more than --gap silent days (returned), and "
		"sources that were last seen the day before (recovered). active is all new and returned "
		"so far minus all recovered so far. --from and --to choose rows; the counting is always over "
		"the whole store. Where packets came as flows, families are unknown, which is an empty cell. "
		"With --estimate, for each day how many sources there were that the telescope did not see: "
		"lower bounds, of which doc/estimates.md says when not to trust them.",
	.tables = tables,
	.run = run_survey_rows,
};

const struct command command_lifetimes = {
	.name = "lifetimes",
	.summary = "how long sources stay infected, by family",
	.operands = "[CAPTURE...]",
	.description =
		"A spell lasts from the first sighting of a source to its last, with at most --gap silent "
		"days between two sightings. Mean, median and 90th percentile count open spells as if "
		"they had ended, as the published method does; the Kaplan-Meier median does not. With --from "
		"and --to only sightings of those days count, as if the store held no others.",
	.tables = lifetimes_tables,
	.run = run_survey_lifetimes,
};
