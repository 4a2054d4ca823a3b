// SPDX-License-Identifier: MIT
// A fold over the rules of each day.
#include "analyse/rules/rule_lives.h"

#include "analyse/rules/item_sets.h"
#include "base/memory.h"
#include "holdings/days.h"

#include <stdlib.h>

struct rule_lives_collector {
	struct rule_lives out;
	struct item_sets *rules;  // antecedent and consequent; tag: items of the antecedent
	struct header_item *items;
	size_t item_room, life_room;
	bool is_out_of_memory;
};

static bool make_room(struct rule_lives_collector *f, size_t items)
{
	if (items > f->item_room) {
		struct header_item *list = memory_resize(f->items, 2 * items, sizeof *list);
		if (list == NULL)
			return false;
		f->items = list;
		f->item_room = 2 * items;
	}
	if (f->out.count == f->life_room) {
		const size_t room = f->life_room == 0 ? 256 : 2 * f->life_room;
		struct rule_life *list = memory_resize(f->out.list, room, sizeof *list);
		if (list == NULL)
			return false;
		f->out.list = list;
		f->life_room = room;
	}
	return true;
}

static bool begin_life(struct rule_lives_collector *f, const struct header_rule *rule, size_t items)
{
	struct rule_life life = { .antecedent_count = rule->antecedent_count,
		                  .consequent_count = rule->consequent_count };
	life.items = memory_new(items, sizeof *life.items);
	life.sources = memory_new(3 * (size_t)f->out.day_count, sizeof *life.sources);
	life.confidences = memory_new(f->out.day_count, sizeof *life.confidences);
	if (life.items == NULL || life.sources == NULL || life.confidences == NULL) {
		memory_free(life.items);
		memory_free(life.sources);
		memory_free(life.confidences);
		return false;
	}
	life.mirai_sources = life.sources + f->out.day_count;
	life.mirai_any_port_sources = life.mirai_sources + f->out.day_count;
	for (size_t i = 0; i < items; i++)
		life.items[i] = f->items[i];
	f->out.list[f->out.count++] = life;
	return true;
}

static void live(struct rule_lives *lives, struct rule_life *life, int32_t day,
                 const struct header_rule *rule)
{
	const uint32_t at = (uint32_t)(day - lives->first_day);
	if (life->days == 0)
		life->first_day = day;
	if (life->days == 0 || rule->target_sources > life->peak_sources) {
		life->peak_day = day;
		life->peak_sources = rule->target_sources;
		life->peak_confidence = rule->rule.confidence;
	}
	life->days++;
	life->last_day = day;
	life->sources[at] = rule->target_sources;
	life->mirai_sources[at] = rule->mirai_sources;
	life->mirai_any_port_sources[at] = rule->mirai_any_port_sources;
	life->confidences[at] = rule->rule.confidence;
}

static bool take_rule(struct rule_lives_collector *f, int32_t day, const struct header_rule *rule)
{
	const size_t items = rule->antecedent_count + rule->consequent_count;
	uint32_t number;
	bool is_new;
	if (!make_room(f, items))
		return false;
	for (size_t i = 0; i < items; i++)
		f->items[i] = i < rule->antecedent_count
		                      ? rule->antecedent[i]
		                      : rule->consequent[i - rule->antecedent_count];
	if (!item_sets_put(f->rules, f->items, items, (uint32_t)rule->antecedent_count, &number,
	                   &is_new) ||
	    (is_new && !begin_life(f, rule, items)))
		return false;
	live(&f->out, &f->out.list[number], day, rule);
	return true;
}

bool rule_lives_take(void *collector, const struct header_rules_day *day)
{
	struct rule_lives_collector *f = collector;
	if (day->is_lost)
		return true;
	f->out.partial_days += day->is_partial;
	f->out.has_data[day->day - f->out.first_day] = true;
	f->out.has_unknown[day->day - f->out.first_day] = day->has_unknown;
	for (size_t i = 0; i < day->count && !f->is_out_of_memory; i++)
		f->is_out_of_memory = !take_rule(f, day->day, &day->list[i]);
	return !f->is_out_of_memory;
}

static bool make_days(struct rule_lives_collector *f, const struct holdings *holdings,
                      struct day_range window)
{
	struct rule_lives *out = &f->out;
	struct day_range days;
	if (held_days_bounds(holdings, window, &days)) {
		out->first_day = days.from;
		out->day_count = (uint32_t)(days.to - days.from) + 1;
	}
	out->has_data = memory_new((size_t)out->day_count + 1, sizeof *out->has_data);
	out->has_unknown = memory_new((size_t)out->day_count + 1, sizeof *out->has_unknown);
	return out->has_data != NULL && out->has_unknown != NULL;
}

static int by_items(const struct header_item *a, size_t a_count, const struct header_item *b,
                    size_t b_count)
{
	for (size_t i = 0; i < a_count && i < b_count; i++) {
		const int order = header_item_compare(&a[i], &b[i]);
		if (order != 0)
			return order;
	}
	return (a_count > b_count) - (a_count < b_count);
}

static int by_peak(const void *a, const void *b)
{
	const struct rule_life *x = a, *y = b;
	if (x->peak_sources != y->peak_sources)
		return x->peak_sources > y->peak_sources ? -1 : 1;
	if (x->first_day != y->first_day)
		return x->first_day < y->first_day ? -1 : 1;
	const int order = by_items(x->items, x->antecedent_count, y->items, y->antecedent_count);
	return order != 0 ? order
	                  : by_items(x->items + x->antecedent_count, x->consequent_count,
	                             y->items + y->antecedent_count, y->consequent_count);
}

bool rule_lives_begin(const struct holdings *holdings, struct day_range window,
                      struct rule_lives_collector **out, struct error *error)
{
	struct rule_lives_collector *f = memory_new(1, sizeof *f);
	if (f == NULL)
		return error_memory(error, "the lives of rules");
	f->rules = item_sets_new();
	if (f->rules == NULL || !make_days(f, holdings, window)) {
		rule_lives_collector_free(f);
		return error_memory(error, "the lives of rules");
	}
	*out = f;
	return true;
}

bool rule_lives_end(struct rule_lives_collector *f, struct rule_lives *out, struct error *error)
{
	if (f->is_out_of_memory)
		return error_memory(error, "the lives of rules");
	if (f->out.count > 0)
		qsort(f->out.list, f->out.count, sizeof *f->out.list, by_peak);
	*out = f->out;
	f->out = (struct rule_lives){ .list = NULL };
	return true;
}

void rule_lives_collector_free(struct rule_lives_collector *f)
{
	if (f == NULL)
		return;
	rule_lives_done(&f->out);
	item_sets_free(f->rules);
	memory_free(f->items);
	memory_free(f);
}

void rule_lives_done(struct rule_lives *lives)
{
	for (size_t i = 0; i < lives->count; i++) {
		memory_free(lives->list[i].items);
		memory_free(lives->list[i].sources);
		memory_free(lives->list[i].confidences);
	}
	memory_free(lives->list);
	memory_free(lives->has_data);
	memory_free(lives->has_unknown);
	*lives = (struct rule_lives){ .list = NULL };
}
