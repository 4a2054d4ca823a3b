// SPDX-License-Identifier: MIT
// What a rule is worth. Improvement asks for all subsets of an antecedent: for one consequent, the
// highest confidence that any subset of a generator has is that of the generator itself, or the
// highest of those without one item, and each is found once.
#include "mine/rules_private.h"

#include "base/memory.h"
#include "mine/fisher.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 u128;

void measure_rule(struct rule *r, struct support total)
{
	const double all = (double)total.all, both = (double)r->support.all,
		     antecedent = (double)r->antecedent_support.all,
		     consequent = (double)r->consequent_support.all;
	r->confidence = both / antecedent;
	r->lift = r->confidence / (consequent / all);
	r->leverage = both / all - antecedent / all * (consequent / all);
	r->conviction = INFINITY;
	if (r->support.all < r->antecedent_support.all)
		r->conviction = (double)(total.all - r->consequent_support.all) / all /
		                ((double)(r->antecedent_support.all - r->support.all) / antecedent);
}

// ---- productive

bool measure_p_value(const struct derivation *d, const struct antecedent *x,
                     const struct consequent *y, double *p_value)
{
	const struct support_table *t = d->table;
	const uint64_t both = support_table_of(t, y->same).all,
		       first = support_table_of(t, x->same).all;
	bool is_higher = true;
	double highest = 0;
	for (size_t i = 0; i < x->count; i++) {
		if (!d->request->is_all && (!is_higher || highest > d->request->alpha))
			break;
		const uint32_t part = t->without[t->sets[x->same].items_at + i];
		const uint32_t with_all = support_table_with_all(t, part, y->items, y->count);
		const struct fisher table = { .both = both,
			                      .first = first,
			                      .second = support_table_of(t, with_all).all,
			                      .total = support_table_of(t, part).all };
		is_higher &= (u128)both * table.total > (u128)table.second * first;
		highest = fmax(highest, fisher_greater(&table));
	}
	*p_value = highest;
	return is_higher;
}

static int compare_numbers(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double measure_holm(double *p_values, size_t count, uint64_t tests, double alpha)
{
	double highest = -1;
	if (count > 0)
		qsort(p_values, count, sizeof *p_values, compare_numbers);
	for (size_t i = 0; i < count && p_values[i] <= alpha / (double)(tests - i); i++)
		highest = p_values[i];
	return highest;
}

static int compare_descending(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x < y) - (x > y);
}

// How many of the tests there are with so much support or more; they descend.
static uint64_t tests_from(const struct derivation *d, uint64_t support)
{
	size_t low = 0, high = (size_t)d->tested;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (d->supports[middle] >= support)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

// With the support of a rule as the least one Holm's method begins with as many tests as have that much. If it
// rejects any of them, it rejects that of the least P; and it does if this rule's is low enough to be that.
void measure_support_listed(struct derivation *d)
{
	if (d->tested > 0)
		qsort(d->supports, (size_t)d->tested, sizeof *d->supports, compare_descending);
	for (size_t i = 0; i < d->count; i++) {
		const struct rule *r = &d->list[i];
		const uint64_t support = r->support.all;
		if (support <= d->support_listed)
			continue;
		if (d->request->is_all ||
		    (r->is_productive &&
		     r->p_value <= d->request->alpha / (double)tests_from(d, support)))
			d->support_listed = support;
	}
}

bool measure_productive(struct derivation *d)
{
	size_t count = 0, left = 0;
	double *p_values = memory_room((d->count + 1) * sizeof *p_values);
	if (p_values == NULL) {
		d->is_failed = true;
		return error_memory(d->error, "rules");
	}
	for (size_t i = 0; i < d->count; i++)
		if (d->list[i].is_productive)
			p_values[count++] = d->list[i].p_value;
	const double highest = measure_holm(p_values, count, d->tested, d->request->alpha);
	memory_free(p_values);
	for (size_t i = 0; i < d->count; i++) {
		struct rule *rule = &d->list[i];
		rule->is_productive &= rule->p_value <= highest;
		if (!d->request->is_all && !rule->is_productive)
			continue;
		if (left < i)
			d->list[left] = *rule;
		left++;
	}
	d->count = left;
	return true;
}

// ---- improvement

enum { WORK_OF_SUBSET = 16 };

struct improving {
	struct derivation *derivation;
	const struct rule *rule;  // one of those with the consequent
	// By generator: the highest confidence of any part of it, where the mark is that of the
	// consequent.
	double *highest;
	uint32_t *marks, mark;
};

static double confidence(const struct improving *m, uint32_t generator)
{
	const struct support_table *t = m->derivation->table;
	const uint32_t both = support_table_with_all(t, generator, m->rule->consequent,
	                                             m->rule->consequent_count);
	return (double)support_table_of(t, both).all / (double)support_table_of(t, generator).all;
}

static double highest_of(struct improving *m, uint32_t generator)
{
	const struct support_table *t = m->derivation->table;
	const struct table_set *set = &t->sets[generator];
	if (m->marks[generator] == m->mark)
		return m->highest[generator];
	double highest = confidence(m, generator);
	for (uint32_t i = 0; i < set->count; i++)
		highest = fmax(highest, highest_of(m, t->without[set->items_at + i]));
	m->derivation->work += WORK_OF_SUBSET * (set->count + 1);
	m->marks[generator] = m->mark;
	m->highest[generator] = highest;
	return highest;
}

// Of the generators that are made of `generator` and of items from `first` on. There is nothing
// higher than 1.
static double highest_inside(struct improving *m, uint32_t generator, size_t first)
{
	const struct support_table *t = m->derivation->table;
	const struct rule *r = m->rule;
	double highest = confidence(m, generator);
	m->derivation->work += WORK_OF_SUBSET + r->antecedent_count - first;
	for (size_t i = first; highest < 1 && i < r->antecedent_count; i++) {
		const uint32_t next = support_table_with(t, generator, r->antecedent[i]);
		if (t->sets[next].count == t->sets[generator].count + 1)
			highest = fmax(highest, highest_inside(m, next, i + 1));
	}
	return highest;
}

// The highest confidence of a rule whose antecedent is a proper part of the rule's.
static double highest_below(struct improving *m)
{
	const struct support_table *t = m->derivation->table;
	const struct rule *r = m->rule;
	if (!r->is_minimal)
		return highest_inside(m, TABLE_EMPTY, 0);
	const uint32_t generator = support_table_with_all(t, TABLE_EMPTY, r->antecedent,
	                                                  r->antecedent_count);
	const uint32_t *without = t->without + t->sets[generator].items_at;
	double highest = 0;
	for (size_t i = 0; i < r->antecedent_count; i++)
		highest = fmax(highest, highest_of(m, without[i]));
	return highest;
}

static int compare_consequents(const void *a, const void *b)
{
	const struct rule *x = a, *y = b;
	return rule_compare_items(x->consequent, x->consequent_count, y->consequent,
	                          y->consequent_count);
}

// Of the rules with one consequent after those with another.
static void improve(struct improving *m)
{
	struct derivation *d = m->derivation;
	size_t left = 0;
	for (size_t i = 0; i < d->count; i++) {
		struct rule *rule = &d->list[left];
		if (left < i)
			*rule = d->list[i];
		m->mark += left == 0 || compare_consequents(rule - 1, rule) != 0;
		m->rule = rule;
		if (derivation_work(d, 1)) {
			rule->improvement = rule->confidence - highest_below(m);
			left++;
		} else {
			derivation_ends_at(d, rule->antecedent_count);
		}
	}
	d->count = left;
}

bool measure_improvement(struct derivation *d)
{
	struct improving m = { .derivation = d,
		               .highest = memory_room((d->table->count + 1) * sizeof *m.highest),
		               .marks = memory_new(d->table->count + 1, sizeof *m.marks) };
	d->is_failed |= m.highest == NULL || m.marks == NULL;
	if (d->is_failed)
		error_memory(d->error, "rules");
	if (!d->is_failed && d->count > 0) {
		qsort(d->list, d->count, sizeof *d->list, compare_consequents);
		improve(&m);
	}
	memory_free(m.highest);
	memory_free(m.marks);
	return !d->is_failed;
}
