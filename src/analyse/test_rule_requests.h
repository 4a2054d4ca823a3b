// SPDX-License-Identifier: MIT
// For tests: likewise, requests about rules.
#pragma once

#include "analyse/test_alone.h"
#include "analyse/test_requests.h"

static inline void put_items(struct buffer *out, const struct header_item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char text[HEADER_ITEM_TEXT_SIZE];
		header_item_text(&items[i], text);
		buffer_format(out, "%s%s", i > 0 ? ";" : " ", text);
	}
}

static inline void put_rule(struct buffer *out, const struct header_rule *r)
{
	const struct rule *m = &r->rule;
	put_items(out, r->antecedent, r->antecedent_count);
	put_items(out, r->consequent, r->consequent_count);
	buffer_format(out, " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, m->support.all,
	              m->support.marked, m->antecedent_support.all, m->consequent_support.all);
	buffer_format(out, " %a %a %a %a %a %a %d %d", m->confidence, m->lift, m->leverage,
	              m->conviction, m->improvement, m->p_value, m->is_minimal, m->is_productive);
	buffer_format(out, " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", r->target_sources,
	              r->mirai_sources, r->one_packet_sources);
}

static inline bool put_rules(void *context, const struct header_rules_day *day)
{
	struct buffer *out = context;
	buffer_format(out, "day %d %d %zu %" PRIu64 " %" PRIu64 " %" PRIu64, day->from, day->day,
	              day->count, day->total.all, day->total.marked, day->tested);
	buffer_format(out, " %" PRIu64 " %" PRIu64 " %" PRIu64 " %d %zu %d\n",
	              day->bucketed_sources, day->sampled_sources, day->unsure_sources,
	              day->is_partial, day->antecedents_whole, day->has_unknown);
	for (size_t i = 0; i < day->count; i++)
		put_rule(out, &day->list[i]);
	return true;
}

static inline bool ask_rules(const void *what, struct holdings *h, struct buffer *out,
                             struct error *error)
{
	struct header_rules_request request = *(const struct header_rules_request *)what;
	struct floods_left_out left_out;
	request.each = put_rules;
	request.context = out;
	if (!header_rules_run(h, &request, &left_out, error))
		return false;
	put_floods(out, &left_out);
	return true;
}

static inline bool ask_timeline(const void *what, struct holdings *h, struct buffer *out,
                                struct error *error)
{
	struct floods_left_out left_out;
	struct rule_lives lives;
	if (!rule_lives_find(h, what, &lives, &left_out, error))
		return false;
	buffer_format(out, "lives %d %u %u\n", lives.first_day, lives.day_count,
	              lives.partial_days);
	for (size_t i = 0; i < lives.count; i++) {
		const struct rule_life *l = &lives.list[i];
		put_items(out, l->items, l->antecedent_count + l->consequent_count);
		buffer_format(out, " %zu %d %d %d %u %" PRIu64 " %a\n", l->antecedent_count,
		              l->first_day, l->last_day, l->peak_day, l->days, l->peak_sources,
		              l->peak_confidence);
		put_numbers(out, "sources", l->sources, lives.day_count);
		put_numbers(out, "mirai", l->mirai_sources, lives.day_count);
	}
	put_floods(out, &left_out);
	rule_lives_done(&lives);
	return true;
}

// ---- targets, and what is new

static inline void put_example(struct buffer *out, const struct rule_example *e)
{
	buffer_format(out, "example %d", e->is_there);
	if (e->is_there)
		buffer_format(out, " %08x %d %" PRIu64, e->source, e->day, e->syns);
	for (unsigned f = 0; e->is_there && f < HEADER_FIELDS_MAX; f++)
		if (e->known >> f & 1)
			buffer_format(out, " %u=%u", f, e->values[f]);
	buffer_byte(out, '\n');
}

static inline void put_targets(struct buffer *out, const struct rule_targets *t)
{
	buffer_format(out, "targets %" PRIu64 " %" PRIu64 " %" PRIu64 " %u\n", t->sources,
	              t->mirai_sources, t->syns, t->ports_seen);
	for (size_t i = 0; i < t->day_count; i++)
		buffer_format(out, "%d %" PRIu64 " %" PRIu64 "\n", t->days[i].day,
		              t->days[i].sources, t->days[i].mirai_sources);
	put_numbers(out, "matched", t->matched, FINGERPRINTS_MAX);
	for (size_t i = 0; i < t->port_count; i++)
		buffer_format(out, "%u %" PRIu64 " %" PRIu64 "\n", t->ports[i].port,
		              t->ports[i].packets, t->ports[i].sources);
	put_example(out, &t->example);
}

static inline void put_target(void *context, size_t query, int32_t day, uint32_t source)
{
	buffer_format(context, "found %zu %d %08x\n", query, day, source);
}

static inline bool ask_new_rules(const void *what, struct holdings *h, struct buffer *out,
                                 struct error *error)
{
	const struct emerged_request request = { .emergences = *(
							 const struct emergences_request *)what,
		                                 .found = put_target,
		                                 .context = out };
	struct emergences_totals totals;
	struct emerged_list list;
	if (!emerged_list_find(h, &request, &list, &totals, error))
		return false;
	for (size_t i = 0; i < list.count; i++) {
		const struct emergence *e = &list.list[i].emergence;
		buffer_format(out, "new %d %d %" PRIu64 " %d", e->day, e->has_unknown,
		              e->most_before, e->most_before > 0 ? e->most_before_day : 0);
		put_rule(out, &list.list[i].rule);
		put_targets(out, &list.list[i].targets);
	}
	buffer_format(out, "totals %u %u %u\n", totals.days, totals.unknown_days,
	              totals.partial_days);
	put_floods(out, &totals.left_out);
	emerged_list_done(&list);
	return true;
}

static inline bool ask_targets(const void *what, struct holdings *h, struct buffer *out,
                               struct error *error)
{
	struct rule_targets_request request = *(const struct rule_targets_request *)what;
	struct rule_targets targets[8];
	request.found = put_target;
	request.context = out;
	assert(request.query_count <= 8);
	if (!rule_targets_find(h, &request, targets, error))
		return false;
	for (size_t i = 0; i < request.query_count; i++)
		put_targets(out, &targets[i]);
	rule_targets_done(targets, request.query_count);
	return true;
}

static inline bool ask_supports(const void *what, struct holdings *h, struct buffer *out,
                                struct error *error)
{
	const struct rule_supports_request *request = what;
	struct rule_supports supports;
	if (!rule_supports_count(h, request, &supports, error))
		return false;
	for (size_t i = 0; i < supports.day_count; i++) {
		const struct rule_supports_day *d = &supports.days[i];
		buffer_format(out, "day %d %u %u", d->day, d->floor, d->total);
		for (size_t q = 0; q < request->query_count; q++)
			buffer_format(out, " %u", d->supports[q]);
		for (unsigned f = 0; f < HEADER_FIELDS_MAX; f++)
			buffer_format(out, " %u", d->totals[f]);
		buffer_byte(out, '\n');
	}
	rule_supports_done(&supports);
	return true;
}
