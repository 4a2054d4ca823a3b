// SPDX-License-Identifier: MIT
#include "cmd/report_parts.h"

struct day_range report_recent(const struct report_question *q)
{
	const int32_t first = q->shown->first_day, from = q->last_day - REPORT_RECENT_DAYS + 1;
	return (struct day_range){ from > first ? from : first, q->last_day };
}

struct source_choice report_choice(const struct report_question *q, struct day_range window)
{
	return (struct source_choice){ .window = window,
		                       .without_floods = q->without_floods,
		                       .threads = (unsigned)q->analysis->take.take.threads };
}
