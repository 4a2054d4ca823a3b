// SPDX-License-Identifier: MIT
#include "cluster/gram.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHORT_WEIGHT = 255 };

struct gram_index {
	uint32_t count;     // of texts
	size_t *begins;     // [count + 1]: where the grams of a text begin
	uint32_t *grams;    // numbers of those that are there, by text
	size_t *posts;      // [gram_count + 1]: where the texts of a gram begin
	uint32_t *texts;    // ascending, by gram
	uint32_t *squares;  // [gram_count]: of weights
	uint32_t gram_count;
	uint32_t *norms;  // [count]: sums of squares
};

static int compare_grams(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

uint32_t gram_set(struct span text, uint8_t seen[GRAM_SEEN_BYTES], uint32_t *out)
{
	const size_t length = text.length < GRAM_TEXT_MAX ? text.length : GRAM_TEXT_MAX;
	if (length == 0)
		return 0;
	if (length < 3) {
		out[0] = GRAM_COUNT +
		         (length == 1 ? text.bytes[0]
		                      : 256 + (uint32_t)(text.bytes[0] << 8 | text.bytes[1]));
		return 1;
	}
	uint32_t count = 0, gram = (uint32_t)(text.bytes[0] << 8 | text.bytes[1]);
	for (size_t i = 2; i < length; i++) {
		gram = (gram << 8 | text.bytes[i]) & (GRAM_COUNT - 1);
		if ((seen[gram / 8] >> gram % 8 & 1) != 0)
			continue;
		seen[gram / 8] |= (uint8_t)(1 << gram % 8);
		out[count++] = gram;
	}
	for (uint32_t i = 0; i < count; i++)
		seen[out[i] / 8] = 0;
	qsort(out, count, sizeof *out, compare_grams);
	return count;
}

static inline uint32_t square_of(uint32_t gram, const uint8_t *weights)
{
	const uint32_t weight = gram < GRAM_COUNT ? weights[gram] : SHORT_WEIGHT;
	return weight * weight;
}

uint32_t gram_total(struct span text, uint8_t seen[GRAM_SEEN_BYTES], const uint8_t *weights)
{
	const size_t length = text.length < GRAM_TEXT_MAX ? text.length : GRAM_TEXT_MAX;
	uint32_t sum = 0, gram = 0;
	if (length < 3)
		return length == 0 ? 0 : SHORT_WEIGHT * SHORT_WEIGHT;
	for (size_t i = 0; i < length; i++) {
		gram = (gram << 8 | text.bytes[i]) & (GRAM_COUNT - 1);
		const uint8_t bit = (uint8_t)(1 << gram % 8);
		if (i < 2 || (seen[gram / 8] & bit) != 0)
			continue;
		seen[gram / 8] |= bit;
		sum += square_of(gram, weights);
	}
	for (size_t i = 0; i < length; i++) {
		gram = (gram << 8 | text.bytes[i]) & (GRAM_COUNT - 1);
		seen[gram / 8] = 0;
	}
	return sum;
}

uint32_t gram_square(uint32_t gram, const uint8_t *weights)
{
	return square_of(gram, weights);
}

double gram_chord(uint32_t both, uint32_t x, uint32_t y)
{
	const double product = (double)x * y;
	const double apart = product > 0 ? 1 - both / sqrt(product) : 1;
	return apart > 0 ? sqrt(apart) : 0;
}

double gram_distance(const uint32_t *x, uint32_t x_count, const uint32_t *y, uint32_t y_count,
                     const uint8_t *weights)
{
	uint32_t both = 0, norm_x = 0, norm_y = 0, i = 0, k = 0;
	while (i < x_count || k < y_count) {
		const uint32_t a = i < x_count ? x[i] : UINT32_MAX,
			       b = k < y_count ? y[k] : UINT32_MAX;
		const uint32_t square = square_of(a < b ? a : b, weights);
		norm_x += a <= b ? square : 0;
		norm_y += b <= a ? square : 0;
		both += a == b ? square : 0;
		i += a <= b;
		k += b <= a;
	}
	return gram_chord(both, norm_x, norm_y);
}

static bool take_texts(struct gram_index *index, const struct span *texts)
{
	size_t total = 0;
	uint8_t *seen = memory_new(GRAM_SEEN_BYTES, 1);
	for (uint32_t i = 0; i < index->count; i++)
		total += texts[i].length < GRAM_TEXT_MAX ? texts[i].length : GRAM_TEXT_MAX;
	index->begins = memory_new((size_t)index->count + 1, sizeof *index->begins);
	index->grams = memory_room((total + 1) * sizeof *index->grams);
	if (seen == NULL || index->begins == NULL || index->grams == NULL) {
		memory_free(seen);
		return false;
	}
	for (uint32_t i = 0; i < index->count; i++)
		index->begins[i + 1] = index->begins[i] +
		                       gram_set(texts[i], seen, index->grams + index->begins[i]);
	memory_free(seen);
	return true;
}

// Numbers the grams that are there from 1 on as they come, counts the texts of each, and notes their weights. Nothing
// goes through all grams that there could be: with few texts that would be most of the work.
static bool number_grams(struct gram_index *index, uint32_t *numbers, const uint8_t *weights)
{
	const size_t total = index->begins[index->count];
	for (size_t i = 0; i < total; i++)
		if (numbers[index->grams[i]] == 0)
			numbers[index->grams[i]] = ++index->gram_count;
	index->posts = memory_new((size_t)index->gram_count + 2, sizeof *index->posts);
	index->squares = memory_new((size_t)index->gram_count + 1, sizeof *index->squares);
	index->texts = memory_room((total + 1) * sizeof *index->texts);
	if (index->posts == NULL || index->squares == NULL || index->texts == NULL)
		return false;
	// One further on than they begin: filling moves them to where they belong.
	for (size_t i = 0; i < total; i++) {
		const uint32_t number = numbers[index->grams[i]];
		index->posts[number + 1]++;
		index->squares[number - 1] = square_of(index->grams[i], weights);
	}
	for (uint32_t number = 1; number <= index->gram_count; number++)
		index->posts[number + 1] += index->posts[number];
	return true;
}

static void post_texts(struct gram_index *index, const uint32_t *numbers)
{
	for (uint32_t text = 0; text < index->count; text++)
		for (size_t i = index->begins[text]; i < index->begins[text + 1]; i++) {
			const uint32_t gram = numbers[index->grams[i]] - 1;
			index->grams[i] = gram;
			index->texts[index->posts[gram + 1]++] = text;
			index->norms[text] += index->squares[gram];
		}
}

struct gram_index *gram_index_new(const struct span *texts, uint32_t count, const uint8_t *weights,
                                  struct error *error)
{
	struct gram_index *index = memory_new(1, sizeof *index);
	uint32_t *numbers = memory_new(GRAM_NUMBERS, sizeof *numbers);
	bool is_done = index != NULL && numbers != NULL;
	if (is_done) {
		index->count = count;
		index->norms = memory_new((size_t)count + 1, sizeof *index->norms);
		is_done = index->norms != NULL && take_texts(index, texts) &&
		          number_grams(index, numbers, weights);
	}
	if (is_done) {
		post_texts(index, numbers);
	} else {
		gram_index_free(index);
		index = NULL;
		error_memory(error, "grams of answers");
	}
	memory_free(numbers);
	return index;
}

void gram_index_free(struct gram_index *index)
{
	if (index == NULL)
		return;
	memory_free(index->begins);
	memory_free(index->grams);
	memory_free(index->posts);
	memory_free(index->squares);
	memory_free(index->texts);
	memory_free(index->norms);
	memory_free(index);
}

void gram_index_row(const struct gram_index *index, uint32_t x, uint32_t *sums, float *row)
{
	memset(sums, 0, index->count * sizeof *sums);
	for (size_t i = index->begins[x]; i < index->begins[x + 1]; i++) {
		const uint32_t gram = index->grams[i], square = index->squares[gram];
		const uint32_t *text = index->texts + index->posts[gram];
		const uint32_t *end = index->texts + index->posts[gram + 1];
		for (; text < end; text++)
			sums[*text] += square;
	}
	for (uint32_t y = 0; y < index->count; y++)
		row[y] = (float)gram_chord(sums[y], index->norms[x], index->norms[y]);
	row[x] = 0;
}
