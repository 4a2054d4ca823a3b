// SPDX-License-Identifier: MIT
// What stands at the right of the survey's counts: how much of the day was seen, and how many
// sources it did not see. Off by default, so that the counts are what a truth can be compared with.
#include "cmd/surveyed.h"

#include "base/text.h"

static const struct option options[] = {
	{ "coverage", 0, OPTION_FLAG, offsetof(struct survey_command, coverage), NULL,
	  "append the share of the day that the captures saw", 0, 0, NULL },
	{ "estimate", 0, OPTION_FLAG, offsetof(struct survey_command, estimate), NULL,
	  "append coverage, and estimates of sources that were not seen", 0, 0, NULL },
	{ "error", 0, OPTION_REAL, offsetof(struct survey_command, error), "P",
	  "how likely a source that is there may count as gone after gone_after_days, 0.000001 to 0.5 "
	  "(default: 0.01)",
	  0, 0, NULL },
};
const struct option_table survey_more_table = { options, sizeof options / sizeof *options };

bool survey_more_make(struct store *store, const struct survey_command *c,
                      const struct survey *survey, struct survey_more *out, struct error *error)
{
	struct survey_more more = { .has_coverage = c->coverage || c->estimate,
		                    .has_estimates = c->estimate };
	if (!(c->error >= 0.000001 && c->error <= 0.5))
		return error_set(error, ERROR_USAGE, "--error has to be from 0.000001 to 0.5");
	if (!coverage_make(store_holdings(store), &more.coverage, error))
		return false;
	const struct estimate_request request = {
		.survey = survey,
		.coverage = &more.coverage,
		.window = { c->analysis.from.is_given ? c->analysis.from.day : all_days.from,
		            c->analysis.to.is_given ? c->analysis.to.day : all_days.to },
		.error = c->error,
	};
	if (c->estimate &&
	    !estimates_make(store_holdings(store), &request, &more.estimates, error)) {
		coverage_done(&more.coverage);
		return false;
	}
	*out = more;
	return true;
}

void survey_more_done(struct survey_more *more)
{
	coverage_done(&more->coverage);
	estimates_done(&more->estimates);
}

static void write_estimate(struct table *table, const struct estimate_day *d)
{
	const struct estimate *e = &d->estimate;
	const double values[] = { e->sources, e->sources_low, e->sources_high,
		                  e->chao1,   e->chao1_low,   e->chao1_high };
	if (!e->is_known) {
		for (size_t i = 0; i < survey_estimate_columns; i++)
			table_empty(table);
		return;
	}
	table_real(table, e->seen_probability);
	// Sources are whole, and there is no more to be known of them than that.
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		table_u64(table, (uint64_t)(values[i] + 0.5));
	if (d->gone_after_days > 0)
		table_u64(table, d->gone_after_days);
	else
		table_empty(table);
	if (d->slow_internet_rate > 0)
		table_real(table, d->slow_internet_rate);
	else
		table_empty(table);
}

void survey_more_write(struct table *table, const struct survey_more *more,
                       const struct survey *survey, uint32_t i, size_t f)
{
	const struct coverage_day *covered = coverage_on(&more->coverage,
	                                                 survey->first_day + (int32_t)i);
	if (more->has_coverage)
		table_real(table, covered != NULL ? coverage_share(covered) : 0);
	if (!more->has_estimates)
		return;
	if (survey_is_known(survey, f, i))
		write_estimate(table, estimates_on(&more->estimates, i, f));
	else
		for (size_t k = 0; k < survey_estimate_columns; k++)
			table_unknown(table);
}

void survey_more_say(const struct survey_more *more, const struct analysis_command *analysis)
{
	const struct coverage *c = &more->coverage;
	uint32_t days[3] = { 0 };
	char line[256];
	for (uint32_t i = 0; i < c->day_count; i++)
		if (analysis_wants_day(analysis, c->first_day + (int32_t)i))
			days[coverage_status(&c->days[i])]++;
	if (days[COVERED_PARTLY] + days[COVERED_MISSING] == 0)
		return;
	text_format(
		line, sizeof line,
		"note: of %u days %u partly covered by captures, %u without any: a recovery there "
		"may be a hole (--coverage shows which)",
		days[COVERED] + days[COVERED_PARTLY] + days[COVERED_MISSING], days[COVERED_PARTLY],
		days[COVERED_MISSING]);
	command_say(line);
}
