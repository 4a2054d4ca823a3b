// SPDX-License-Identifier: MIT
#include "ingest/elsewhere.h"

#include "base/memory.h"

#include <math.h>
#include <stdbool.h>

struct elsewhere *elsewhere_new(void)
{
	return memory_new(1, sizeof(struct elsewhere));
}

void elsewhere_free(struct elsewhere *e)
{
	memory_free(e);
}

void elsewhere_open(struct elsewhere *e, uint32_t network)
{
	const bool is_full = e->page_count == ELSEWHERE_PAGES;
	e->page_count += !is_full;
	e->page[network] = (uint16_t)(e->page_count + is_full);
}

static bool has_page(const struct elsewhere *e, uint32_t network)
{
	return e->page[network] > 0 && e->page[network] <= ELSEWHERE_PAGES;
}

uint64_t elsewhere_packets(const struct elsewhere *e)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < sizeof e->by_16 / sizeof *e->by_16; i++)
		sum += e->by_16[i];
	return sum;
}

// What went to a prefix, and to how many of its /24s: of a network without a page, to as many as it can be.
struct sum {
	uint64_t packets, seen;
};

static struct sum sum_of_page(const uint64_t *by_24, size_t count)
{
	struct sum sum = { .packets = 0 };
	for (size_t i = 0; i < count; i++) {
		sum.packets += by_24[i];
		sum.seen += by_24[i] > 0;
	}
	return sum;
}

static struct sum sum_of(const struct elsewhere *e, uint32_t first, unsigned bits)
{
	const uint32_t network = first >> 16;
	struct sum sum = { .packets = 0 };
	if (bits > 16)
		return sum_of_page(e->by_24[e->page[network] - 1] + (first >> 8 & 0xff),
		                   (size_t)1 << (24 - bits));
	for (uint32_t i = network; i < network + (UINT32_C(1) << (16 - bits)); i++) {
		const uint64_t packets = e->by_16[i];
		sum.packets += packets;
		if (has_page(e, i))
			sum.seen += sum_of_page(e->by_24[e->page[i] - 1], 256).seen;
		else
			sum.seen += packets < 256 ? packets : 256;
	}
	return sum;
}

static bool is_filled(struct sum one, struct sum other, unsigned bits)
{
	const uint64_t least = one.packets < other.packets ? one.packets : other.packets;
	const double packets = (double)(one.packets + other.packets);
	const double all = ldexp(1, 24 - (int)bits);
	const double expected = -all * expm1(-packets / all);
	return (double)least * 11 >= packets && (double)(one.seen + other.seen) > 0.75 * expected;
}

struct found {
	const struct elsewhere *from;
	struct elsewhere_prefix *list;
	size_t count, max;
	uint64_t least;  // packets of one that is listed
};

static void insert(struct found *f, const struct elsewhere_prefix *prefix)
{
	size_t at = f->count < f->max ? f->count++ : f->max;
	for (; at > 0 && f->list[at - 1].packets < prefix->packets; at--)
		if (at < f->max)
			f->list[at] = f->list[at - 1];
	if (at < f->max)
		f->list[at] = *prefix;
}

// As deep as a prefix is long.
static void find(struct found *f, uint32_t first, unsigned bits, struct sum sum)
{
	const struct elsewhere *e = f->from;
	const unsigned longest = has_page(e, first >> 16) ? 24 : 16;
	if (sum.packets == 0 || sum.packets < f->least)
		return;
	struct sum halves[2];
	const bool has_halves = bits < 16 || bits < longest;
	const uint32_t second = first + (UINT32_C(1) << (31 - bits));
	if (has_halves) {
		halves[0] = sum_of(e, first, bits + 1);
		halves[1] = sum_of(e, second, bits + 1);
	}
	if (!has_halves || is_filled(halves[0], halves[1], bits)) {
		insert(f, &(struct elsewhere_prefix){ first, bits, sum.packets });
		return;
	}
	find(f, first, bits + 1, halves[0]);
	find(f, second, bits + 1, halves[1]);
}

size_t elsewhere_prefixes(const struct elsewhere *e, struct elsewhere_prefix *out, size_t max)
{
	const uint64_t all = elsewhere_packets(e);
	struct found found = { e, out, .max = max, .least = all / ELSEWHERE_SHARE };
	find(&found, 0, 0, (struct sum){ all, 0 });
	return found.count;
}
