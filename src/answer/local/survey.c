// SPDX-License-Identifier: MIT
// Infections: questions about the same families, gap and days share one survey.
#include "answer/local/newest.h"
#include "answer/local/topic.h"

#include "analyse/coverage.h"
#include "analyse/survey/estimate.h"
#include "analyse/survey/survey.h"
#include "base/memory.h"

// Lifetimes are of the days that are asked for, as if nothing else was held; what is new on a day does
// not depend on which days somebody wants to see.
static struct day_range surveyed_days(const struct question *q)
{
	return q->kind == QUESTION_SURVEY || q->kind == QUESTION_REVISIONS ? all_days : q->days;
}

static bool is_same_survey(const struct question *a, const struct question *b)
{
	const struct day_range x = surveyed_days(a), y = surveyed_days(b);
	return x.from == y.from && x.to == y.to && a->survey.gap_days == b->survey.gap_days &&
	       asks_same_families(a, b);
}

static bool wants_day(const struct question *q, int32_t day)
{
	return day >= q->days.from && day <= q->days.to;
}

// ---- what stands at the right of the counts

struct beside {
	struct coverage coverage;
	struct estimates estimates;
};

static bool find_beside(const struct answering *a, const struct question *q,
                        const struct survey *survey, struct beside *out, struct error *error)
{
	const struct estimate_request request = { .survey = survey,
		                                  .coverage = &out->coverage,
		                                  .window = q->days,
		                                  .error = q->survey.error };
	return coverage_make(a->holdings, &out->coverage, error) &&
	       (!q->survey.has_estimates ||
	        estimates_make(a->holdings, &request, &out->estimates, error));
}

static void beside_done(struct beside *b)
{
	coverage_done(&b->coverage);
	estimates_done(&b->estimates);
}

enum { ESTIMATE_COLUMNS = 9 };

// Sources are whole, and there is no more to be known of them than that.
static void write_estimate(struct rows *rows, const struct estimate_day *d)
{
	const struct estimate *e = &d->estimate;
	const double values[] = { e->sources, e->sources_low, e->sources_high,
		                  e->chao1,   e->chao1_low,   e->chao1_high };
	if (!e->is_known) {
		for (size_t i = 0; i < ESTIMATE_COLUMNS; i++)
			rows_empty(rows);
		return;
	}
	rows_real(rows, e->seen_probability);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		rows_number(rows, (uint64_t)(values[i] + 0.5));
	if (d->gone_after_days > 0)
		rows_number(rows, d->gone_after_days);
	else
		rows_empty(rows);
	if (d->slow_internet_rate > 0)
		rows_real(rows, d->slow_internet_rate);
	else
		rows_empty(rows);
}

static void write_beside(struct rows *rows, const struct question *q, const struct beside *beside,
                         const struct survey *s, uint32_t i, size_t f)
{
	const struct coverage_day *covered = coverage_on(&beside->coverage,
	                                                 s->first_day + (int32_t)i);
	if (q->survey.has_coverage || q->survey.has_estimates)
		rows_real(rows, covered != NULL ? coverage_share(covered) : 0);
	for (size_t k = 0;
	     q->survey.has_estimates && !survey_is_known(s, f, i) && k < ESTIMATE_COLUMNS; k++)
		rows_unknown(rows);
	if (q->survey.has_estimates && survey_is_known(s, f, i))
		write_estimate(rows, estimates_on(&beside->estimates, i, f));
	if (q->survey.has_final)
		rows_number(rows, i < s->families[f].final_days);
}

// ---- the survey

static void write_change(struct rows *rows, uint64_t sources, bool is_known)
{
	if (is_known)
		rows_number(rows, sources);
	else
		rows_unknown(rows);
}

static void write_counts(struct rows *rows, const struct survey_day *d, bool is_change_known)
{
	rows_number(rows, d->packets);
	rows_number(rows, d->sources);
	write_change(rows, d->new_sources, is_change_known);
	write_change(rows, d->returned, is_change_known);
	write_change(rows, d->recovered, is_change_known);
	rows_number(rows, d->cumulative_new);
	rows_number(rows, d->cumulative_recovered);
	rows_number(rows, d->active);
}

static void write_day(struct rows *rows, const struct question *q, const struct survey *s,
                      const struct beside *beside, uint32_t i)
{
	enum { COUNTS = 8 };
	for (size_t f = 0; f < s->family_count; f++) {
		rows_day(rows, s->first_day + (int32_t)i);
		rows_text(rows, s->families[f].name);
		if (survey_is_known(s, f, i))
			write_counts(rows, &s->families[f].days[i],
			             survey_is_change_known(s, f, i));
		else
			for (size_t k = 0; k < COUNTS; k++)
				rows_unknown(rows);
		write_beside(rows, q, beside, s, i, f);
		rows_end(rows);
	}
}

static bool survey_caveats(const struct answering *a, struct inquiry *inquiry,
                           const struct survey *s, const struct beside *beside, bool has_rows,
                           struct error *error)
{
	const struct question *q = inquiry->question;
	const struct coverage *c = &beside->coverage;
	const struct caveat no_days = { CAVEAT_NO_DAYS };
	const struct caveat no_rows = { CAVEAT_NO_ROWS_OF_DAYS,
		                        .days = { s->first_day,
		                                  s->first_day + (int32_t)s->day_count - 1 } };
	struct caveat covered = { CAVEAT_COVERAGE };
	if (!has_rows && !add_caveat(inquiry, s->day_count == 0 ? &no_days : &no_rows, error))
		return false;
	for (uint32_t i = 0; i < c->day_count; i++)
		if (wants_day(q, c->first_day + (int32_t)i)) {
			covered.numbers[0]++;
			covered.numbers[1] += coverage_status(&c->days[i]) == COVERED_PARTLY;
			covered.numbers[2] += coverage_status(&c->days[i]) == COVERED_MISSING;
		}
	const struct caveat unknown = { CAVEAT_UNKNOWN_FAMILIES,
		                        { survey_unknown_days(s), s->day_count, 1 } };
	return (unknown.numbers[0] == 0 || add_caveat(inquiry, &unknown, error)) &&
	       (!has_rows || newest_caveats(inquiry, s, error)) &&
	       (!has_rows || !q->survey.names_tools || tools_caveat(a, inquiry, error)) &&
	       (covered.numbers[1] + covered.numbers[2] == 0 ||
	        add_caveat(inquiry, &covered, error));
}

static bool hand_survey(const struct answering *a, struct inquiry *inquiry, struct rows *rows,
                        const struct survey *s, struct error *error)
{
	struct beside beside = { .coverage = { .day_count = 0 } };
	struct schema schema;
	bool has_rows = false;
	question_schema(inquiry->question, &schema);
	bool ok = find_beside(a, inquiry->question, s, &beside, error) &&
	          rows_begin(rows, inquiry->receiver, &schema, error);
	for (uint32_t i = 0; ok && i < s->day_count && !rows->is_enough; i++)
		if (wants_day(inquiry->question, s->first_day + (int32_t)i)) {
			has_rows = true;
			write_day(rows, inquiry->question, s, &beside, i);
		}
	ok = ok && survey_caveats(a, inquiry, s, &beside, has_rows, error);
	beside_done(&beside);
	return ok;
}

// ---- lifetimes

static void write_lifetimes(struct rows *rows, const struct lifetimes *l)
{
	rows_number(rows, l->sources);
	rows_number(rows, l->spells);
	rows_number(rows, l->open_spells);
	if (l->spells > 0) {
		rows_real(rows, l->mean_days);
		rows_real(rows, l->median_days);
		rows_number(rows, l->p90_days);
	} else {
		rows_empty(rows);
		rows_empty(rows);
		rows_empty(rows);
	}
	if (l->kaplan_meier_median_days > 0)
		rows_number(rows, l->kaplan_meier_median_days);
	else
		rows_empty(rows);
}

static bool unknown_caveat(struct inquiry *inquiry, const struct survey *s, struct error *error)
{
	const struct caveat unknown = { CAVEAT_UNKNOWN_FAMILIES,
		                        { survey_unknown_days(s), s->day_count, 1 } };
	return unknown.numbers[0] == 0 || add_caveat(inquiry, &unknown, error);
}

static bool hand_lifetimes(struct inquiry *inquiry, struct rows *rows, const struct survey *s,
                           struct error *error)
{
	struct schema schema;
	question_schema(inquiry->question, &schema);
	if (!rows_begin(rows, inquiry->receiver, &schema, error))
		return false;
	for (size_t f = 0; f < s->family_count; f++) {
		rows_text(rows, s->families[f].name);
		if (survey_is_unknown(s, f))
			rows_rest_unknown(rows);
		else
			write_lifetimes(rows, &s->families[f].lifetimes);
		rows_end(rows);
	}
	return unknown_caveat(inquiry, s, error) && newest_caveats(inquiry, s, error);
}

// The longest that any spell was seen: the estimate says nothing about ages that no spell has reached.
static uint32_t longest_days(const struct lifetimes *l, uint32_t day_count)
{
	uint32_t days = day_count;
	while (days > 0 && l->ended[days] == 0 && l->open[days] == 0)
		days--;
	return days;
}

static bool hand_survival(struct inquiry *inquiry, struct rows *rows, const struct survey *s,
                          struct error *error)
{
	struct schema schema;
	double *curve = memory_new((size_t)s->day_count + 1, sizeof *curve);
	question_schema(inquiry->question, &schema);
	bool ok = (curve != NULL || error_memory(error, "survival")) &&
	          rows_begin(rows, inquiry->receiver, &schema, error);
	for (size_t f = 0; ok && f < s->family_count; f++) {
		const struct lifetimes *l = &s->families[f].lifetimes;
		const uint32_t longest = longest_days(l, s->day_count);
		lifetimes_survival(l, s->day_count, curve);
		for (uint32_t days = 0; days <= longest; days++) {
			rows_text(rows, s->families[f].name);
			rows_number(rows, days);
			rows_number(rows, l->ended[days] + l->open[days]);
			rows_real(rows, curve[days]);
			rows_end(rows);
		}
	}
	memory_free(curve);
	return ok;
}

// ---- all of them

static bool hand_out(const struct answering *a, struct inquiry *inquiry, const struct survey *s,
                     struct error *error)
{
	struct rows rows = { .count = 0 };
	struct error ignored;
	const enum question_kind kind = inquiry->question->kind;
	const bool ok = kind == QUESTION_SURVEY      ? hand_survey(a, inquiry, &rows, s, error)
	                : kind == QUESTION_LIFETIMES ? hand_lifetimes(inquiry, &rows, s, error)
	                : kind == QUESTION_SURVIVAL  ? hand_survival(inquiry, &rows, s, error)
	                                             : hand_revisions(inquiry, &rows, s, error);
	return rows_finish(&rows, ok ? error : &ignored) && ok;
}

static bool answer_same(const struct answering *a, struct inquiry *const *list, size_t count,
                        struct error *error)
{
	const struct question *q = list[0]->question;
	const struct day_range days = surveyed_days(q);
	const struct survey_request request = { .families = q->families,
		                                .family_count = q->family_count,
		                                .gap_days = q->survey.gap_days,
		                                .window = &days,
		                                .threads = a->limits->threads };
	struct survey survey;
	if (!survey_run(a->holdings, &request, &survey, error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = hand_out(a, list[i], &survey, error);
	survey_done(&survey);
	return ok;
}

bool answer_survey(const struct answering *a, struct inquiry *const *list, size_t count,
                   struct error *error)
{
	return answer_alike(a, list, count, is_same_survey, answer_same, error);
}
