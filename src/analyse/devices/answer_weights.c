// SPDX-License-Identifier: MIT
#include "analyse/devices/host_distance.h"

#include "base/memory.h"
#include "cluster/gram.h"
#include "device/rarity.h"

static uint32_t weight_of(uint32_t grams)
{
	const double half = (double)ANSWER_WEIGHT_HALF_GRAMS * RARITY_RARE * RARITY_RARE;
	const double weight = ANSWER_WEIGHT_MAX * (grams / (grams + half));
	return weight < 1 ? 1 : (uint32_t)(weight + 0.5);
}

uint32_t *answer_weights_new(const struct hosts *hosts, const uint8_t *rarity)
{
	uint32_t *weights = memory_new((size_t)hosts->text_count + 1, sizeof *weights);
	uint8_t *seen = memory_new(GRAM_SEEN_BYTES, 1);
	if (weights != NULL && seen != NULL) {
		for (uint32_t i = 0; i < hosts->text_count; i++)
			weights[i] = weight_of(gram_total(hosts->texts[i], seen, rarity));
	} else {
		memory_free(weights);
		weights = NULL;
	}
	memory_free(seen);
	return weights;
}
