// SPDX-License-Identifier: MIT
// What changed on the last day, and in the six before it: the same question that `hotaru changes` asks.
#include "report/sections.h"

enum { WEEK_DAYS = 7 };

void changes_section_ask(struct changes_section *s, const struct report_about *about,
                         const struct rules_question *rules, struct plan *plan)
{
	s->days = (struct day_range){ about->last_day - WEEK_DAYS + 1, about->last_day };
	const struct question q = { .kind = QUESTION_CHANGES,
		                    .days = s->days,
		                    .families = about->options->families,
		                    .family_count = about->options->family_count,
		                    .without_floods = about->options->without_floods,
		                    .rules = *rules };
	s->question = plan_ask(plan, &q);
}

bool changes_section_fill(struct changes_section *s, const struct report_about *about,
                          const struct plan *plan, struct error *error)
{
	if (!changes_read(plan_answer(plan, s->question), plan_caveats(plan, s->question), s->days,
	                  &s->found, error))
		return false;
	if (about->options->home != NULL)
		changes_mark_home(&s->found, about->options->home);
	return true;
}

void changes_section_done(struct changes_section *s)
{
	changes_found_done(&s->found);
}
