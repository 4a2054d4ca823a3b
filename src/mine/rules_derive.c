// SPDX-License-Identifier: MIT
// Antecedents by length, so that what is cut off are the longest ones. Minimal ones are the generators of
// the table, and their links say what stands beside them. All frequent sets are walked down from the
// empty one, item by item in ascending order, on a stack of our own: some are as long as somebody
// sends, and there are 2^n of them where n items go together. Walking anew for each length costs
// little beside what the length itself costs.
//
// Consequents grow by items that follow from the antecedent by themselves: of no others can a
// consequent be made, since confidence only falls.
#include "mine/rules_private.h"

#include "base/interrupt.h"
#include "base/memory.h"

#include <assert.h>
#include <string.h>

enum { RULES_ROOM_MIN = 1 << 8, WORK_OF_RULE = 16, WORK_OF_TEST = 128 };

struct frame {
	uint32_t same, next;  // a class, and which of its links comes next
};

struct set_merge {
	struct derivation *derivation;
	struct antecedent antecedent;
	// Items that follow from the antecedent, with the class of both.
	struct table_link *followers;
	size_t follower_count, consequents_max;
	struct frame *frames;  // of all frequent sets only
	uint32_t *path;
};

bool derivation_work(struct derivation *d, uint64_t work)
{
	d->work += work;
	if (d->work_max != 0 && d->work > d->work_max)
		d->is_ended = true;
	if (interrupt_requested() && !d->is_failed) {
		error_set(d->error, ERROR_FAILED, "interrupted");
		d->is_failed = true;
	}
	return !d->is_ended && !d->is_failed;
}

void derivation_ends_at(struct derivation *d, size_t length)
{
	if (length <= d->whole)
		d->whole = length - 1;
}

// ---- keeping

static bool no_room(struct derivation *d, bool is_limit)
{
	d->is_ended |= is_limit;
	d->lacks_room |= is_limit;
	d->is_failed |= !is_limit;
	if (!is_limit)
		error_memory(d->error, "rules");
	return false;
}

static uint32_t *keep_items(struct derivation *d, const uint32_t *items, size_t count)
{
	uint32_t *kept = arena_take(&d->arena, count, sizeof *kept);
	if (kept == NULL)
		return no_room(d, d->arena.is_full), NULL;
	return memcpy(kept, items, count * sizeof *kept);
}

static bool grow_list(struct derivation *d)
{
	const struct rules_request *request = d->request;
	if (request->rules_max != 0 && d->count >= request->rules_max) {
		d->is_ended = true;
		return false;
	}
	if (d->count < d->room)
		return true;
	const size_t next = d->room == 0 ? RULES_ROOM_MIN : 2 * d->room;
	if (next > d->bytes_max / 2 / sizeof *d->list)
		return no_room(d, true);
	struct rule *larger = memory_resize(d->list, next, sizeof *larger);
	if (larger == NULL)
		return no_room(d, false);
	d->list = larger;
	d->room = next;
	return true;
}

static bool keep_rule(struct derivation *d, struct antecedent *x, const struct consequent *y,
                      struct rule rule)
{
	const struct support_table *t = d->table;
	if (!grow_list(d))
		return false;
	if (x->kept == NULL)
		x->kept = keep_items(d, x->items, x->count);
	rule.antecedent = x->kept;
	rule.antecedent_count = x->count;
	rule.consequent = x->kept == NULL ? NULL : keep_items(d, y->items, y->count);
	rule.consequent_count = y->count;
	if (rule.consequent == NULL)
		return false;
	rule.consequent_support = support_table_of(
		t, support_table_with_all(t, TABLE_EMPTY, y->items, y->count));
	measure_rule(&rule, support_table_of(t, TABLE_EMPTY));
	d->list[d->count++] = rule;
	return true;
}

// Of one more test.
static bool note_support(struct derivation *d, uint64_t support)
{
	if (d->tested == d->supports_room) {
		const size_t room = 2 * d->supports_room + RULES_ROOM_MIN;
		if (room > d->bytes_max / sizeof *d->supports)
			return no_room(d, true);
		uint64_t *larger = memory_resize(d->supports, room, sizeof *larger);
		if (larger == NULL)
			return no_room(d, false);
		d->supports = larger;
		d->supports_room = room;
	}
	d->supports[d->tested] = support;
	return true;
}

// A rule that has passed support and confidence.
static bool take_rule(struct derivation *d, struct antecedent *x, const struct consequent *y)
{
	const struct rules_request *request = d->request;
	struct rule rule = { .support = support_table_of(d->table, y->same),
		             .antecedent_support = support_table_of(d->table, x->same),
		             .p_value = 1,
		             .is_minimal = x->is_minimal };
	if (!derivation_work(d, WORK_OF_RULE + (x->is_minimal ? WORK_OF_TEST * x->count : 0)))
		return false;
	if (x->is_minimal) {
		if (request->finds_support && !note_support(d, rule.support.all))
			return false;
		d->tested++;
		rule.is_productive = measure_p_value(d, x, y, &rule.p_value) &&
		                     rule.p_value <= request->alpha;
	}
	return (!request->is_all && !rule.is_productive) || keep_rule(d, x, y, rule);
}

// ---- consequents

static bool has_confidence(const struct set_merge *w, uint32_t same)
{
	const struct derivation *d = w->derivation;
	const struct support of_both = support_table_of(d->table, same),
			     of_antecedent = support_table_of(d->table, w->antecedent.same);
	return (double)of_both.all / (double)of_antecedent.all >= d->request->confidence_min;
}

// Those that begin with the items of `y`, and go on with a follower from `first` on.
static bool grow_consequents(struct set_merge *w, const struct consequent *y, size_t first)
{
	struct derivation *d = w->derivation;
	struct consequent longer = *y;
	longer.count++;
	for (size_t i = first; i < w->follower_count; i++) {
		const struct table_link *follower = &w->followers[i];
		if (y->count > 0 && !derivation_work(d, WORK_OF_RULE))
			return false;
		longer.items[y->count] = follower->item;
		longer.same = y->count == 0 ? follower->to
		                            : support_table_with(d->table, y->same, follower->item);
		if (longer.same == TABLE_NONE || !has_confidence(w, longer.same))
			continue;
		if (!take_rule(d, &w->antecedent, &longer))
			return false;
		if (longer.count < w->consequents_max && !grow_consequents(w, &longer, i + 1))
			return false;
	}
	return true;
}

// Of the links of its class, an antecedent may have some items itself.
static bool find_followers(struct set_merge *w)
{
	const struct support_table *t = w->derivation->table;
	const struct antecedent *x = &w->antecedent;
	const struct table_set *set = &t->sets[x->same];
	size_t own = 0;
	w->follower_count = 0;
	for (uint32_t i = 0; i < set->link_count; i++) {
		const struct table_link link = t->links[set->links_at + i];
		while (own < x->count && x->items[own] < link.item)
			own++;
		if (own < x->count && x->items[own] == link.item)
			continue;
		if (has_confidence(w, link.to))
			w->followers[w->follower_count++] = link;
	}
	return derivation_work(w->derivation, set->link_count + x->count);
}

static bool derive_from(struct set_merge *w)
{
	struct derivation *d = w->derivation;
	const size_t most = d->table->items_max, length = w->antecedent.count;
	w->consequents_max = d->request->consequents_max;
	if (most != 0 && most - length < w->consequents_max)
		w->consequents_max = most - length;
	if (find_followers(w) && grow_consequents(w, &(struct consequent){ 0 }, 0))
		return true;
	derivation_ends_at(d, length);
	return false;
}

// ---- antecedents

static bool walk_generators(struct set_merge *w)
{
	struct derivation *d = w->derivation;
	const struct support_table *t = d->table;
	for (size_t i = 0; i < t->count; i++) {
		const uint32_t number = t->order[i];
		const struct table_set *set = &t->sets[number];
		if (number == TABLE_EMPTY || set->link_count == 0)
			continue;
		w->antecedent = (struct antecedent){ .items = support_table_items(t, number),
			                             .count = set->count,
			                             .same = number,
			                             .is_minimal = true };
		if (!derive_from(w))
			return false;
	}
	return true;
}

// Where the links behind an item begin.
static uint32_t behind(const struct support_table *t, uint32_t generator, uint32_t item)
{
	const struct table_set *set = &t->sets[generator];
	uint32_t from = 0, end = set->link_count;
	while (from < end) {
		const uint32_t middle = from + (end - from) / 2;
		if (t->links[set->links_at + middle].item <= item)
			from = middle + 1;
		else
			end = middle;
	}
	return from;
}

static bool derive_from_path(struct set_merge *w, size_t length, uint32_t same)
{
	const bool is_minimal = w->derivation->table->sets[same].count == length;
	w->antecedent = (struct antecedent){
		.items = w->path, .count = length, .same = same, .is_minimal = is_minimal
	};
	return derive_from(w);
}

// All frequent sets of so many items. *any: there is one.
static bool walk_length(struct set_merge *w, size_t length, bool *any)
{
	const struct support_table *t = w->derivation->table;
	size_t depth = 0;
	w->frames[0] = (struct frame){ TABLE_EMPTY, 0 };
	for (;;) {
		struct frame *frame = &w->frames[depth];
		const struct table_set *set = &t->sets[frame->same];
		if (frame->next == set->link_count) {
			if (depth == 0)
				return true;
			depth--;
			continue;
		}
		const struct table_link link = t->links[set->links_at + frame->next++];
		w->path[depth] = link.item;
		if (depth + 1 < length) {
			w->frames[++depth] = (struct frame){ link.to,
				                             behind(t, link.to, link.item) };
			if (!derivation_work(w->derivation, 1))
				return derivation_ends_at(w->derivation, length), false;
			continue;
		}
		*any = true;
		if (!derive_from_path(w, length, link.to))
			return false;
	}
}

static bool walk_all(struct set_merge *w)
{
	struct derivation *d = w->derivation;
	const size_t most = d->table->items_max;
	bool any = true;
	for (size_t length = 1; any && (most == 0 || length < most); length++) {
		any = false;
		if (!walk_length(w, length, &any))
			return false;
	}
	return true;
}

bool derive_rules(struct derivation *d)
{
	const struct support_table *t = d->table;
	if (t->count == 0)
		return true;
	const size_t items = (size_t)t->sets[TABLE_EMPTY].link_count + 1;
	struct set_merge w = { .derivation = d,
		               .followers = memory_room(items * sizeof *w.followers),
		               .frames = memory_room(items * sizeof *w.frames),
		               .path = memory_room(items * sizeof *w.path) };
	bool is_done = w.followers != NULL && w.frames != NULL && w.path != NULL;
	if (!is_done)
		no_room(d, false);
	else
		is_done = d->request->is_all ? walk_all(&w) : walk_generators(&w);
	memory_free(w.followers);
	memory_free(w.frames);
	memory_free(w.path);
	return is_done;
}
