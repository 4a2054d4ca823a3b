// SPDX-License-Identifier: MIT
// How much of each day the captures saw.
#include "analyse/coverage.h"

#include "answer/local/captures.h"
#include "holdings/days.h"

static void write_day(struct rows *rows, int32_t day, const struct coverage_day *d)
{
	rows_day(rows, day);
	rows_number(rows, d->captures);
	rows_number(rows, d->covered_ns / NANOSECONDS_A_SECOND);
	rows_real(rows, coverage_share(d));
	rows_text(rows, coverage_status_names[coverage_status(d)]);
	rows_number(rows, d->holes);
	rows_text(rows, coverage_known_by(d));
	rows_end(rows);
}

static bool write_days(struct inquiry *inquiry, const struct coverage *c, struct error *error)
{
	struct schema schema;
	struct rows rows;
	struct error ignored;
	question_schema(inquiry->question, &schema);
	const bool ok = rows_begin(&rows, inquiry->receiver, &schema, error);
	for (uint32_t i = 0; ok && i < c->day_count && !rows.is_enough; i++)
		if (day_range_holds(inquiry->question->days, c->first_day + (int32_t)i))
			write_day(&rows, c->first_day + (int32_t)i, &c->days[i]);
	return rows_finish(&rows, ok ? error : &ignored) && ok;
}

// What captures say that they lost is not seen either.
static bool add_lost(const struct answering *a, struct inquiry *inquiry,
                     const struct holdings_captures *captures, struct error *error)
{
	struct chosen_captures chosen;
	if (!captures_choose(a, captures, inquiry->question->days, &chosen, error))
		return false;
	const bool ok = lost_caveat(inquiry, &chosen, error);
	captures_choose_done(&chosen);
	return ok;
}

// Coverage asks no piece: whether one is missing, or is not what it was, is seen by asking each for a number.
static bool look_at_days(const struct answering *a, struct error *error)
{
	struct held_day day = { .count = 0 };
	uint64_t ignored;
	while (held_day_next(a->holdings, all_days, &day))
		if (!held_day_syns(a->holdings, &day, HOLDINGS_ALL_SYNS, &ignored, error))
			return false;
	return true;
}

bool answer_coverage(const struct answering *a, struct inquiry *const *list, size_t count,
                     struct error *error)
{
	struct holdings_captures *captures = NULL;
	struct coverage coverage;
	if (!look_at_days(a, error) || !coverage_make(a->holdings, &coverage, error))
		return false;
	bool ok = holdings_open_captures(a->holdings, &captures, error);
	for (size_t i = 0; ok && i < count; i++)
		ok = write_days(list[i], &coverage, error) && add_lost(a, list[i], captures, error);
	holdings_close_captures(captures);
	coverage_done(&coverage);
	return ok;
}
