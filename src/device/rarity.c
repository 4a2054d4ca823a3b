// SPDX-License-Identifier: MIT
#include "device/rarity.h"

#include "base/memory.h"

#include <string.h>

enum { ALL_GRAMS = 1 << 24 };

uint8_t *rarity_weights_new(void)
{
	uint8_t *weights = memory_room(ALL_GRAMS);
	if (weights == NULL)
		return NULL;
	memset(weights, rarity_of_others, ALL_GRAMS);
	for (const struct rarity_level *level = rarity_levels; level->grams != NULL; level++)
		for (uint32_t i = 0; i < level->count; i++) {
			const uint8_t *g = (const uint8_t *)level->grams + 3 * (size_t)i;
			weights[g[0] << 16 | g[1] << 8 | g[2]] = level->weight;
		}
	return weights;
}
