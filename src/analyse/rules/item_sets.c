// SPDX-License-Identifier: MIT
// A hash table with open addressing, of numbers of entries; their items stand one behind the other.
#include "analyse/rules/item_sets.h"

#include "analyse/rules/header_rules.h"
#include "base/memory.h"

enum { SLOTS_FIRST = 1024 };

struct entry {
	uint64_t hash;
	size_t begin;  // in `items`
	uint32_t count, tag;
};

struct item_sets {
	struct entry *entries;
	size_t count, room;
	struct header_item *items;
	size_t item_count, item_room;
	uint32_t *slots;    // 0: free; else the number of an entry + 1
	size_t slot_count;  // a power of two
};

struct item_sets *item_sets_new(void)
{
	struct item_sets *s = memory_new(1, sizeof *s);
	if (s == NULL)
		return NULL;
	s->slot_count = SLOTS_FIRST;
	s->slots = memory_new(s->slot_count, sizeof *s->slots);
	if (s->slots == NULL) {
		memory_free(s);
		return NULL;
	}
	return s;
}

void item_sets_free(struct item_sets *s)
{
	if (s == NULL)
		return;
	memory_free(s->entries);
	memory_free(s->items);
	memory_free(s->slots);
	memory_free(s);
}

// splitmix64 of one item after the other. Whoever makes them collide makes this slow, not wrong.
static uint64_t hash_of(const struct header_item *items, size_t count, uint32_t tag)
{
	uint64_t hash = (uint64_t)tag << 32 | (uint32_t)count;
	for (size_t i = 0; i < count; i++) {
		const uint64_t kind = (uint64_t)items[i].field << 1 | items[i].is_bucket;
		hash = (hash ^ (kind << 32 | items[i].value)) + 0x9e3779b97f4a7c15;
		hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9;
		hash = (hash ^ hash >> 27) * 0x94d049bb133111eb;
		hash ^= hash >> 31;
	}
	return hash;
}

static bool is_same(const struct item_sets *s, const struct entry *e, const struct entry *other,
                    const struct header_item *items)
{
	if (e->hash != other->hash || e->count != other->count || e->tag != other->tag)
		return false;
	for (size_t i = 0; i < e->count; i++)
		if (header_item_compare(&s->items[e->begin + i], &items[i]) != 0)
			return false;
	return true;
}

static bool grow_slots(struct item_sets *s)
{
	const size_t count = 2 * s->slot_count;
	uint32_t *slots = memory_new(count, sizeof *slots);
	if (slots == NULL)
		return false;
	for (size_t i = 0; i < s->count; i++) {
		size_t at = s->entries[i].hash & (count - 1);
		while (slots[at] != 0)
			at = (at + 1) & (count - 1);
		slots[at] = (uint32_t)(i + 1);
	}
	memory_free(s->slots);
	s->slots = slots;
	s->slot_count = count;
	return true;
}

static bool make_room(struct item_sets *s, size_t items)
{
	if (s->count == UINT32_MAX - 1 || (s->count >= s->slot_count / 2 && !grow_slots(s)))
		return false;
	if (s->count == s->room) {
		const size_t room = s->room == 0 ? 256 : 2 * s->room;
		struct entry *entries = memory_resize(s->entries, room, sizeof *entries);
		if (entries == NULL)
			return false;
		s->entries = entries;
		s->room = room;
	}
	if (items > s->item_room - s->item_count) {
		const size_t room = 2 * s->item_room + items + 256;
		struct header_item *list = memory_resize(s->items, room, sizeof *list);
		if (list == NULL)
			return false;
		s->items = list;
		s->item_room = room;
	}
	return true;
}

bool item_sets_put(struct item_sets *s, const struct header_item *items, size_t count, uint32_t tag,
                   uint32_t *out, bool *out_is_new)
{
	const struct entry wanted = { .hash = hash_of(items, count, tag),
		                      .count = (uint32_t)count,
		                      .tag = tag };
	if (!make_room(s, count))
		return false;
	size_t at = wanted.hash & (s->slot_count - 1);
	for (; s->slots[at] != 0; at = (at + 1) & (s->slot_count - 1)) {
		if (!is_same(s, &s->entries[s->slots[at] - 1], &wanted, items))
			continue;
		*out = s->slots[at] - 1;
		*out_is_new = false;
		return true;
	}
	struct entry *entry = &s->entries[s->count];
	*entry = wanted;
	entry->begin = s->item_count;
	for (size_t i = 0; i < count; i++)
		s->items[s->item_count++] = items[i];
	*out = (uint32_t)s->count;
	s->slots[at] = (uint32_t)++s->count;
	*out_is_new = true;
	return true;
}

uint32_t item_sets_count(const struct item_sets *s)
{
	return (uint32_t)s->count;
}

const struct header_item *item_sets_at(const struct item_sets *s, uint32_t number,
                                       size_t *out_count)
{
	const struct entry *entry = &s->entries[number];
	*out_count = entry->count;
	return s->items + entry->begin;
}

size_t item_set_of_rule(const struct header_rule *rule, struct header_item *out)
{
	size_t x = 0, y = 0, count = 0;
	while (x < rule->antecedent_count || y < rule->consequent_count) {
		const bool takes_x = y == rule->consequent_count ||
		                     (x < rule->antecedent_count &&
		                      header_item_compare(&rule->antecedent[x],
		                                          &rule->consequent[y]) < 0);
		out[count++] = takes_x ? rule->antecedent[x++] : rule->consequent[y++];
	}
	return count;
}
