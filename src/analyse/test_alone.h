// SPDX-License-Identifier: MIT
// For tests: what is found together with others, asked by itself.
#pragma once

#include "analyse/rules/emergences.h"
#include "analyse/rules/rule_lives.h"
#include "analyse/where/where.h"

static inline bool places_run(struct holdings *holdings, const struct source_choice *choice,
                              const struct places_request *places, struct places *out,
                              struct error *error)
{
	const struct where_request request = { .places = *places };
	struct where_found found;
	if (!where_run(holdings, choice, &request, 1, &found, error))
		return false;
	*out = found.places;
	return true;
}

static inline bool prefixes_run(struct holdings *holdings, const struct source_choice *choice,
                                unsigned bits, struct prefixes *out, struct error *error)
{
	const struct where_request request = { .bits = bits };
	struct where_found found;
	if (!where_run(holdings, choice, &request, 1, &found, error))
		return false;
	*out = found.prefixes;
	return true;
}

static inline bool header_rules_run(struct holdings *holdings,
                                    const struct header_rules_request *request,
                                    struct floods_left_out *out_left_out, struct error *error)
{
	struct header_rules_listener listener = { .alpha = request->rules.alpha,
		                                  .each = request->each,
		                                  .context = request->context };
	if (!header_rules_share(holdings, request, &listener, 1, error))
		return false;
	if (out_left_out != NULL)
		*out_left_out = listener.left_out;
	return true;
}

static inline bool rule_lives_find(struct holdings *holdings,
                                   const struct header_rules_request *request,
                                   struct rule_lives *out, struct floods_left_out *out_left_out,
                                   struct error *error)
{
	struct rule_lives_collector *collector;
	if (!rule_lives_begin(holdings, request->window, &collector, error))
		return false;
	struct header_rules_listener listeners[] = {
		{ request->rules.alpha, rule_lives_take, collector },
		{ request->rules.alpha, request->each, request->context },
	};
	const size_t count = request->each == NULL ? 1 : 2;
	const bool ok = header_rules_share(holdings, request, listeners, count, error) &&
	                rule_lives_end(collector, out, error);
	if (ok && out_left_out != NULL)
		*out_left_out = listeners[0].left_out;
	rule_lives_collector_free(collector);
	return ok;
}

static inline bool emerged_list_find(struct holdings *holdings,
                                     const struct emerged_request *request,
                                     struct emerged_list *out, struct emergences_totals *out_totals,
                                     struct error *error)
{
	struct emergences_request emergences = request->emergences;
	struct emergences_totals totals;
	struct emerged_list list = { .count = 0 };
	emergences.each = emerged_list_keep;
	emergences.context = &list;
	if (emergences_find(holdings, &emergences, &totals, error) &&
	    emerged_list_end(&list, error) &&
	    emerged_list_targets(&list, holdings, request, error)) {
		*out = list;
		*out_totals = totals;
		return true;
	}
	emerged_list_done(&list);
	return false;
}
