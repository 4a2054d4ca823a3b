// SPDX-License-Identifier: MIT
// What changed: everything that is counted by day, against the days before.
#include "answer/local/changes.h"

#include "base/memory.h"
#include "base/text.h"
#include "holdings/days.h"

#include <stdlib.h>
#include <string.h>

// ---- the days

// From so many days back that it is known of each day asked for what was told before.
static bool set_days(struct changes_run *run, int32_t look_back, struct error *error)
{
	const struct question *q = run->question;
	struct day_range there;
	if (!held_days_bounds(run->answering->holdings, all_days, &there))
		return true;
	run->from = q->days.from > there.from ? q->days.from : there.from;
	run->to = q->days.to < there.to ? q->days.to : there.to;
	if (run->from > run->to)
		return true;
	run->first = run->from - look_back > there.from ? run->from - look_back : there.from;
	const size_t count = (size_t)(run->to - run->first) + 1;
	run->is_known = memory_new(count, sizeof *run->is_known);
	run->has_unknown = memory_new(count, sizeof *run->has_unknown);
	run->is_whole = memory_new(count, sizeof *run->is_whole);
	run->days = (struct change_days){ .count = (uint32_t)count,
		                          .is_known = run->is_known,
		                          .is_whole = run->is_whole };
	return (run->is_known != NULL && run->has_unknown != NULL && run->is_whole != NULL) ||
	       error_memory(error, "an answer");
}

static bool note_days(struct changes_run *run, struct error *error)
{
	struct holdings *h = run->answering->holdings;
	const struct day_range range = { run->first, run->to };
	struct held_day day = { .count = 0 };
	struct coverage coverage;
	if (run->days.count == 0)
		return true;
	while (held_day_next(h, range, &day)) {
		const size_t at = (size_t)(day.day - run->first);
		run->is_known[at] = true;
		if (!held_day_has_unknown(h, &day, &run->has_unknown[at], error))
			return false;
	}
	if (!coverage_make(h, &coverage, error))
		return false;
	for (uint32_t i = 0; i < run->days.count; i++) {
		const struct coverage_day *c = coverage_on(&coverage, run->first + (int32_t)i);
		run->is_whole[i] = c == NULL || coverage_status(c) == COVERED;
	}
	coverage_done(&coverage);
	return true;
}

bool changes_run_begin(struct changes_run *run, struct error *error)
{
	return set_days(run, 0, error) && note_days(run, error);
}

// ---- what is found

bool changes_add(struct changes_run *run, const struct changes_row *row, struct error *error)
{
	if (run->count == run->room) {
		const size_t room = 2 * run->room + 64;
		struct changes_row *rows = memory_resize(run->rows, room, sizeof *rows);
		if (rows == NULL)
			return error_memory(error, "an answer");
		run->rows = rows;
		run->room = room;
	}
	struct changes_row *out = &run->rows[run->count];
	*out = *row;
	out->id = memory_text(row->id);
	out->name = memory_text(row->name);
	run->count++;
	return (out->id != NULL && out->name != NULL) || error_memory(error, "an answer");
}

bool changes_judge(struct changes_run *run, const struct change_days *days,
                   enum change_subject subject, const char *id, const char *name,
                   const uint32_t *sources, struct error *error)
{
	if (run->take != NULL)
		return run->take(run, days, subject, id, sources, error);
	run->compared++;
	for (int32_t day = run->from; day <= run->to; day++) {
		const struct changed changed = change_on(days, sources,
		                                         (uint32_t)(day - run->first));
		const struct changes_row row = { day,  subject,    changed,
			                         true, (char *)id, (char *)name };
		if (changed.change != CHANGE_NONE && changed.change != CHANGE_UNKNOWN &&
		    !changes_add(run, &row, error))
			return false;
	}
	return true;
}

// ---- the rows

// The newest day first; of a day by subject, what is new, has grown and is gone, the strongest first.
static int compare_rows(const void *a, const void *b)
{
	const struct changes_row *x = a, *y = b;
	if (x->day != y->day)
		return x->day > y->day ? -1 : 1;
	if (x->subject != y->subject)
		return x->subject < y->subject ? -1 : 1;
	if (x->changed.change != y->changed.change)
		return x->changed.change < y->changed.change ? -1 : 1;
	if (x->changed.deviations != y->changed.deviations)
		return x->changed.deviations > y->changed.deviations ? -1 : 1;
	return strcmp(x->id, y->id);
}

static void write_row(struct rows *rows, const struct changes_row *row)
{
	static const char *const subjects[CHANGE_SUBJECTS] = { "family", "port", "rule", "country",
		                                               "network" };
	static const char *const changes[] = {
		[CHANGE_NEW] = "new", [CHANGE_GROWN] = "grown", [CHANGE_GONE] = "gone"
	};
	rows_day(rows, row->day);
	rows_text(rows, changes[row->changed.change]);
	rows_text(rows, subjects[row->subject]);
	rows_text(rows, row->id);
	rows_text(rows, row->name);
	rows_number(rows, row->changed.sources);
	if (row->has_usual)
		rows_number(rows, row->changed.usual);
	else
		rows_empty(rows);
	rows_number(rows, row->changed.most);
	rows_end(rows);
}

static uint64_t changes_on(const struct changes_run *run, int32_t day)
{
	uint64_t count = 0;
	for (size_t i = 0; i < run->count; i++)
		count += run->rows[i].day == day;
	return count;
}

// Of the last day that was asked for: whether it can be known what changed, and if so, how much did.
static bool state_caveat(const struct changes_run *run, struct inquiry *inquiry,
                         struct error *error)
{
	const int32_t day = run->question->days.to;
	const bool is_seen = run->days.count > 0 && day >= run->from && day <= run->to;
	const uint32_t at = is_seen ? (uint32_t)(day - run->first) : 0;
	if (!is_seen || !run->is_known[at]) {
		const bool is_lost = is_seen && held_day_is_lost(run->answering->holdings, day);
		return add_caveat(inquiry,
		                  &(struct caveat){ CAVEAT_CHANGES_NO_DATA, { is_lost }, { day } },
		                  error);
	}
	const uint32_t known = change_days_known(&run->days, at);
	if (known < CHANGES_DATA_DAYS)
		return add_caveat(inquiry,
		                  &(struct caveat){ CAVEAT_CHANGES_UNKNOWN,
		                                    { known, CHANGES_DATA_DAYS, CHANGES_PAST_DAYS },
		                                    { day } },
		                  error);
	return add_caveat(inquiry,
	                  &(struct caveat){ CAVEAT_CHANGES,
	                                    { changes_on(run, day), run->compared, known,
	                                      run->answering->networks != NULL ||
	                                              run->answering->countries != NULL },
	                                    { day } },
	                  error);
}

static bool hand_out(const struct changes_run *run, struct inquiry *inquiry, struct error *error)
{
	struct rows rows;
	struct schema schema;
	struct error ignored;
	question_schema(inquiry->question, &schema);
	bool ok = rows_begin(&rows, inquiry->receiver, &schema, error);
	for (size_t i = 0; ok && i < run->count && !rows.is_enough; i++)
		write_row(&rows, &run->rows[i]);
	ok = ok && state_caveat(run, inquiry, error);
	return rows_finish(&rows, ok ? error : &ignored) && ok;
}

void changes_run_done(struct changes_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		memory_free(run->rows[i].id);
		memory_free(run->rows[i].name);
	}
	memory_free(run->rows);
	memory_free(run->is_known);
	memory_free(run->has_unknown);
	memory_free(run->is_whole);
}

static bool answer_one(const struct answering *a, struct inquiry *inquiry, struct error *error)
{
	struct changes_run run = { .answering = a, .question = inquiry->question, .to = -1 };
	bool ok = are_families_known(a, inquiry->question, error) &&
	          set_days(&run, CHANGES_LOOK_BACK, error) && note_days(&run, error);
	if (ok && run.days.count > 0)
		ok = changes_of_families(&run, error) && changes_of_ports(&run, error) &&
		     changes_of_rules(&run, error) && changes_of_places(&run, error);
	if (ok && run.count > 0)
		qsort(run.rows, run.count, sizeof *run.rows, compare_rows);
	ok = ok && hand_out(&run, inquiry, error);
	changes_run_done(&run);
	return ok;
}

bool answer_changes(const struct answering *a, struct inquiry *const *list, size_t count,
                    struct error *error)
{
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = answer_one(a, list[i], error);
	return ok;
}
