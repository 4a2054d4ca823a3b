// SPDX-License-Identifier: MIT
// What candidates were on the days before. They are judged in batches, so that the room for supports grows neither
// with the days of the window nor with those before it, nor with what one day has of candidates.
#include "analyse/rules/emergences_private.h"
#include "analyse/rules/header_rules_private.h"

#include "analyse/rules/rule_supports.h"
#include "base/memory.h"

// Numbers that are counted at once, unless one candidate needs more: 32 MiB, when what was mined is done with. It is of the
// 128 MiB that a command on a store may take.
#define SUPPORTS_AT_ONCE (UINT64_C(8) << 20)

struct batch {
	const struct holdings *holdings;
	const struct emergences_request *request;
	const struct item_sets *sets;
	struct candidate *list;
	size_t count;
	bool is_all;  // there is no other
	struct item_sets *queries;
	struct rule_query *query_list;
	struct rule_supports supports;
	struct header_item *items;  // room
	size_t item_room;
};

// ---- what is asked

static bool put(struct batch *b, const struct header_item *items, size_t count, uint32_t *out)
{
	bool is_new;
	return item_sets_put(b->queries, items, count, 0, out, &is_new);
}

// Asks for what is left of the set without two of its items.
static bool ask_part(struct batch *b, const struct header_item *set, struct candidate *c, size_t i,
                     size_t k)
{
	size_t count = 0;
	if (i != k && c->item_count == 2)
		return true;
	for (size_t item = 0; item < c->item_count; item++)
		if (item != i && item != k)
			b->items[count++] = set[item];
	return put(b, b->items, count, &c->parts[i * c->item_count + k]);
}

// Asks for all that tells whether any rule of the set was found.
static bool ask_set(struct batch *b, struct candidate *c)
{
	struct header_item *set = memory_new(c->item_count, sizeof *set);
	c->parts = memory_new(c->item_count * c->item_count, sizeof *c->parts);
	if (c->item_count > b->item_room) {
		struct header_item *items = memory_resize(b->items, c->item_count, sizeof *items);
		if (items != NULL) {
			b->items = items;
			b->item_room = c->item_count;
		}
	}
	bool ok = set != NULL && c->parts != NULL && c->item_count <= b->item_room;
	if (ok)
		item_set_of_rule(&c->rule, set);
	ok = ok && put(b, set, c->item_count, &c->set);
	for (size_t i = 0; ok && i < c->item_count; i++)
		for (size_t k = 0; ok && k < c->item_count; k++)
			ok = ask_part(b, set, c, i, k);
	memory_free(set);
	return ok;
}

static bool ask(struct batch *b, struct candidate *c)
{
	for (size_t i = 0; i < c->inner_count; i++) {
		size_t count;
		const struct header_item *items = item_sets_at(b->sets, c->inner[i], &count);
		if (!put(b, items, count, &c->inner[i]))
			return false;
	}
	return ask_set(b, c);
}

static bool list_queries(struct batch *b)
{
	const uint32_t count = item_sets_count(b->queries);
	b->query_list = memory_new((size_t)count + 1, sizeof *b->query_list);
	for (uint32_t i = 0; b->query_list != NULL && i < count; i++)
		b->query_list[i].items = item_sets_at(b->queries, i, &b->query_list[i].count);
	return b->query_list != NULL;
}

static bool count_past(struct batch *b, struct holdings *holdings, struct error *error)
{
	const struct header_rules_request *rules = &b->request->rules;
	const int64_t from = (int64_t)b->list[0].day - b->request->past_days;
	const struct rule_supports_request request = {
		.queries = b->query_list,
		.query_count = item_sets_count(b->queries),
		.fields = rules->fields,
		.field_count = rules->field_count,
		.window = { from < INT32_MIN ? INT32_MIN : (int32_t)from,
		            b->list[b->count - 1].day },
		.without_buckets = rules->without_buckets,
		.without_floods = rules->without_floods,
		// What was handed out has to stay true, if a day that it was compared with turns out to be damaged.
		.reads_all_fields = !b->is_all,
		.threads = rules->threads,
	};
	return rule_supports_count(holdings, &request, &b->supports, error);
}

// ---- whether a rule of all its items was found

static uint64_t part_support(const struct candidate *c, const struct rule_supports_day *day,
                             size_t i, size_t k)
{
	return day->supports[c->parts[i * c->item_count + k]];
}

// How many have the antecedent without its item x, where y is the consequent; of the last one, all.
static uint64_t shorter_support(const struct batch *b, const struct candidate *c,
                                const struct rule_supports_day *day, size_t x, size_t y)
{
	if (c->item_count > 2)
		return part_support(c, day, x, y);
	return b->request->rules.is_across ? day->total : day->totals[c->items[0].field];
}

// Whether the rule that has item y on the right was found on the day, by what finds it today.
static bool was_rule(const struct batch *b, const struct candidate *c,
                     const struct rule_supports_day *day, size_t y)
{
	const struct rules_request *rules = &b->request->rules.rules;
	const uint64_t both = day->supports[c->set], antecedent = part_support(c, day, y, y);
	if ((double)both / (double)antecedent < rules->confidence_min)
		return false;
	// Products of sources: below 2^64.
	for (size_t x = 0; !rules->is_all && x < c->item_count; x++)
		if (x != y && both * shorter_support(b, c, day, x, y) <=
		                      part_support(c, day, x, x) * antecedent)
			return false;
	return true;
}

static bool was_found(const struct batch *b, const struct candidate *c,
                      const struct rule_supports_day *day)
{
	const uint32_t support = day->supports[c->set];
	if (support == 0 ||
	    support < rules_day_support(b->holdings, &b->request->rules, day->day, day->total))
		return false;
	for (size_t y = 0; y < c->item_count; y++)
		if (was_rule(b, c, day, y))
			return true;
	return false;
}

// ---- growth

static bool has_floor(const struct candidate *c)
{
	for (size_t i = 0; i < c->item_count; i++)
		if (!(HEADER_FIELDS_WITHOUT_FLOOR >> c->items[i].field & 1))
			return true;
	return false;
}

// Of a query of the candidate. A floor drops a value of all sources or of none.
static uint64_t support_then(const struct candidate *c, const struct rule_supports_day *day,
                             uint32_t query)
{
	const uint32_t support = day->supports[query];
	return support == 0 && day->floor > 1 && has_floor(c) ? day->floor - 1 : support;
}

// Whether a query has more than three times what it had before the last days.
static bool has_grown(const struct batch *b, const struct candidate *c, uint32_t query,
                      uint64_t now)
{
	for (size_t i = 0; i < b->supports.day_count; i++) {
		const struct rule_supports_day *day = &b->supports.days[i];
		if (emergences_is_past(b->request, day->day, c->day) &&
		    !emergences_is_recent(day->day, c->day) &&
		    now <= EMERGENCE_TIMES * support_then(c, day, query))
			return false;
	}
	return true;
}

// Whether a shorter set in it tells as much: one that grew as well.
static bool is_told_shorter(const struct batch *b, const struct candidate *c)
{
	const struct rule_supports_day *today = &b->supports.days[b->supports.day_count - 1];
	while (today->day > c->day)
		today--;
	for (size_t i = 0; i < c->inner_count; i++)
		if (has_grown(b, c, c->inner[i], today->supports[c->inner[i]]))
			return true;
	return false;
}

static bool is_new(const struct batch *b, const struct candidate *c, struct emergence *out)
{
	const uint64_t now = c->rule.rule.support.all;
	bool was_there = false;
	*out = (struct emergence){ .day = c->day, .has_unknown = c->has_unknown, .rule = &c->rule };
	for (size_t i = 0; i < b->supports.day_count; i++) {
		const struct rule_supports_day *day = &b->supports.days[i];
		if (!emergences_is_past(b->request, day->day, c->day))
			continue;
		was_there |= was_found(b, c, day);
		const uint64_t then = support_then(c, day, c->set);
		if (then > out->most_before) {
			out->most_before = then;
			out->most_before_day = day->day;
		}
	}
	if (was_there && !emergences_is_surge(now, out->most_before))
		return false;
	return has_grown(b, c, c->set, now) && !is_told_shorter(b, c);
}

// ---- batches

// Takes as many as there is room for, also of one day, but one at least.
static bool fill(struct batch *b, const struct candidates *all, size_t begin)
{
	const uint64_t at_once = b->request->supports_at_once;
	size_t end = begin;
	b->queries = item_sets_new();
	b->list = all->list + begin;
	if (b->queries == NULL)
		return false;
	for (; end < all->count; end++) {
		const uint64_t days = (uint64_t)(all->list[end].day - b->list[0].day) +
		                      b->request->past_days + 1;
		if (end > begin &&
		    item_sets_count(b->queries) * days > (at_once > 0 ? at_once : SUPPORTS_AT_ONCE))
			break;
		if (!ask(b, &all->list[end]))
			return false;
	}
	b->count = end - begin;
	b->is_all = b->is_all && b->count == all->count;
	return list_queries(b);
}

static bool hand_out(const struct batch *b)
{
	struct emergence e;
	for (size_t i = 0; i < b->count; i++)
		if (is_new(b, &b->list[i], &e) && !b->request->each(b->request->context, &e))
			return false;
	return true;
}

static void batch_done(struct batch *b)
{
	item_sets_free(b->queries);
	memory_free(b->query_list);
	memory_free(b->items);
	rule_supports_done(&b->supports);
}

bool emergences_judge(struct holdings *holdings, const struct emergences_request *request,
                      const struct item_sets *sets, const struct candidates *all, bool are_all,
                      bool *out_has_enough, struct error *error)
{
	bool ok = true, goes_on = true;
	for (size_t begin = 0; ok && goes_on && begin < all->count;) {
		struct batch b = {
			.holdings = holdings, .request = request, .sets = sets, .is_all = are_all
		};
		ok = (fill(&b, all, begin) || error_memory(error, "new rules")) &&
		     count_past(&b, holdings, error);
		if (ok)
			goes_on = hand_out(&b);
		begin += b.count;
		batch_done(&b);
	}
	*out_has_enough = !goes_on;
	return ok;
}
