// SPDX-License-Identifier: MIT
// Made in one pass over the generators with their extensions: generators, and sets of a generator and
// an item, which may be generators themselves or not, each once. Then classes are found, sets of few
// items first: of a set that is no generator, one without some item has the same support, and so the
// same class. The ways from set to set are taken by hash until then, by links ever after.
#include "mine/support_table.h"

#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

// A set costs as much as looking at so many items of transactions, before its own.
enum { ROOM_MIN = 1 << 10, WORK_OF_SET = 48 };

// While sets are found.
struct making {
	struct support_table *table;
	uint32_t first;     // generator that was found; TABLE_EMPTY: none yet
	uint32_t *scratch;  // a set
	size_t scratch_room;
	size_t longest;  // items of any set
	uint64_t work, work_max;
	bool is_full;    // no room, or no work left
	bool is_broken;  // the heap has none
};

void support_table_done(struct support_table *t)
{
	memory_free(t->sets);
	memory_free(t->items);
	memory_free(t->without);
	memory_free(t->links);
	memory_free(t->order);
	memory_free(t->slots);
	*t = (struct support_table){ 0 };
}

// ---- growing

static bool take_bytes(struct making *m, size_t count, size_t size)
{
	struct support_table *t = m->table;
	if (count > (t->bytes_max - t->bytes) / size) {
		m->is_full = t->lacks_room = true;
		return false;
	}
	t->bytes += count * size;
	return true;
}

// Room for `more` behind the `count` items of `size` bytes that are there. The list has `room`.
static bool make_room(struct making *m, void **list, size_t *room, size_t needed, size_t size)
{
	if (needed <= *room)
		return true;
	size_t next = *room == 0 ? ROOM_MIN : 2 * *room;
	while (next < needed)
		next *= 2;
	if (!take_bytes(m, next - *room, size))
		return false;
	void *larger = memory_resize(*list, next, size);
	m->is_broken = larger == NULL;
	if (larger == NULL)
		return false;
	*list = larger;
	*room = next;
	return true;
}

// ---- sets by hash

static size_t hash_of(const uint32_t *items, size_t count)
{
	uint64_t hash = count;
	for (size_t i = 0; i < count; i++) {
		hash = (hash ^ items[i]) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	return (size_t)hash;
}

static size_t slot_of(const struct support_table *t, const uint32_t *items, size_t count)
{
	const size_t mask = t->slot_count - 1;
	size_t at = hash_of(items, count) & mask;
	for (; t->slots[at] != 0; at = (at + 1) & mask) {
		const struct table_set *set = &t->sets[t->slots[at] - 1];
		if (set->count == count &&
		    memcmp(t->items + set->items_at, items, count * sizeof *items) == 0)
			break;
	}
	return at;
}

static uint32_t find(const struct support_table *t, const uint32_t *items, size_t count)
{
	const uint32_t place = t->slots[slot_of(t, items, count)];
	return place == 0 ? TABLE_NONE : place - 1;
}

static bool grow_slots(struct making *m)
{
	struct support_table *t = m->table;
	const size_t next = t->slot_count == 0 ? 2 * ROOM_MIN : 2 * t->slot_count;
	if (next > UINT32_MAX || !take_bytes(m, next - t->slot_count, sizeof *t->slots)) {
		m->is_full = t->lacks_room = true;
		return false;
	}
	uint32_t *larger = memory_new(next, sizeof *larger);
	m->is_broken = larger == NULL;
	if (larger == NULL)
		return false;
	memory_free(t->slots);
	t->slots = larger;
	t->slot_count = next;
	for (uint32_t i = 0; i < t->count; i++)
		t->slots[slot_of(t, t->items + t->sets[i].items_at, t->sets[i].count)] = i + 1;
	return true;
}

static bool put(struct making *m, const uint32_t *items, size_t count, struct support support,
                uint32_t *number)
{
	struct support_table *t = m->table;
	if (2 * (t->count + 1) > t->slot_count && !grow_slots(m))
		return false;
	const size_t slot = slot_of(t, items, count);
	if (t->slots[slot] != 0) {
		*number = t->slots[slot] - 1;
		assert(t->sets[*number].support.all == support.all);
		return true;
	}
	if (!make_room(m, (void **)&t->sets, &t->set_room, t->count + 1, sizeof *t->sets) ||
	    !make_room(m, (void **)&t->items, &t->item_room, t->item_count + count,
	               sizeof *t->items))
		return false;
	*number = (uint32_t)t->count++;
	t->slots[slot] = *number + 1;
	t->sets[*number] = (struct table_set){ .support = support,
		                               .items_at = t->item_count,
		                               .count = (uint32_t)count,
		                               .same = TABLE_NONE };
	if (count > 0)
		memcpy(t->items + t->item_count, items, count * sizeof *items);
	t->item_count += count;
	m->longest = count > m->longest ? count : m->longest;
	return true;
}

// ---- what mining finds

static bool make_scratch(struct making *m, size_t count)
{
	return make_room(m, (void **)&m->scratch, &m->scratch_room, count, sizeof *m->scratch);
}

// The set with the item, in the scratch.
static void put_together(struct making *m, const struct itemset *set, uint32_t item)
{
	size_t before = 0;
	while (before < set->count && set->items[before] < item)
		before++;
	memcpy(m->scratch, set->items, before * sizeof item);
	m->scratch[before] = item;
	memcpy(m->scratch + before + 1, set->items + before, (set->count - before) * sizeof item);
}

// A generator with all its extensions. Links lead to sets, not yet to classes.
static bool see_generator(void *context, const struct itemset *set)
{
	struct making *m = context;
	struct support_table *t = m->table;
	uint32_t number;
	m->work += (set->extension_count + 1) * (set->count + WORK_OF_SET);
	if (m->work_max != 0 && m->work > m->work_max)
		return m->is_full = true, false;
	if (!make_scratch(m, set->count + 1) ||
	    !put(m, set->items, set->count, set->support, &number) ||
	    !make_room(m, (void **)&t->links, &t->link_room, t->link_count + set->extension_count,
	               sizeof *t->links))
		return false;
	if (m->first == TABLE_EMPTY)
		m->first = number;
	t->sets[number].same = number;
	t->sets[number].links_at = t->link_count;
	t->sets[number].link_count = (uint32_t)set->extension_count;
	for (size_t i = 0; i < set->extension_count; i++) {
		const struct extension *e = &set->extensions[i];
		struct table_link *link = &t->links[t->link_count + i];
		put_together(m, set, e->item);
		link->item = e->item;
		if (!put(m, m->scratch, set->count + 1, e->support, &link->to))
			return false;
	}
	t->link_count += set->extension_count;
	return true;
}

// An item alone.
static bool see_item(void *context, const struct itemset *set)
{
	uint32_t number;
	return put(context, set->items, 1, set->support, &number);
}

// Items that all transactions have are no generators, and stand beside every generator. Without any
// generator nothing else is frequent.
static bool put_items_of_all(struct making *m, const struct transactions *transactions,
                             uint64_t support_min, struct error *error)
{
	struct support_table *t = m->table;
	const struct mine_request request = { .kind = MINE_ALL,
		                              .support_min = support_min,
		                              .items_max = 1,
		                              .found = see_item,
		                              .context = m };
	struct mine_result result;
	if (m->first == TABLE_EMPTY)
		return mine_itemsets(transactions, &request, &result, error);
	const struct table_set first = t->sets[m->first];
	for (uint32_t i = 0; i < first.link_count; i++) {
		const uint32_t item = t->links[first.links_at + i].item;
		const struct support support = transactions_item(transactions, item);
		uint32_t number;
		if (support.all == t->sets[TABLE_EMPTY].support.all &&
		    !put(m, &item, 1, support, &number))
			break;
	}
	return true;
}

// ---- finishing

static int compare_items(const void *a, const void *b)
{
	const struct table_link *x = a, *y = b;
	return (x->item > y->item) - (x->item < y->item);
}

// The links of the empty set: all sets of one item.
static bool link_items(struct making *m)
{
	struct support_table *t = m->table;
	const size_t at = t->link_count;
	for (uint32_t i = 0; i < t->count; i++) {
		if (t->sets[i].count != 1)
			continue;
		if (!make_room(m, (void **)&t->links, &t->link_room, t->link_count + 1,
		               sizeof *t->links))
			return false;
		t->links[t->link_count++] = (struct table_link){ t->items[t->sets[i].items_at], i };
	}
	t->sets[TABLE_EMPTY].links_at = at;
	t->sets[TABLE_EMPTY].link_count = (uint32_t)(t->link_count - at);
	if (t->link_count > at)
		qsort(t->links + at, t->link_count - at, sizeof *t->links, compare_items);
	return true;
}

// The class of a set, whose smaller sets have theirs. Those without one item are all there: whatever
// is a generator but for one item stands beside each of its parts.
static void find_class(struct making *m, uint32_t number)
{
	struct support_table *t = m->table;
	struct table_set *set = &t->sets[number];
	const uint32_t *items = support_table_items(t, number);
	uint32_t same = number;
	for (uint32_t i = 0; i < set->count; i++) {
		memcpy(m->scratch, items, i * sizeof *items);
		memcpy(m->scratch + i, items + i + 1, (set->count - i - 1) * sizeof *items);
		const uint32_t part = find(t, m->scratch, set->count - 1);
		assert(part != TABLE_NONE);
		t->without[set->items_at + i] = part;
		if (t->sets[part].support.all == set->support.all)
			same = t->sets[part].same;
	}
	assert(set->same == TABLE_NONE || set->same == same);
	set->same = same;
}

// Numbers of all sets by how many items they have, each in the order in which it came.
static bool order_sets(struct making *m)
{
	struct support_table *t = m->table;
	const size_t lengths = m->scratch_room + 2;
	size_t *starts = memory_new(lengths, sizeof *starts);
	t->order = memory_room(t->count * sizeof *t->order);
	m->is_broken = t->order == NULL || starts == NULL;
	for (uint32_t i = 0; !m->is_broken && i < t->count; i++)
		starts[t->sets[i].count + 1]++;
	for (size_t i = 1; !m->is_broken && i < lengths; i++)
		starts[i] += starts[i - 1];
	for (uint32_t i = 0; !m->is_broken && i < t->count; i++)
		t->order[starts[t->sets[i].count]++] = i;
	memory_free(starts);
	return !m->is_broken;
}

static bool find_classes(struct making *m)
{
	struct support_table *t = m->table;
	if (!take_bytes(m, t->item_count, sizeof *t->without) ||
	    !take_bytes(m, t->count, sizeof *t->order) || !order_sets(m))
		return false;
	t->without = memory_room((t->item_count + 1) * sizeof *t->without);
	m->is_broken = t->without == NULL;
	if (m->is_broken)
		return false;
	for (size_t i = 0; i < t->count; i++)
		find_class(m, t->order[i]);
	for (size_t i = 0; i < t->link_count; i++)
		t->links[i].to = t->sets[t->links[i].to].same;
	memory_free(t->slots);
	t->slots = NULL;
	return true;
}

// ---- one attempt

// Sets of generators and one item, all that are there. False: see is_full and is_broken, or there is
// an error.
static bool fill(struct making *m, const struct transactions *transactions,
                 const struct mine_request *request, struct error *error)
{
	uint32_t number;
	struct mine_result result = { 0 };
	if (!make_scratch(m, ROOM_MIN) ||
	    !put(m, NULL, 0, transactions_total(transactions), &number))
		return true;
	if (!mine_itemsets(transactions, request, &result, error))
		return false;
	m->work += result.work;
	m->is_full |= result.is_partial;
	m->table->lacks_room |= result.lacks_room;
	return m->is_full || m->is_broken ||
	       put_items_of_all(m, transactions, request->support_min, error);
}

// A table of antecedents of up to `items` items, 0: any number. *is_whole: there was enough room and
// work for it.
static bool attempt(const struct transactions *transactions, const struct table_request *request,
                    size_t items, struct making *m, struct error *error)
{
	const struct mine_request generators = { .kind = MINE_GENERATORS,
		                                 .support_min = request->support_min,
		                                 .items_max = items,
		                                 .wants_extensions = true,
		                                 .work_max = m->work_max,
		                                 .memory_max = request->bytes_max / 2,
		                                 .found = see_generator,
		                                 .context = m };
	struct support_table *t = m->table;
	*t = (struct support_table){ .bytes_max = request->bytes_max / 4,
		                     .items_max = items == 0 ? 0 : items + 1 };
	bool is_done = fill(m, transactions, &generators, error);
	if (is_done && !m->is_full && !m->is_broken)
		(void)(link_items(m) && find_classes(m));
	memory_free(m->scratch);
	if (is_done && m->is_broken)
		is_done = error_memory(error, "rules");
	return is_done;
}

// Mining gets one half of the work, and the table the other.
static struct making making_of(struct support_table *t, uint64_t work_max)
{
	return (struct making){ .table = t, .work_max = work_max == 0 ? 0 : work_max / 2 + 1 };
}

// The longest antecedents for which a table can be made, from one item on. A table is kept until the
// next is complete.
static bool mine_less(const struct transactions *transactions, struct table_request request,
                      struct support_table *kept, struct error *error)
{
	const size_t most = request.items_max;
	for (size_t items = 1; kept->is_cut && (most == 0 || items < most); items++) {
		struct support_table next;
		struct making m = making_of(&next, request.work_max);
		if (!attempt(transactions, &request, items, &m, error))
			return support_table_done(&next), false;
		next.work = kept->work += m.work;
		next.lacks_room = kept->lacks_room |= next.lacks_room;
		if (m.is_full) {
			support_table_done(&next);
			return true;
		}
		support_table_done(kept);
		*kept = next;
		kept->is_cut = m.longest > items;
		if (request.work_max != 0 && m.work >= request.work_max)
			return true;
		request.work_max -= request.work_max == 0 ? 0 : m.work;
	}
	return true;
}

bool support_table_mine(const struct transactions *transactions,
                        const struct table_request *request, struct support_table *out,
                        struct error *error)
{
	assert(request->items_max != 1 && request->support_min > 0);
	struct support_table table;
	// The first attempt takes a share of the work, so that there is some for shorter sets.
	struct table_request less = *request;
	less.work_max = request->work_max - request->work_max / 3;
	struct making m = making_of(&table, request->work_max == 0 ? 0 : request->work_max / 3 + 1);
	const size_t antecedents = request->items_max == 0 ? 0 : request->items_max - 1;
	bool is_done = attempt(transactions, request, antecedents, &m, error);
	table.work = m.work;
	if (is_done && m.is_full) {
		const bool lacks_room = table.lacks_room;
		support_table_done(&table);
		table = (struct support_table){
			.items_max = 1, .is_cut = true, .lacks_room = lacks_room, .work = m.work
		};
		is_done = mine_less(transactions, less, &table, error);
	}
	if (is_done)
		*out = table;
	else
		support_table_done(&table);
	return is_done;
}

// ---- looking up

uint32_t support_table_with(const struct support_table *t, uint32_t generator, uint32_t item)
{
	const struct table_set *set = &t->sets[generator];
	const struct table_link *links = t->links + set->links_at;
	uint32_t from = 0, count = set->link_count;
	while (count > 0) {
		const uint32_t half = count / 2;
		if (links[from + half].item < item) {
			from += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return from < set->link_count && links[from].item == item ? links[from].to : TABLE_NONE;
}

uint32_t support_table_with_all(const struct support_table *t, uint32_t generator,
                                const uint32_t *items, size_t count)
{
	for (size_t i = 0; i < count && generator != TABLE_NONE; i++)
		generator = support_table_with(t, generator, items[i]);
	return generator;
}
