// SPDX-License-Identifier: MIT
// Emergences are few: they are copied, and the targets of those of one day are looked for together.
#include "analyse/rules/emergences.h"

#include "base/memory.h"

struct gather {
	const struct emerged_request *request;
	struct emerged_list *out;
	size_t first;  // of the day whose targets are looked for
};

static bool keep(struct emerged_list *out, const struct emergence *e)
{
	const struct header_rule *rule = e->rule;
	struct emerged one = { .emergence = *e, .rule = *rule };
	if (out->count == out->room) {
		const size_t room = 2 * out->room + 16;
		struct emerged *list = memory_resize(out->list, room, sizeof *list);
		if (list == NULL)
			return false;
		out->list = list;
		out->room = room;
	}
	one.items = memory_new(rule->antecedent_count + rule->consequent_count, sizeof *one.items);
	if (one.items == NULL)
		return false;
	for (size_t i = 0; i < rule->antecedent_count; i++)
		one.items[i] = rule->antecedent[i];
	for (size_t i = 0; i < rule->consequent_count; i++)
		one.items[rule->antecedent_count + i] = rule->consequent[i];
	one.rule.antecedent = one.items;
	one.rule.consequent = one.items + rule->antecedent_count;
	out->list[out->count++] = one;
	return true;
}

bool emerged_list_keep(void *list, const struct emergence *e)
{
	struct emerged_list *out = list;
	out->is_out_of_memory = !keep(out, e);
	return !out->is_out_of_memory;
}

// The list does not grow any more: its rules stay where they are.
bool emerged_list_end(struct emerged_list *list, struct error *error)
{
	if (list->is_out_of_memory)
		return error_memory(error, "new rules");
	for (size_t i = 0; i < list->count; i++)
		list->list[i].emergence.rule = &list->list[i].rule;
	return true;
}

static void found(void *context, size_t query, int32_t day, uint32_t source)
{
	const struct gather *g = context;
	g->request->found(g->request->context, g->first + query, day, source);
}

// The targets of those entries, which are of one day.
static bool find_day(struct gather *g, struct holdings *holdings, size_t end, struct error *error)
{
	const size_t count = end - g->first;
	struct emerged *list = g->out->list + g->first;
	const int32_t day = list[0].emergence.day;
	struct rule_query *queries = memory_new(count, sizeof *queries);
	struct rule_targets *targets = memory_new(count, sizeof *targets);
	bool ok = (queries != NULL && targets != NULL) || error_memory(error, "new rules");
	for (size_t i = 0; ok && i < count; i++)
		queries[i] = (struct rule_query){
			list[i].items, list[i].rule.antecedent_count + list[i].rule.consequent_count
		};
	const struct rule_targets_request request = {
		.queries = queries,
		.query_count = count,
		.window = { day, day },
		.without_floods = g->request->emergences.rules.without_floods,
		.has_details = true,
		.found = g->request->found != NULL ? found : NULL,
		.context = g,
	};
	ok = ok && rule_targets_find(holdings, &request, targets, error);
	for (size_t i = 0; ok && i < count; i++)
		list[i].targets = targets[i];
	memory_free(queries);
	memory_free(targets);
	return ok;
}

bool emerged_list_targets(struct emerged_list *list, struct holdings *holdings,
                          const struct emerged_request *request, struct error *error)
{
	struct gather g = { .request = request, .out = list };
	for (size_t end; g.first < list->count; g.first = end) {
		const int32_t day = list->list[g.first].emergence.day;
		for (end = g.first; end < list->count && list->list[end].emergence.day == day;)
			end++;
		if (!find_day(&g, holdings, end, error))
			return false;
	}
	return true;
}

void emerged_list_done(struct emerged_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		memory_free(list->list[i].items);
		rule_targets_done(&list->list[i].targets, 1);
	}
	memory_free(list->list);
	*list = (struct emerged_list){ .list = NULL };
}
