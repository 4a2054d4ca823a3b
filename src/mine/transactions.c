// SPDX-License-Identifier: MIT
// Two hash tables with open addressing: of items, which become small numbers, and of transactions.
// The numbers of a transaction stand behind each other in large blocks that never move.
//
// With a million of them nearly every look at a table misses the cache: so all that an item needs
// stands in its slot, and the slots of a transaction and of its items are asked for together.
#include "mine/transactions_private.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_MIN = 1 << 10, SORT_SMALL = 24 };

struct transactions_block {
	struct transactions_block *before;
	size_t size;  // numbers
	uint32_t numbers[];
};

struct transactions *transactions_new(void)
{
	struct transactions *t = memory_new(1, sizeof *t);
	if (t != NULL)
		t->bytes = sizeof *t;
	return t;
}

void transactions_free(struct transactions *t)
{
	if (t == NULL)
		return;
	while (t->block != NULL) {
		struct transactions_block *before = t->block->before;
		memory_free(t->block);
		t->block = before;
	}
	memory_free(t->list);
	memory_free(t->slots);
	memory_free(t->item_slots);
	memory_free(t->scratch);
	memory_free(t);
}

struct support transactions_total(const struct transactions *t)
{
	return t->total;
}

size_t transactions_bytes(const struct transactions *t)
{
	return t->bytes;
}

size_t transactions_weight(const struct transactions *t)
{
	return t->number_count + TRANSACTION_WEIGHT * t->count;
}

// ---- growing

static void *large_room(size_t size)
{
	return size >= MEMORY_LARGE_PAGE ? memory_large(size) : memory_room(size);
}

static bool grow_list(struct transactions *t)
{
	const size_t next = t->capacity == 0 ? SLOTS_MIN / 2 : 2 * t->capacity;
	struct transaction *larger = next > UINT32_MAX / 2
	                                     ? NULL
	                                     : memory_resize(t->list, next, sizeof *larger);
	if (larger == NULL)
		return false;
	t->bytes += (next - t->capacity) * sizeof *larger;
	t->list = larger;
	t->capacity = next;
	return true;
}

static void put_slot(struct transactions_slot *slots, size_t count, struct transactions_slot slot)
{
	size_t at = slot.hash & (count - 1);
	while (slots[at].place != 0)
		at = (at + 1) & (count - 1);
	slots[at] = slot;
}

static bool grow_slots(struct transactions *t)
{
	const size_t next = t->slot_count == 0 ? SLOTS_MIN : 2 * t->slot_count;
	struct transactions_slot *larger = large_room(next * sizeof *larger);
	if (larger == NULL)
		return false;
	memset(larger, 0, next * sizeof *larger);
	for (size_t i = 0; i < t->slot_count; i++)
		if (t->slots[i].place != 0)
			put_slot(larger, next, t->slots[i]);
	memory_free(t->slots);
	t->bytes += (next - t->slot_count) * sizeof *larger;
	t->slots = larger;
	t->slot_count = next;
	return true;
}

static bool grow_scratch(struct transactions *t, size_t count)
{
	const size_t size = 2 * count, lists = 3;
	uint32_t *larger = memory_resize(t->scratch, size, lists * sizeof *larger);
	if (larger == NULL)
		return false;
	t->bytes += (size - t->scratch_size) * lists * sizeof *larger;
	t->scratch = larger;
	t->scratch_size = size;
	return true;
}

// A block for at least so many numbers. The first ones are small: there may be many sets of a few
// transactions.
static bool add_block(struct transactions *t, size_t count)
{
	size_t bytes = t->bytes < MEMORY_LARGE_PAGE / 2 ? (size_t)MEMORY_LARGE_PAGE / 32
	                                                : 2 * (size_t)MEMORY_LARGE_PAGE;
	const size_t least = sizeof(struct transactions_block) + count * sizeof(uint32_t);
	bytes = least > bytes ? least : bytes;
	struct transactions_block *block = large_room(bytes);
	if (block == NULL)
		return false;
	t->bytes += bytes;
	block->before = t->block;
	t->block = block;
	t->block_used = 0;
	t->block_size = (bytes - sizeof *block) / sizeof(uint32_t);
	block->size = t->block_size;
	return true;
}

// ---- items

static uint32_t item_hash(uint32_t item)
{
	item *= UINT32_C(0x9e3779b1);
	return item ^ item >> 15;
}

// Its slot, or the free one where it belongs.
static size_t item_slot(const struct item_slot *slots, size_t slot_count, uint32_t item)
{
	size_t at = item_hash(item) & (slot_count - 1);
	while (slots[at].place != 0 && slots[at].item != item)
		at = (at + 1) & (slot_count - 1);
	return at;
}

// Room for so many more items, none of which is there yet.
static bool grow_item_slots(struct transactions *t, size_t count)
{
	size_t next = t->item_slot_count == 0 ? SLOTS_MIN : t->item_slot_count;
	while (next < 2 * (t->item_count + count))
		next *= 2;
	struct item_slot *larger = next > UINT32_MAX ? NULL : large_room(next * sizeof *larger);
	if (larger == NULL)
		return false;
	memset(larger, 0, next * sizeof *larger);
	for (size_t i = 0; i < t->item_slot_count; i++)
		if (t->item_slots[i].place != 0)
			larger[item_slot(larger, next, t->item_slots[i].item)] = t->item_slots[i];
	memory_free(t->item_slots);
	t->bytes += (next - t->item_slot_count) * sizeof *larger;
	t->item_slots = larger;
	t->item_slot_count = next;
	return true;
}

// Items become numbers; slots[] says where each stands.
static void number_items(struct transactions *t, const uint32_t *items, size_t count,
                         uint32_t *numbers, uint32_t *slots)
{
	for (size_t i = 0; i < count; i++)
		__builtin_prefetch(&t->item_slots[item_hash(items[i]) & (t->item_slot_count - 1)],
		                   1);
	for (size_t i = 0; i < count; i++) {
		const size_t at = item_slot(t->item_slots, t->item_slot_count, items[i]);
		if (t->item_slots[at].place == 0)
			t->item_slots[at] = (struct item_slot){
				.item = items[i], .place = (uint32_t)++t->item_count
			};
		numbers[i] = t->item_slots[at].place - 1;
		slots[i] = (uint32_t)at;
	}
}

struct support transactions_item(const struct transactions *t, uint32_t item)
{
	if (t->item_slot_count == 0)
		return (struct support){ 0 };
	const struct item_slot *slot =
		&t->item_slots[item_slot(t->item_slots, t->item_slot_count, item)];
	return (struct support){ slot->all, slot->marked };
}

// ---- transactions

static int compare_items(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

// Ascending, each once. Returns how many are left.
static size_t sort_items(uint32_t *items, size_t count)
{
	if (count > SORT_SMALL)
		qsort(items, count, sizeof *items, compare_items);
	else
		for (size_t i = 1; i < count; i++) {
			const uint32_t item = items[i];
			size_t at = i;
			for (; at > 0 && items[at - 1] > item; at--)
				items[at] = items[at - 1];
			items[at] = item;
		}
	size_t left = 0;
	for (size_t i = 0; i < count; i++)
		if (i == 0 || items[i] != items[i - 1])
			items[left++] = items[i];
	return left;
}

static uint32_t hash_of(const uint32_t *words, size_t count)
{
	uint64_t hash = count * UINT64_C(0x9e3779b97f4a7c15);
	for (size_t i = 0; i < count; i++) {
		hash = (hash ^ words[i]) * UINT64_C(0xbf58476d1ce4e5b9);
		hash ^= hash >> 29;
	}
	return (uint32_t)(hash >> 32 ^ hash);
}

// NULL: there is none.
static struct transaction *find(const struct transactions *t, const uint32_t *numbers, size_t count,
                                uint32_t hash)
{
	if (t->slot_count == 0)
		return NULL;
	const size_t mask = t->slot_count - 1;
	for (size_t at = hash & mask; t->slots[at].place != 0; at = (at + 1) & mask) {
		if (t->slots[at].hash != hash)
			continue;
		struct transaction *there = &t->list[t->slots[at].place - 1];
		if (there->count == count &&
		    memcmp(there->numbers, numbers, count * sizeof *numbers) == 0)
			return there;
	}
	return NULL;
}

static struct transaction *add(struct transactions *t, const uint32_t *numbers, size_t count,
                               uint32_t hash)
{
	if ((t->count == t->capacity && !grow_list(t)) ||
	    (2 * (t->count + 1) > t->slot_count && !grow_slots(t)) ||
	    (count > t->block_size - t->block_used && !add_block(t, count)))
		return NULL;
	uint32_t *kept = t->block->numbers + t->block_used;
	memcpy(kept, numbers, count * sizeof *kept);
	t->block_used += count;
	t->number_count += count;
	struct transaction *added = &t->list[t->count++];
	*added = (struct transaction){ .numbers = kept, .count = (uint32_t)count };
	put_slot(t->slots, t->slot_count, (struct transactions_slot){ hash, (uint32_t)t->count });
	return added;
}

static bool add_items(struct transactions *t, const uint32_t *items, size_t count,
                      struct support weight)
{
	if (count > t->scratch_size && !grow_scratch(t, count))
		return false;
	uint32_t *sorted = t->scratch, *numbers = sorted + t->scratch_size;
	uint32_t *slots = numbers + t->scratch_size;
	memcpy(sorted, items, count * sizeof *items);
	count = sort_items(sorted, count);
	if (2 * (t->item_count + count) > t->item_slot_count && !grow_item_slots(t, count))
		return false;
	const uint32_t hash = hash_of(sorted, count);
	if (t->slot_count > 0)
		__builtin_prefetch(&t->slots[hash & (t->slot_count - 1)], 1);
	number_items(t, sorted, count, numbers, slots);
	struct transaction *same = find(t, numbers, count, hash);
	if (same == NULL)
		same = add(t, numbers, count, hash);
	if (same == NULL)
		return false;
	same->all += (uint32_t)weight.all;
	same->marked += (uint32_t)weight.marked;
	for (size_t i = 0; i < count; i++) {
		t->item_slots[slots[i]].all += (uint32_t)weight.all;
		t->item_slots[slots[i]].marked += (uint32_t)weight.marked;
	}
	return true;
}

bool transactions_add(struct transactions *t, const uint32_t *items, size_t count,
                      struct support weight)
{
	if (weight.all > UINT32_MAX - t->total.all || count > UINT32_MAX / 4)
		return false;
	if (weight.all > 0 && count > 0 && !add_items(t, items, count, weight))
		return false;
	t->total.all += weight.all;
	t->total.marked += weight.marked;
	return true;
}

// ---- fewer items

// The blocks in the order in which they were filled, and how far they are filled anew. What is kept
// never comes to stand behind where it stood.
struct packing {
	struct transactions_block **blocks;
	size_t count, at, used;
};

static bool packing_start(struct packing *p, const struct transactions *t)
{
	size_t count = 0;
	for (struct transactions_block *b = t->block; b != NULL; b = b->before)
		count++;
	*p = (struct packing){ .blocks = memory_new(count + 1, sizeof(void *)), .count = count };
	if (p->blocks == NULL)
		return false;
	for (struct transactions_block *b = t->block; b != NULL; b = b->before)
		p->blocks[--count] = b;
	return true;
}

static uint32_t *packing_room(struct packing *p, size_t count)
{
	while (count > p->blocks[p->at]->size - p->used) {
		p->at++;
		p->used = 0;
	}
	return p->blocks[p->at]->numbers + p->used;
}

static void packing_end(struct packing *p, struct transactions *t)
{
	for (size_t i = p->at + 1; i < p->count; i++) {
		t->bytes -= sizeof *p->blocks[i] + p->blocks[i]->size * sizeof(uint32_t);
		memory_free(p->blocks[i]);
	}
	if (p->count > 0) {
		t->block = p->blocks[p->at];
		t->block_used = p->used;
		t->block_size = t->block->size;
	}
	memory_free(p->blocks);
}

// items[] by number; `gone` are those that are none any more.
static void forget_items(struct transactions *t, bool (*keeps)(const void *, uint32_t),
                         const void *context, uint32_t *items, bool *gone)
{
	for (size_t i = 0; i < t->item_slot_count; i++) {
		struct item_slot *slot = &t->item_slots[i];
		if (slot->place == 0)
			continue;
		items[slot->place - 1] = slot->item;
		gone[slot->place - 1] = !keeps(context, slot->item);
		if (gone[slot->place - 1])
			slot->all = slot->marked = 0;
	}
}

static void pack_one(struct transactions *t, struct packing *p, struct transaction from,
                     const uint32_t *items, const bool *gone)
{
	uint32_t *numbers = packing_room(p, from.count), *left = t->scratch;
	uint32_t count = 0;
	for (uint32_t i = 0; i < from.count; i++) {
		const uint32_t number = from.numbers[i];
		if (gone[number])
			continue;
		left[count] = items[number];
		numbers[count++] = number;
	}
	if (count == 0)
		return;
	const uint32_t hash = hash_of(left, count);
	struct transaction *same = find(t, numbers, count, hash);
	if (same != NULL) {
		same->all += from.all;
		same->marked += from.marked;
		return;
	}
	p->used += count;
	t->number_count += count;
	t->list[t->count++] = (struct transaction){ numbers, count, from.all, from.marked };
	put_slot(t->slots, t->slot_count, (struct transactions_slot){ hash, (uint32_t)t->count });
}

bool transactions_reduce(struct transactions *t, bool (*keeps)(const void *context, uint32_t item),
                         const void *context)
{
	struct packing packing;
	uint32_t *items = memory_room((t->item_count + 1) * sizeof *items);
	bool *gone = memory_new(t->item_count + 1, sizeof *gone);
	const bool ok = items != NULL && gone != NULL && packing_start(&packing, t);
	if (ok) {
		const size_t count = t->count;
		forget_items(t, keeps, context, items, gone);
		t->count = t->number_count = 0;
		if (count > 0)
			memset(t->slots, 0, t->slot_count * sizeof *t->slots);
		for (size_t i = 0; i < count; i++)
			pack_one(t, &packing, t->list[i], items, gone);
		packing_end(&packing, t);
	}
	memory_free(items);
	memory_free(gone);
	return ok;
}
