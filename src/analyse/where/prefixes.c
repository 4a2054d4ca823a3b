// SPDX-License-Identifier: MIT
// A count for every prefix there can be, which threads share: those of a /16 and longer belong to
// one thread at a time, shorter ones are added to atomically.
#include "analyse/where/prefixes.h"

#include "analyse/distinct_sources.h"

#include "base/memory.h"

#include <stdatomic.h>

enum { KEY_BITS = 16, WORD_BITS = 6 };

struct prefix_counts {
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

static void count_short(struct prefix_counts *c, const struct source_block *b)
{
	atomic_fetch_add_explicit(&c->counts[b->key >> (KEY_BITS - c->bits)],
	                          count_bits(b->seen, SOURCE_BLOCK_WORDS), memory_order_relaxed);
}

// A /24 is four words of the set.
static void count_long(struct prefix_counts *c, const struct source_block *b)
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
	struct prefix_counts *c = context;
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

static bool rank(const struct prefix_counts *c, struct prefixes *out, struct error *error)
{
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
		out->sources += rows[i].sources;
	}
	memory_free(keys);
	memory_free(scratch);
	if (!ok) {
		memory_free(rows);
		return error_memory(error, "the prefixes");
	}
	out->rows = rows;
	out->count = count;
	return true;
}

bool prefixes_run(struct holdings *holdings, const struct source_choice *choice, unsigned bits,
                  struct prefixes *out, struct error *error)
{
	struct floods_left_out left_out = { .days = 0 };
	const struct distinct_request request = { .choice = choice, .left_out = &left_out };
	struct prefixes found = { .bits = bits };
	struct prefix_counts c = { bits, memory_new((size_t)1 << bits, sizeof *c.counts) };
	if (c.counts == NULL)
		return error_memory(error, "the prefixes");
	const bool ok = distinct_sources_run(holdings, &request, count_block, &c, error) &&
	                rank(&c, &found, error);
	memory_free((void *)c.counts);
	if (!ok || !distinct_sources_days(holdings, choice, found.sources, &found.seen, error)) {
		prefixes_done(&found);
		return false;
	}
	found.seen.left_out = left_out;
	*out = found;
	return true;
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
