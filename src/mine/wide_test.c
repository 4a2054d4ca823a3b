// SPDX-License-Identifier: MIT
// More items than a word has bits. The model: all frequent sets, as FP-growth finds them (mine_test.c
// holds that to a naive count), each compared with each.
#include "base/random.h"
#include "base/test.h"
#include "mine/itemsets.h"

#include <string.h>

enum { SETS_MAX = 3000, ITEMS_MAX = 24, ROUNDS = 24 };

struct known {
	uint32_t items[ITEMS_MAX];
	size_t count;
	struct support support;
};

struct list {
	struct known sets[SETS_MAX];
	size_t count;
	bool overflows;
	const struct list *all;  // extensions are looked up there
	uint64_t support_min;
};

static bool is_part(const struct known *part, const struct known *whole)
{
	size_t at = 0;
	for (size_t i = 0; i < whole->count && at < part->count; i++)
		at += whole->items[i] == part->items[at];
	return at == part->count;
}

static int compare(const void *a, const void *b)
{
	const struct known *x = a, *y = b;
	for (size_t i = 0; i < x->count && i < y->count; i++)
		if (x->items[i] != y->items[i])
			return x->items[i] < y->items[i] ? -1 : 1;
	return (x->count > y->count) - (x->count < y->count);
}

static const struct known *look_up(const struct list *list, const struct known *set)
{
	return bsearch(set, list->sets, list->count, sizeof *set, compare);
}

static void check_extensions(const struct list *list, const struct known *set,
                             const struct itemset *of)
{
	for (size_t e = 0; e < of->extension_count; e++) {
		struct known with = *set;
		size_t at = with.count++;
		for (; at > 0 && with.items[at - 1] > of->extensions[e].item; at--)
			with.items[at] = with.items[at - 1];
		with.items[at] = of->extensions[e].item;
		const struct known *there = look_up(list->all, &with);
		CHECK(there != NULL && there->support.all == of->extensions[e].support.all &&
		      there->support.marked == of->extensions[e].support.marked);
		CHECK(e == 0 || of->extensions[e - 1].item < of->extensions[e].item);
	}
	size_t expected = 0;
	for (size_t i = 0; i < list->all->count; i++)
		expected += list->all->sets[i].count == set->count + 1 &&
		            is_part(set, &list->all->sets[i]);
	CHECK(expected == of->extension_count);
}

static bool keep(void *context, const struct itemset *set)
{
	struct list *list = context;
	if (list->count == SETS_MAX || set->count > ITEMS_MAX - 1) {
		list->overflows = true;
		return false;
	}
	struct known *kept = &list->sets[list->count++];
	memset(kept, 0, sizeof *kept);
	memcpy(kept->items, set->items, set->count * sizeof *kept->items);
	kept->count = set->count;
	kept->support = set->support;
	if (list->all != NULL && set->extensions != NULL)
		check_extensions(list, kept, set);
	return true;
}

static void mine(const struct transactions *t, struct mine_request request, struct list *list)
{
	struct mine_result result;
	struct error error;
	list->count = 0;
	list->overflows = false;
	request.found = keep;
	request.context = list;
	CHECK(mine_itemsets(t, &request, &result, &error));
	qsort(list->sets, list->count, sizeof *list->sets, compare);
}

static bool is_wanted(const struct list *all, const struct known *set, enum mine_kind kind,
                      uint64_t total)
{
	if (kind == MINE_GENERATORS && set->support.all == total)
		return false;
	for (size_t i = 0; i < all->count; i++) {
		const struct known *other = &all->sets[i];
		if (other == set)
			continue;
		const bool is_same = other->support.all == set->support.all;
		if ((kind == MINE_GENERATORS && is_same && is_part(other, set)) ||
		    (kind == MINE_CLOSED && is_same && is_part(set, other)) ||
		    (kind == MINE_MAXIMAL && is_part(set, other)))
			return false;
	}
	return true;
}

static void check_kind(const struct transactions *t, struct mine_request request,
                       const struct list *all)
{
	static struct list list;
	list.all = all;
	list.support_min = request.support_min;
	mine(t, request, &list);
	size_t expected = 0;
	for (size_t i = 0; i < all->count; i++) {
		const struct known *there = look_up(&list, &all->sets[i]);
		const bool is_expected = request.kind == MINE_ALL ||
		                         is_wanted(all, &all->sets[i], request.kind,
		                                   transactions_total(t).all);
		expected += is_expected;
		CHECK((there != NULL) == is_expected);
		CHECK(there == NULL || (there->support.all == all->sets[i].support.all &&
		                        there->support.marked == all->sets[i].support.marked));
	}
	CHECK(expected == list.count);
}

// Items in groups that tend to come together, among others that are everywhere; and sometimes few that
// most transactions have: below these, all the rest is still there, but no candidate.
static struct transactions *make(struct random *r)
{
	struct transactions *t = transactions_new();
	const uint32_t items = 70 + random_below(r, 300), groups = 1 + random_below(r, 30);
	const uint32_t density = 2 + random_below(r, 8), hubs = random_below(r, 2) * 4;
	for (unsigned i = 0; t != NULL && i < 400; i++) {
		uint32_t list[400];
		size_t count = 0;
		const uint32_t group = random_below(r, groups);
		bool has[8] = { false };
		for (uint32_t item = 0; item < items; item++) {
			bool is_in = random_below(r, items) < density ||
			             (item < hubs && random_below(r, 9) > 3);
			if (hubs == 0 && item % groups == group && item < 8 * groups)
				is_in |= random_below(r, 9) > 0;
			// One that two together never come without, and one that is another's double.
			is_in |= item == 5 && has[0] && has[1];
			is_in = item == 7 ? has[6] : is_in;
			if (item < 8)
				has[item] = is_in;
			if (is_in)
				list[count++] = item * 11 + 5;
		}
		const struct support weight = { 1 + random_below(r, 2), random_below(r, 2) };
		CHECK(transactions_add(t, list, count, weight));
	}
	return t;
}

TEST(every_kind_is_what_follows_from_all_sets)
{
	static struct list all;
	unsigned checked = 0;
	for (uint64_t seed = 1; seed <= random_rounds(ROUNDS); seed++) {
		struct random r = random_from(seed);
		struct transactions *t = make(&r);
		const unsigned before = test_failed_checks;
		struct mine_request request = { .kind = MINE_ALL,
			                        .support_min = 3 + random_below(&r, 4) };
		for (mine(t, request, &all); all.overflows; mine(t, request, &all))
			request.support_min++;
		if (all.count > 0) {
			checked++;
			for (unsigned kind = 0; kind < 4; kind++) {
				request.kind = (enum mine_kind)kind;
				request.wants_extensions = kind == MINE_ALL;
				check_kind(t, request, &all);
			}
			request.wants_extensions = true;
			request.kind = MINE_GENERATORS;
			check_kind(t, request, &all);
		}
		transactions_free(t);
		if (test_failed_checks != before) {
			printf("seed %llu\n", (unsigned long long)seed);
			return;
		}
	}
	printf("%u rounds\n", checked);
	CHECK(checked > random_rounds(ROUNDS) / 2);
}

TEST_MAIN
