// SPDX-License-Identifier: MIT
// `hotaru rules --timeline`: a row a rule, with the days on which it was found.
#include "cmd/rules_found.h"

#include "base/memory.h"

static const struct option options[] = {
	{ "timeline", 0, OPTION_FLAG, offsetof(struct rules_command, timeline), NULL,
	  "a row a rule instead: when it was found first and last, and when most", 0, 0, NULL },
	{ "top", 'n', OPTION_NUMBER, offsetof(struct rules_command, top), "N",
	  "with --timeline: the N rules with the most sources on a day (default: all)", 1,
	  RULES_TOP_MAX, NULL },
};
const struct option_table rules_timeline_table = { options, sizeof options / sizeof *options };

const struct column rules_timeline_columns[RULES_TIMELINE_COLUMNS] = {
	{ "antecedent", CELL_TEXT },      { "consequent", CELL_TEXT },
	{ "first_day", CELL_TEXT },       { "last_day", CELL_TEXT },
	{ "days", CELL_NUMBER },          { "peak_day", CELL_TEXT },
	{ "peak_sources", CELL_NUMBER },  { "sources", CELL_NUMBER },
	{ "mirai_sources", CELL_NUMBER }, { "mirai_share", CELL_NUMBER },
};

static bool add_day(void *context, const struct header_rules_day *day)
{
	struct rules_timeline_found *t = context;
	rules_totals_add(&t->totals, day);
	return true;
}

static bool count_targets(struct store *store, struct rules_timeline_found *t, struct error *error)
{
	const struct header_rules_request asked = rules_request_of(t->command);
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
		                                      .window = asked.window,
		                                      .days = asked.days,
		                                      .without_floods = asked.without_floods };
	return rule_targets_find(store_holdings(store), &request, t->targets, error);
}

bool rules_timeline_find(struct store *store, const struct rules_command *c,
                         struct rules_timeline_found *t, struct error *error)
{
	struct header_rules_request request = rules_request_of(c);
	t->command = c;
	request.each = add_day;
	request.context = t;
	if (!rule_lives_find(store_holdings(store), &request, &t->lives, &t->left_out, error))
		return false;
	t->count = t->lives.count;
	if (t->command->top > 0 && t->count > t->command->top)
		t->count = (size_t)t->command->top;
	return count_targets(store, t, error);
}

static void write_day(struct table *table, int32_t day)
{
	char date[CALENDAR_DAY_SIZE];
	day_format(day, date);
	table_text(table, date);
}

static void write_life(struct table *table, const struct rules_timeline_found *t, size_t i)
{
	const struct rule_life *life = &t->lives.list[i];
	const struct rule_targets *targets = &t->targets[i];
	rules_write_items(table, life->items, life->antecedent_count);
	rules_write_items(table, life->items + life->antecedent_count, life->consequent_count);
	write_day(table, life->first_day);
	write_day(table, life->last_day);
	table_u64(table, life->days);
	write_day(table, life->peak_day);
	table_u64(table, life->peak_sources);
	table_u64(table, targets->sources);
	rules_write_mirai(table, targets->sources, targets->mirai_sources,
	                  targets->matched[FINGERPRINT_UNKNOWN] > 0);
	table_end_row(table);
}

void rules_timeline_write(struct table *table, const struct rules_timeline_found *t)
{
	for (size_t i = 0; i < t->count && !table->failed; i++)
		write_life(table, t, i);
}

void rules_timeline_done(struct rules_timeline_found *t)
{
	if (t->targets != NULL)
		rule_targets_done(t->targets, t->count);
	memory_free(t->targets);
	memory_free(t->queries);
	rule_lives_done(&t->lives);
}

static bool write(const struct rules_timeline_found *t, struct error *error)
{
	struct output output;
	if (!output_open(&output, &t->command->analysis, rules_timeline_columns,
	                 RULES_TIMELINE_COLUMNS, error))
		return false;
	rules_timeline_write(&output.table, t);
	return output_close(&output, error);
}

bool rules_timeline(struct dataset *dataset, const struct rules_command *c, struct error *error)
{
	struct rules_timeline_found t = { .command = c };
	const bool ok = rules_timeline_find(dataset->store, c, &t, error) && write(&t, error);
	if (ok)
		rules_totals_say(c, &t.totals, &t.left_out);
	rules_timeline_done(&t);
	return ok;
}
