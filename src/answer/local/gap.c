// SPDX-License-Identifier: MIT
// The gap that suits the telescope.
#include "answer/local/topic.h"

#include "analyse/survey/gap.h"

static void write_count(struct rows *rows, uint64_t number)
{
	if (number > 0)
		rows_number(rows, number);
	else
		rows_empty(rows);
}

static bool write_gap(struct inquiry *inquiry, const struct gap *gap, struct error *error)
{
	struct schema schema;
	struct rows rows;
	struct error ignored;
	question_schema(inquiry->question, &schema);
	const bool ok = rows_begin(&rows, inquiry->receiver, &schema, error);
	if (ok) {
		if (gap->days != GAP_NONE)
			rows_number(&rows, gap->days);
		else
			rows_unknown(&rows);
		write_count(&rows, gap->addresses);
		write_count(&rows, gap->size_days);
		write_count(&rows, gap->silences);
		write_count(&rows, gap->silence_days);
		rows_end(&rows);
	}
	return rows_finish(&rows, ok ? error : &ignored) && ok;
}

bool answer_gap(const struct answering *a, struct inquiry *const *list, size_t count,
                struct error *error)
{
	struct gap gap = { .days = GAP_NONE };
	bool ok = gap_find(a->holdings, a->limits->threads, &gap, error);
	const struct caveat bounded = { CAVEAT_GAP,
		                        { gap.days, gap.size_days, gap.addresses, gap.silences,
		                          gap.silence_days } };
	for (size_t i = 0; ok && i < count; i++)
		ok = write_gap(list[i], &gap, error) &&
		     (gap.size_days <= GAP_SHORT_DAYS || add_caveat(list[i], &bounded, error));
	return ok;
}
