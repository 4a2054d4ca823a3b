// SPDX-License-Identifier: MIT
// The rules of one day: its items, the transactions of each field or of all, what the miner finds in
// them, and then, in a second pass, the sources that used all of a rule though they are in a bucket.
//
// Of several alphas the highest is mined, and the rules of the others are some of those.
#include "analyse/rules/header_rules_private.h"
#include "analyse/rules/header_support.h"
#include "analyse/rules/rule_match.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

// ---- rules with items

static void take_items(const struct rules_day *day, const uint32_t *numbers, size_t count,
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

static void take_rule(const struct rules_day *day, const struct rule *found,
                      struct header_item **to, struct header_rule *out)
{
	*out = (struct header_rule){ .antecedent_count = found->antecedent_count,
		                     .consequent_count = found->consequent_count,
		                     .rule = *found,
		                     .target_sources = found->support.all,
		                     .mirai_sources = found->support.marked,
		                     .mirai_any_port_sources = found->support.marked };
	take_items(day, found->antecedent, found->antecedent_count, to, &out->antecedent);
	take_items(day, found->consequent, found->consequent_count, to, &out->consequent);
	const struct rule_query query = query_of(out);
	if (!rule_fits_one_packet(&query))
		out->one_packet_sources = HEADER_NOT_ONE_PACKET;
}

static size_t mined_count(const struct rules_day *day, const struct rules_group *g)
{
	return g->is_apart ? day->job->alpha_count : 1;
}

// At which alphas the rules from `begin` to the end of the list hold, which were mined with number `a`.
static bool find_alphas(struct rules_day *day, const struct rules_group *g, size_t a, size_t begin)
{
	const struct rules_day_job *job = day->job;
	const bool is_all = job->request->rules.is_all;
	for (size_t i = begin; i < day->count; i++)
		day->holding[i] = (struct holding_at){ a, is_all ? job->alpha_count - 1 : a };
	for (size_t lower = 1; !is_all && !g->is_apart && lower < job->alpha_count; lower++) {
		double most;
		if (!rules_p_value_max(&g->mined[0], job->alphas[lower], &most, &day->job->error))
			return false;
		for (size_t i = begin; i < day->count; i++)
			if (day->list[i].rule.p_value <= most)
				day->holding[i].last = lower;
	}
	return true;
}

static bool make_room(struct rules_day *day)
{
	size_t count = 0, items = 0;
	for (size_t g = 0; g < day->group_count; g++)
		for (size_t a = 0; a < mined_count(day, &day->groups[g]); a++) {
			const struct rules *rules = &day->groups[g].mined[a];
			count += rules->count;
			for (size_t i = 0; i < rules->count; i++)
				items += rules->list[i].antecedent_count +
				         rules->list[i].consequent_count;
		}
	day->list = memory_new(count + 1, sizeof *day->list);
	day->holding = memory_new(count + 1, sizeof *day->holding);
	day->value_fields = memory_new(count + 1, sizeof *day->value_fields);
	day->job->rule_items = memory_new(items + 1, sizeof *day->job->rule_items);
	return (day->list != NULL && day->holding != NULL && day->value_fields != NULL &&
	        day->job->rule_items != NULL) ||
	       error_memory(&day->job->error, "the rules of a day");
}

static bool make_list(struct rules_day *day)
{
	if (!make_room(day))
		return false;
	struct header_item *to = day->job->rule_items;
	for (size_t g = 0; g < day->group_count; g++)
		for (size_t a = 0; a < mined_count(day, &day->groups[g]); a++) {
			const struct rules *rules = &day->groups[g].mined[a];
			const size_t begin = day->count;
			for (size_t i = 0; i < rules->count; i++, day->count++) {
				struct header_rule *rule = &day->list[day->count];
				take_rule(day, &rules->list[i], &to, rule);
				day->value_fields[day->count] = value_fields_of(rule);
			}
			if (!find_alphas(day, &day->groups[g], a, begin))
				return false;
		}
	return true;
}

// ---- what transactions do not say: sources in buckets, Mirai on other ports, and packets

// A host-day, and why it is looked at once more.
struct second_look {
	const struct host_day *host;
	uint64_t crowded;
	bool is_mirai, is_other_port;
};

static void count_target(struct rules_day *day, uint32_t number, const struct second_look *at)
{
	struct header_rule *rule = &day->list[number];
	const struct rule_query query = query_of(rule);
	// Those whose transactions have all of the rule are its support.
	if ((day->value_fields[number] & at->crowded) != 0) {
		rule->target_sources++;
		rule->mirai_sources += at->is_mirai;
		rule->mirai_any_port_sources += at->is_mirai;
	}
	rule->mirai_any_port_sources += at->is_other_port;
	if (rule->one_packet_sources != HEADER_NOT_ONE_PACKET)
		rule->one_packet_sources += rule_is_in_one_packet(&query, at->host);
}

// Which rules have to be looked for: of a source in a bucket, or one that is Mirai on other ports, all of
// them, of any other those that can be in one packet, across fields; its transaction has counted already.
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

static bool make_matchers(const struct rules_day *day, struct matchers *out, struct error *error)
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

static bool count_hosts(struct rules_day *day, const struct matchers *m)
{
	struct rules_day_job *job = day->job;
	const struct host_day *host;
	const uint32_t *found;
	while ((host = transaction_reader_next(job->readers[2], &job->error)) != NULL) {
		const struct second_look at = {
			.host = host,
			.crowded = day_items_crowded(&day->items, host),
			.is_mirai = day_items_is_mirai(&day->items, host),
			.is_other_port = day_items_is_other_port(&day->items, host),
		};
		const bool wants_all = at.crowded != 0 || at.is_other_port;
		const size_t count = rule_matcher_find(wants_all ? m->all : m->fitting, host,
		                                       &found);
		for (size_t i = 0; i < count; i++)
			count_target(day, wants_all ? found[i] : m->fitting_rules[found[i]], &at);
	}
	return job->error.kind == ERROR_NONE;
}

static bool count_targets(struct rules_day *day)
{
	struct matchers matchers = { .all = NULL };
	if (day->count == 0 || (day->items.bucketed == 0 && day->items.other_port == 0 &&
	                        !day->job->request->is_across))
		return true;
	const bool ok = make_matchers(day, &matchers, &day->job->error) &&
	                count_hosts(day, &matchers);
	matchers_done(&matchers);
	return ok;
}

// ---- order

static bool make_texts(struct rules_day *day)
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

uint64_t rules_day_support(const struct holdings *holdings,
                           const struct header_rules_request *request, int32_t day,
                           uint64_t sources)
{
	const struct telescope *telescope = holdings_about(holdings).telescope_days;
	if (!request->is_support_by_day)
		return request->rules.support_min;
	return header_support(request->rules.support_min, sources,
	                      telescope != NULL ? telescope_size(telescope, day) : 0);
}

// False with no error: it takes another pass.
static bool read_items(struct rules_day *day)
{
	struct rules_day_job *job = day->job;
	const struct host_day *host;
	if (!day_items_init(&day->items, job->request, job->mirai, job->room.kept_bytes,
	                    &job->error))
		return false;
	for (size_t i = 0; i < job->day_count; i++)
		if (job->days[i].floor > 1)
			day->items.floored = UINT64_MAX & ~HEADER_FIELDS_WITHOUT_FLOOR;
	while ((host = transaction_reader_next(job->readers[0], &job->error)) != NULL)
		day_items_add(&day->items, host);
	day->sources = day->items.sources;
	day->items.support_min = rules_day_support(job->holdings, job->request, job->day,
	                                           day->sources);
	return job->error.kind == ERROR_NONE && day_items_end(&day->items);
}

static bool count_items_again(struct rules_day *day)
{
	struct rules_day_job *job = day->job;
	struct transaction_reader *reader;
	const struct host_day *host;
	if (!transaction_reader_open(job->holdings, &job->reading, &reader, &job->error))
		return false;
	day_items_recount(&day->items);
	while ((host = transaction_reader_next(reader, &job->error)) != NULL)
		day_items_count(&day->items, host);
	transaction_reader_close(reader);
	return job->error.kind == ERROR_NONE;
}

static bool mine(struct rules_day *day)
{
	return day_items_number(&day->items, &day->job->error) && rules_groups_init(day) &&
	       rules_groups_mine(day, day->job->readers[1]);
}

// The rules that hold at an alpha; those of the only one are all.
static bool choose(struct rules_day *day, size_t a, struct header_rules_day *out)
{
	struct header_rule *list = day->list;
	size_t count = 0;
	if (day->job->alpha_count > 1)
		list = memory_new(day->count + 1, sizeof *list);
	if (list == NULL)
		return error_memory(&day->job->error, "the rules of a day");
	for (size_t i = 0; i < day->count; i++)
		if (day->holding[i].first <= a && a <= day->holding[i].last)
			list[count++] = day->list[i];
	if (day->job->alpha_count == 1)
		day->list = NULL;
	qsort_r(list, count, sizeof *list, compare_rules, day->texts);
	for (size_t i = 0; i < count; i++)
		list[i].rule.antecedent = list[i].rule.consequent = NULL;
	out->list = list;
	out->count = count;
	return true;
}

static void fill_result(const struct rules_day *day, size_t a, struct header_rules_day *out)
{
	const struct rules_day_job *job = day->job;
	out->from = job->from;
	out->day = job->day;
	out->sources = day->sources;
	out->support_min = day->items.support_min;
	out->antecedents_whole = SIZE_MAX;
	for (size_t i = 0; i < job->day_count; i++)
		out->has_unknown |= job->days[i].has_unknown;
	for (size_t g = 0; g < day->group_count; g++) {
		const struct rules_group *group = &day->groups[g];
		const struct rules *rules = &group->mined[group->is_apart ? a : 0];
		out->tested += rules->tested;
		out->is_partial |= rules->is_partial;
		if (rules->support_listed > out->support_listed)
			out->support_listed = rules->support_listed;
		if (rules->antecedents_whole < out->antecedents_whole)
			out->antecedents_whole = rules->antecedents_whole;
		if (group->support_min > day->items.support_min) {
			out->is_partial = true;
			out->antecedents_whole = 0;
			if (rules->support_listed == 0)
				out->support_listed = UINT64_MAX;
			if (group->support_min > out->support_whole)
				out->support_whole = group->support_min;
		}
		if (job->request->is_across ||
		    day->items.fields[group->first].field == job->request->fields[0])
			out->total = group->total;
	}
	out->bucketed_sources = day->items.bucketed;
	out->sampled_sources = day->items.sampled;
	out->unsure_sources = day->items.unsure;
}

static bool make_results(struct rules_day *day)
{
	struct rules_day_job *job = day->job;
	job->results = memory_new(job->alpha_count, sizeof *job->results);
	if (job->results == NULL)
		return error_memory(&job->error, "the rules of a day");
	for (size_t a = 0; a < job->alpha_count; a++) {
		fill_result(day, a, &job->results[a]);
		if (!choose(day, a, &job->results[a]))
			return false;
	}
	return true;
}

static void day_done(struct rules_day *day)
{
	rules_groups_done(day);
	memory_free(day->list);
	memory_free(day->holding);
	memory_free(day->value_fields);
	memory_free(day->texts);
	buffer_done(&day->text_room);
	day_items_done(&day->items);
	memory_free(day);
}

static bool finish(struct rules_day *day)
{
	return make_list(day) && count_targets(day) && make_texts(day) && make_results(day);
}

bool rules_day_run(struct rules_day_job *job)
{
	struct rules_day *day = memory_new(1, sizeof *day);
	if (day == NULL)
		return error_memory(&job->error, "the rules of a day");
	*day = (struct rules_day){ .job = job, .text_room = buffer_up_to(SIZE_MAX / 2) };
	job->working = day;
	if (!read_items(day))
		return job->error.kind == ERROR_NONE;
	if (!mine(day))
		return false;
	if (rules_groups_want_room(day))
		return true;
	const bool ok = finish(day);
	day_done(day);
	job->working = NULL;
	return ok;
}

bool rules_day_run_alone(struct rules_day_job *job)
{
	struct rules_day *day = job->working;
	return (day->groups != NULL || (count_items_again(day) && mine(day))) &&
	       rules_groups_mine_alone(day) && finish(day);
}

void rules_day_done(struct rules_day_job *job)
{
	if (job->working != NULL)
		day_done(job->working);
	for (size_t i = 0; i < RULES_READERS; i++)
		transaction_reader_close(job->readers[i]);
	for (size_t a = 0; job->results != NULL && a < job->alpha_count; a++)
		memory_free((void *)(uintptr_t)job->results[a].list);
	memory_free(job->results);
	memory_free(job->rule_items);
	*job = (struct rules_day_job){ .day_count = 0 };
}
