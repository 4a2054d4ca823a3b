// SPDX-License-Identifier: MIT
#include "cluster/gram_near.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct gram_near {
	uint32_t count;      // of texts
	double share;        // of a text's weight that those near have in common with it
	size_t *begins;      // [count + 1]: where the grams of a text begin
	uint32_t *grams;     // numbers, ascending from the rarest on
	uint32_t *prefixes;  // [count]: how many of a text's grams are indexed
	uint32_t gram_count;
	uint32_t *squares;  // [gram_count]: of weights
	size_t *posts;      // [gram_count + 1]: where the texts of a gram begin
	uint32_t *texts;
	uint32_t *norms;  // [count]: sums of squares
};

// Rounding in distances must not lose anything.
#define SLACK 1e-6

// ---- numbers of grams

struct counted {
	uint32_t gram, texts;
};

static int compare_counted(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;
	if (x->texts != y->texts)
		return x->texts < y->texts ? -1 : 1;
	return (x->gram > y->gram) - (x->gram < y->gram);
}

static bool take_texts(struct gram_near *n, const struct span *texts)
{
	size_t total = 0;
	uint8_t *seen = memory_new(GRAM_SEEN_BYTES, 1);
	for (uint32_t i = 0; i < n->count; i++)
		total += texts[i].length < GRAM_TEXT_MAX ? texts[i].length : GRAM_TEXT_MAX;
	n->grams = memory_room((total + 1) * sizeof *n->grams);
	if (seen != NULL && n->grams != NULL)
		for (uint32_t i = 0; i < n->count; i++)
			n->begins[i + 1] = n->begins[i] +
			                   gram_set(texts[i], seen, n->grams + n->begins[i]);
	memory_free(seen);
	return seen != NULL && n->grams != NULL;
}

// The grams that are there, from those of the fewest texts on. `numbers` has a place for each that could be.
static struct counted *count_grams(struct gram_near *n, uint32_t *numbers)
{
	const size_t total = n->begins[n->count];
	uint32_t found = 0;
	for (size_t i = 0; i < total; i++)
		if (numbers[n->grams[i]] == 0)
			numbers[n->grams[i]] = ++found;
	struct counted *counted = memory_new((size_t)found + 1, sizeof *counted);
	if (counted == NULL)
		return NULL;
	for (size_t i = 0; i < total; i++) {
		struct counted *c = &counted[numbers[n->grams[i]] - 1];
		c->gram = n->grams[i];
		c->texts++;
	}
	n->gram_count = found;
	if (found > 0)
		qsort(counted, found, sizeof *counted, compare_counted);
	return counted;
}

static bool number_grams(struct gram_near *n, const uint8_t *weights, uint32_t *numbers)
{
	struct counted *counted = count_grams(n, numbers);
	if (counted == NULL)
		return false;
	n->squares = memory_new((size_t)n->gram_count + 1, sizeof *n->squares);
	n->posts = memory_new((size_t)n->gram_count + 2, sizeof *n->posts);
	if (n->squares != NULL && n->posts != NULL)
		for (uint32_t k = 0; k < n->gram_count; k++) {
			numbers[counted[k].gram] = k;
			n->squares[k] = gram_square(counted[k].gram, weights);
			n->posts[k + 1] = n->posts[k] + counted[k].texts;
		}
	memory_free(counted);
	return n->squares != NULL && n->posts != NULL;
}

// ---- which are indexed

// Gives each text its grams anew, ascending by number: going through the texts of each gram needs no sorting.
static void order_grams(struct gram_near *n, const uint32_t *numbers, size_t *next)
{
	for (uint32_t k = 0; k < n->gram_count; k++)
		next[k] = n->posts[k];
	for (uint32_t text = 0; text < n->count; text++)
		for (size_t i = n->begins[text]; i < n->begins[text + 1]; i++)
			n->texts[next[numbers[n->grams[i]]]++] = text;
	for (uint32_t text = 0; text < n->count; text++)
		next[text] = n->begins[text];
	for (uint32_t k = 0; k < n->gram_count; k++)
		for (size_t i = n->posts[k]; i < n->posts[k + 1]; i++)
			n->grams[next[n->texts[i]]++] = k;
}

static void choose_prefixes(struct gram_near *n)
{
	for (uint32_t text = 0; text < n->count; text++) {
		const size_t begin = n->begins[text], end = n->begins[text + 1];
		for (size_t i = begin; i < end; i++)
			n->norms[text] += n->squares[n->grams[i]];
		uint32_t left = n->norms[text];
		for (size_t i = begin; i < end && left >= n->share * n->norms[text]; i++) {
			left -= n->squares[n->grams[i]];
			n->prefixes[text]++;
		}
	}
}

// Writes the texts of each gram anew, those only that have it in their prefix.
static void post_prefixes(struct gram_near *n)
{
	memset(n->posts, 0, ((size_t)n->gram_count + 2) * sizeof *n->posts);
	for (uint32_t text = 0; text < n->count; text++)
		for (size_t i = 0; i < n->prefixes[text]; i++)
			n->posts[n->grams[n->begins[text] + i] + 2]++;
	for (uint32_t k = 0; k < n->gram_count; k++)
		n->posts[k + 2] += n->posts[k + 1];
	for (uint32_t text = 0; text < n->count; text++)
		for (size_t i = 0; i < n->prefixes[text]; i++)
			n->texts[n->posts[n->grams[n->begins[text] + i] + 1]++] = text;
}

static bool index_texts(struct gram_near *n, const uint32_t *numbers)
{
	const size_t most = n->count > n->gram_count ? n->count : n->gram_count;
	size_t *next = memory_new(most + 1, sizeof *next);
	n->texts = memory_room((n->begins[n->count] + 1) * sizeof *n->texts);
	const bool is_done = next != NULL && n->texts != NULL;
	if (is_done) {
		order_grams(n, numbers, next);
		choose_prefixes(n);
		post_prefixes(n);
	}
	memory_free(next);
	return is_done;
}

struct gram_near *gram_near_new(const struct span *texts, uint32_t count, const uint8_t *weights,
                                double most, struct error *error)
{
	struct gram_near *n = memory_new(1, sizeof *n);
	uint32_t *numbers = memory_new(GRAM_NUMBERS, sizeof *numbers);
	bool is_done = n != NULL && numbers != NULL;
	if (is_done) {
		const double cosine = 1 - (most + SLACK) * (most + SLACK);
		n->share = cosine > 0 ? cosine * cosine : 0;
		n->count = count;
		n->begins = memory_new((size_t)count + 1, sizeof *n->begins);
		n->prefixes = memory_new((size_t)count + 1, sizeof *n->prefixes);
		n->norms = memory_new((size_t)count + 1, sizeof *n->norms);
		is_done = n->begins != NULL && n->prefixes != NULL && n->norms != NULL &&
		          take_texts(n, texts) && number_grams(n, weights, numbers) &&
		          index_texts(n, numbers);
	}
	memory_free(numbers);
	if (is_done)
		return n;
	gram_near_free(n);
	error_memory(error, "grams of answers");
	return NULL;
}

void gram_near_free(struct gram_near *n)
{
	if (n == NULL)
		return;
	memory_free(n->begins);
	memory_free(n->grams);
	memory_free(n->prefixes);
	memory_free(n->squares);
	memory_free(n->posts);
	memory_free(n->texts);
	memory_free(n->norms);
	memory_free(n);
}

// ---- who is near

uint32_t gram_near_candidates(const struct gram_near *n, uint32_t x, uint8_t *marks, uint32_t *out)
{
	const uint32_t *grams = n->grams + n->begins[x];
	const double least = n->share * n->norms[x];
	uint32_t count = 0, kept = 0;
	marks[x] = 1;
	for (uint32_t i = 0; i < n->prefixes[x]; i++)
		for (size_t k = n->posts[grams[i]]; k < n->posts[grams[i] + 1]; k++) {
			const uint32_t y = n->texts[k];
			out[count] = y;
			count += marks[y] == 0;
			marks[y] = 1;
		}
	marks[x] = 0;
	for (uint32_t i = 0; i < count; i++) {
		const uint32_t y = out[i];
		marks[y] = 0;
		// What they have in common is not more than either has.
		out[kept] = y;
		kept += n->norms[y] >= least && n->share * n->norms[y] <= n->norms[x];
	}
	return kept;
}

float gram_near_distance(const struct gram_near *n, uint32_t x, uint32_t y)
{
	const uint32_t *a = n->grams + n->begins[x], *a_end = n->grams + n->begins[x + 1];
	const uint32_t *b = n->grams + n->begins[y], *b_end = n->grams + n->begins[y + 1];
	uint32_t both = 0;
	while (a < a_end && b < b_end) {
		both += *a == *b ? n->squares[*a] : 0;
		const bool is_a = *a <= *b, is_b = *b <= *a;
		a += is_a;
		b += is_b;
	}
	return x == y ? 0 : (float)gram_chord(both, n->norms[x], n->norms[y]);
}
