// SPDX-License-Identifier: MIT
// A count for every prefix there can be, which threads share: those of a /16 and longer belong to
// one thread at a time, shorter ones are added to atomically.
#include "analyse/where/where_private.h"

#include "base/memory.h"

#include <stdatomic.h>

enum { KEY_BITS = 16, WORD_BITS = 6 };

struct prefixes_count {
	unsigned bits;
	_Atomic uint32_t *counts;  // [2^bits]
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
			atomic_store_explicit(&c->counts[((size_t)b->key << more) + i], sources,
			                      memory_order_relaxed);
	}
}

static bool count_block(void *context, const struct source_block *b)
{
	struct prefixes_count *c = context;
	if (c->bits < KEY_BITS)
		count_short(c, b);
	else
		count_long(c, b);
	return true;
}

// ---- ranking

// Sorts as the rows are ordered: few sources last, and of as many the smaller address first.
static uint64_t rank_key(uint32_t prefix, uint32_t sources)
{
	return (uint64_t)(UINT32_MAX - sources) << 32 | prefix;
}

bool prefixes_count_finish(const struct prefixes_count *c, struct prefixes *out,
                           struct error *error)
{
	struct prefixes found = { .bits = c->bits };
	const size_t prefixes = (size_t)1 << c->bits;
	size_t count = 0;
	for (size_t i = 0; i < prefixes; i++)
		count += c->counts[i] > 0;
	uint64_t *keys = memory_room((count + 1) * sizeof *keys);
	uint64_t *scratch = memory_room((count + 1) * sizeof *scratch);
	struct prefixes_row *rows = memory_new(count + 1, sizeof *rows);
	const bool ok = keys != NULL && scratch != NULL && rows != NULL;
	for (size_t i = 0, at = 0; ok && i < prefixes; i++)
		if (c->counts[i] > 0)
			keys[at++] = rank_key((uint32_t)i, c->counts[i]);
	// They ascend by prefix already, and stay so among equals.
	const uint64_t *sorted = ok ? ipset_sort_u64(keys, scratch, count, 4, 4) : NULL;
	for (size_t i = 0; ok && i < count; i++) {
		rows[i].first = (uint32_t)sorted[i] << (32 - c->bits);
		rows[i].sources = UINT32_MAX - (uint32_t)(sorted[i] >> 32);
		found.sources += rows[i].sources;
	}
	memory_free(keys);
	memory_free(scratch);
	if (!ok) {
		memory_free(rows);
		return error_memory(error, "the prefixes");
	}
	found.rows = rows;
	found.count = count;
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
	c->counts = memory_new((size_t)1 << bits, sizeof *c->counts);
	if (c->counts == NULL) {
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
	if (c != NULL)
		memory_free((void *)c->counts);
	memory_free(c);
}

void prefixes_done(struct prefixes *p)
{
	memory_free(p->rows);
	*p = (struct prefixes){ .rows = NULL };
}

size_t prefixes_that_hold(const struct prefixes *p, uint64_t numerator, uint64_t denominator)
{
	uint64_t sum = 0;
	size_t count = 0;
	while (count < p->count && sum * denominator < p->sources * numerator)
		sum += p->rows[count++].sources;
	return count;
}
