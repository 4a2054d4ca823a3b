// SPDX-License-Identifier: MIT
// Numbers by numbers, for keys that a stranger chooses: which slot a key gets depends on random bits of
// the process, so that nobody can make all of them meet.
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct key_map {
	struct key_slot *slots;  // private
	size_t count, capacity;  // capacity: a power of two, or 0
};

// Frees the slots; accepts a map of zeros, which is an empty map.
void key_map_done(struct key_map *);

// NULL: the key is not there. Valid until the next key_map_add().
uint32_t *key_map_find(const struct key_map *, uint32_t key);

// Adds a key that is not there. False: no memory.
bool key_map_add(struct key_map *, uint32_t key, uint32_t value) MUST_CHECK;
