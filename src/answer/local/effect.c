// SPDX-License-Identifier: MIT
// Whether it helped: treated sources beside all others. Questions about the same family, gap and treatments share
// the work.
#include "answer/local/topic.h"

#include "analyse/effect/effect.h"
#include "base/memory.h"
#include "base/text.h"

#include <math.h>

enum { WEEK = 7 };
static const char *const group_names[EFFECT_GROUPS] = { "treated", "control" };

static bool is_same_effect(const struct question *a, const struct question *b)
{
	return asks_same_families(a, b) && a->effect.gap_days == b->effect.gap_days &&
	       a->effect.list == b->effect.list && a->effect.count == b->effect.count;
}

static bool find(const struct answering *a, const struct question *q, struct effect *out,
                 struct error *error)
{
	const struct effect_question *e = &q->effect;
	struct effect_entry *entries = memory_new(e->count + 1, sizeof *entries);
	if (entries == NULL)
		return error_memory(error, "treated sources");
	for (size_t i = 0; i < e->count; i++) {
		const struct treatment *t = &e->list[i];
		entries[i] = (struct effect_entry){ .first = t->first,
			                            .last = t->last,
			                            .day = t->day,
			                            .group = t->is_control ? EFFECT_CONTROL
			                                                   : EFFECT_TREATED };
		text_copy(entries[i].network, sizeof entries[i].network, t->network);
	}
	const struct effect_request request = { .family = q->families[0],
		                                .gap_days = e->gap_days,
		                                .entries = entries,
		                                .entry_count = e->count,
		                                .networks = a->networks,
		                                .threads = a->limits->threads };
	const bool ok = effect_find(a->holdings, &request, out, error);
	memory_free(entries);
	return ok;
}

static void write_real(struct rows *rows, double value)
{
	if (isnan(value))
		rows_empty(rows);
	else
		rows_real(rows, value);
}

static void write_group(struct rows *rows, const struct effect *e, size_t g)
{
	const struct effect_counts *c = &e->groups[g];
	rows_text(rows, group_names[g]);
	rows_number(rows, c->sources);
	rows_number(rows, c->recovered);
	rows_number(rows, c->returned);
	write_real(rows, e->medians[g].median);
	write_real(rows, e->medians[g].lower);
	write_real(rows, e->medians[g].upper);
	write_real(rows, e->test.degrees > 0 ? e->test.p : NAN);
	rows_number(rows, c->elsewhere);
	rows_end(rows);
}

static struct survival_times times_of(const struct effect *e, size_t g)
{
	return (struct survival_times){ e->groups[g].ended, e->groups[g].left, e->times };
}

// Days on which nothing happened are left out.
static void write_curve(struct rows *rows, const struct effect *e, size_t g,
                        const struct survival_point *points)
{
	const struct effect_counts *c = &e->groups[g];
	uint64_t at_risk = c->sources;
	for (uint32_t t = 0; t < e->times; t++) {
		if (c->ended[t] + c->left[t] == 0)
			continue;
		rows_text(rows, group_names[g]);
		rows_number(rows, t);
		rows_number(rows, at_risk);
		rows_number(rows, c->ended[t]);
		rows_number(rows, c->left[t]);
		rows_real(rows, points[t].survival);
		write_real(rows, points[t].error);
		write_real(rows, points[t].lower);
		write_real(rows, points[t].upper);
		rows_end(rows);
		at_risk -= c->ended[t] + c->left[t];
	}
}

// Of those that nobody treated, how many had ended within a week.
static uint64_t gone_in_a_week(const struct effect *e, const struct survival_point *points)
{
	const uint32_t at = e->times > WEEK ? WEEK : e->times - 1;
	if (e->times == 0 || e->groups[EFFECT_CONTROL].sources == 0)
		return UINT64_MAX;
	return (uint64_t)((1 - points[at].survival) * 1e6 + 0.5);
}

static bool hand(struct inquiry *inquiry, const struct effect *e,
                 struct survival_point *const points[EFFECT_GROUPS], struct error *error)
{
	struct schema schema;
	struct rows rows;
	struct error ignored;
	const struct caveat caveat = {
		CAVEAT_EFFECT,
		{ e->groups[EFFECT_TREATED].sources, e->groups[EFFECT_TREATED].elsewhere,
		  e->groups[EFFECT_CONTROL].sources, gone_in_a_week(e, points[EFFECT_CONTROL]),
		  e->treatment_days, e->days_without_data }
	};
	question_schema(inquiry->question, &schema);
	const bool ok = rows_begin(&rows, inquiry->receiver, &schema, error);
	for (size_t g = 0; ok && g < EFFECT_GROUPS; g++) {
		if (inquiry->question->kind == QUESTION_EFFECT)
			write_group(&rows, e, g);
		else
			write_curve(&rows, e, g, points[g]);
	}
	return rows_finish(&rows, ok ? error : &ignored) && ok &&
	       add_caveat(inquiry, &caveat, error);
}

static bool answer_same(const struct answering *a, struct inquiry *const *list, size_t count,
                        struct error *error)
{
	const struct question *q = list[0]->question;
	struct survival_point *points[EFFECT_GROUPS] = { NULL };
	struct effect effect = { .times = 0 };
	bool ok = are_families_known(a, q, error) && find(a, q, &effect, error);
	for (size_t g = 0; ok && g < EFFECT_GROUPS; g++) {
		const struct survival_times times = times_of(&effect, g);
		points[g] = memory_new((size_t)effect.times + 1, sizeof *points[g]);
		ok = points[g] != NULL || error_memory(error, "a survival curve");
		if (ok)
			survival_curve(&times, SURVIVAL_LOG_LOG, points[g]);
	}
	for (size_t i = 0; ok && i < count; i++)
		ok = hand(list[i], &effect, points, error) &&
		     unknown_families_caveat(a, list[i], error);
	for (size_t g = 0; g < EFFECT_GROUPS; g++)
		memory_free(points[g]);
	effect_done(&effect);
	return ok;
}

bool answer_effect(const struct answering *a, struct inquiry *const *list, size_t count,
                   struct error *error)
{
	return answer_alike(a, list, count, is_same_effect, answer_same, error);
}
