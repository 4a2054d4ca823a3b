// SPDX-License-Identifier: MIT
// Rows of an index against the distance of two sets, and that against sums over all pairs of grams.
#include "cluster/gram.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"

#include <math.h>
#include <string.h>

enum { TEXTS = 40, LENGTH = 60 };

static uint8_t rooms[TEXTS][LENGTH];
static struct span texts[TEXTS];
static uint32_t grams[TEXTS][LENGTH], counts[TEXTS];

static void make(struct random *r, uint8_t *seen)
{
	for (uint32_t i = 0; i < TEXTS; i++) {
		const uint32_t length = random_below(r, LENGTH);
		for (uint32_t k = 0; k < length; k++)
			rooms[i][k] = (uint8_t)('a' + random_below(r, 3));
		texts[i] = (struct span){ rooms[i], length };
		counts[i] = gram_set(texts[i], seen, grams[i]);
	}
	texts[1] = texts[0];
	counts[1] = gram_set(texts[1], seen, grams[1]);
}

static double sum_of(const uint32_t *x, uint32_t n, const uint32_t *y, uint32_t m, const uint8_t *w)
{
	double sum = 0;
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < m; k++)
			if (x[i] == y[k])
				sum += x[i] < GRAM_COUNT ? w[x[i]] * w[x[i]] : 255 * 255;
	return sum;
}

TEST(distances_are_chords)
{
	struct error error;
	struct random r = random_from(4);
	uint8_t *seen = memory_new(GRAM_SEEN_BYTES, 1), *weights = memory_room(GRAM_COUNT);
	for (uint32_t i = 0; i < GRAM_COUNT; i++)
		weights[i] = (uint8_t)(1 + i % 255);
	make(&r, seen);
	struct gram_index *index = gram_index_new(texts, TEXTS, weights, &error);
	CHECK(index != NULL);
	for (uint32_t x = 0; index != NULL && x < TEXTS; x++) {
		uint32_t sums[TEXTS];
		float row[TEXTS];
		gram_index_row(index, x, sums, row);
		for (uint32_t y = 0; y < TEXTS; y++) {
			const double d = gram_distance(grams[x], counts[x], grams[y], counts[y],
			                               weights);
			const double xx = sum_of(grams[x], counts[x], grams[x], counts[x], weights);
			const double yy = sum_of(grams[y], counts[y], grams[y], counts[y], weights);
			const double xy = sum_of(grams[x], counts[x], grams[y], counts[y], weights);
			const double known = xx * yy > 0 ? sqrt(fmax(0, 1 - xy / sqrt(xx * yy)))
			                                 : 1;
			CHECK(fabs(d - known) < 1e-7);
			CHECK(row[y] == (x == y ? 0 : (float)d));
		}
		const double total = sum_of(grams[x], counts[x], grams[x], counts[x], weights);
		CHECK((double)gram_total(texts[x], seen, weights) == total);
		CHECK(x > 1 || counts[x] == 0 || row[1 - x] == 0);  // equal texts
	}
	for (size_t i = 0; i < GRAM_SEEN_BYTES; i++)
		CHECK(seen[i] == 0);
	gram_index_free(index);
	memory_free(seen);
	memory_free(weights);
}

TEST(grams_come_ascending_and_once)
{
	uint32_t out[16];
	uint8_t *seen = memory_new(GRAM_SEEN_BYTES, 1);
	const struct span text = { (const uint8_t *)"abcabcab", 8 };
	CHECK(gram_set(text, seen, out) == 3 && out[0] == 0x616263 && out[1] == 0x626361 &&
	      out[2] == 0x636162);
	CHECK(gram_set((struct span){ text.bytes, 2 }, seen, out) == 1 && out[0] >= GRAM_COUNT);
	CHECK(gram_set((struct span){ NULL, 0 }, seen, out) == 0);
	memory_free(seen);
}

TEST_MAIN
