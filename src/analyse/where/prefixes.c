// SPDX-License-Identifier: MIT
// A count for every prefix there can be, which threads share. Those longer than a /16 belong to one thread
// at a time, and are counted in 16 bits; of others there are few, which are added to atomically.
#include "analyse/where/where_private.h"

#include "base/memory.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { KEY_BITS = 16, WORD_BITS = 6 };

struct prefixes_count {
	unsigned bits;
	_Atomic uint32_t *counts;  // [2^bits], up to /16
	uint16_t *long_counts;     // [2^bits], beyond
};

static uint32_t count_bits(const uint64_t *words, size_t count)
{
	uint32_t bits = 0;
	for (size_t i = 0; i < count; i++)
		bits += (uint32_t)__builtin_popcountll(words[i]);
	return bits;
}

static void count_short(struct prefixes_count *c, const struct source_block *b)
{
	atomic_fetch_add_explicit(&c->counts[b->key >> (KEY_BITS - c->bits)],
	                          count_bits(b->seen, SOURCE_BLOCK_WORDS), memory_order_relaxed);
}

// A /24 is four words of the set.
static void count_long(struct prefixes_count *c, const struct source_block *b)
{
	const unsigned more = c->bits - KEY_BITS;
	const size_t words = (size_t)SOURCE_BLOCK_WORDS >> more;
	for (size_t i = 0; i < (size_t)1 << more; i++) {
		const uint32_t sources = count_bits(b->seen + i * words, words);
		if (sources > 0)
			c->long_counts[((size_t)b->key << more) + i] = (uint16_t)sources;
	}
}

static bool count_block(void *context, const struct source_block *b)
{
	struct prefixes_count *c = context;
	if (c->bits <= KEY_BITS)
		count_short(c, b);
	else
		count_long(c, b);
	return true;
}

// ---- ranking

struct prefixes_row prefixes_row_at(const struct prefixes *p, size_t index)
{
	const uint32_t rest = UINT32_MAX >> p->bits;
	return (struct prefixes_row){ p->packed[index] & ~rest, (p->packed[index] & rest) + 1 };
}

// There are as many sources in a prefix as addresses, at most: less one, they fit behind it.
static uint32_t pack(unsigned bits, size_t prefix, uint32_t sources)
{
	return (uint32_t)prefix << (32 - bits) | (sources - 1);
}

// Few sources last, and of as many the smaller address first.
static int by_rank(const void *left, const void *right, void *context)
{
	const struct prefixes *p = context;
	const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	const uint32_t rest = UINT32_MAX >> p->bits;
	if ((a & rest) != (b & rest))
		return (a & rest) < (b & rest) ? 1 : -1;
	return (a > b) - (a < b);
}

static bool rank_short(const struct prefixes_count *c, struct prefixes *out)
{
	const size_t prefixes = (size_t)1 << c->bits;
	out->packed = memory_room((prefixes + 1) * sizeof *out->packed);
	if (out->packed == NULL)
		return false;
	for (size_t i = 0; i < prefixes; i++) {
		if (c->counts[i] > 0)
			out->packed[out->count++] = pack(c->bits, i, c->counts[i]);
		out->sources += c->counts[i];
	}
	qsort_r(out->packed, out->count, sizeof *out->packed, by_rank, out);
	return true;
}

// Of millions of prefixes there is no room for two lists: each goes where it belongs, since it is known
// how many have more sources.
static bool rank_long(const struct prefixes_count *c, struct prefixes *out)
{
	const size_t prefixes = (size_t)1 << c->bits, most = (size_t)1 << (32 - c->bits);
	size_t *places = memory_new(most + 1, sizeof *places);  // by sources
	if (places == NULL)
		return false;
	for (size_t i = 0; i < prefixes; i++) {
		places[c->long_counts[i]]++;
		out->sources += c->long_counts[i];
	}
	for (size_t sources = most; sources > 0; sources--) {
		const size_t count = places[sources];
		places[sources] = out->count;
		out->count += count;
	}
	out->packed = memory_room((out->count + 1) * sizeof *out->packed);
	for (size_t i = 0; out->packed != NULL && i < prefixes; i++)
		if (c->long_counts[i] > 0)
			out->packed[places[c->long_counts[i]]++] = pack(c->bits, i,
			                                                c->long_counts[i]);
	memory_free(places);
	return out->packed != NULL;
}

bool prefixes_count_finish(const struct prefixes_count *c, struct prefixes *out,
                           struct error *error)
{
	struct prefixes found = { .bits = c->bits };
	if (!(c->bits <= KEY_BITS ? rank_short(c, &found) : rank_long(c, &found)))
		return error_memory(error, "the prefixes");
	*out = found;
	return true;
}

// ---- beside others

struct prefixes_count *prefixes_count_new(unsigned bits)
{
	struct prefixes_count *c = memory_new(1, sizeof *c);
	if (c == NULL)
		return NULL;
	c->bits = bits;
	if (bits <= KEY_BITS)
		c->counts = memory_new((size_t)1 << bits, sizeof *c->counts);
	else
		c->long_counts = memory_new((size_t)1 << bits, sizeof *c->long_counts);
	if (c->counts == NULL && c->long_counts == NULL) {
		memory_free(c);
		return NULL;
	}
	return c;
}

struct source_visitor prefixes_count_visitor(struct prefixes_count *c)
{
	return (struct source_visitor){ .visit = count_block, .context = c };
}

void prefixes_count_free(struct prefixes_count *c)
{
	if (c != NULL) {
		memory_free((void *)c->counts);
		memory_free(c->long_counts);
	}
	memory_free(c);
}

void prefixes_done(struct prefixes *p)
{
	memory_free(p->packed);
	*p = (struct prefixes){ .packed = NULL };
}

size_t prefixes_that_hold(const struct prefixes *p, uint64_t numerator, uint64_t denominator)
{
	uint64_t sum = 0;
	size_t count = 0;
	while (count < p->count && sum * denominator < p->sources * numerator)
		sum += prefixes_row_at(p, count++).sources;
	return count;
}
