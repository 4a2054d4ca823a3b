// SPDX-License-Identifier: MIT
#include "mine/test_rules.h"

#include "base/memory.h"

enum { ROUNDS = 400 };

static bool is_near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fabs(b) + 1e-300;
}

static bool is_same(struct support a, struct support b)
{
	return a.all == b.all && a.marked == b.marked;
}

static const struct model_rule *find_rule(const struct model_rules *rules, uint32_t x, uint32_t y)
{
	for (size_t i = 0; i < rules->count; i++)
		if (rules->list[i].antecedent == x && rules->list[i].consequent == y)
			return &rules->list[i];
	return NULL;
}

// Definitions, as they stand in the header.
static void check_measures(const struct model *m, const struct rule *r, uint32_t x, uint32_t y)
{
	const double n = (double)m->supports[0].all, of_y = (double)m->supports[y].all / n,
		     of_x = (double)m->supports[x].all / n,
		     of_both = (double)m->supports[x | y].all / n;
	CHECK(is_same(r->support, m->supports[x | y]));
	CHECK(is_same(r->antecedent_support, m->supports[x]));
	CHECK(is_same(r->consequent_support, m->supports[y]));
	CHECK(r->confidence == (double)m->supports[x | y].all / (double)m->supports[x].all);
	CHECK(is_near(r->lift, of_both / of_x / of_y));
	CHECK(fabs(r->leverage - (of_both - of_x * of_y)) < 1e-12);
	if (m->supports[x | y].all == m->supports[x].all)
		CHECK(isinf(r->conviction) && r->conviction > 0);
	else
		CHECK(fabs(r->conviction - (1 - of_y) / (1 - of_both / of_x)) < 1e-9);
}

static void check_rule(const struct model *m, const struct rule *r,
                       const struct model_rule *expected)
{
	check_measures(m, r, expected->antecedent, expected->consequent);
	CHECK(r->improvement == expected->improvement);
	CHECK(is_near(r->p_value, expected->p_value));
	CHECK(r->is_minimal == expected->is_minimal);
	CHECK(r->is_productive == expected->is_productive);
}

static int order_of(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count)
{
	for (size_t i = 0; i < a_count && i < b_count; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return a_count < b_count ? -1 : a_count > b_count;
}

static bool is_in_order(const struct rule *a, const struct rule *b)
{
	if (a->support.all != b->support.all)
		return a->support.all > b->support.all;
	const int antecedents = order_of(a->antecedent, a->antecedent_count, b->antecedent,
	                                 b->antecedent_count);
	return antecedents != 0 ? antecedents < 0
	                        : order_of(a->consequent, a->consequent_count, b->consequent,
	                                   b->consequent_count) < 0;
}

// Every rule is expected; how many rules are expected there are.
static void check_list(const struct model *m, const struct rules *rules,
                       const struct model_rules *expected, bool is_all)
{
	size_t count = 0;
	for (size_t i = 0; i < expected->count; i++)
		count += is_all || expected->list[i].is_productive;
	CHECK(rules->count == count);
	CHECK(rules->tested == expected->tested);
	CHECK(is_same(rules->total, m->supports[0]));
	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *r = &rules->list[i];
		const uint32_t x = model_bits(m, r->antecedent, r->antecedent_count),
			       y = model_bits(m, r->consequent, r->consequent_count);
		const struct model_rule *found = find_rule(expected, x, y);
		CHECK(found != NULL);
		CHECK(i == 0 || is_in_order(r - 1, r));
		if (found != NULL)
			check_rule(m, r, found);
	}
}

static struct rules_request random_request(struct random *r)
{
	// None that a P value of few transactions is exactly a part of.
	static const double alphas[] = { 0.0497, 0.00113, 0.307, 0.9931 };
	return (struct rules_request){ .support_min = 1 + random_below(r, 30),
		                       .confidence_min = random_below(r, 11) / 10.,
		                       .items_max = random_below(r, 2) * random_below(r, 7),
		                       .consequents_max = 1 + random_below(r, 3),
		                       .is_all = random_below(r, 2) == 0,
		                       .alpha = alphas[random_below(r, 4)] };
}

static struct rules mine(const struct transactions *t, const struct rules_request *request)
{
	struct rules rules = { 0 };
	struct error error;
	const bool is_done = rules_mine(t, request, &rules, &error);
	CHECK(is_done);
	return rules;
}

// The highest support of a set that is below another one.
static uint64_t next_below(const struct model *m, uint64_t support)
{
	uint64_t next = 0;
	for (uint32_t set = 0; set < MODEL_SETS; set++)
		if (m->supports[set].all < support && m->supports[set].all > next)
			next = m->supports[set].all;
	return next;
}

// Asks for one support after the other, from the highest down: between those of sets nothing changes.
static uint64_t highest_support_with_a_rule(const struct model *m, const struct transactions *t,
                                            const struct rules_request *request)
{
	struct rules_request higher = *request;
	higher.support_min = next_below(m, UINT64_MAX);
	for (; higher.support_min >= request->support_min;
	     higher.support_min = next_below(m, higher.support_min)) {
		struct rules rules = mine(t, &higher);
		const bool is_any = rules.count > 0;
		rules_done(&rules);
		if (is_any)
			return higher.support_min;
	}
	return 0;
}

TEST(the_highest_support_with_a_rule_is_that_of_asking_for_each)
{
	static struct model model;
	uint64_t none = 0, above = 0;
	for (uint64_t seed = 1; seed <= ROUNDS / 2; seed++) {
		struct random random = random_from(seed);
		model_make(&model, &random);
		struct rules_request request = random_request(&random);
		struct transactions *t = model_transactions(&model);
		request.finds_support = true;
		struct rules rules = mine(t, &request);
		const uint64_t highest = highest_support_with_a_rule(&model, t, &request);
		CHECK(rules.support_listed == highest);
		none += highest == 0;
		above += rules.count == 0 && highest > 0;
		rules_done(&rules);
		transactions_free(t);
	}
	// Also where fewer tests alone let one be listed.
	printf("%llu without any, %llu above a support with none\n", (unsigned long long)none,
	       (unsigned long long)above);
	CHECK(none > 0 && above > 0);
}

TEST(every_rule_is_what_trying_all_finds)
{
	static struct model model;
	static struct model_rules expected;
	uint64_t found = 0, productive = 0;
	for (uint64_t seed = 1; seed <= random_rounds(ROUNDS); seed++) {
		const unsigned before = test_failed_checks;
		struct random random = random_from(seed);
		model_make(&model, &random);
		const struct rules_request request = random_request(&random);
		model_derive(&model, &request, &expected);
		struct transactions *t = model_transactions(&model);
		struct rules rules = mine(t, &request);
		check_list(&model, &rules, &expected, request.is_all);
		CHECK(!rules.is_partial && rules.antecedents_whole == SIZE_MAX);
		found += rules.count;
		for (size_t i = 0; i < rules.count; i++)
			productive += rules.list[i].is_productive;
		rules_done(&rules);
		transactions_free(t);
		if (test_failed_checks != before) {
			printf("seed %llu\n", (unsigned long long)seed);
			break;
		}
	}
	const unsigned rounds = random_rounds(ROUNDS);
	CHECK(found > 10 * rounds && productive > rounds);
}

// ---- by hand

static struct support plain(uint64_t all)
{
	return (struct support){ .all = all };
}

static void add(struct transactions *t, const uint32_t *items, size_t count, uint64_t weight)
{
	CHECK(transactions_add(t, items, count, plain(weight)));
}

// R. A. Fisher's lady: of eight cups four had milk first, and of these she named three right.
TEST(lady_tasting_tea)
{
	enum { MILK = 4, SAID_MILK = 7 };
	struct transactions *t = transactions_new();
	add(t, (const uint32_t[]){ MILK, SAID_MILK }, 2, 3);
	add(t, (const uint32_t[]){ MILK }, 1, 1);
	add(t, (const uint32_t[]){ SAID_MILK }, 1, 1);
	add(t, NULL, 0, 3);
	const struct rules_request request = {
		.support_min = 3, .confidence_min = 0.75, .consequents_max = 1, .alpha = 0.5
	};
	struct rules rules = mine(t, &request);
	CHECK(rules.count == 2 && rules.tested == 2 && rules.total.all == 8);
	const struct rule *r = rules.list;
	CHECK(rules.count == 2 && r->antecedent[0] == MILK && r->consequent[0] == SAID_MILK);
	CHECK(r->confidence == 0.75 && r->lift == 1.5 && r->leverage == 0.125);
	CHECK(r->conviction == 2 && r->improvement == 0.25);
	CHECK(is_near(r->p_value, 17. / 70) && r->is_minimal && r->is_productive);
	rules_done(&rules);
	transactions_free(t);
}

// Two items that always come together, in k of n transactions: P is 1 / C(n, k), of both rules. At
// twice that Holm's method rejects both.
TEST(a_p_value_that_is_the_limit_is_low_enough)
{
	static const double choose[][4] = {
		// C(n, 2) to C(n, 5)
		[7] = { 21, 35, 35, 21 },     [8] = { 28, 56, 70, 56 },
		[9] = { 36, 84, 126, 126 },   [10] = { 45, 120, 210, 252 },
		[11] = { 55, 165, 330, 462 }, [12] = { 66, 220, 495, 792 },
	};
	for (uint64_t n = 7; n <= 12; n++)
		for (uint64_t k = 2; k <= 5; k++) {
			struct rules_request request = { .support_min = 1,
				                         .confidence_min = 0.5,
				                         .consequents_max = 1 };
			struct transactions *t = transactions_new();
			add(t, (const uint32_t[]){ 1, 2 }, 2, k);
			add(t, NULL, 0, n - k);
			request.alpha = 2 / choose[n][k - 2];
			struct rules rules = mine(t, &request);
			CHECK(rules.count == 2);
			rules_done(&rules);
			request.alpha *= 0.999999;
			rules = mine(t, &request);
			CHECK(rules.count == 0);
			rules_done(&rules);
			transactions_free(t);
		}
}

// Whoever has one is as likely as anybody to have the other. P is 22 / 28.
TEST(a_rule_that_says_nothing_fails_whatever_alpha_is)
{
	struct transactions *t = transactions_new();
	add(t, (const uint32_t[]){ 1, 2 }, 2, 1);
	add(t, (const uint32_t[]){ 1 }, 1, 1);
	add(t, (const uint32_t[]){ 2 }, 1, 3);
	add(t, NULL, 0, 3);
	struct rules_request request = {
		.support_min = 1, .confidence_min = 0.5, .consequents_max = 1, .alpha = 0.99
	};
	struct rules rules = mine(t, &request);
	CHECK(rules.count == 0 && rules.tested == 1);
	rules_done(&rules);
	request.is_all = true;
	rules = mine(t, &request);
	CHECK(rules.count == 1 && is_near(rules.list->p_value, 22. / 28) &&
	      !rules.list->is_productive);
	rules_done(&rules);
	transactions_free(t);
}

// Of 1,000 people, half women; 100 of these are pregnant, and 90 of them have oedema, as 9 others do. The
// example is G. Webb's: whoever is pregnant is a woman, and nothing is learnt from it.
TEST(a_rule_that_says_less_than_a_shorter_one_is_left_out)
{
	enum { FEMALE = 1, PREGNANT = 2, OEDEMA = 3 };
	struct transactions *t = transactions_new();
	add(t, (const uint32_t[]){ FEMALE, PREGNANT, OEDEMA }, 3, 90);
	add(t, (const uint32_t[]){ FEMALE, PREGNANT }, 2, 10);
	add(t, (const uint32_t[]){ FEMALE }, 1, 396);
	add(t, (const uint32_t[]){ FEMALE, OEDEMA }, 2, 4);
	add(t, (const uint32_t[]){ OEDEMA }, 1, 5);
	add(t, NULL, 0, 495);
	struct rules_request request = {
		.support_min = 50, .confidence_min = 0.9, .consequents_max = 2, .alpha = 0.05
	};
	struct rules rules = mine(t, &request);
	// Pregnant and oedema each say the two others, one by one and together. That a woman with
	// oedema is pregnant is more than that anybody with oedema is.
	CHECK(rules.count == 7 && rules.tested == 8);
	for (size_t i = 0; i < rules.count; i++)
		CHECK(rules.list[i].antecedent_count == 1 ||
		      rules.list[i].consequent[0] == PREGNANT);
	rules_done(&rules);
	request.is_all = true;
	rules = mine(t, &request);
	CHECK(rules.count == 9 && rules.tested == 8);
	for (size_t i = 0; i < rules.count; i++) {
		const struct rule *r = &rules.list[i];
		if (r->antecedent_count == 2 && r->consequent[0] == OEDEMA) {
			CHECK(r->confidence == 0.9 && r->improvement == 0 && r->p_value == 1);
			CHECK(!r->is_minimal && !r->is_productive);
		}
		// Whoever is pregnant is, with oedema or without.
		if (r->antecedent_count == 2 && r->consequent[0] == FEMALE)
			CHECK(r->confidence == 1 && r->improvement == 0 && r->is_minimal &&
			      !r->is_productive);
		if (r->antecedent_count == 2 && r->consequent[0] == PREGNANT)
			CHECK(is_near(r->p_value, 126. / 71523144) && r->is_productive);
	}
	rules_done(&rules);
	transactions_free(t);
}

// Items that every transaction has are no generators; as published they are items like others.
TEST(items_of_all)
{
	struct transactions *t = transactions_new();
	add(t, (const uint32_t[]){ 5, 9, 7 }, 3, 40);
	struct rules_request request = { .support_min = 40,
		                         .confidence_min = 1,
		                         .consequents_max = 1 };
	struct rules rules = mine(t, &request);
	CHECK(rules.count == 0 && rules.tested == 0 && !rules.is_partial);
	rules_done(&rules);
	request.is_all = true;
	rules = mine(t, &request);
	CHECK(rules.count == 9 && rules.tested == 0);
	for (size_t i = 0; i < rules.count; i++)
		CHECK(rules.list[i].lift == 1 && rules.list[i].improvement == 0 &&
		      rules.list[i].leverage == 0 && !rules.list[i].is_minimal);
	rules_done(&rules);
	transactions_free(t);
}

TEST(nothing_to_find)
{
	struct transactions *t = transactions_new();
	struct rules_request request = { .support_min = 1, .consequents_max = 1, .is_all = true };
	for (int i = 0; i < 4; i++) {
		struct rules rules = mine(t, &request);
		CHECK(rules.count == 0 && rules.tested == 0 && !rules.is_partial);
		rules_done(&rules);
		// No transaction, then empty ones, then one item, and then no room for two.
		if (i == 2)
			request.items_max = 1;
		add(t, (const uint32_t[]){ 1, 2, 3 }, (size_t)i, 3);
	}
	transactions_free(t);
}

// ---- more of it

struct counting {
	double confidence_min;
	uint64_t rules, support, marked;
};

// All rules with one consequent that begin with the set.
static bool count_rules(void *context, const struct itemset *set)
{
	struct counting *c = context;
	for (size_t i = 0; i < set->extension_count; i++) {
		const struct support support = set->extensions[i].support;
		if ((double)support.all / (double)set->support.all < c->confidence_min)
			continue;
		c->rules++;
		c->support += support.all * (set->count + 1);
		c->marked += support.marked;
	}
	return true;
}

// Sources of some habits, each with most of its ports, some windows and any distance.
static struct transactions *many_sources(uint64_t seed)
{
	struct random random = random_from(seed);
	struct transactions *t = transactions_new();
	for (int i = 0; i < 20000; i++) {
		uint32_t items[16];
		size_t count = 0;
		const uint32_t habit = random_below(&random, 12);
		for (uint32_t k = 0; k < 3 + habit % 6; k++)
			if (random_below(&random, 20) > habit % 3)
				items[count++] = 100 + habit * 7 + k * 5;
		items[count++] = 1000 + random_below(&random, 40);
		items[count++] = 2000 + habit % 4;
		items[count++] = 3000 + random_below(&random, 3);
		const struct support weight = { 1, random_below(&random, 2) };
		CHECK(transactions_add(t, items, count, weight));
	}
	return t;
}

// All of them, counted from the itemsets themselves.
TEST(as_many_as_the_itemsets_have)
{
	for (uint64_t seed = 1; seed <= random_rounds(3); seed++) {
		struct transactions *t = many_sources(seed);
		struct counting expected = { .confidence_min = 0.8 }, found = { 0 };
		const struct mine_request sets = { .kind = MINE_ALL,
			                           .support_min = 60,
			                           .wants_extensions = true,
			                           .found = count_rules,
			                           .context = &expected };
		const struct rules_request request = { .support_min = 60,
			                               .confidence_min = 0.8,
			                               .consequents_max = 1,
			                               .is_all = true,
			                               .alpha = 0.05 };
		struct mine_result result;
		struct error error;
		CHECK(mine_itemsets(t, &sets, &result, &error));
		struct rules rules = mine(t, &request);
		for (size_t i = 0; i < rules.count; i++) {
			const struct rule *r = &rules.list[i];
			CHECK(r->consequent_count == 1);
			CHECK(is_same(transactions_item(t, r->consequent[0]),
			              r->consequent_support));
			found.rules++;
			found.support += r->support.all * (r->antecedent_count + 1);
			found.marked += r->support.marked;
		}
		CHECK(expected.rules > 10000);
		CHECK(found.rules == expected.rules && found.support == expected.support &&
		      found.marked == expected.marked);
		rules_done(&rules);
		transactions_free(t);
	}
}

// ---- where there are too many

// 40 ports that 1,500 coordinated sources share, among 50,000: 2^40 rules, each with confidence 1.
static struct transactions *cohort(void)
{
	uint32_t ports[40];
	struct random random = random_from(40);
	struct transactions *t = transactions_new();
	for (uint32_t i = 0; i < 40; i++)
		ports[i] = 1000 + 7 * i;
	add(t, ports, 40, 1500);
	for (int i = 0; i < 2000; i++) {
		const uint32_t few[] = { ports[random_below(&random, 40)],
			                 random_below(&random, 50), random_below(&random, 50) };
		add(t, few, 3, 20);
	}
	return t;
}

TEST(ports_that_go_together)
{
	struct transactions *t = cohort();
	struct rules_request request = {
		.support_min = 1000, .confidence_min = 0.1, .consequents_max = 1, .alpha = 0.05
	};
	struct rules rules = mine(t, &request);
	// Each port by itself says all others, and so do no two of them better than these two.
	CHECK(!rules.is_partial && rules.tested >= 40 * 39 && rules.count >= 40 * 39);
	rules_done(&rules);
	request.is_all = true;
	request.rules_max = 40000;
	rules = mine(t, &request);
	CHECK(rules.is_partial && rules.count == 40000 && rules.antecedents_whole == 2);
	size_t pairs = 0;
	for (size_t i = 0; i < rules.count; i++) {
		const struct rule *r = &rules.list[i];
		pairs += r->antecedent_count == 2 && r->antecedent[0] >= 1000;
		if (r->antecedent_count > 1 && r->antecedent[0] >= 1000)
			CHECK(r->support.all == 1500 && r->antecedent_support.all == 1500);
	}
	CHECK(pairs == 40 * 39 / 2 * 38);
	rules_done(&rules);
	transactions_free(t);
}

static bool is_same_rule(const struct rule *a, const struct rule *b)
{
	return order_of(a->antecedent, a->antecedent_count, b->antecedent, b->antecedent_count) ==
	               0 &&
	       order_of(a->consequent, a->consequent_count, b->consequent, b->consequent_count) ==
	               0;
}

// All that a rule says, but for whether Holm lets it pass.
static bool says_the_same(const struct rule *a, const struct rule *b)
{
	return is_same(a->support, b->support) &&
	       is_same(a->antecedent_support, b->antecedent_support) &&
	       is_same(a->consequent_support, b->consequent_support) &&
	       a->confidence == b->confidence && a->lift == b->lift && a->leverage == b->leverage &&
	       a->conviction == b->conviction && a->improvement == b->improvement &&
	       a->p_value == b->p_value && a->is_minimal == b->is_minimal;
}

// What is there is right, and short antecedents are all there.
static void check_part(const struct rules *part, const struct rules *whole)
{
	size_t at = 0;
	CHECK(part->is_partial == (part->antecedents_whole != SIZE_MAX));
	CHECK(part->is_partial || part->count == whole->count);
	for (size_t i = 0; i < whole->count; i++) {
		const bool is_there = at < part->count &&
		                      is_same_rule(&part->list[at], &whole->list[i]);
		if (is_there)
			CHECK(says_the_same(&part->list[at++], &whole->list[i]));
		else
			CHECK(whole->list[i].antecedent_count > part->antecedents_whole);
	}
	CHECK(at == part->count);
}

TEST(budgets_end_in_a_part_that_is_right)
{
	static struct model model;
	unsigned parts = 0, with_some = 0;
	for (uint64_t seed = 1; seed <= random_rounds(30); seed++) {
		struct random random = random_from(seed);
		model_make(&model, &random);
		struct transactions *t = model_transactions(&model);
		const struct rules_request unlimited = { .support_min = 1 +
			                                                random_below(&random, 9),
			                                 .confidence_min = 0.3,
			                                 .consequents_max = 2,
			                                 .is_all = true,
			                                 .alpha = 0.05 };
		struct rules whole = mine(t, &unlimited);
		for (uint64_t limit = 1; limit < 8 * whole.work; limit += limit / 2 + 1) {
			struct rules_request limited = unlimited;
			if (seed % 3 == 0)
				limited.rules_max = limit;
			else if (seed % 3 == 1)
				limited.work_max = limit;
			else
				limited.bytes_max = 1000 * limit;
			struct rules part = mine(t, &limited);
			check_part(&part, &whole);
			parts += part.is_partial;
			with_some += part.is_partial && part.antecedents_whole > 0;
			rules_done(&part);
		}
		rules_done(&whole);
		transactions_free(t);
	}
	CHECK(parts > 6 * random_rounds(30) && with_some > random_rounds(30));
}

TEST(no_memory_is_an_error)
{
	static struct model model;
	struct random random = random_from(3);
	model_make(&model, &random);
	struct transactions *t = model_transactions(&model);
	const struct rules_request request = { .support_min = 2,
		                               .consequents_max = 2,
		                               .is_all = true };
	struct rules rules = { 0 };
	struct error error;
	unsigned long at = 1;
	for (bool is_done = false; !is_done && at < 1000; at++) {
		memory_fail_at(at);
		is_done = rules_mine(t, &request, &rules, &error);
		memory_fail_at(0);
		CHECK(is_done || (rules.list == NULL && error.kind == ERROR_FAILED));
	}
	CHECK(at > 5 && rules.count > 0);
	rules_done(&rules);
	transactions_free(t);
}

TEST_MAIN
