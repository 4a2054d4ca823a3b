// SPDX-License-Identifier: MIT
// Emergences and lives against a model in which a source-day is a mask of ten items: every set of
// them is counted on every day.
#include "analyse/test_alone.h"
#include "analyse/rules/emergences.h"
#include "analyse/rules/item_sets.h"
#include "analyse/rules/rule_lives.h"
#include "store/test_store.h"

#include <math.h>

enum {
	DAYS = 60,
	SOURCES = 70,
	ITEMS = 9,
	MASKS = 1 << ITEMS,
	BUCKET_ITEM = 5,
	BOTS = 12,
	SUPPORT_MIN = 8,
	RECORDS_MAX = DAYS * SOURCES * (ITEMS + 40),
};
static const double confidence_min = 0.75;

static const struct header_item items[ITEMS] = {
	{ FIELD_DESTINATION_PORT, false, 21 },
	{ FIELD_DESTINATION_PORT, false, 22 },
	{ FIELD_DESTINATION_PORT, false, 23 },
	{ FIELD_DESTINATION_PORT, false, 80 },
	{ FIELD_DESTINATION_PORT, false, 2323 },
	{ FIELD_DESTINATION_PORT, true, 32 },
	{ FIELD_TTL, false, 30 },
	{ FIELD_TTL, false, 60 },
	{ FIELD_TTL, false, 64 },
};
enum { PORT_ITEMS = 0x1f, TTL_ITEMS = 0x1c0, ALL_ITEMS = MASKS - 1 };
static const unsigned fields[] = { FIELD_DESTINATION_PORT, FIELD_TTL };

struct model {
	uint16_t used[DAYS][SOURCES];  // items; 0: the source sent nothing
	bool has_data[DAYS];
	uint32_t supports[DAYS][MASKS];  // of 0: sources
	double p_values[DAYS][MASKS];    // the least of the rules of the set
	uint64_t tested[DAYS];
	bool is_across, is_all;
	int32_t past_days;
};

// ---- traffic

// From a day on more and more sources use the same items, nearly all of them.
struct bot {
	uint16_t items;
	uint32_t begin, a_day, first_source;
};

static uint16_t items_of(struct random *dice, const struct bot bots[BOTS], uint32_t day,
                         uint32_t source)
{
	uint16_t used = 0;
	for (unsigned i = 0; i < ITEMS; i++)
		used |= (uint16_t)((random_below(dice, i == BUCKET_ITEM ? 40 : 16) == 0) << i);
	for (unsigned b = 0; b < BOTS; b++) {
		const uint32_t number = (source + SOURCES - bots[b].first_source) % SOURCES;
		if (day < bots[b].begin || number >= (day - bots[b].begin + 1) * bots[b].a_day / 2)
			continue;
		for (unsigned i = 0; i < ITEMS; i++)
			if (bots[b].items >> i & 1 && random_below(dice, 20) > 0)
				used |= (uint16_t)(1 << i);
	}
	return used;
}

// Values that are none of the items are of one source alone.
static struct record record_of(int32_t day, uint32_t source, uint32_t port, uint32_t ttl)
{
	return (struct record){ .time_ns = (uint64_t)day * DAY_NS + source,
		                .day = day,
		                .source = source * 1000 + 7,
		                .destination = 0xc6336401,
		                .destination_port = (uint16_t)(port > 0 ? port : 10000 + source),
		                .ttl = (uint8_t)(ttl > 0 ? ttl : 100 + source),
		                .kind = KIND_SYN,
		                .known = 0xfff };
}

static void add_records(struct pile *pile, int32_t day, uint32_t source, uint16_t used)
{
	pile->records[pile->count++] = record_of(day, source, 0, 0);
	for (unsigned i = 0; i < ITEMS; i++) {
		const bool is_port = items[i].field == FIELD_DESTINATION_PORT;
		if (used >> i & 1 && !items[i].is_bucket)
			pile->records[pile->count++] = record_of(day, source,
			                                         is_port ? items[i].value : 0,
			                                         is_port ? 0 : items[i].value);
	}
	for (uint32_t i = 0; used >> BUCKET_ITEM & 1 && i < 34; i++)
		pile->records[pile->count++] = record_of(day, source, 20000 + source * 40 + i, 0);
}

static void make_traffic(uint64_t seed, struct model *m, struct pile *pile)
{
	struct random dice = random_from(seed);
	struct bot bots[BOTS];
	*pile = (struct pile){ .records = memory_new(RECORDS_MAX, sizeof *pile->records),
		               .pieces = memory_new(RECORDS_MAX, sizeof *pile->pieces) };
	for (unsigned b = 0; b < BOTS; b++)
		bots[b] = (struct bot){ .items = (uint16_t)(random_below(&dice, MASKS) &
			                                    random_below(&dice, MASKS)),
			                .begin = 15 + random_below(&dice, DAYS - 15),
			                .a_day = 1 + random_below(&dice, 12),
			                .first_source = random_below(&dice, SOURCES) };
	for (uint32_t day = 0; day < DAYS; day++)
		for (uint32_t source = 0; source < SOURCES && day % 11 != 10; source++) {
			const uint16_t used = items_of(&dice, bots, day, source);
			add_records(pile, TEST_DAY + (int32_t)day, source, used);
			m->has_data[day] = true;
			// A bucket stands in the place of all values.
			m->used[day][source] = used;
			if (used >> BUCKET_ITEM & 1)
				m->used[day][source] &= (uint16_t)~PORT_ITEMS;
		}
	for (uint32_t day = 0; day < DAYS; day++)
		for (uint32_t mask = 0; mask < MASKS; mask++)
			for (uint32_t source = 0; m->has_data[day] && source < SOURCES; source++)
				m->supports[day][mask] += (m->used[day][source] & mask) == mask;
}

static struct header_rules_request rules_of(const struct model *m)
{
	return (struct header_rules_request){ .window = all_days,
		                              .days = 1,
		                              .fields = fields,
		                              .field_count = 2,
		                              .is_across = m->is_across,
		                              .rules = { .support_min = SUPPORT_MIN,
		                                         .confidence_min = confidence_min,
		                                         .consequents_max = 1,
		                                         .is_all = m->is_all,
		                                         .alpha = 0.05 } };
}

static uint32_t mask_of(const struct header_rule *rule)
{
	uint32_t mask = 0;
	for (unsigned i = 0; i < ITEMS; i++) {
		for (size_t k = 0; k < rule->antecedent_count; k++)
			mask |= (uint32_t)(header_item_compare(&rule->antecedent[k], &items[i]) ==
			                   0)
			        << i;
		for (size_t k = 0; k < rule->consequent_count; k++)
			mask |= (uint32_t)(header_item_compare(&rule->consequent[k], &items[i]) ==
			                   0)
			        << i;
	}
	return mask;
}

// What the miner is asked for: how likely each rule is an accident.
static bool take_p_values(void *context, const struct header_rules_day *day)
{
	struct model *m = context;
	const int32_t at = day->day - TEST_DAY;
	for (uint32_t mask = 0; mask < MASKS; mask++)
		m->p_values[at][mask] = INFINITY;
	m->tested[at] = day->tested;
	for (size_t i = 0; i < day->count; i++) {
		double *p = &m->p_values[at][mask_of(&day->list[i])];
		*p = fmin(*p, day->list[i].rule.p_value);
	}
	return true;
}

struct world {
	struct model *model;
	struct stock stock;
};

static struct world world_new(uint64_t seed, bool is_across, bool is_all)
{
	struct world w = { .model = memory_new(1, sizeof *w.model) };
	struct pile pile;
	struct error error;
	w.model->is_across = is_across;
	w.model->is_all = is_all;
	w.model->past_days = EMERGENCE_PAST_DAYS;
	make_traffic(seed, w.model, &pile);
	w.stock = stock_of(&pile, 1);
	struct header_rules_request request = rules_of(w.model);
	request.rules.alpha = INFINITY;
	request.each = take_p_values;
	request.context = w.model;
	CHECK(header_rules_run(store_holdings(w.stock.store), &request, NULL, &error));
	return w;
}

static void world_done(struct world *w)
{
	memory_free(w->model);
	stock_done(&w->stock);
}

// ---- the rule, from its definition

static bool is_rule(const struct model *m, int32_t day, uint32_t set, unsigned y)
{
	const uint32_t *s = m->supports[day];
	const uint32_t x = set & ~(1u << y);
	if (!(set >> y & 1) || x == 0 || s[set] < SUPPORT_MIN ||
	    (double)s[set] / s[x] < confidence_min)
		return false;
	for (unsigned i = 0; i < ITEMS && !m->is_all; i++)
		if (x >> i & 1 &&
		    (double)s[set] / s[x] <= (double)s[set & ~(1u << i)] / s[x & ~(1u << i)])
			return false;
	return true;
}

static double confidence_of(const struct model *m, int32_t day, uint32_t set)
{
	double best = 0;
	const bool is_in_one = (set & (PORT_ITEMS | 1 << BUCKET_ITEM)) == 0 ||
	                       (set & TTL_ITEMS) == 0;
	for (unsigned y = 0; y < ITEMS && (m->is_across || is_in_one); y++)
		if (is_rule(m, day, set, y))
			best = fmax(best, (double)m->supports[day][set] /
			                          m->supports[day][set & ~(1u << y)]);
	return best;
}

static bool grew(const struct model *m, int32_t day, uint32_t set)
{
	for (int32_t past = day - m->past_days; past < day - 7; past++)
		if (past >= 0 && m->has_data[past] &&
		    m->supports[day][set] <= 3 * m->supports[past][set])
			return false;
	return true;
}

static bool is_emergence(const struct model *m, int32_t day, uint32_t set)
{
	unsigned days = 0;
	bool is_told = false;
	for (int32_t past = day - m->past_days; past < day - 7; past++)
		days += past >= 0 && m->has_data[past];
	if (days < 7 || confidence_of(m, day, set) == 0 || !grew(m, day, set))
		return false;
	bool was_there = false, surged = true;
	for (int32_t past = day < m->past_days ? 0 : day - m->past_days; past < day; past++) {
		was_there |= confidence_of(m, past, set) > 0;
		surged &= m->supports[day][set] > 10 * m->supports[past][set];
	}
	if (was_there && !surged)
		return false;
	for (uint32_t part = 1; part < set && !m->is_all; part++)
		is_told |= (part & set) == part && confidence_of(m, day, part) > 0 &&
		           grew(m, day, part);
	return !is_told || m->p_values[day][set] <= 0.05 / (double)m->tested[day];
}

// ---- comparing

struct listened {
	const struct model *model;
	uint8_t found[DAYS][MASKS];
	int32_t last_day;
	uint64_t last_support, count, longer;
};

static uint64_t most_before(const struct model *m, int32_t day, uint32_t set, int32_t *out_day)
{
	uint64_t most = 0;
	for (int32_t past = day < m->past_days ? 0 : day - m->past_days; past < day; past++)
		if (m->supports[past][set] > most) {
			most = m->supports[past][set];
			*out_day = past + TEST_DAY;
		}
	return most;
}

static bool take(void *context, const struct emergence *e)
{
	struct listened *seen = context;
	const uint32_t set = mask_of(e->rule);
	const int32_t day = e->day - TEST_DAY;
	int32_t before = 0;
	CHECK(day > seen->last_day ||
	      (day == seen->last_day && e->rule->rule.support.all <= seen->last_support));
	CHECK(seen->found[day][set]++ == 0);
	CHECK(e->rule->rule.support.all == seen->model->supports[day][set]);
	CHECK(e->rule->rule.confidence == confidence_of(seen->model, day, set));
	CHECK(e->most_before == most_before(seen->model, day, set, &before));
	CHECK(e->most_before_day == before);
	seen->last_day = day;
	seen->last_support = e->rule->rule.support.all;
	seen->longer += e->rule->antecedent_count > 1;
	seen->count++;
	return true;
}

static struct emergences_request request_of(const struct model *m, struct listened *seen)
{
	return (struct emergences_request){ .rules = rules_of(m),
		                            .past_days = (uint32_t)m->past_days,
		                            .past_days_min = EMERGENCE_PAST_DAYS_MIN,
		                            .each = take,
		                            .context = seen };
}

static void find(struct world *w, const struct emergences_request *request)
{
	struct emergences_totals totals;
	struct error error;
	CHECK(emergences_find(store_holdings(w->stock.store), request, &totals, &error));
	CHECK(totals.partial_days == 0);
}

TEST(emergences_are_those_of_the_definition)
{
	uint64_t count = 0, longer = 0, sets = 0;
	for (uint64_t seed = 1; seed <= random_rounds(8); seed++) {
		struct world w = world_new(seed, seed % 2, seed % 4 == 3);
		struct listened *seen = memory_new(1, sizeof *seen);
		seen->model = w.model;
		w.model->past_days = seed % 3 == 0 ? 15 : EMERGENCE_PAST_DAYS;
		struct emergences_request request = request_of(w.model, seen);
		// One set at a time, some of a day, all.
		request.supports_at_once = seed % 3 == 1 ? 1 : seed % 3 == 2 ? 500 : 0;
		request.sets_at_once = seed % 4 == 1 ? 1 : seed % 4 == 2 ? 40 : 0;
		find(&w, &request);
		for (int32_t day = 0; day < DAYS; day++)
			for (uint32_t set = 1; set < MASKS; set++) {
				CHECK(seen->found[day][set] == is_emergence(w.model, day, set));
				sets += confidence_of(w.model, day, set) > 0;
			}
		count += seen->count;
		longer += seen->longer;
		memory_free(seen);
		world_done(&w);
	}
	CHECK(random_rounds(8) < 8 || (sets > 1000 && count > 50 && longer > 10 && longer < count));
}

TEST(a_day_alone_has_what_it_has_among_others)
{
	struct world w = world_new(21, true, false);
	struct listened *all = memory_new(1, sizeof *all), *alone = memory_new(1, sizeof *alone);
	all->model = alone->model = w.model;
	struct emergences_request request = request_of(w.model, all);
	request.rules.threads = 3;
	find(&w, &request);
	request.context = alone;
	for (int32_t day = 0; day < DAYS; day++) {
		request.rules.window = (struct day_range){ TEST_DAY + day, TEST_DAY + day };
		find(&w, &request);
	}
	CHECK(all->count > 5);
	CHECK(memcmp(all->found, alone->found, sizeof all->found) == 0);
	memory_free(all);
	memory_free(alone);
	world_done(&w);
}

static bool take_one(void *context, const struct emergence *e)
{
	(void)e;
	return ++*(uint64_t *)context < 3;
}

TEST(who_has_enough_gets_no_more)
{
	struct world w = world_new(21, true, false);
	uint64_t count = 0;
	struct emergences_request request = request_of(w.model, NULL);
	request.each = take_one;
	request.context = &count;
	find(&w, &request);
	CHECK(count == 3);
	world_done(&w);
}

TEST(days_without_enough_before_them_are_counted)
{
	struct world w = world_new(1, false, false);
	struct listened *seen = memory_new(1, sizeof *seen);
	struct emergences_totals totals;
	struct error error;
	seen->model = w.model;
	const struct emergences_request request = request_of(w.model, seen);
	CHECK(emergences_find(store_holdings(w.stock.store), &request, &totals, &error));
	// Every eleventh day is missing. Day 14 is the first that has 7 before the last 7.
	CHECK(totals.days == DAYS - DAYS / 11 && totals.unknown_days == 13);
	memory_free(seen);
	world_done(&w);
}

// ---- with what their targets did

static void count_source(void *context, size_t query, int32_t day, uint32_t source)
{
	uint64_t *counts = context;
	(void)day;
	(void)source;
	counts[query]++;
}

TEST(a_list_has_the_targets_of_each)
{
	struct world w = world_new(21, true, false);
	uint64_t counts[1000] = { 0 };
	struct emerged_list list;
	struct emergences_totals totals;
	struct error error;
	const struct emerged_request request = { .emergences = request_of(w.model, NULL),
		                                 .found = count_source,
		                                 .context = counts };
	CHECK(emerged_list_find(store_holdings(w.stock.store), &request, &list, &totals, &error));
	CHECK(list.count > 5 && list.count < 1000);
	for (size_t i = 0; i < list.count; i++) {
		const struct emerged *e = &list.list[i];
		CHECK(e->emergence.rule == &e->rule);
		CHECK(is_emergence(w.model, e->emergence.day - TEST_DAY, mask_of(&e->rule)));
		CHECK(e->targets.sources == e->rule.target_sources);
		CHECK(e->targets.mirai_sources == e->rule.mirai_sources);
		CHECK(counts[i] == e->targets.sources);
		CHECK(e->targets.example.is_there && e->targets.port_count > 0);
	}
	emerged_list_done(&list);
	world_done(&w);
}

// ---- lives

struct life_check {
	const struct rule_lives *lives;
	uint64_t rules;
};

static const struct rule_life *life_of(const struct rule_lives *lives,
                                       const struct header_rule *rule)
{
	for (size_t i = 0; i < lives->count; i++) {
		const struct rule_life *life = &lives->list[i];
		bool is_same = life->antecedent_count == rule->antecedent_count &&
		               life->consequent_count == rule->consequent_count;
		for (size_t k = 0; is_same && k < rule->antecedent_count; k++)
			is_same = header_item_compare(&life->items[k], &rule->antecedent[k]) == 0;
		for (size_t k = 0; is_same && k < rule->consequent_count; k++)
			is_same = header_item_compare(&life->items[rule->antecedent_count + k],
			                              &rule->consequent[k]) == 0;
		if (is_same)
			return life;
	}
	return NULL;
}

static bool check_lives(void *context, const struct header_rules_day *day)
{
	struct life_check *check = context;
	for (size_t i = 0; i < day->count; i++) {
		const struct header_rule *rule = &day->list[i];
		const struct rule_life *life = life_of(check->lives, rule);
		const int32_t at = day->day - check->lives->first_day;
		check->rules++;
		CHECK(life != NULL && life->sources[at] == rule->target_sources &&
		      life->mirai_sources[at] == rule->mirai_sources &&
		      life->first_day <= day->day && life->last_day >= day->day &&
		      life->peak_sources >= rule->target_sources);
		if (life != NULL && life->peak_day == day->day)
			CHECK(life->peak_sources == rule->target_sources &&
			      life->peak_confidence == rule->rule.confidence);
		if (life != NULL && life->peak_sources == rule->target_sources)
			CHECK(life->peak_day <= day->day);
	}
	return true;
}

TEST(lives_hold_the_rules_of_every_day)
{
	struct world w = world_new(3, true, true);
	struct rule_lives lives;
	struct life_check check = { .lives = &lives };
	struct error error;
	uint64_t days = 0;
	struct header_rules_request request = rules_of(w.model);
	CHECK(rule_lives_find(store_holdings(w.stock.store), &request, &lives, NULL, &error));
	request.each = check_lives;
	request.context = &check;
	CHECK(header_rules_run(store_holdings(w.stock.store), &request, NULL, &error));
	for (size_t i = 0; i < lives.count; i++) {
		const struct rule_life *life = &lives.list[i], *next = life + 1;
		uint32_t found = 0;
		for (uint32_t d = 0; d < lives.day_count; d++)
			found += life->sources[d] > 0;
		CHECK(found == life->days);
		CHECK(life->sources[life->first_day - lives.first_day] > 0);
		CHECK(life->sources[life->last_day - lives.first_day] > 0);
		CHECK(i + 1 == lives.count || life->peak_sources > next->peak_sources ||
		      (life->peak_sources == next->peak_sources &&
		       life->first_day <= next->first_day));
		days += life->days;
	}
	CHECK(days == check.rules && days > lives.count && lives.count > 20);
	CHECK(lives.first_day == TEST_DAY && lives.day_count == DAYS);
	CHECK(lives.has_data[0] && !lives.has_data[10]);
	rule_lives_done(&lives);
	world_done(&w);
}

TEST(a_window_without_days_has_no_lives_and_no_emergences)
{
	struct world w = world_new(5, true, false);
	struct rule_lives lives;
	struct emergences_totals totals;
	struct error error;
	struct listened *seen = memory_new(1, sizeof *seen);
	struct emergences_request request = request_of(w.model, seen);
	request.rules.window = (struct day_range){ TEST_DAY + DAYS, TEST_DAY + DAYS + 5 };
	CHECK(rule_lives_find(store_holdings(w.stock.store), &request.rules, &lives, NULL, &error));
	CHECK(lives.count == 0 && lives.day_count == 0);
	rule_lives_done(&lives);
	CHECK(emergences_find(store_holdings(w.stock.store), &request, &totals, &error));
	CHECK(totals.days == 0 && seen->count == 0);
	memory_free(seen);
	world_done(&w);
}

// ---- memory

TEST(no_memory_is_said)
{
	struct world w = world_new(21, true, false);
	const struct emerged_request request = { .emergences = request_of(w.model, NULL) };
	const struct header_rules_request rules = rules_of(w.model);
	struct emergences_totals totals;
	struct emerged_list list;
	struct rule_lives lives;
	struct error error;
	bool ok = false;
	// The first allocations one by one, then further and further apart.
	for (unsigned long at = 1; !ok && at < 1000000; at += 1 + at / 20 * sweep_step()) {
		memory_fail_at(at);
		ok = emerged_list_find(store_holdings(w.stock.store), &request, &list, &totals,
		                       &error);
		memory_fail_at(0);
		CHECK(ok || strstr(error.text, "out of memory") != NULL);
	}
	CHECK(ok);
	emerged_list_done(&list);
	ok = false;
	for (unsigned long at = 1; !ok && at < 1000000; at += 1 + at / 20 * sweep_step()) {
		memory_fail_at(at);
		ok = rule_lives_find(store_holdings(w.stock.store), &rules, &lives, NULL, &error);
		memory_fail_at(0);
		CHECK(ok || strstr(error.text, "out of memory") != NULL);
	}
	CHECK(ok);
	rule_lives_done(&lives);
	world_done(&w);
}

TEST(item_sets_are_numbered_as_they_come)
{
	struct item_sets *sets = item_sets_new();
	uint32_t number;
	bool is_new;
	for (uint32_t round = 0; round < 2; round++)
		for (uint32_t i = 0; i < 5000; i++) {
			const struct header_item pair[] = { { FIELD_TTL, i % 2, i % 7 },
				                            { FIELD_WINDOW, false, i / 7 } };
			CHECK(item_sets_put(sets, pair, 1 + (i % 3 > 0), i % 3 > 0 ? 0 : i, &number,
			                    &is_new));
			CHECK(number == i && is_new == (round == 0));
		}
	CHECK(item_sets_count(sets) == 5000);
	for (uint32_t i = 0; i < 5000; i++) {
		size_t count;
		const struct header_item *found = item_sets_at(sets, i, &count);
		CHECK(count == 1u + (i % 3 > 0) && found[0].value == i % 7);
		CHECK(count == 1 || found[1].value == i / 7);
	}
	item_sets_free(sets);
}

TEST_MAIN
