// SPDX-License-Identifier: MIT
// Two hash tables with open addressing: of items, which become small numbers, and of transactions.
// The numbers of a transaction stand behind each other in large blocks that never move.
#include "mine/transactions_private.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_NUMBERS = 1 << 16, SLOTS_MIN = 1 << 10, SORT_SMALL = 24 };

struct transactions_block {
	struct transactions_block *before;
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
	memory_free(t->items);
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

static uint32_t hash_of(const uint32_t *words, size_t count)
{
	uint64_t hash = count * UINT64_C(0x9e3779b97f4a7c15);
	for (size_t i = 0; i < count; i++) {
		hash = (hash ^ words[i]) * UINT64_C(0xbf58476d1ce4e5b9);
		hash ^= hash >> 29;
	}
	return (uint32_t)(hash >> 32 ^ hash);
}

// ---- growing

// Twice as large, `least` at the beginning.
static bool grow(struct transactions *t, void **list, size_t *capacity, size_t size)
{
	const size_t next = *capacity == 0 ? SLOTS_MIN / 2 : 2 * *capacity;
	if (next > UINT32_MAX)
		return false;
	void *larger = memory_resize(*list, next, size);
	if (larger == NULL)
		return false;
	t->bytes += (next - *capacity) * size;
	*list = larger;
	*capacity = next;
	return true;
}

static void put_slot(struct transactions_slot *slots, size_t count, struct transactions_slot slot)
{
	size_t at = slot.hash & (count - 1);
	while (slots[at].place != 0)
		at = (at + 1) & (count - 1);
	slots[at] = slot;
}

static bool grow_slots(struct transactions *t, struct transactions_slot **slots, size_t *count)
{
	const size_t next = *count == 0 ? SLOTS_MIN : 2 * *count;
	struct transactions_slot *larger = memory_new(next, sizeof *larger);
	if (larger == NULL)
		return false;
	for (size_t i = 0; i < *count; i++)
		if ((*slots)[i].place != 0)
			put_slot(larger, next, (*slots)[i]);
	memory_free(*slots);
	t->bytes += (next - *count) * sizeof *larger;
	*slots = larger;
	*count = next;
	return true;
}

static bool make_scratch(struct transactions *t, size_t count)
{
	if (count <= t->scratch_size)
		return true;
	const size_t size = count < BLOCK_NUMBERS / 2 ? 2 * count : count;
	uint32_t *larger = memory_resize(t->scratch, size, 2 * sizeof *larger);
	if (larger == NULL)
		return false;
	t->bytes += (size - t->scratch_size) * 2 * sizeof *larger;
	t->scratch = larger;
	t->scratch_size = size;
	return true;
}

// Room for so many numbers where block_used is then; nothing is used yet.
static bool make_block(struct transactions *t, size_t count)
{
	if (count <= t->block_size - t->block_used)
		return true;
	const size_t size = count > BLOCK_NUMBERS ? count : BLOCK_NUMBERS;
	struct transactions_block *block = memory_room(sizeof *block + size * sizeof(uint32_t));
	if (block == NULL)
		return false;
	t->bytes += sizeof *block + size * sizeof(uint32_t);
	block->before = t->block;
	t->block = block;
	t->block_used = 0;
	t->block_size = size;
	return true;
}

// ---- items

static uint32_t item_hash(uint32_t item)
{
	return item * UINT32_C(0x9e3779b1) ^ item >> 15;
}

// Its number + 1; 0: there is none.
static uint32_t find_item(const struct transactions *t, uint32_t item)
{
	if (t->item_slot_count == 0)
		return 0;
	const size_t mask = t->item_slot_count - 1;
	for (size_t at = item_hash(item) & mask; t->item_slots[at].place != 0; at = (at + 1) & mask)
		if (t->item_slots[at].hash == item)
			return t->item_slots[at].place;
	return 0;
}

static bool grow_item_slots(struct transactions *t)
{
	const size_t next = t->item_slot_count == 0 ? SLOTS_MIN : 2 * t->item_slot_count;
	struct transactions_slot *larger = memory_new(next, sizeof *larger);
	if (larger == NULL)
		return false;
	for (size_t i = 0; i < t->item_count; i++) {
		size_t at = item_hash(t->items[i].item) & (next - 1);
		while (larger[at].place != 0)
			at = (at + 1) & (next - 1);
		larger[at] = (struct transactions_slot){ t->items[i].item, (uint32_t)i + 1 };
	}
	memory_free(t->item_slots);
	t->bytes += (next - t->item_slot_count) * sizeof *larger;
	t->item_slots = larger;
	t->item_slot_count = next;
	return true;
}

static bool add_item(struct transactions *t, uint32_t item, uint32_t *number)
{
	const uint32_t found = find_item(t, item);
	if (found != 0) {
		*number = found - 1;
		return true;
	}
	if (t->item_count == t->item_capacity &&
	    !grow(t, (void **)&t->items, &t->item_capacity, sizeof *t->items))
		return false;
	if (2 * (t->item_count + 1) > t->item_slot_count && !grow_item_slots(t))
		return false;
	*number = (uint32_t)t->item_count++;
	t->items[*number] = (struct transactions_item){ .item = item };
	size_t at = item_hash(item) & (t->item_slot_count - 1);
	while (t->item_slots[at].place != 0)
		at = (at + 1) & (t->item_slot_count - 1);
	t->item_slots[at] = (struct transactions_slot){ item, *number + 1 };
	return true;
}

struct support transactions_item(const struct transactions *t, uint32_t item)
{
	const uint32_t found = find_item(t, item);
	return found == 0 ? (struct support){ 0 } : t->items[found - 1].support;
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

// NULL: there is none.
static struct transaction *find(const struct transactions *t, const uint32_t *numbers, size_t count,
                                uint32_t hash)
{
	if (t->slot_count == 0)
		return NULL;
	const size_t mask = t->slot_count - 1;
	for (size_t at = hash & mask; t->slots[at].place != 0; at = (at + 1) & mask) {
		struct transaction *there = &t->list[t->slots[at].place - 1];
		if (t->slots[at].hash == hash && there->count == count &&
		    memcmp(there->numbers, numbers, count * sizeof *numbers) == 0)
			return there;
	}
	return NULL;
}

static struct transaction *add(struct transactions *t, const uint32_t *numbers, size_t count,
                               uint32_t hash)
{
	if (t->count == t->capacity && !grow(t, (void **)&t->list, &t->capacity, sizeof *t->list))
		return NULL;
	if (2 * (t->count + 1) > t->slot_count && !grow_slots(t, &t->slots, &t->slot_count))
		return NULL;
	if (!make_block(t, count))
		return NULL;
	uint32_t *kept = t->block->numbers + t->block_used;
	memcpy(kept, numbers, count * sizeof *kept);
	t->block_used += count;
	struct transaction *added = &t->list[t->count++];
	*added = (struct transaction){ .numbers = kept, .count = (uint32_t)count, .hash = hash };
	put_slot(t->slots, t->slot_count, (struct transactions_slot){ hash, (uint32_t)t->count });
	return added;
}

bool transactions_add(struct transactions *t, const uint32_t *items, size_t count,
                      struct support weight)
{
	if (weight.all == 0)
		return true;
	if (count > UINT32_MAX || !make_scratch(t, count))
		return false;
	uint32_t *sorted = t->scratch, *numbers = t->scratch + t->scratch_size;
	if (count > 0) {
		memcpy(sorted, items, count * sizeof *items);
		count = sort_items(sorted, count);
		for (size_t i = 0; i < count; i++)
			if (!add_item(t, sorted[i], &numbers[i]))
				return false;
		const uint32_t hash = hash_of(numbers, count);
		struct transaction *same = find(t, numbers, count, hash);
		if (same == NULL)
			same = add(t, numbers, count, hash);
		if (same == NULL)
			return false;
		same->weight.all += weight.all;
		same->weight.marked += weight.marked;
	}
	for (size_t i = 0; i < count; i++) {
		struct support *of_item = &t->items[numbers[i]].support;
		of_item->all += weight.all;
		of_item->marked += weight.marked;
	}
	t->total.all += weight.all;
	t->total.marked += weight.marked;
	return true;
}
