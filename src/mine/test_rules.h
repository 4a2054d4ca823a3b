// SPDX-License-Identifier: MIT
// For tests of rules: few items, a count of every set by looking at every transaction, and all rules by
// trying every antecedent with every consequent.
#pragma once

#include "base/random.h"
#include "base/test.h"
#include "mine/rules.h"

#include <math.h>
#include <string.h>

enum { MODEL_ITEMS = 8, MODEL_SETS = 1 << MODEL_ITEMS, MODEL_TRANSACTIONS = 120 };
enum { MODEL_WEIGHT = 40 };   // of a transaction at most
enum { MODEL_RULES = 6561 };  // 3^8: each item is in the antecedent, the consequent, or neither

struct model {
	uint32_t items[MODEL_ITEMS];  // ascending
	uint32_t transactions[MODEL_TRANSACTIONS];
	struct support weights[MODEL_TRANSACTIONS];
	unsigned count;
	struct support supports[MODEL_SETS];
};

struct model_rule {
	uint32_t antecedent, consequent;  // bits
	double p_value, improvement;
	bool is_minimal, is_candidate, is_productive;
};

struct model_rules {
	struct model_rule list[MODEL_RULES];
	size_t count;
	uint64_t tested;
};

static inline unsigned model_length(uint32_t set)
{
	return (unsigned)__builtin_popcount(set);
}

static inline void model_count(struct model *m)
{
	memset(m->supports, 0, sizeof m->supports);
	for (uint32_t set = 0; set < MODEL_SETS; set++)
		for (unsigned t = 0; t < m->count; t++)
			if ((set & m->transactions[t]) == set) {
				m->supports[set].all += m->weights[t].all;
				m->supports[set].marked += m->weights[t].marked;
			}
}

// Items that go together, that follow from others, that all have; and chance.
static inline void model_make(struct model *m, struct random *r)
{
	for (uint32_t i = 0, item = 0; i < MODEL_ITEMS; i++)
		m->items[i] = item += 1 + random_below(r, i % 3 == 0 ? 500000000 : 3);
	m->count = 1 + random_below(r, MODEL_TRANSACTIONS);
	const uint32_t density = 1 + random_below(r, 9), kind = random_below(r, 8),
		       heaviest = random_below(r, 2) == 0 ? 3 : MODEL_WEIGHT;
	for (unsigned t = 0; t < m->count; t++) {
		uint32_t bits = 0;
		for (uint32_t i = 0; i < MODEL_ITEMS; i++)
			bits |= (uint32_t)(random_below(r, 10) < density) << i;
		if (kind & 1 && bits & 0x10)
			bits |= random_below(r, 20) == 0 ? 0 : 0x81;
		if (kind & 2 && bits & 0x24)
			bits |= 0x24;
		if (kind == 7)
			bits |= 0x40;
		m->transactions[t] = bits;
		m->weights[t].all = 1 + random_below(r, heaviest);
		m->weights[t].marked = random_below(r, (uint32_t)m->weights[t].all + 1);
	}
	model_count(m);
}

static inline struct transactions *model_transactions(const struct model *m)
{
	struct transactions *t = transactions_new();
	for (unsigned i = 0; t != NULL && i < m->count; i++) {
		uint32_t items[MODEL_ITEMS];
		size_t count = 0;
		for (uint32_t k = 0; k < MODEL_ITEMS; k++)
			if (m->transactions[i] >> k & 1)
				items[count++] = m->items[k];
		CHECK(transactions_add(t, items, count, m->weights[i]));
	}
	return t;
}

static inline double model_confidence(const struct model *m, uint32_t x, uint32_t y)
{
	return (double)m->supports[x | y].all / (double)m->supports[x].all;
}

// ln n!, one logarithm after the other.
static inline long double model_factorial(double n)
{
	enum { MAXIMUM = MODEL_TRANSACTIONS * MODEL_WEIGHT };
	static long double sums[MAXIMUM + 1];
	for (int i = 2; i <= MAXIMUM && sums[MAXIMUM] == 0; i++)
		sums[i] = sums[i - 1] + logl(i);
	return sums[(size_t)n];
}

// The hypergeometric tail, each term by itself.
static inline double model_p_value(const struct support *s, uint32_t part, uint32_t x, uint32_t y)
{
	const double total = (double)s[part].all, first = (double)s[x].all,
		     second = (double)s[part | y].all;
	const long double margins = model_factorial(first) + model_factorial(total - first) +
	                            model_factorial(second) + model_factorial(total - second) -
	                            model_factorial(total);
	double sum = 0;
	for (double k = (double)s[x | y].all; k <= fmin(first, second); k++)
		if (second - k <= total - first)
			sum += (double)expl(margins - model_factorial(k) -
			                    model_factorial(first - k) -
			                    model_factorial(second - k) -
			                    model_factorial(total - first - second + k));
	return fmin(sum, 1);
}

static inline void model_measure(const struct model *m, double alpha, struct model_rule *r)
{
	const uint32_t x = r->antecedent, y = r->consequent;
	const double confidence = model_confidence(m, x, y);
	double highest = 0;
	bool is_higher = true;
	r->is_minimal = true;
	for (uint32_t part = (x - 1) & x;; part = (part - 1) & x) {
		highest = fmax(highest, model_confidence(m, part, y));
		if (model_length(part) + 1 == model_length(x)) {
			r->is_minimal &= m->supports[part].all > m->supports[x].all;
			is_higher &= confidence > model_confidence(m, part, y);
			r->p_value = fmax(r->p_value, model_p_value(m->supports, part, x, y));
		}
		if (part == 0)
			break;
	}
	r->improvement = confidence - highest;
	r->is_candidate = r->is_minimal && is_higher && r->p_value <= alpha;
}

// Step by step as in Holm's paper: the smallest that is left, until one is too large.
static inline void model_holm(struct model_rules *rules, double alpha)
{
	for (uint64_t step = 0; step < rules->count; step++) {
		struct model_rule *smallest = NULL;
		for (size_t i = 0; i < rules->count; i++) {
			struct model_rule *r = &rules->list[i];
			if (r->is_candidate && !r->is_productive &&
			    (smallest == NULL || r->p_value < smallest->p_value))
				smallest = r;
		}
		if (smallest == NULL || smallest->p_value > alpha / (double)(rules->tested - step))
			return;
		smallest->is_productive = true;
	}
}

// Every rule that passes, in no order.
static inline void model_derive(const struct model *m, const struct rules_request *request,
                                struct model_rules *out)
{
	out->count = out->tested = 0;
	for (uint32_t x = 1; x < MODEL_SETS; x++)
		for (uint32_t y = 1; y < MODEL_SETS; y++) {
			const size_t length = model_length(x | y);
			if ((x & y) != 0 || m->supports[x | y].all < request->support_min ||
			    model_length(y) > request->consequents_max ||
			    (request->items_max != 0 && length > request->items_max) ||
			    model_confidence(m, x, y) < request->confidence_min)
				continue;
			struct model_rule *r = &out->list[out->count++];
			*r = (struct model_rule){ .antecedent = x, .consequent = y };
			model_measure(m, request->alpha, r);
			out->tested += r->is_minimal;
		}
	model_holm(out, request->alpha);
}

static inline uint32_t model_bits(const struct model *m, const uint32_t *items, size_t count)
{
	uint32_t bits = 0;
	for (size_t i = 0; i < count; i++) {
		CHECK(i == 0 || items[i - 1] < items[i]);
		uint32_t bit = 0;
		while (bit < MODEL_ITEMS && m->items[bit] != items[i])
			bit++;
		CHECK(bit < MODEL_ITEMS);
		bits |= bit < MODEL_ITEMS ? 1u << bit : 0;
	}
	return bits;
}
