// SPDX-License-Identifier: MIT
// The front: who gets how much of work and room, and the order of the rules. Mining may take half of the
// work, finding rules as far as three quarters, and the rest is for their improvement.
#include "mine/rules_private.h"

#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>

// How exact P values are at least, relatively (fisher.h).
#define P_VALUE_ERROR 1e-9

int rule_compare_items(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count)
{
	for (size_t i = 0; i < a_count && i < b_count; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return (a_count > b_count) - (a_count < b_count);
}

static int compare_rules(const void *a, const void *b)
{
	const struct rule *x = a, *y = b;
	if (x->support.all != y->support.all)
		return x->support.all > y->support.all ? -1 : 1;
	const int order = rule_compare_items(x->antecedent, x->antecedent_count, y->antecedent,
	                                     y->antecedent_count);
	return order != 0 ? order
	                  : rule_compare_items(x->consequent, x->consequent_count, y->consequent,
	                                       y->consequent_count);
}

// Antecedents of so many items are in the table with all consequents.
static size_t whole_of(const struct support_table *t, const struct rules_request *request)
{
	if (!t->is_cut)
		return SIZE_MAX;
	return t->items_max > request->consequents_max ? t->items_max - request->consequents_max
	                                               : 0;
}

static bool derive(struct derivation *d)
{
	const uint64_t work_max = d->request->work_max;
	d->whole = whole_of(d->table, d->request);
	d->work_max = work_max - work_max / 4;
	if (!derive_rules(d) && d->is_failed)
		return false;
	const bool was_ended = d->is_ended || d->table->is_cut;
	d->is_ended = false;
	d->work_max = work_max;
	if (d->request->finds_support)
		measure_support_listed(d);
	if (!measure_productive(d) || !measure_improvement(d))
		return false;
	d->is_ended |= was_ended;
	if (d->count > 0)
		qsort(d->list, d->count, sizeof *d->list, compare_rules);
	return true;
}

// What the rules point to.
static bool hand_over(struct derivation *d, struct rules *out)
{
	struct arena *room = memory_new(1, sizeof *room);
	if (room == NULL)
		return error_memory(d->error, "rules");
	*room = d->arena;
	out->list = d->list;
	out->count = d->count;
	out->tested = d->tested;
	out->support_listed = d->is_ended ? UINT64_MAX : d->support_listed;
	out->work = d->work;
	out->is_partial = d->is_ended;
	out->lacks_room = d->is_ended && (d->lacks_room || d->table->lacks_room);
	out->antecedents_whole = d->whole;
	out->room = room;
	return true;
}

// A P value that is the limit itself is low enough, though its last digits may be wrong.
static double with_limit_included(double alpha)
{
	return alpha * (1 + P_VALUE_ERROR);
}

static bool derive_from_table(const struct support_table *table, const struct rules_request *asked,
                              size_t bytes_max, struct rules *out, struct error *error)
{
	struct rules_request request = *asked;
	request.alpha = with_limit_included(asked->alpha);
	// A list that grows is there twice for a moment; and there are notes for each set of the table.
	const size_t notes = table->count * (sizeof(double) + sizeof(uint32_t));
	const size_t taken = table->bytes + notes, left = bytes_max > taken ? bytes_max - taken : 0;
	struct derivation d = { .request = &request,
		                .table = table,
		                .error = error,
		                .work = table->work,
		                .arena = arena_up_to(left / 4 + 1),
		                .bytes_max = left - left / 4 };
	const bool is_done = derive(&d) && hand_over(&d, out);
	memory_free(d.supports);
	if (is_done)
		return true;
	memory_free(d.list);
	arena_done(&d.arena);
	return false;
}

bool rules_mine(const struct transactions *transactions, const struct rules_request *request,
                struct rules *out, struct error *error)
{
	assert(request->support_min > 0 && request->consequents_max > 0 &&
	       request->consequents_max <= RULE_CONSEQUENTS_MAX);
	const uint64_t bytes_max = request->bytes_max == 0 ? RULES_BYTES : request->bytes_max;
	const struct table_request table_request = {
		.support_min = request->support_min,
		.items_max = request->items_max,
		.work_max = request->work_max == 0 ? 0 : request->work_max / 2 + 1,
		.bytes_max = bytes_max > SIZE_MAX ? SIZE_MAX : (size_t)bytes_max,
	};
	struct rules rules = { .total = transactions_total(transactions),
		               .antecedents_whole = SIZE_MAX };
	struct support_table table = { 0 };
	bool is_done = true;
	if (request->items_max != 1)
		is_done = support_table_mine(transactions, &table_request, &table, error) &&
		          derive_from_table(&table, request, table_request.bytes_max, &rules,
		                            error);
	support_table_done(&table);
	if (is_done)
		*out = rules;
	return is_done;
}

void rules_done(struct rules *r)
{
	memory_free(r->list);
	if (r->room != NULL)
		arena_done(r->room);
	memory_free(r->room);
	*r = (struct rules){ 0 };
}

bool rules_p_value_max(const struct rules *r, double alpha, double *out, struct error *error)
{
	const double limit = with_limit_included(alpha);
	double *p_values = memory_room((r->count + 1) * sizeof *p_values);
	size_t count = 0;
	if (p_values == NULL)
		return error_memory(error, "rules");
	for (size_t i = 0; i < r->count; i++)
		if (r->list[i].p_value <= limit)
			p_values[count++] = r->list[i].p_value;
	*out = measure_holm(p_values, count, r->tested, limit);
	memory_free(p_values);
	return true;
}
