// SPDX-License-Identifier: MIT
// First the rules of the window, of which those are candidates whose items no rule of the days before
// in it had; then the supports of the candidates on the days before them.
#include "analyse/emergences.h"

#include "analyse/item_sets.h"
#include "analyse/rule_supports.h"
#include "base/memory.h"
#include "store/store.h"

#include <stdlib.h>

static const char room_for[] = "new rules";

// A set of items that a rule has.
struct known_set {
	bool is_found;
	int32_t last_day;  // on which a rule of it was found
	size_t candidate;  // the last one, number + 1; 0: none
};

struct candidate {
	int32_t day;
	bool has_unknown;
	size_t position;  // of the rule in the list of the day
	struct header_rule rule;
	struct header_item *items;  // of the rule: antecedent, then consequent
	// Numbers of queries: of the set, and of what is left of it without each of its items.
	uint32_t set, *parts;
	size_t part_count;
};

struct search {
	const struct emergences_wish *wish;
	const struct store *store;
	struct item_sets *sets;
	struct known_set *known;  // [known_room], by number of `sets`
	size_t known_room;
	struct candidate *candidates;
	size_t candidate_count, candidate_room;
	struct header_item *items;
	size_t item_room;
	struct item_sets *queries;
	struct rule_query *query_list;
	struct rule_supports supports;
	struct emergences_tally tally;
	bool is_out_of_memory;
};

// ---- days

// Days are added in 64 bits: those of a window may be the least and the largest.
static bool is_past(const struct search *s, int32_t past, int32_t day)
{
	return past < day && past >= (int64_t)day - s->wish->past_days;
}

static bool is_recent(int32_t past, int32_t day)
{
	return past >= (int64_t)day - EMERGENCE_RECENT_DAYS;
}

// Whether enough of the days before have data, without those in which it may have grown.
static bool has_past(const struct search *s, int32_t day)
{
	uint32_t count = 0;
	int32_t last = day;
	for (size_t i = 0; i < store_segment_count(s->store); i++) {
		const int32_t past = store_segment_at(s->store, i)->day;
		if (is_past(s, past, day) && !is_recent(past, day) && past != last)
			count++;
		last = past;
	}
	return count >= s->wish->past_days_min;
}

// ---- candidates

static bool make_room(struct search *s, size_t items)
{
	if (items > s->item_room) {
		struct header_item *list = memory_resize(s->items, 2 * items, sizeof *list);
		if (list == NULL)
			return false;
		s->items = list;
		s->item_room = 2 * items;
	}
	if (item_sets_count(s->sets) >= s->known_room) {
		const size_t room = 2 * s->known_room + 256;
		struct known_set *known = memory_resize(s->known, room, sizeof *known);
		if (known == NULL)
			return false;
		for (size_t i = s->known_room; i < room; i++)
			known[i] = (struct known_set){ .is_found = false };
		s->known = known;
		s->known_room = room;
	}
	if (s->candidate_count == s->candidate_room) {
		const size_t room = 2 * s->candidate_room + 256;
		struct candidate *list = memory_resize(s->candidates, room, sizeof *list);
		if (list == NULL)
			return false;
		s->candidates = list;
		s->candidate_room = room;
	}
	return true;
}

// The rule becomes that of the candidate, whose items there is room for.
static void set_rule(struct candidate *c, const struct header_rule *rule, size_t position)
{
	c->position = position;
	c->rule = *rule;
	for (size_t i = 0; i < rule->antecedent_count; i++)
		c->items[i] = rule->antecedent[i];
	for (size_t i = 0; i < rule->consequent_count; i++)
		c->items[rule->antecedent_count + i] = rule->consequent[i];
	c->rule.antecedent = c->items;
	c->rule.consequent = c->items + rule->antecedent_count;
}

static bool add_candidate(struct search *s, const struct header_rules_day *day,
                          const struct header_rule *rule, size_t position)
{
	struct candidate c = { .day = day->day, .has_unknown = day->has_unknown };
	c.items = memory_new(rule->antecedent_count + rule->consequent_count, sizeof *c.items);
	if (c.items == NULL)
		return false;
	set_rule(&c, rule, position);
	s->candidates[s->candidate_count++] = c;
	return true;
}

static bool take_rule(struct search *s, const struct header_rules_day *at, size_t position)
{
	const struct header_rule *rule = &at->list[position];
	const int32_t day = at->day;
	uint32_t number;
	bool is_new;
	if (!make_room(s, rule->antecedent_count + rule->consequent_count))
		return false;
	const size_t items = item_set_of_rule(rule, s->items);
	if (!item_sets_put(s->sets, s->items, items, 0, &number, &is_new))
		return false;
	struct known_set *known = &s->known[number];
	if (known->is_found && known->last_day == day) {
		struct candidate *c = known->candidate == 0 ? NULL
		                                            : &s->candidates[known->candidate - 1];
		if (c != NULL && c->day == day && rule->rule.confidence > c->rule.rule.confidence)
			set_rule(c, rule, position);
		return true;
	}
	const bool is_old = known->is_found && is_past(s, known->last_day, day);
	*known = (struct known_set){ true, day, known->candidate };
	if (is_old)
		return true;
	known->candidate = s->candidate_count + 1;
	return add_candidate(s, at, rule, position);
}

static bool take_day(void *context, const struct header_rules_day *day)
{
	struct search *s = context;
	const struct header_rules_wish *rules = &s->wish->rules;
	const bool is_known = has_past(s, day->day);
	s->tally.days++;
	s->tally.unknown_days += !is_known;
	for (size_t i = 0; is_known && i < day->count && !s->is_out_of_memory; i++)
		s->is_out_of_memory = !take_rule(s, day, i);
	return !s->is_out_of_memory && (rules->each == NULL || rules->each(rules->context, day));
}

static int by_position(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return (x->position > y->position) - (x->position < y->position);
}

// ---- what they were before

// Asks for the set of the candidate, and for what is left of it without each of its items.
static bool ask(struct search *s, struct candidate *c)
{
	const size_t items = item_set_of_rule(&c->rule, s->items);
	bool is_new;
	c->parts = memory_new(items, sizeof *c->parts);
	if (c->parts == NULL || !item_sets_put(s->queries, s->items, items, 0, &c->set, &is_new))
		return false;
	// The item that is left out goes to the end, and back from there: the others still ascend.
	for (size_t i = items; i > 0; i--) {
		const struct header_item out = s->items[i - 1];
		for (size_t k = i; k < items; k++)
			s->items[k - 1] = s->items[k];
		if (!item_sets_put(s->queries, s->items, items - 1, 0, &c->parts[i - 1], &is_new))
			return false;
		for (size_t k = items - 1; k >= i; k--)
			s->items[k] = s->items[k - 1];
		s->items[i - 1] = out;
	}
	c->part_count = items;
	return true;
}

static bool ask_all(struct search *s)
{
	s->queries = item_sets_new();
	if (s->queries == NULL)
		return false;
	for (size_t i = 0; i < s->candidate_count; i++)
		if (!ask(s, &s->candidates[i]))
			return false;
	const uint32_t count = item_sets_count(s->queries);
	s->query_list = memory_new((size_t)count + 1, sizeof *s->query_list);
	for (uint32_t i = 0; s->query_list != NULL && i < count; i++)
		s->query_list[i].items = item_sets_at(s->queries, i, &s->query_list[i].count);
	return s->query_list != NULL;
}

static bool count_past(struct search *s, struct store *store, struct error *error)
{
	const struct header_rules_wish *rules = &s->wish->rules;
	const int64_t from = (int64_t)s->candidates[0].day - s->wish->past_days;
	const struct rule_supports_wish wish = {
		.queries = s->query_list,
		.query_count = item_sets_count(s->queries),
		.window = { from < INT32_MIN ? INT32_MIN : (int32_t)from,
		            s->candidates[s->candidate_count - 1].day - 1 },
		.without_buckets = rules->without_buckets,
		.without_floods = rules->without_floods,
		.threads = rules->threads,
	};
	return rule_supports_count(store, &wish, &s->supports, error);
}

// ---- the rule

// Whether any rule of all the items passed on the day: that of the highest confidence has one item
// on the right.
static bool was_found(const struct search *s, const struct candidate *c,
                      const struct rule_supports_day *day)
{
	const struct rules_wish *rules = &s->wish->rules.rules;
	const uint32_t support = day->supports[c->set];
	if (support < rules->support_min || support == 0)
		return false;
	for (size_t i = 0; i < c->part_count; i++)
		if ((double)support / (double)day->supports[c->parts[i]] >= rules->confidence_min)
			return true;
	return false;
}

static bool has_floor(const struct candidate *c)
{
	const size_t count = c->rule.antecedent_count + c->rule.consequent_count;
	for (size_t i = 0; i < count; i++)
		if (!(HEADER_FIELDS_WITHOUT_FLOOR >> c->items[i].field & 1))
			return true;
	return false;
}

// A floor drops a value of all sources or of none.
static uint64_t support_then(const struct candidate *c, const struct rule_supports_day *day)
{
	const uint32_t support = day->supports[c->set];
	return support == 0 && day->floor > 1 && has_floor(c) ? day->floor - 1 : support;
}

static bool is_new(const struct search *s, const struct candidate *c, struct emergence *out)
{
	const uint64_t now = c->rule.rule.support.all;
	*out = (struct emergence){ .day = c->day, .rule = &c->rule, .has_unknown = c->has_unknown };
	for (size_t i = 0; i < s->supports.day_count; i++) {
		const struct rule_supports_day *day = &s->supports.days[i];
		if (!is_past(s, day->day, c->day))
			continue;
		const uint64_t then = support_then(c, day);
		if (was_found(s, c, day) ||
		    (!is_recent(day->day, c->day) && now <= EMERGENCE_TIMES * then))
			return false;
		if (then > out->most_before) {
			out->most_before = then;
			out->most_before_day = day->day;
		}
	}
	return true;
}

static void hand_out(const struct search *s)
{
	struct emergence e;
	bool goes_on = true;
	for (size_t i = 0; goes_on && i < s->candidate_count; i++)
		if (is_new(s, &s->candidates[i], &e))
			goes_on = s->wish->each(s->wish->context, &e);
}

static bool compare(struct search *s, struct store *store, struct error *error)
{
	if (s->candidate_count == 0)
		return true;
	qsort(s->candidates, s->candidate_count, sizeof *s->candidates, by_position);
	if (!ask_all(s))
		return error_memory(error, room_for);
	if (!count_past(s, store, error))
		return false;
	hand_out(s);
	return true;
}

static void search_done(struct search *s)
{
	for (size_t i = 0; i < s->candidate_count; i++) {
		memory_free(s->candidates[i].items);
		memory_free(s->candidates[i].parts);
	}
	memory_free(s->candidates);
	memory_free(s->known);
	memory_free(s->items);
	memory_free(s->query_list);
	item_sets_free(s->sets);
	item_sets_free(s->queries);
	rule_supports_done(&s->supports);
}

bool emergences_find(struct store *store, const struct emergences_wish *wish,
                     struct emergences_tally *out, struct error *error)
{
	struct search s = { .wish = wish, .store = store, .sets = item_sets_new() };
	struct header_rules_wish rules = wish->rules;
	rules.each = take_day;
	rules.context = &s;
	bool ok = s.sets != NULL || error_memory(error, room_for);
	ok = ok && header_rules_run(store, &rules, &s.tally.left_out, error) &&
	     (!s.is_out_of_memory || error_memory(error, room_for)) && compare(&s, store, error);
	if (ok)
		*out = s.tally;
	search_done(&s);
	return ok;
}
