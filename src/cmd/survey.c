// SPDX-License-Identifier: MIT
#include "cmd/survey.h"

#include "answer/answer.h"
#include "base/text.h"
#include "cmd/ask.h"
#include "cmd/families.h"

static const struct option options[] = {
	{ "gap", 'g', OPTION_TEXT, offsetof(struct survey_command, gap), "DAYS",
	  "a source that is silent for more days than these has recovered; auto: as many as the telescope "
	  "needs, by its size and what returned, at most 28 (default: none, no limit)",
	  0, 0, NULL },
};
const struct option_table survey_table = { options, sizeof options / sizeof *options };

// What stands at the right of the counts is off by default, so that the counts are what a truth can be
// compared with.
static const struct option more_options[] = {
	{ "coverage", 0, OPTION_FLAG, offsetof(struct survey_command, coverage), NULL,
	  "append the share of the day that the captures saw", 0, 0, NULL },
	{ "estimate", 0, OPTION_FLAG, offsetof(struct survey_command, estimate), NULL,
	  "append coverage, and estimates of sources that were not seen", 0, 0, NULL },
	{ "error", 0, OPTION_REAL, offsetof(struct survey_command, error), "P",
	  "how likely a source that is there may count as gone after gone_after_days, 0.000001 to 0.5 "
	  "(default: 0.01)",
	  0, 0, NULL },
	{ "final", 0, OPTION_FLAG, offsetof(struct survey_command, final), NULL,
	  "append whether the row is final, or days to come can change recovered and active", 0, 0,
	  NULL },
	{ "revisions", 0, OPTION_FLAG, offsetof(struct survey_command, revisions), NULL,
	  "instead, by how much recovered and active of the newest days moved in the past", 0, 0,
	  NULL },
};
static const struct option_table more_table = { more_options,
	                                        sizeof more_options / sizeof *more_options };

bool survey_gap(const struct survey_command *c, uint32_t *out, struct error *error)
{
	uint64_t gap = GAP_NONE;
	const bool is_word = c->gap == NULL || text_equal(c->gap, "auto") ||
	                     text_equal(c->gap, "none");
	if (!is_word && !text_u64(c->gap, GAP_NONE - 1, &gap))
		return error_set(error, ERROR_USAGE,
		                 "--gap takes a number of days, auto or none, not '%s'", c->gap);
	*out = (uint32_t)gap;
	return true;
}

bool survey_gap_find(const struct survey_command *c, struct engine *engine,
                     struct listener listener, uint32_t *out, struct error *error)
{
	const struct question question = { .kind = QUESTION_GAP, .days = all_days };
	const struct limits limits = { .threads = (unsigned)c->analysis.take.take.threads };
	const struct description *d = engine_describe(engine);
	if (c->gap == NULL || !text_equal(c->gap, "auto"))
		return true;
	if (d->telescope[0] == '\0')
		return error_set(
			error, ERROR_USAGE,
			"--gap auto follows the size of the telescope, and nobody said what "
			"it is (--telescope); --gap takes a number of days, too");
	struct answer answer = answer_new();
	struct inquiry inquiry = { &question, &answer.receiver };
	const bool ok = engine_ask(engine, &inquiry, 1, &limits, error) &&
	                answer_check(&answer, error);
	if (ok) {
		const size_t column = answer_column(&answer, "gap_days");
		// Where no day has data there is no row that the gap could matter to.
		*out = answer_cell(&answer, 0, column)->state == CELL_VALUE
		               ? (uint32_t)answer_number(&answer, 0, column)
		               : GAP_NONE;
		caveats_say(&inquiry.caveats, d, listener);
	}
	caveats_done(&inquiry.caveats);
	answer_done(&answer);
	return ok;
}

struct survey_options {
	struct survey_command command;
	struct family_names families;
	uint32_t gap_days;
};

static bool check(void *context, struct error *error)
{
	struct survey_options *o = context;
	const double chance = o->command.error;
	if (!survey_gap(&o->command, &o->gap_days, error))
		return false;
	if (o->command.revisions &&
	    (o->command.coverage || o->command.estimate || o->command.final))
		return error_set(
			error, ERROR_USAGE,
			"--revisions prints another table: --coverage, --estimate and --final "
			"have no place in it");
	return (chance >= 0.000001 && chance <= 0.5) ||
	       error_set(error, ERROR_USAGE, "--error has to be from 0.000001 to 0.5");
}

static bool prepare(void *context, struct engine *engine, struct listener listener,
                    struct error *error)
{
	struct survey_options *o = context;
	return survey_gap_find(&o->command, engine, listener, &o->gap_days, error);
}

static bool question(void *context, const struct description *d, struct question *out,
                     struct error *error)
{
	struct survey_options *o = context;
	if (!family_names_parse(d, o->command.analysis.families, &o->families, error))
		return false;
	*out = (struct question){ .kind = o->command.revisions ? QUESTION_REVISIONS
		                                               : QUESTION_SURVEY,
		                  .days = days_range(&o->command.analysis.days),
		                  .families = o->families.list,
		                  .family_count = o->families.count,
		                  .survey = { .gap_days = o->gap_days,
		                              .has_coverage = o->command.coverage,
		                              .has_estimates = o->command.estimate,
		                              .has_final = o->command.final,
		                              .names_tools = o->command.analysis.families == NULL,
		                              .error = o->command.error } };
	return true;
}

static bool question_of_lifetimes(void *context, const struct description *d, struct question *out,
                                  struct error *error)
{
	if (!question(context, d, out, error))
		return false;
	out->kind = QUESTION_LIFETIMES;
	return true;
}

static int run_survey(const struct command *self, struct option_words words)
{
	struct survey_options o = { .command = { .analysis = analysis_defaults(), .error = 0.01 } };
	return analysis_run(&(struct analysis){ self, &o, check, question, .prepare = prepare },
	                    words);
}

static int run_lifetimes(const struct command *self, struct option_words words)
{
	struct survey_options o = { .command = { .analysis = analysis_defaults(), .error = 0.01 } };
	return analysis_run(
		&(struct analysis){ self, &o, check, question_of_lifetimes, .prepare = prepare },
		words);
}

static const struct option_table *const lifetimes_tables[] = {
	&survey_table, &store_table, &strict_table, &days_table, &family_table,
	&output_table, &take_table,  &common_table, NULL
};
static const struct option_table *const tables[] = { &survey_table, &more_table, &store_table,
	                                             &strict_table, &days_table, &family_table,
	                                             &output_table, &take_table, &common_table,
	                                             NULL };

const struct command command_survey = {
	.name = "survey",
	.summary = "packets, sources, new, returned, recovered, active by day and family",
	.operands = "[CAPTURE...]",
	.description =
		"For each day and family: SYNs that match, distinct sources that sent them, sources seen "
		"for the first time (new), seen again after more than --gap silent days (returned), and "
		"sources that were last seen the day before (recovered). active is all new and returned "
		"so far minus all recovered so far. --from and --to choose rows; the counting is always over "
		"the whole store. Who is silent today may come back tomorrow: without --gap days to come can "
		"change recovered and active of every day; with --gap G they are final once more than G days "
		"from it on are known. --gap auto is for daily work: the least number of days within which the "
		"telescope sees a device that sends one packet a second to random addresses with 99 %, 4 for a "
		"/16. Where these are more than 14 (smaller than a /18) it is the whole weeks within which 99 % "
		"of those who came back within four weeks had, at most 28 days, which is said. Where packets came as flows, families are unknown, which is an empty cell. "
		"With --estimate, for each day how many sources there were that the telescope did not see: "
		"lower bounds, of which doc/estimates.md says when not to trust them.",
	.tables = tables,
	.run = run_survey,
};

const struct command command_lifetimes = {
	.name = "lifetimes",
	.summary = "how long sources stay infected, by family",
	.operands = "[CAPTURE...]",
	.description =
		"A spell lasts from the first sighting of a source to its last, with at most --gap silent "
		"days between two sightings. Mean, median and 90th percentile count open spells as if "
		"they had ended, as the published method does; the Kaplan-Meier median does not. Without "
		"--gap a spell counts as ended that was not seen on the last day; --gap auto waits as "
		"long as the telescope needs (`hotaru survey --help`). With --from and --to only sightings of those days count, as if the store held no others.",
	.tables = lifetimes_tables,
	.run = run_lifetimes,
};
