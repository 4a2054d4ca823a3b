// SPDX-License-Identifier: MIT
#include "answer/local/rules.h"

#include "analyse/rules/header_support.h"

static void add_support(struct rules_totals *t, const struct header_rules_day *day)
{
	const bool is_first = t->days == 0;
	if (is_first || day->support_min < t->support_least)
		t->support_least = day->support_min;
	if (day->support_min > t->support_most)
		t->support_most = day->support_min;
	if (is_first || day->sources < t->sources_least)
		t->sources_least = day->sources;
	if (day->sources > t->sources_most)
		t->sources_most = day->sources;
	t->is_by_telescope |= day->support_min < header_support(1, day->sources, 0);
}

void rules_totals_add(struct rules_totals *t, const struct header_rules_day *day)
{
	if (day->is_lost)
		return;
	add_support(t, day);
	t->days++;
	t->rules += day->count;
	if (day->is_partial &&
	    (t->partial_days == 0 || day->antecedents_whole < t->antecedents_whole))
		t->antecedents_whole = day->antecedents_whole;
	t->partial_days += day->is_partial;
	if (day->support_whole > t->support_whole)
		t->support_whole = day->support_whole;
	t->bucket_days += day->bucketed_sources > 0;
	t->sample_days += day->sampled_sources > 0;
	t->unsure_days += day->unsure_sources > 0;
	t->unknown_days += day->has_unknown;
	t->bucketed += day->bucketed_sources;
	t->sampled += day->sampled_sources;
	t->unsure += day->unsure_sources;
}

static bool say(const struct rules_asked *asked, bool is_so, struct caveat caveat,
                struct error *error)
{
	return !is_so || add_caveat(asked->inquiry, &caveat, error);
}

bool rules_totals_caveats(const struct rules_asked *asked, const struct rules_totals *t,
                          const struct floods_left_out *left_out, struct error *error)
{
	const struct question *q = asked->question;
	const struct caveat partial = { CAVEAT_RULES_PARTIAL,
		                        { t->partial_days, t->days, q->rules.work_max,
		                          t->antecedents_whole, t->support_whole } };
	const bool is_new = q->kind == QUESTION_NEW_RULES || q->kind == QUESTION_RULE_TARGETS;
	const struct caveat none = { CAVEAT_NO_RULE,
		                     { q->rules.is_all, t->support_listed, is_new } };
	const struct caveat by_day = { CAVEAT_SUPPORT_BY_DAY,
		                       { t->support_least, t->support_most, t->sources_least,
		                         t->sources_most, t->is_by_telescope } };
	const struct caveat buckets = { CAVEAT_BUCKETS,
		                        { t->bucketed, t->bucket_days, HEADER_VALUES_MAX } };
	const struct caveat samples = { CAVEAT_SAMPLED_VALUES,
		                        { t->sampled, t->sample_days, t->bucketed > 0 } };
	const struct caveat unsure = { CAVEAT_UNSURE_BUCKETS, { t->unsure, t->unsure_days } };
	const struct caveat unknown = { CAVEAT_UNKNOWN_MIRAI, { t->unknown_days, t->days } };
	return say(asked, asked->request.is_support_by_day && t->days > 0, by_day, error) &&
	       say(asked, t->partial_days > 0, partial, error) &&
	       say(asked, t->rules == 0 && t->days > 0, none, error) &&
	       say(asked, t->bucketed > 0, buckets, error) &&
	       say(asked, t->sampled > 0, samples, error) &&
	       say(asked, t->unsure > 0, unsure, error) &&
	       say(asked, t->unknown_days > 0, unknown, error) &&
	       floods_caveats(asked->inquiry, left_out, error);
}

bool rules_rows_begin(struct rows *rows, const struct rules_asked *asked, struct schema *schema,
                      struct error *error)
{
	const uint64_t support = asked->request.rules.support_min,
		       wanted = asked->request.is_support_by_day
	                                ? RULES_SUPPORT_LEAST
	                                : asked->question->rules.support_min;
	const struct caveat raised = { CAVEAT_FLOOR_RAISED,
		                       { wanted, support },
		                       { asked->floor_day, asked->floor_day } };
	const struct caveat floor = { CAVEAT_FLOOR, { asked->floor } };
	question_schema(asked->question, schema);
	return rows_begin(rows, asked->inquiry->receiver, schema, error) &&
	       say(asked, asked->question->rules.raises_support && asked->floor > 1, floor,
	           error) &&
	       say(asked, support > wanted, raised, error);
}

bool rules_rows_end(struct rows *rows, bool ok, struct error *error)
{
	struct error ignored;
	return rows_finish(rows, ok ? error : &ignored) && ok;
}

// ---- cells

void rules_write_items(struct rows *rows, const struct header_item *items, size_t count)
{
	struct buffer out = buffer_up_to(1 << 20);
	char text[HEADER_ITEM_TEXT_SIZE];
	for (size_t i = 0; i < count; i++) {
		header_item_text(&items[i], text);
		if (i > 0)
			buffer_byte(&out, ';');
		buffer_text(&out, text);
	}
	rows->is_out_of_memory |= out.failed;
	rows_text_span(rows, buffer_span(&out));
	buffer_done(&out);
}

void rules_write_mirai_sources(struct rows *rows, uint64_t mirai_sources, bool is_unknown)
{
	if (is_unknown)
		rows_unknown(rows);
	else
		rows_number(rows, mirai_sources);
}

void rules_write_mirai(struct rows *rows, uint64_t sources, uint64_t mirai_sources, bool is_unknown)
{
	rules_write_mirai_sources(rows, mirai_sources, is_unknown);
	if (is_unknown)
		rows_unknown(rows);
	else
		rows_real(rows, (double)mirai_sources / (double)sources);
}

void rules_write_one_packet(struct rows *rows, const struct header_rule *rule)
{
	if (rule->one_packet_sources == HEADER_NOT_ONE_PACKET)
		rows_empty(rows);
	else
		rows_number(rows, rule->one_packet_sources);
}
