// SPDX-License-Identifier: MIT
// The rules of the window, day by day. Candidates are those sets of items of which no rule was found on
// the days before in the window, or that have surged since the last of them. That is a sieve: what was on the days
// before is asked of each that passes it, many at a time. So sets may be forgotten when there are many, and all that
// is kept is of some thousand sets, however many are new on however many days.
#include "analyse/rules/emergences_private.h"

#include "base/memory.h"
#include "holdings/days.h"

#include <inttypes.h>
#include <stdlib.h>

// Sets of a day that are looked at, those with the most support: each is compared with each.
enum { SETS_A_DAY = 10000 };

// When so many candidates wait they are judged, and when there are more sets of earlier days they are forgotten.
enum { CANDIDATES_AT_ONCE = 10000, SETS_AT_ONCE = 40000 };

// A set of items that a rule has.
struct known_set {
	bool is_found;
	int32_t last_day;  // on which a rule of it was found
	uint64_t support;  // then
	size_t candidate;  // the last one, number + 1; 0: none
	uint64_t mark;     // a bit for each item, by hash
};

struct emergence_search {
	const struct emergences_request *request;
	struct holdings *holdings;
	struct item_sets *sets;
	struct known_set *known;  // [known_room], by number of `sets`
	size_t known_room;
	struct candidates candidates;
	uint32_t *of_day;  // [SETS_A_DAY]: sets of which a rule was found on the day
	size_t of_day_count;
	struct header_item *items;
	size_t item_room;
	struct emergences_totals totals;
	bool has_judged;     // some of the candidates
	bool has_enough;     // nobody wants more
	struct error error;  // ERROR_NONE: none yet
};

// ---- days

// Days are added in 64 bits: those of a window may be the least and the largest.
bool emergences_is_past(const struct emergences_request *request, int32_t past, int32_t day)
{
	return past < day && past >= (int64_t)day - request->past_days;
}

bool emergences_is_recent(int32_t past, int32_t day)
{
	return past >= (int64_t)day - EMERGENCE_RECENT_DAYS;
}

// Supports are sources: no product overflows.
bool emergences_is_surge(uint64_t now, uint64_t then)
{
	return now > EMERGENCE_SURGE_TIMES * then;
}

// Whether enough of the days before have data, without those in which it may have grown.
static bool has_past(const struct emergence_search *s, int32_t day)
{
	struct held_day past = { .count = 0 };
	uint32_t count = 0;
	while (held_day_next(s->holdings, all_days, &past))
		count += emergences_is_past(s->request, past.day, day) &&
		         !emergences_is_recent(past.day, day);
	return count >= s->request->past_days_min;
}

// ---- candidates

static bool make_room(struct emergence_search *s, size_t items)
{
	struct candidates *c = &s->candidates;
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
	if (c->count == c->room) {
		const size_t room = 2 * c->room + 256;
		struct candidate *list = memory_resize(c->list, room, sizeof *list);
		if (list == NULL)
			return false;
		c->list = list;
		c->room = room;
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

static bool add_candidate(struct emergence_search *s, const struct header_rules_day *day,
                          size_t position)
{
	const struct header_rule *rule = &day->list[position];
	struct candidate c = { .day = day->day,
		               .has_unknown = day->has_unknown,
		               .item_count = rule->antecedent_count + rule->consequent_count,
		               .p_value = rule->rule.p_value };
	c.items = memory_new(c.item_count, sizeof *c.items);
	if (c.items == NULL)
		return false;
	set_rule(&c, rule, position);
	s->candidates.list[s->candidates.count++] = c;
	return true;
}

static uint64_t mark_of(const struct header_item *items, size_t count)
{
	uint64_t mark = 0;
	for (size_t i = 0; i < count; i++)
		mark |= UINT64_C(1) << (item_hash(items[i].value + items[i].field) % 64);
	return mark;
}

// One more rule of a set that has one on the day.
static void take_other(struct emergence_search *s, const struct known_set *known,
                       const struct header_rules_day *day, size_t position)
{
	const struct rule *rule = &day->list[position].rule;
	if (known->candidate == 0)
		return;
	struct candidate *c = &s->candidates.list[known->candidate - 1];
	if (c->day != day->day)
		return;
	c->p_value = fmin(c->p_value, rule->p_value);
	if (rule->confidence > c->rule.rule.confidence)
		set_rule(c, &day->list[position], position);
}

static bool take_rule(struct emergence_search *s, const struct header_rules_day *day,
                      size_t position)
{
	const struct header_rule *rule = &day->list[position];
	uint32_t number;
	bool is_new;
	if (!make_room(s, rule->antecedent_count + rule->consequent_count))
		return false;
	const size_t items = item_set_of_rule(rule, s->items);
	if (!item_sets_put(s->sets, s->items, items, 0, &number, &is_new))
		return false;
	struct known_set *known = &s->known[number];
	if (known->is_found && known->last_day == day->day) {
		take_other(s, known, day, position);
		return true;
	}
	if (s->of_day_count == SETS_A_DAY)
		return true;
	// Other days may have had more: that is looked at later, of the few that come so far.
	const bool is_old = known->is_found &&
	                    emergences_is_past(s->request, known->last_day, day->day) &&
	                    !emergences_is_surge(rule->rule.support.all, known->support);
	s->of_day[s->of_day_count++] = number;
	known->mark = mark_of(s->items, items);
	known->is_found = true;
	known->last_day = day->day;
	known->support = rule->rule.support.all;
	known->candidate = 0;
	if (is_old)
		return true;
	known->candidate = s->candidates.count + 1;
	return add_candidate(s, day, position);
}

// ---- sets in sets

// Whether all of `part`, which ascends, is in `whole`, which does, too.
static bool is_in(const struct header_item *part, size_t part_count,
                  const struct header_item *whole, size_t whole_count)
{
	size_t at = 0;
	for (size_t i = 0; i < whole_count && at < part_count; i++)
		at += header_item_compare(&part[at], &whole[i]) == 0;
	return at == part_count;
}

static bool find_inner(struct emergence_search *s, struct candidate *c)
{
	const size_t items = item_set_of_rule(&c->rule, s->items);
	const uint64_t mark = mark_of(s->items, items);
	size_t room = 0;
	for (size_t i = 0; i < s->of_day_count; i++) {
		size_t count;
		if ((s->known[s->of_day[i]].mark & ~mark) != 0)
			continue;
		const struct header_item *part = item_sets_at(s->sets, s->of_day[i], &count);
		if (count >= items || !is_in(part, count, s->items, items))
			continue;
		if (c->inner_count == room) {
			room = 2 * room + 4;
			uint32_t *inner = memory_resize(c->inner, room, sizeof *inner);
			if (inner == NULL)
				return false;
			c->inner = inner;
		}
		c->inner[c->inner_count++] = s->of_day[i];
	}
	return true;
}

// Candidates of the day are the last of the list.
static bool end_day(struct emergence_search *s, const struct header_rules_day *day)
{
	const struct rules_request *rules = &s->request->rules.rules;
	struct candidates *all = &s->candidates;
	for (size_t i = all->count; i > 0 && all->list[i - 1].day == day->day; i--) {
		struct candidate *c = &all->list[i - 1];
		c->is_productive = c->p_value <= rules->alpha / (double)day->tested;
		if (!rules->is_all && !c->is_productive && !find_inner(s, c))
			return false;
	}
	return true;
}

static bool take_rules(struct emergence_search *s, const struct header_rules_day *day)
{
	s->of_day_count = 0;
	for (size_t i = 0; i < day->count; i++)
		if (!take_rule(s, day, i))
			return false;
	s->totals.partial_days += s->of_day_count == SETS_A_DAY;
	return end_day(s, day);
}

// ---- judging

static int by_position(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return (x->position > y->position) - (x->position < y->position);
}

static void forget_candidates(struct candidates *c)
{
	for (size_t i = 0; i < c->count; i++) {
		memory_free(c->list[i].items);
		memory_free(c->list[i].parts);
		memory_free(c->list[i].inner);
	}
	c->count = 0;
}

static bool judge(struct emergence_search *s, bool is_end)
{
	struct candidates *all = &s->candidates;
	if (all->count > 0)
		qsort(all->list, all->count, sizeof *all->list, by_position);
	const bool ok = emergences_judge(s->holdings, s->request, s->sets, all,
	                                 is_end && !s->has_judged, &s->has_enough, &s->error);
	s->has_judged = true;
	forget_candidates(all);
	return ok;
}

// All that was found so far may be a candidate once more.
static bool forget_sets(struct emergence_search *s)
{
	item_sets_free(s->sets);
	s->sets = item_sets_new();
	memory_free(s->known);
	s->known = NULL;
	s->known_room = 0;
	return s->sets != NULL || error_memory(&s->error, "new rules");
}

static size_t limit_of(const struct emergence_search *s, size_t usual)
{
	return s->request->sets_at_once > 0 ? s->request->sets_at_once : usual;
}

static bool make_way(struct emergence_search *s)
{
	const bool is_full = item_sets_count(s->sets) >= limit_of(s, SETS_AT_ONCE);
	if (!is_full && s->candidates.count < limit_of(s, CANDIDATES_AT_ONCE))
		return true;
	return judge(s, false) && (!is_full || forget_sets(s));
}

bool emergence_search_take(void *search, const struct header_rules_day *day)
{
	struct emergence_search *s = search;
	const bool is_known = !day->is_lost && has_past(s, day->day);
	s->totals.days++;
	s->totals.unknown_days += !is_known;
	return (!is_known || take_rules(s, day) || error_memory(&s->error, "new rules")) &&
	       make_way(s) && !s->has_enough;
}

// ---- all of it

uint64_t emergences_floor(const struct holdings *holdings, const struct emergences_request *request,
                          int32_t *out_day)
{
	struct header_rules_request rules = request->rules;
	rules.window = day_range_with_past(rules.window, request->past_days);
	return header_rules_floor(holdings, &rules, out_day);
}

// Where a floor is above the support nobody knows whether a rule was found.
bool emergences_check(const struct holdings *holdings, const struct emergences_request *request,
                      struct error *error)
{
	char date[CALENDAR_DAY_SIZE];
	int32_t day = 0;
	const uint64_t floor = emergences_floor(holdings, request, &day);
	const uint64_t support = request->rules.rules.support_min;
	if (support >= floor)
		return true;
	day_format(day, date);
	return error_set(error, ERROR_USAGE,
	                 "a support of %" PRIu64
	                 " is too low: of %s, to which it is compared, values that fewer than "
	                 "%" PRIu64 " sources used were dropped (compact --floor); it can be "
	                 "answered from %" PRIu64 " on",
	                 support, date, floor, floor);
}

bool emergence_search_begin(struct holdings *holdings, const struct emergences_request *request,
                            struct emergence_search **out, struct error *error)
{
	struct emergence_search *s = memory_new(1, sizeof *s);
	if (s == NULL)
		return error_memory(error, "new rules");
	*s = (struct emergence_search){ .request = request, .holdings = holdings };
	s->sets = item_sets_new();
	s->of_day = memory_new(SETS_A_DAY, sizeof *s->of_day);
	const bool ok = (s->sets != NULL && s->of_day != NULL) || error_memory(error, "new rules");
	if (!ok || !emergences_check(holdings, request, error)) {
		emergence_search_free(s);
		return false;
	}
	*out = s;
	return true;
}

bool emergence_search_end(struct emergence_search *s, const struct floods_left_out *left_out,
                          struct emergences_totals *out, struct error *error)
{
	if (s->error.kind != ERROR_NONE || (!s->has_enough && !judge(s, true))) {
		*error = s->error;
		return false;
	}
	*out = s->totals;
	out->left_out = *left_out;
	return true;
}

void emergence_search_free(struct emergence_search *s)
{
	if (s == NULL)
		return;
	forget_candidates(&s->candidates);
	memory_free(s->candidates.list);
	memory_free(s->known);
	memory_free(s->of_day);
	memory_free(s->items);
	item_sets_free(s->sets);
	memory_free(s);
}

bool emergences_find(struct holdings *holdings, const struct emergences_request *request,
                     struct emergences_totals *out, struct error *error)
{
	struct header_rules_request rules = request->rules;
	struct emergence_search *search;
	if (!emergence_search_begin(holdings, request, &search, error))
		return false;
	rules.rules.consequents_max = 1;
	struct header_rules_listener listeners[] = {
		{ EMERGENCES_ALPHA, emergence_search_take, search },
		{ EMERGENCES_ALPHA, rules.each, rules.context },
	};
	const size_t count = rules.each == NULL ? 1 : 2;
	const bool ok = header_rules_share(holdings, &rules, listeners, count, error) &&
	                emergence_search_end(search, &listeners[0].left_out, out, error);
	emergence_search_free(search);
	return ok;
}
