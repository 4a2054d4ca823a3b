// SPDX-License-Identifier: MIT
// A row a rule, with the days on which it was found; or a row for each of its days.
#include "answer/local/rules.h"

#include "base/memory.h"

uint64_t rules_timeline_top(const struct question *q)
{
	return q->top == 0 ? UINT64_MAX : q->top;
}

bool rules_timeline_begin(struct rules_timeline *t, const struct answering *a,
                          const struct rules_asked *asked, struct error *error)
{
	t->asked = asked;
	return rule_lives_begin(a->holdings, asked->request.window, &t->collector, error);
}

bool rules_timeline_take(void *timeline, const struct header_rules_day *day)
{
	struct rules_timeline *t = timeline;
	rules_totals_add(&t->totals, day);
	return rule_lives_take(t->collector, day);
}

static bool find_targets(struct rules_timeline *t, const struct answering *a, struct error *error)
{
	const struct header_rules_request *asked = &t->asked->request;
	t->queries = memory_new(t->count + 1, sizeof *t->queries);
	t->targets = memory_new(t->count + 1, sizeof *t->targets);
	if (t->queries == NULL || t->targets == NULL)
		return error_memory(error, "the lives of rules");
	for (size_t i = 0; i < t->count; i++) {
		const struct rule_life *life = &t->lives.list[i];
		t->queries[i] = (struct rule_query){ life->items, life->antecedent_count +
			                                                  life->consequent_count };
	}
	const struct rule_targets_request request = { .queries = t->queries,
		                                      .query_count = t->count,
		                                      .window = asked->window,
		                                      .days = asked->days,
		                                      .without_floods = asked->without_floods };
	return rule_targets_find(a->holdings, &request, t->targets, error);
}

bool rules_timeline_end(struct rules_timeline *t, const struct answering *a, uint64_t top,
                        struct error *error)
{
	if (!rule_lives_end(t->collector, &t->lives, error))
		return false;
	t->count = t->lives.count < top ? t->lives.count : (size_t)top;
	return find_targets(t, a, error);
}

void rules_timeline_done(struct rules_timeline *t)
{
	if (t->targets != NULL)
		rule_targets_done(t->targets, t->count);
	memory_free(t->targets);
	memory_free(t->queries);
	rule_lives_done(&t->lives);
	rule_lives_collector_free(t->collector);
}

// ---- rows

static void write_peak(struct rows *rows, const struct rule_lives *lives,
                       const struct rule_life *life)
{
	const size_t at = (size_t)(life->peak_day - lives->first_day);
	rows_real(rows, life->peak_confidence);
	rules_write_mirai_sources(rows, life->mirai_any_port_sources[at], lives->has_unknown[at]);
}

static void write_life(struct rows *rows, const struct rule_lives *lives,
                       const struct rule_life *life, const struct rule_targets *targets)
{
	rules_write_items(rows, life->items, life->antecedent_count);
	rules_write_items(rows, life->items + life->antecedent_count, life->consequent_count);
	rows_day(rows, life->first_day);
	rows_day(rows, life->last_day);
	rows_number(rows, life->days);
	rows_day(rows, life->peak_day);
	rows_number(rows, life->peak_sources);
	rows_number(rows, targets->sources);
	const bool is_unknown = targets->matched[FINGERPRINT_UNKNOWN] > 0;
	rules_write_mirai(rows, targets->sources, targets->mirai_sources, is_unknown);
	rules_write_mirai(rows, targets->sources, targets->mirai_any_port_sources, is_unknown);
	write_peak(rows, lives, life);
	rows_end(rows);
}

// A rule that is found has targets.
static void write_found(struct rows *rows, const struct rule_life *life, size_t at, bool is_unknown)
{
	if (life->sources[at] == 0) {
		rows_empty(rows);
		rows_empty(rows);
		rows_empty(rows);
		return;
	}
	rows_number(rows, life->sources[at]);
	rules_write_mirai_sources(rows, life->mirai_sources[at], is_unknown);
	rows_real(rows, life->confidences[at]);
}

static void write_found_on_any_port(struct rows *rows, const struct rule_life *life, size_t at,
                                    bool is_unknown)
{
	if (life->sources[at] == 0)
		rows_empty(rows);
	else
		rules_write_mirai_sources(rows, life->mirai_any_port_sources[at], is_unknown);
}

static void write_days(struct rows *rows, const struct rules_timeline *t, size_t number)
{
	const struct rule_life *life = &t->lives.list[number];
	const struct rule_targets *targets = &t->targets[number];
	for (size_t i = 0; i < targets->day_count && !rows->is_enough; i++) {
		const struct rule_day_targets *day = &targets->days[i];
		const size_t at = (size_t)(day->day - t->lives.first_day);
		const bool is_unknown = t->lives.has_unknown[at];
		if (day->sources == 0 && life->sources[at] == 0)
			continue;
		rows_number(rows, number + 1);
		rows_day(rows, day->day);
		rows_number(rows, day->sources);
		rules_write_mirai_sources(rows, day->mirai_sources, is_unknown);
		write_found(rows, life, at, is_unknown);
		rules_write_mirai_sources(rows, day->mirai_any_port_sources, is_unknown);
		write_found_on_any_port(rows, life, at, is_unknown);
		rows_end(rows);
	}
}

bool rules_timeline_answer(const struct rules_timeline *t, const struct rules_asked *asked,
                           const struct floods_left_out *left_out, struct error *error)
{
	const uint64_t top = rules_timeline_top(asked->question);
	struct schema schema;
	struct rows rows;
	bool ok = rules_rows_begin(&rows, asked, &schema, error);
	for (size_t i = 0; ok && i < t->count && i < top && !rows.is_enough; i++) {
		if (asked->question->kind == QUESTION_RULE_TIMELINE)
			write_life(&rows, &t->lives, &t->lives.list[i], &t->targets[i]);
		else
			write_days(&rows, t, i);
	}
	ok = ok && rules_totals_caveats(asked, &t->totals, left_out, error);
	return rules_rows_end(&rows, ok, error);
}
