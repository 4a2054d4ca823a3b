// SPDX-License-Identifier: MIT
// How much of each day honeypots logged.
#include "answer/local/logged.h"

#include "analyse/coverage.h"

static enum coverage_status status_of(const struct logged_day *d)
{
	return d->logged == 0             ? COVERED_MISSING
	       : d->logged == d->possible ? COVERED
	                                  : COVERED_PARTLY;
}

bool logged_caveat(struct inquiry *inquiry, const struct logged *l, struct error *error)
{
	struct caveat caveat = { CAVEAT_LOGGED };
	for (uint32_t i = 0; i < l->day_count; i++) {
		const enum coverage_status status = status_of(&l->days[i]);
		if (!day_range_holds(inquiry->question->days, l->first_day + (int32_t)i))
			continue;
		caveat.numbers[0]++;
		caveat.numbers[1] += status == COVERED_PARTLY;
		caveat.numbers[2] += status == COVERED_MISSING;
	}
	return caveat.numbers[1] + caveat.numbers[2] == 0 || add_caveat(inquiry, &caveat, error);
}

static bool write_days(struct inquiry *inquiry, const struct logged *l, struct error *error)
{
	struct schema schema;
	struct rows rows;
	struct error ignored;
	question_schema(inquiry->question, &schema);
	const bool ok = rows_begin(&rows, inquiry->receiver, &schema, error);
	for (uint32_t i = 0; ok && i < l->day_count && !rows.is_enough; i++) {
		const struct logged_day *d = &l->days[i];
		if (!day_range_holds(inquiry->question->days, l->first_day + (int32_t)i))
			continue;
		rows_day(&rows, l->first_day + (int32_t)i);
		rows_number(&rows, d->sensors);
		rows_number(&rows, d->logged * 60);
		rows_real(&rows, logged_share(d));
		rows_text(&rows, coverage_status_names[status_of(d)]);
		rows_end(&rows);
	}
	return rows_finish(&rows, ok ? error : &ignored) && ok;
}

bool answer_logged(const struct answering *a, struct inquiry *const *list, size_t count,
                   struct error *error)
{
	struct logged logged;
	bool ok = logged_find(a->holdings, &logged, error);
	if (!ok)
		return false;
	for (size_t i = 0; ok && i < count; i++)
		ok = write_days(list[i], &logged, error);
	logged_done(&logged);
	return ok;
}
