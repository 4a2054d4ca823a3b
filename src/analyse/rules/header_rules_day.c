// SPDX-License-Identifier: MIT
// The rules of one day: its items, the transactions of each field or of all, what the miner finds in
// them, and then, in a second pass, the sources that used all of a rule though they are in a bucket.
#include "analyse/rules/header_rules_private.h"
#include "analyse/rules/rule_match.h"

#include "base/memory.h"
#include "base/pool.h"

#include <stdlib.h>
#include <string.h>

// What is mined together: a field, or all of them.
struct group {
	size_t first, count;  // in day_items.fields
	struct rules rules;
	struct support total;
	struct error error;
};

struct day {
	struct rules_day_job *job;
	struct day_items items;
	struct group *groups;
	size_t group_count;
	struct header_rule *list;
	uint64_t *value_fields;  // [rule]: bits of the fields of which it has values
	size_t count;
	const char **texts;  // by item number
	struct buffer text_room;
};

// ---- mining

static bool mine_group(void *context, size_t number, unsigned thread)
{
	struct day *day = context;
	struct group *g = &day->groups[number];
	struct transactions *transactions;
	(void)thread;
	if (!day_items_transactions(&day->items, g->first, g->count, &transactions, &g->error))
		return false;
	g->total = transactions_total(transactions);
	const bool ok = rules_mine(transactions, &day->job->request->rules, &g->rules, &g->error);
	transactions_free(transactions);
	return ok;
}

static bool mine(struct day *day)
{
	struct rules_day_job *job = day->job;
	const bool is_across = job->request->is_across;
	day->group_count = is_across ? 1 : day->items.field_count;
	day->groups = memory_new(day->group_count, sizeof *day->groups);
	if (day->groups == NULL)
		return error_memory(&job->error, "the rules of a day");
	for (size_t i = 0; i < day->group_count; i++)
		day->groups[i] = (struct group){ is_across ? 0 : i,
			                         is_across ? day->items.field_count : 1,
			                         .error.kind = ERROR_NONE };
	if (pool_run(job->threads, day->group_count, mine_group, day))
		return true;
	for (size_t i = 0; i < day->group_count; i++)
		if (day->groups[i].error.kind != ERROR_NONE) {
			job->error = day->groups[i].error;
			return false;
		}
	return error_memory(&job->error, "the rules of a day");
}

// ---- rules with items

static void take_items(const struct day *day, const uint32_t *numbers, size_t count,
                       struct header_item **to, const struct header_item **out)
{
	*out = *to;
	for (size_t i = 0; i < count; i++)
		*(*to)++ = day->items.items[numbers[i]];
}

static uint64_t value_fields_of(const struct header_rule *rule)
{
	uint64_t fields = 0;
	// Antecedent and consequent lie behind each other.
	for (size_t i = 0; i < rule->antecedent_count + rule->consequent_count; i++)
		if (!rule->antecedent[i].is_bucket)
			fields |= UINT64_C(1) << rule->antecedent[i].field;
	return fields;
}

static struct rule_query query_of(const struct header_rule *rule)
{
	return (struct rule_query){ rule->antecedent,
		                    rule->antecedent_count + rule->consequent_count };
}

static void take_rule(const struct day *day, const struct rule *found, struct header_item **to,
                      struct header_rule *out)
{
	*out = (struct header_rule){ .antecedent_count = found->antecedent_count,
		                     .consequent_count = found->consequent_count,
		                     .rule = *found,
		                     .target_sources = found->support.all,
		                     .mirai_sources = found->support.marked };
	take_items(day, found->antecedent, found->antecedent_count, to, &out->antecedent);
	take_items(day, found->consequent, found->consequent_count, to, &out->consequent);
	const struct rule_query query = query_of(out);
	if (!rule_fits_one_packet(&query))
		out->one_packet_sources = HEADER_NOT_ONE_PACKET;
}

static bool make_list(struct day *day)
{
	size_t items = 0, at = 0;
	for (size_t g = 0; g < day->group_count; g++) {
		const struct rules *rules = &day->groups[g].rules;
		day->count += rules->count;
		for (size_t i = 0; i < rules->count; i++)
			items += rules->list[i].antecedent_count + rules->list[i].consequent_count;
	}
	day->list = memory_new(day->count + 1, sizeof *day->list);
	day->value_fields = memory_new(day->count + 1, sizeof *day->value_fields);
	day->job->rule_items = memory_new(items + 1, sizeof *day->job->rule_items);
	if (day->list == NULL || day->value_fields == NULL || day->job->rule_items == NULL)
		return error_memory(&day->job->error, "the rules of a day");
	struct header_item *to = day->job->rule_items;
	for (size_t g = 0; g < day->group_count; g++)
		for (size_t i = 0; i < day->groups[g].rules.count; i++, at++) {
			take_rule(day, &day->groups[g].rules.list[i], &to, &day->list[at]);
			day->value_fields[at] = value_fields_of(&day->list[at]);
		}
	return true;
}

// ---- sources in buckets, and packets

static void count_target(struct day *day, uint32_t number, const struct host_day *host,
                         uint64_t crowded)
{
	struct header_rule *rule = &day->list[number];
	const struct rule_query query = query_of(rule);
	// Those whose transactions have all of the rule are its support.
	if ((day->value_fields[number] & crowded) != 0) {
		rule->target_sources++;
		rule->mirai_sources += day_items_is_mirai(&day->items, host);
	}
	if (rule->one_packet_sources != HEADER_NOT_ONE_PACKET)
		rule->one_packet_sources += rule_is_in_one_packet(&query, host);
}

// Which rules have to be looked for: of a source in a bucket all of them, of any other those that can
// be in one packet, across fields; its transaction has counted already.
struct matchers {
	struct rule_matcher *all, *fitting;
	uint32_t *fitting_rules;  // their numbers
};

static void matchers_done(struct matchers *m)
{
	rule_matcher_free(m->all);
	rule_matcher_free(m->fitting);
	memory_free(m->fitting_rules);
}

static bool make_matchers(const struct day *day, struct matchers *out, struct error *error)
{
	size_t fitting = 0;
	struct rule_query *queries = memory_new(day->count, sizeof *queries);
	out->fitting_rules = memory_new(day->count, sizeof *out->fitting_rules);
	bool ok = queries != NULL && out->fitting_rules != NULL;
	if (!ok)
		error_memory(error, "the rules of a day");
	for (size_t i = 0; ok && i < day->count; i++)
		queries[i] = query_of(&day->list[i]);
	ok = ok && rule_matcher_new(queries, day->count, &out->all, error);
	for (size_t i = 0; ok && i < day->count; i++)
		if (day->list[i].one_packet_sources != HEADER_NOT_ONE_PACKET) {
			queries[fitting] = query_of(&day->list[i]);
			out->fitting_rules[fitting++] = (uint32_t)i;
		}
	ok = ok && rule_matcher_new(queries, fitting, &out->fitting, error);
	memory_free(queries);
	return ok;
}

static bool count_hosts(struct day *day, const struct matchers *m)
{
	struct rules_day_job *job = day->job;
	const struct host_day *host;
	const uint32_t *found;
	while ((host = transaction_reader_next(job->second, &job->error)) != NULL) {
		const uint64_t crowded = day_items_crowded(&day->items, host);
		const bool wants_all = crowded != 0;
		const size_t count = rule_matcher_find(wants_all ? m->all : m->fitting, host,
		                                       &found);
		for (size_t i = 0; i < count; i++)
			count_target(day, wants_all ? found[i] : m->fitting_rules[found[i]], host,
			             crowded);
	}
	return job->error.kind == ERROR_NONE;
}

static bool count_targets(struct day *day)
{
	struct matchers matchers = { .all = NULL };
	if (day->count == 0 || (day->items.bucketed == 0 && !day->job->request->is_across))
		return true;
	const bool ok = make_matchers(day, &matchers, &day->job->error) &&
	                count_hosts(day, &matchers);
	matchers_done(&matchers);
	return ok;
}

// ---- order

static bool make_texts(struct day *day)
{
	const size_t count = day->items.item_count;
	char text[HEADER_ITEM_TEXT_SIZE];
	size_t at = 0;
	day->texts = memory_new(count + 1, sizeof(char *));
	for (size_t i = 0; i < count; i++) {
		header_item_text(&day->items.items[i], text);
		buffer_append(&day->text_room, text, strlen(text) + 1);
	}
	if (day->texts == NULL || day->text_room.failed)
		return error_memory(&day->job->error, "the rules of a day");
	for (size_t i = 0; i < count; i++) {
		day->texts[i] = (const char *)day->text_room.bytes + at;
		at += strlen(day->texts[i]) + 1;
	}
	return true;
}

// The texts of items, joined by semicolons, character by character.
struct joined {
	const char *const *texts;
	const uint32_t *numbers;
	size_t count, item, at;
};

static unsigned char next_character(struct joined *j)
{
	if (j->item == j->count)
		return '\0';
	const char c = j->texts[j->numbers[j->item]][j->at++];
	if (c != '\0')
		return (unsigned char)c;
	j->item++;
	j->at = 0;
	return j->item < j->count ? ';' : '\0';
}

static int compare_joined(struct joined a, struct joined b)
{
	for (;;) {
		const unsigned char x = next_character(&a), y = next_character(&b);
		if (x != y || x == '\0')
			return (x > y) - (x < y);
	}
}

static int compare_rules(const void *left, const void *right, void *context)
{
	const struct rule *a = &((const struct header_rule *)left)->rule;
	const struct rule *b = &((const struct header_rule *)right)->rule;
	const char *const *texts = context;
	if (a->support.all != b->support.all)
		return a->support.all > b->support.all ? -1 : 1;
	const int order = compare_joined(
		(struct joined){ texts, a->antecedent, a->antecedent_count, 0, 0 },
		(struct joined){ texts, b->antecedent, b->antecedent_count, 0, 0 });
	if (order != 0)
		return order;
	return compare_joined((struct joined){ texts, a->consequent, a->consequent_count, 0, 0 },
	                      (struct joined){ texts, b->consequent, b->consequent_count, 0, 0 });
}

// ---- all of it

static bool read_items(struct day *day)
{
	struct rules_day_job *job = day->job;
	const struct host_day *host;
	if (!day_items_init(&day->items, job->request, job->mirai_2016, &job->error))
		return false;
	for (size_t i = 0; i < job->day_count; i++)
		if (job->days[i].floor > 1)
			day->items.floored = UINT64_MAX & ~HEADER_FIELDS_WITHOUT_FLOOR;
	while ((host = transaction_reader_next(job->first, &job->error)) != NULL)
		day_items_add(&day->items, host);
	return job->error.kind == ERROR_NONE &&
	       day_items_number(&day->items, job->request->rules.support_min, &job->error);
}

static void fill_result(struct day *day)
{
	struct rules_day_job *job = day->job;
	struct header_rules_day *out = &job->result;
	out->antecedents_whole = SIZE_MAX;
	for (size_t i = 0; i < job->day_count; i++)
		out->has_unknown |= job->days[i].has_unknown;
	for (size_t g = 0; g < day->group_count; g++) {
		const struct group *group = &day->groups[g];
		out->tested += group->rules.tested;
		out->is_partial |= group->rules.is_partial;
		if (group->rules.antecedents_whole < out->antecedents_whole)
			out->antecedents_whole = group->rules.antecedents_whole;
		if (job->request->is_across ||
		    day->items.fields[group->first].field == job->request->fields[0])
			out->total = group->total;
	}
	for (size_t i = 0; i < day->count; i++)
		day->list[i].rule.antecedent = day->list[i].rule.consequent = NULL;
	out->list = day->list;
	out->count = day->count;
	out->bucketed_sources = day->items.bucketed;
	out->sampled_sources = day->items.sampled;
	out->unsure_sources = day->items.unsure;
}

static void day_done(struct day *day)
{
	for (size_t i = 0; day->groups != NULL && i < day->group_count; i++)
		rules_done(&day->groups[i].rules);
	memory_free(day->groups);
	memory_free(day->value_fields);
	memory_free(day->texts);
	buffer_done(&day->text_room);
	day_items_done(&day->items);
}

bool rules_day_run(struct rules_day_job *job)
{
	struct day day = { .job = job, .text_room = buffer_up_to(SIZE_MAX / 2) };
	const bool ok = read_items(&day) && mine(&day) && make_list(&day) && count_targets(&day) &&
	                make_texts(&day);
	if (ok) {
		qsort_r(day.list, day.count, sizeof *day.list, compare_rules, day.texts);
		fill_result(&day);
	} else {
		memory_free(day.list);
	}
	day_done(&day);
	return ok;
}

void rules_day_done(struct rules_day_job *job)
{
	transaction_reader_close(job->first);
	transaction_reader_close(job->second);
	memory_free((void *)(uintptr_t)job->result.list);
	memory_free(job->rule_items);
	job->first = job->second = NULL;
	job->result = (struct header_rules_day){ .count = 0 };
	job->rule_items = NULL;
}
