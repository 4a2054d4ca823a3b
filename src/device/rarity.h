// SPDX-License-Identifier: MIT
// How much a run of three bytes tells of who said it: little where most software says it, such as
// "HTTP/1.1", much where it is rare.
//
// The weights were counted once (tools/make-rarity) and are part of the program. So the distance of two answers
// depends on nothing but the two: new hosts move no old distance, and clusters of two days can be compared.
// Others count in the collection at hand, where each new answer changes all distances.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Grams of the same weight, three bytes each, one behind the other; `grams` is NULL at the end of the table.
struct rarity_level {
	uint8_t weight;
	uint32_t count;
	const char *grams;
};
extern const struct rarity_level rarity_levels[];
extern const uint8_t rarity_of_others;  // of those that are in no level

// A weight for each gram, as cluster/gram.h has it: 16 MiB, which the caller gives to memory_free(). NULL: no
// memory.
uint8_t *rarity_weights_new(void);
