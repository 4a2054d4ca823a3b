// SPDX-License-Identifier: MIT
#include "mine/test_rules.h"

#include "base/memory.h"

enum { ROUNDS = 600 };

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

static struct rules_wish random_wish(struct random *r)
{
	// None that a P value of few transactions is exactly a part of.
	static const double alphas[] = { 0.0497, 0.00113, 0.307, 0.9931 };
	return (struct rules_wish){ .support_min = 1 + random_below(r, 30),
		                    .confidence_min = random_below(r, 11) / 10.,
		                    .items_max = random_below(r, 2) * random_below(r, 7),
		                    .consequents_max = 1 + random_below(r, 3),
		                    .is_all = random_below(r, 2) == 0,
		                    .alpha = alphas[random_below(r, 4)] };
}

static struct rules mine(const struct transactions *t, const struct rules_wish *wish)
{
	struct rules rules = { 0 };
	struct error error;
	const bool is_done = rules_mine(t, wish, &rules, &error);
	CHECK(is_done);
	return rules;
}

TEST(every_rule_is_what_trying_all_finds)
{
	static struct model model;
	static struct model_rules expected;
	uint64_t found = 0, productive = 0;
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		const unsigned before = test_failed_checks;
		struct random random = random_from(seed);
		model_make(&model, &random);
		const struct rules_wish wish = random_wish(&random);
		model_derive(&model, &wish, &expected);
		struct transactions *t = model_transactions(&model);
		struct rules rules = mine(t, &wish);
		check_list(&model, &rules, &expected, wish.is_all);
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
	CHECK(found > 10 * ROUNDS && productive > ROUNDS);
}

TEST_MAIN
