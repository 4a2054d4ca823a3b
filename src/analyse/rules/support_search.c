// SPDX-License-Identifier: MIT
// What to ask for where a request lists no rule. Lower and lower supports are asked for, the same of all days, and one
// mining says of all supports above its own which is the first with a rule.
#include "analyse/rules/header_rules.h"

#include "analyse/rules/header_support.h"

// A quarter of the support at a time, and so much work for each field and day at most, some hundredths of a second:
// where everything is frequent there is no end of it.
enum { LOWER_BY = 4, WORK_MAX = 5000000 };

struct search {
	uint64_t listed;  // by any day
	bool is_partial;
};

static bool take(void *context, const struct header_rules_day *day)
{
	struct search *s = context;
	if (day->is_lost)
		return true;
	s->is_partial |= day->is_partial;
	s->listed = day->support_listed > s->listed ? day->support_listed : s->listed;
	return !s->is_partial;
}

static uint64_t next_support(uint64_t support, uint64_t floor)
{
	const uint64_t lower = support / LOWER_BY;
	return lower > floor ? lower : floor;
}

bool header_rules_find_support(struct holdings *holdings, const struct header_rules_request *asked,
                               double alpha, uint64_t *out, struct error *error)
{
	struct header_rules_request request = *asked;
	struct search s = { .listed = 0 };
	int32_t day;
	const uint64_t floor = header_rules_floor(holdings, asked, &day);
	request.rules.finds_support = true;
	request.is_support_by_day = false;
	if (request.rules.work_max == 0 || request.rules.work_max > WORK_MAX)
		request.rules.work_max = WORK_MAX;
	for (;;) {
		struct header_rules_listener listener = { alpha, take, &s, { .source_days = 0 } };
		if (!header_rules_share(holdings, &request, &listener, 1, error))
			return false;
		if (s.is_partial || s.listed > 0 || request.rules.support_min <= floor)
			break;
		request.rules.support_min = next_support(request.rules.support_min, floor);
	}
	*out = s.is_partial ? 0 : s.listed;
	return true;
}
