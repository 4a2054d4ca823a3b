// SPDX-License-Identifier: MIT
// Candidates and distances against the rows of the full index.
#include "cluster/gram_near.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"

#include <string.h>

enum { TEXTS = 300, LENGTH = 80 };

static uint8_t rooms[TEXTS][LENGTH];
static struct span texts[TEXTS];

// Families of texts, in which some bytes differ, and some that are nothing of anybody, short or empty.
static void make(struct random *r)
{
	const unsigned letters = 2 + random_below(r, 20);
	for (uint32_t i = 0; i < TEXTS; i++) {
		const uint32_t like = i < 10 || random_below(r, 10) == 0 ? i : random_below(r, i);
		if (like == i) {
			texts[i].length = random_below(r, LENGTH);
			for (uint32_t k = 0; k < LENGTH; k++)
				rooms[i][k] = (uint8_t)('a' + random_below(r, letters));
		} else {
			texts[i].length = texts[like].length;
			memcpy(rooms[i], rooms[like], LENGTH);
			for (uint32_t k = random_below(r, 5); k > 0; k--)
				rooms[i][random_below(r, LENGTH)] = 'x';
		}
		texts[i].bytes = rooms[i];
	}
}

// How many were not near although they were candidates.
static uint32_t check(const struct gram_index *index, const struct gram_near *near, uint32_t count,
                      double most)
{
	static uint8_t marks[TEXTS];
	static uint32_t out[TEXTS + 1], sums[TEXTS];
	static float row[TEXTS];
	uint32_t others = 0;
	for (uint32_t x = 0; x < count; x++) {
		bool is_candidate[TEXTS] = { false };
		gram_index_row(index, x, sums, row);
		const uint32_t found = gram_near_candidates(near, x, marks, out);
		for (uint32_t k = 0; k < found; k++) {
			CHECK(out[k] < count && out[k] != x && !is_candidate[out[k]]);
			is_candidate[out[k]] = true;
		}
		for (uint32_t y = 0; y < count; y++) {
			CHECK(gram_near_distance(near, x, y) == row[y]);
			CHECK(is_candidate[y] || x == y || !(row[y] <= (float)most));
			others += is_candidate[y] && !(row[y] <= (float)most);
		}
	}
	return others;
}

TEST(what_is_near_is_a_candidate)
{
	struct random r = random_from(31);
	static uint8_t other[GRAM_COUNT], alike[GRAM_COUNT];
	for (size_t i = 0; i < GRAM_COUNT; i++) {
		other[i] = (uint8_t)(1 + random_u32(&r) % 255);
		alike[i] = (uint8_t)(1 + other[i] % 3);
	}
	for (unsigned round = 0; round < random_rounds(12); round++) {
		static const double distances[] = { 0, 0.05, 0.29, 0.3536, 0.75, 0.99 };
		const double most = distances[round % 6];
		const uint32_t count = round % 5 == 0 ? round % 3 : TEXTS;
		struct error error;
		make(&r);
		const uint8_t *weights = round % 2 == 0 ? other : alike;
		struct gram_index *index = gram_index_new(texts, count, weights, &error);
		struct gram_near *near = gram_near_new(texts, count, weights, most, &error);
		CHECK(index != NULL && near != NULL);
		if (index != NULL && near != NULL) {
			const uint32_t others = check(index, near, count, most);
			// It is of use only if most of those that are not near are no candidates.
			CHECK(most > 0.3 || others < TEXTS * TEXTS / 8);
		}
		gram_index_free(index);
		gram_near_free(near);
	}
}

TEST(without_memory_it_fails)
{
	static uint8_t weights[GRAM_COUNT];
	struct random r = random_from(32);
	make(&r);
	for (unsigned long at = 1; at < 13; at++) {
		struct error error = { 0 };
		memory_fail_at(at);
		CHECK(gram_near_new(texts, 20, weights, 0.3, &error) == NULL);
		memory_fail_at(0);
		CHECK(error.kind == ERROR_FAILED);
	}
}

TEST_MAIN
