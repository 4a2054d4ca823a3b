// SPDX-License-Identifier: MIT
#include "base/key_map.h"

#include "base/memory.h"

#include <string.h>
#include <sys/auxv.h>

enum { CAPACITY_MIN = 64 };

struct key_slot {
	uint32_t key, value;
	bool is_taken;
};

// The kernel gives every process 16 random bytes. An odd factor keeps keys apart.
static uint64_t secret_factor(void)
{
	const unsigned long at = getauxval(AT_RANDOM);
	uint64_t factor = UINT64_C(0x9e3779b97f4a7c15);
	if (at != 0)
		memcpy(&factor, (const void *)at, sizeof factor);
	return factor | 1;
}

// Where the key is, or the free slot where it belongs. There is always a free one.
static struct key_slot *slot_of(const struct key_map *map, uint32_t key)
{
	const uint64_t hash = (key + UINT64_C(1)) * secret_factor();
	size_t at = (size_t)(hash >> 32) & (map->capacity - 1);
	while (map->slots[at].is_taken && map->slots[at].key != key)
		at = (at + 1) & (map->capacity - 1);
	return &map->slots[at];
}

static bool grow(struct key_map *map)
{
	struct key_map larger = { .capacity = map->capacity == 0 ? CAPACITY_MIN
		                                                 : map->capacity * 2 };
	larger.slots = memory_new(larger.capacity, sizeof *larger.slots);
	if (larger.slots == NULL)
		return false;
	for (size_t i = 0; i < map->capacity; i++)
		if (map->slots[i].is_taken)
			*slot_of(&larger, map->slots[i].key) = map->slots[i];
	larger.count = map->count;
	memory_free(map->slots);
	*map = larger;
	return true;
}

void key_map_done(struct key_map *map)
{
	memory_free(map->slots);
	*map = (struct key_map){ .slots = NULL };
}

uint32_t *key_map_find(const struct key_map *map, uint32_t key)
{
	if (map->count == 0)
		return NULL;
	struct key_slot *slot = slot_of(map, key);
	return slot->is_taken ? &slot->value : NULL;
}

bool key_map_add(struct key_map *map, uint32_t key, uint32_t value)
{
	if (map->count >= map->capacity / 2 && !grow(map))
		return false;
	*slot_of(map, key) = (struct key_slot){ .key = key, .value = value, .is_taken = true };
	map->count++;
	return true;
}
