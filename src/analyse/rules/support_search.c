// SPDX-License-Identifier: MIT
// What to ask for where a request lists no rule. Lower and lower supports are asked for, the same of all days, and one
// mining says of all supports above its own which is the first with a rule.
#include "analyse/rules/header_rules.h"

#include "analyse/rules/header_support.h"
#include "base/memory.h"

// A quarter of the support at a time, and so much work for each field and day at most, some hundredths of a second:
// where everything is frequent there is no end of it.
enum { LOWER_BY = 4, WORK_MAX = 5000000 };

static bool take(void *context, const struct header_rules_day *day)
{
	struct support_search *s = context;
	if (day->is_lost)
		return true;
	s->is_partial |= day->is_partial;
	s->found = day->support_listed > s->found ? day->support_listed : s->found;
	return !s->is_partial;
}

static bool is_over(const struct support_search *s)
{
	return s->is_partial || s->found > 0;
}

static uint64_t next_support(uint64_t support, uint64_t floor)
{
	const uint64_t lower = support / LOWER_BY;
	return lower > floor ? lower : floor;
}

// Those that are not over listen once more; how many.
static size_t list_open(struct support_search *list, size_t count,
                        struct header_rules_listener *listeners)
{
	size_t open = 0;
	for (size_t i = 0; i < count; i++)
		if (!is_over(&list[i]))
			listeners[open++] = (struct header_rules_listener){
				list[i].alpha, take, &list[i], { 0 }
			};
	return open;
}

bool header_rules_find_supports(struct holdings *holdings, const struct header_rules_request *asked,
                                struct support_search *list, size_t count, struct error *error)
{
	struct header_rules_request request = *asked;
	struct header_rules_listener *listeners = memory_new(count + 1, sizeof *listeners);
	size_t open;
	int32_t day;
	const uint64_t floor = header_rules_floor(holdings, asked, &day);
	bool ok = listeners != NULL || error_memory(error, "rules");
	request.rules.finds_support = true;
	request.is_support_by_day = false;
	if (request.rules.work_max == 0 || request.rules.work_max > WORK_MAX)
		request.rules.work_max = WORK_MAX;
	while (ok && (open = list_open(list, count, listeners)) > 0) {
		ok = header_rules_share(holdings, &request, listeners, open, error);
		if (request.rules.support_min <= floor)
			break;
		request.rules.support_min = next_support(request.rules.support_min, floor);
	}
	for (size_t i = 0; ok && i < count; i++)
		if (list[i].is_partial)
			list[i].found = 0;
	memory_free(listeners);
	return ok;
}
