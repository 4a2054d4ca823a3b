// SPDX-License-Identifier: MIT
// All four kinds against a naive count: of few items, every subset and every transaction as bits.
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "mine/itemsets.h"

#include <signal.h>
#include <string.h>

enum { ITEMS = 10, SETS = 1 << ITEMS, ROUNDS = 800, TRANSACTIONS_MAX = 60 };

struct model {
	struct random random;
	uint32_t items[ITEMS];  // ascending
	uint32_t transactions[TRANSACTIONS_MAX];
	struct support weights[TRANSACTIONS_MAX];
	unsigned count;
	struct support supports[SETS];  // of every set
};

static uint32_t bit_of(const struct model *m, uint32_t item)
{
	for (uint32_t i = 0; i < ITEMS; i++)
		if (m->items[i] == item)
			return i;
	return ITEMS;
}

static void model_count(struct model *m)
{
	memset(m->supports, 0, sizeof m->supports);
	for (uint32_t set = 0; set < SETS; set++)
		for (unsigned t = 0; t < m->count; t++)
			if ((set & m->transactions[t]) == set) {
				m->supports[set].all += m->weights[t].all;
				m->supports[set].marked += m->weights[t].marked;
			}
}

// Few kinds of data are random: dense, sparse, and such with items that all have or that go together.
static void model_make(struct model *m, uint64_t seed)
{
	m->random = random_from(seed);
	struct random *r = &m->random;
	for (uint32_t i = 0, item = 0; i < ITEMS; i++)
		m->items[i] = item += 1 + random_below(r, i % 3 == 0 ? 400000000 : 3);
	m->count = 1 + random_below(r, TRANSACTIONS_MAX);
	const uint32_t density = 1 + random_below(r, 9), always = random_below(r, 4) == 0;
	for (unsigned t = 0; t < m->count; t++) {
		uint32_t bits = 0;
		for (uint32_t i = 0; i < ITEMS; i++)
			bits |= (uint32_t)(random_below(r, 10) < density) << i;
		if (always)
			bits |= 0x24;
		if (bits & 0x40)
			bits |= 0x81;
		m->transactions[t] = bits;
		m->weights[t].all = random_below(r, 3) == 0 ? 1 + random_below(r, 5) : 1;
		m->weights[t].marked = random_below(r, (uint32_t)m->weights[t].all + 1);
	}
	model_count(m);
}

// Adds them from the `first` one on, in a circle, items in any order and some twice.
static struct transactions *model_transactions(struct model *m, unsigned first)
{
	struct transactions *t = transactions_new();
	for (unsigned i = 0; t != NULL && i < m->count; i++) {
		const unsigned at = (first + i) % m->count;
		uint32_t items[ITEMS + 1];
		size_t count = 0;
		for (uint32_t k = 0; k < ITEMS; k++)
			if (m->transactions[at] >> k & 1)
				items[count++] = m->items[k];
		for (size_t k = count; k > 1; k--) {
			const size_t other = random_below(&m->random, (uint32_t)k);
			const uint32_t item = items[k - 1];
			items[k - 1] = items[other];
			items[other] = item;
		}
		if (count > 0)
			items[count] = items[0];
		CHECK(transactions_add(t, items, count + (count > 0), m->weights[at]));
	}
	return t;
}

static bool same(struct support a, struct support b)
{
	return a.all == b.all && a.marked == b.marked;
}

// Whether the naive count says that the set is handed out.
static bool is_wanted(const struct model *m, const struct mine_request *request, uint32_t set)
{
	const uint64_t support = m->supports[set].all;
	if (set == 0 || support < request->support_min)
		return false;
	if (request->items_max != 0 && (size_t)__builtin_popcount(set) > request->items_max)
		return false;
	for (uint32_t i = 0; i < ITEMS; i++) {
		const uint64_t with = m->supports[set | 1u << i].all;
		const uint64_t without = m->supports[set & ~(1u << i)].all;
		const bool has = set >> i & 1;
		if ((request->kind == MINE_CLOSED && !has && with == support) ||
		    (request->kind == MINE_MAXIMAL && !has && with >= request->support_min) ||
		    (request->kind == MINE_GENERATORS && has && without == support))
			return false;
	}
	return true;
}

struct seen {
	const struct model *model;
	const struct mine_request *request;
	uint8_t times[SETS];
	uint64_t order;  // a hash of what came, in its order
	uint64_t stop_at, count;
};

static void check_extensions(struct seen *s, const struct itemset *set, uint32_t bits)
{
	const struct model *m = s->model;
	size_t next = 0;
	for (uint32_t i = 0; i < ITEMS; i++) {
		const struct support with = m->supports[bits | 1u << i];
		if (bits >> i & 1 || with.all < s->request->support_min)
			continue;
		CHECK(next < set->extension_count);
		if (next == set->extension_count)
			return;
		CHECK(set->extensions[next].item == m->items[i]);
		CHECK(same(set->extensions[next].support, with));
		next++;
	}
	CHECK(next == set->extension_count);
}

static bool see(void *context, const struct itemset *set)
{
	struct seen *s = context;
	uint32_t bits = 0;
	for (size_t i = 0; i < set->count; i++) {
		const uint32_t bit = bit_of(s->model, set->items[i]);
		CHECK(bit < ITEMS);
		CHECK(i == 0 || set->items[i] > set->items[i - 1]);
		bits |= 1u << bit;
	}
	bits &= SETS - 1;
	CHECK(same(set->support, s->model->supports[bits]));
	if (s->request->wants_extensions)
		check_extensions(s, set, bits);
	s->times[bits]++;
	s->order = (s->order ^ bits) * UINT64_C(0x9e3779b97f4a7c15);
	s->order ^= s->order >> 31;
	return ++s->count != s->stop_at;
}

static struct mine_result mine(struct seen *s, const struct transactions *t,
                               struct mine_request *request)
{
	struct mine_result result = { 0 };
	struct error error;
	request->found = see;
	request->context = s;
	s->request = request;
	CHECK(mine_itemsets(t, request, &result, &error));
	return result;
}

static struct mine_request random_request(struct random *r)
{
	struct mine_request request = { .kind = (enum mine_kind)random_below(r, 4),
		                        .support_min = 1 + random_below(r, 12) };
	if (random_below(r, 3) == 0)
		request.items_max = 1 + random_below(r, 5);
	request.wants_extensions = (request.kind == MINE_ALL || request.kind == MINE_GENERATORS) &&
	                           random_below(r, 2) == 0;
	return request;
}

static void check_round(struct model *m, uint64_t seed)
{
	model_make(m, seed);
	struct mine_request request = random_request(&m->random);
	struct transactions *t = model_transactions(m, 0);
	struct seen seen = { .model = m };
	const struct mine_result result = mine(&seen, t, &request);
	uint64_t expected = 0;
	for (uint32_t set = 0; set < SETS; set++) {
		const bool is_expected = is_wanted(m, &request, set);
		expected += is_expected;
		CHECK(seen.times[set] == is_expected);
	}
	CHECK(result.itemsets == expected && !result.is_partial && !result.is_stopped);

	struct transactions *other = model_transactions(m, m->count / 2);
	struct seen again = { .model = m };
	const struct mine_result second = mine(&again, other, &request);
	CHECK(again.order == seen.order && second.work == result.work);
	CHECK(same(transactions_total(t), m->supports[0]));
	for (uint32_t i = 0; i < ITEMS; i++)
		CHECK(same(transactions_item(other, m->items[i]), m->supports[1u << i]));
	transactions_free(t);
	transactions_free(other);
}

TEST(every_kind_is_what_a_naive_count_finds)
{
	static struct model model;
	for (uint64_t seed = 1; seed <= random_rounds(ROUNDS); seed++) {
		const unsigned before = test_failed_checks;
		check_round(&model, seed);
		if (test_failed_checks != before) {
			printf("seed %llu\n", (unsigned long long)seed);
			break;
		}
	}
}

// ---- what ends it early

struct stopper {
	uint64_t order, count, stop_at;
};

static bool note(void *context, const struct itemset *set)
{
	struct stopper *s = context;
	for (size_t i = 0; i < set->count; i++)
		s->order = (s->order ^ set->items[i]) * UINT64_C(0x9e3779b97f4a7c15);
	s->order ^= s->order >> 31;
	return ++s->count != s->stop_at;
}

static struct mine_result mine_noted(const struct transactions *t, struct mine_request request,
                                     struct stopper *stopper)
{
	struct mine_result result = { 0 };
	struct error error;
	request.found = note;
	request.context = stopper;
	CHECK(mine_itemsets(t, &request, &result, &error));
	CHECK(result.itemsets == stopper->count);
	return result;
}

// Many items, so that there are steps of more than 64 of them, and of less.
static struct transactions *make_wide(uint64_t seed)
{
	struct random r = random_from(seed);
	struct transactions *t = transactions_new();
	for (unsigned i = 0; t != NULL && i < 300; i++) {
		uint32_t items[150];
		size_t count = 0;
		for (uint32_t item = 0; item < 150; item++)
			if (random_below(&r, 150) > item)
				items[count++] = item * 7 + 3;
		CHECK(transactions_add(t, items, count, (struct support){ 1, i % 2 }));
	}
	return t;
}

TEST(a_budget_ends_it_at_the_same_place_each_time)
{
	struct transactions *t = make_wide(5);
	for (unsigned kind = 0; kind < 4; kind++) {
		const struct mine_request whole = { .kind = (enum mine_kind)kind,
			                            .support_min = 210 };
		struct stopper all = { 0 };
		const struct mine_result full = mine_noted(t, whole, &all);
		CHECK(!full.is_partial && full.itemsets > 50);
		uint64_t before = 0;
		for (uint64_t work = 1; work < full.work; work += full.work / 23 + 1) {
			struct mine_request request = whole;
			request.work_max = work;
			struct stopper some = { 0 }, again = { 0 }, start = { 0 };
			const struct mine_result partial = mine_noted(t, request, &some);
			CHECK(partial.is_partial && !partial.is_stopped && partial.work > work);
			CHECK(some.count >= before && some.count <= all.count);
			before = some.count;
			CHECK(mine_noted(t, request, &again).work == partial.work);
			CHECK(again.order == some.order);
			// What was handed out is how the whole answer begins.
			start.stop_at = some.count;
			if (some.count > 0) {
				CHECK(mine_noted(t, whole, &start).is_stopped);
				CHECK(start.order == some.order);
			}
		}
		struct mine_request enough = whole;
		enough.work_max = full.work;
		struct stopper same_again = { 0 };
		CHECK(!mine_noted(t, enough, &same_again).is_partial);
	}
	transactions_free(t);
}

TEST(memory_has_an_end)
{
	struct transactions *t = make_wide(6);
	for (unsigned kind = 0; kind < 4; kind++) {
		struct mine_request request = { .kind = (enum mine_kind)kind,
			                        .support_min = 200,
			                        .memory_max = 200 << 10 };
		struct stopper some = { 0 }, all = { 0 };
		CHECK(mine_noted(t, request, &some).is_partial);
		request.memory_max = 64 << 20;
		CHECK(!mine_noted(t, request, &all).is_partial);
		CHECK(some.count < all.count);
	}
	transactions_free(t);
}

TEST(every_allocation_may_fail)
{
	struct transactions *t = make_wide(7);
	for (unsigned kind = 0; kind < 4; kind++) {
		const struct mine_request request = { .kind = (enum mine_kind)kind,
			                              .support_min = 220,
			                              .found = note };
		unsigned failures = 0;
		for (bool done = false; !done && failures < 1000; failures += !done) {
			struct stopper stopper = { 0 };
			struct mine_request one = request;
			one.context = &stopper;
			struct mine_result result = { .work = 77 };
			struct error error;
			memory_fail_at(failures + 1);
			done = mine_itemsets(t, &one, &result, &error);
			memory_fail_at(0);
			CHECK(done || (result.work == 77 && text_starts(error.text, "out of mem")));
		}
		CHECK(failures > 0 && failures < 1000);
	}
	transactions_free(t);
}

TEST(an_addition_that_fails_changes_nothing)
{
	struct random r = random_from(8);
	struct transactions *t = transactions_new();
	uint64_t added = 0;
	for (unsigned i = 0; i < 3000; i++) {
		uint32_t items[12];
		for (size_t k = 0; k < 12; k++)
			items[k] = random_below(&r, 100000);
		memory_fail_at(i % 2 + 1);
		const bool done = transactions_add(t, items, 12, (struct support){ 1, 1 });
		memory_fail_at(0);
		added += done;
		CHECK(transactions_total(t).all == added);
		CHECK((transactions_item(t, items[0]).all > 0) == done ||
		      transactions_item(t, items[0]).all < added);
		if (!done)
			CHECK(transactions_add(t, items, 12, (struct support){ 1, 0 }) && ++added);
	}
	const struct mine_request request = { .kind = MINE_ALL, .support_min = 1, .items_max = 1 };
	struct stopper stopper = { 0 };
	CHECK(mine_noted(t, request, &stopper).itemsets > 30000);
	transactions_free(t);
}

// ---- transactions

TEST(transactions_are_counted)
{
	struct transactions *t = transactions_new();
	const uint32_t three[] = { 9, 0, UINT32_MAX, 0, 9 };
	CHECK(transactions_add(t, NULL, 0, (struct support){ 5, 2 }));
	CHECK(transactions_add(t, three, 5, (struct support){ 2, 1 }));
	CHECK(transactions_add(t, three, 1, (struct support){ 1, 0 }));
	const size_t bytes = transactions_bytes(t);
	for (unsigned i = 0; i < 1000; i++)
		CHECK(transactions_add(t, three + 1, 4, (struct support){ 1, 0 }));
	CHECK(transactions_bytes(t) == bytes);
	CHECK(same(transactions_total(t), (struct support){ 1008, 3 }));
	CHECK(same(transactions_item(t, 0), (struct support){ 1002, 1 }));
	CHECK(same(transactions_item(t, 9), (struct support){ 1003, 1 }));
	CHECK(same(transactions_item(t, 8), (struct support){ 0, 0 }));
	CHECK(!transactions_add(t, three, 1, (struct support){ UINT32_MAX - 1007, 0 }));
	CHECK(transactions_add(t, three, 1, (struct support){ UINT32_MAX - 1008, 0 }));
	CHECK(transactions_total(t).all == UINT32_MAX);
	struct stopper stopper = { 0 };
	const struct mine_request request = { .kind = MINE_CLOSED, .support_min = 1 };
	CHECK(mine_noted(t, request, &stopper).itemsets == 2);
	transactions_free(t);
}

TEST(nothing_is_nothing)
{
	struct transactions *t = transactions_new();
	for (unsigned kind = 0; kind < 4; kind++) {
		const struct mine_request request = { .kind = (enum mine_kind)kind,
			                              .support_min = 1 };
		struct stopper stopper = { 0 };
		CHECK(mine_noted(t, request, &stopper).itemsets == 0);
		CHECK(same(transactions_item(t, 1), (struct support){ 0, 0 }));
	}
	transactions_free(t);
	transactions_free(NULL);
}

// One set of so many items: no way of mining may need a stack for its depth.
TEST(a_long_transaction_is_no_deep_one)
{
	enum { LONG = 50000 };
	struct transactions *t = transactions_new();
	uint32_t *items = malloc(LONG * sizeof *items);
	for (uint32_t i = 0; i < LONG; i++)
		items[i] = i * 3;
	CHECK(transactions_add(t, items, LONG, (struct support){ 3, 0 }));
	CHECK(transactions_add(t, NULL, 0, (struct support){ 1, 0 }));
	for (unsigned kind = 0; kind < 4; kind++) {
		const bool has_one = kind == MINE_CLOSED || kind == MINE_MAXIMAL;
		const struct mine_request request = { .kind = (enum mine_kind)kind,
			                              .support_min = 2,
			                              .work_max = 20000000 };
		struct stopper stopper = { 0 };
		const struct mine_result result = mine_noted(t, request, &stopper);
		CHECK(result.is_partial == !has_one && (!has_one || result.itemsets == 1));
	}
	transactions_free(t);
	free(items);
}

// The last one: there is no way back.
TEST(an_interrupt_ends_it)
{
	struct transactions *t = make_wide(9);
	const struct mine_request request = { .kind = MINE_CLOSED,
		                              .support_min = 200,
		                              .found = note };
	struct mine_result result;
	struct error error;
	// A shell that starts this beside other things may have it ignored.
	signal(SIGINT, SIG_DFL);
	interrupt_catch();
	raise(SIGINT);
	CHECK(!mine_itemsets(t, &request, &result, &error));
	CHECK(text_equal(error.text, "interrupted"));
	transactions_free(t);
}

TEST_MAIN
