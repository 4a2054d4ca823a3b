// SPDX-License-Identifier: MIT
// Where every frame went, why some were not understood, and how much of each day was seen.
#include "report/sections.h"

#include "base/memory.h"
#include "base/text.h"

#include <math.h>

void ledger_section_ask(struct ledger_section *s, const struct report_about *about,
                        struct plan *plan)
{
	struct question q = { .days = all_days };
	q.kind = QUESTION_LEDGER;
	s->ledger = plan_ask(plan, &q);
	q.kind = QUESTION_REASONS;
	s->reasons = plan_ask(plan, &q);
	q.kind = QUESTION_DROPS;
	s->drops = plan_ask(plan, &q);
	q.kind = QUESTION_COVERAGE;
	q.days = about->options->days;
	s->coverage = plan_ask(plan, &q);
}

// ---- the ledger: rows of a capture stand together, the last of them is the sum; last come the totals

static size_t counters_of(const struct answer *a)
{
	const size_t counter = answer_column(a, "counter");
	size_t count = 0;
	while (count < a->row_count && !text_equal(answer_text(a, count, counter), "frames"))
		count++;
	return count;
}

static bool fill_captures(struct ledger_section *s, const struct answer *a, size_t counters)
{
	const size_t counter = answer_column(a, "counter"), capture = answer_column(a, "capture"),
		     frames = answer_column(a, "frames");
	const size_t each = counters + 1, count = a->row_count / each;
	s->counters = memory_new(counters + 1, sizeof *s->counters);
	s->frames = memory_new(a->row_count + 1, sizeof *s->frames);
	s->captures = memory_new(count + 1, sizeof *s->captures);
	if (s->counters == NULL || s->frames == NULL || s->captures == NULL)
		return false;
	for (size_t i = 0; i < counters; i++)
		s->counters[i] = answer_text(a, i, counter);
	for (size_t row = 0; row < a->row_count; row++)
		s->frames[row] = answer_number(a, row, frames);
	for (size_t i = 0; i + 1 < count; i++)
		s->captures[i] = (struct report_capture){ answer_text(a, i * each, capture),
			                                  s->frames + i * each, NULL };
	s->report.counters = s->counters;
	s->report.counter_count = counters;
	s->report.captures = s->captures;
	s->report.capture_count = count > 0 ? count - 1 : 0;
	s->report.totals = s->frames + (count > 0 ? count - 1 : 0) * each;
	return true;
}

// Caveats of damage are in the order of captures, by name.
static void note_damage(struct ledger_section *s, const struct caveats *caveats)
{
	for (size_t i = 0, k = 0; i < caveats->count; i++) {
		const struct caveat *c = &caveats->list[i];
		if (c->kind != CAVEAT_CAPTURE_DAMAGED)
			continue;
		for (; k < c->numbers[0]; k++)
			;
		s->captures[k].damage = c->text;
	}
}
