// SPDX-License-Identifier: MIT
// Private to mine/: transactions of at most 64 items, each in one word.
//
// Whatever the data, some steps down from the top only few items are left, and there nearly all of
// the work is done. Bit i stands for the i-th item in ascending order, so that a set is handed out in
// its order by going through its bits.
#pragma once

#include "mine/projection.h"

enum { NARROW_ITEMS = 64 };

struct narrow {
	uint32_t count;
	uint64_t *masks;
	uint64_t *weights;  // packed
};

// What all steps below one step of a projection share.
struct narrow_items {
	uint32_t items[NARROW_ITEMS];     // ascending
	uint8_t bit_of[NARROW_ITEMS];     // by the rank in the projection: its bit
	uint64_t supports[NARROW_ITEMS];  // by bit, packed
	uint64_t candidates, others;      // bits
};

// `d` has at most NARROW_ITEMS items.
void narrow_name(const struct projection *d, struct narrow_items *out);

// The transactions of a step that has been projected from `from` to `d`; or those of `from` itself
// (`d` is then the same). Those that are equal in the bits of `merged` become one, of whose other bits
// those are left that all have. Those that have none of `merged` are left out.
bool narrow_fill(struct search *, const struct projection *from, uint32_t rank,
                 const struct projection *d, const struct narrow_items *, struct narrow *out);

// The transactions that have all bits of `with`, as they are. Returns what all of them have in common.
bool narrow_select(struct search *, const struct narrow *from, uint64_t with, struct narrow *out,
                   uint64_t *common);
// By bit, how many transactions have it; 0 outside of `counted`.
void narrow_count(struct search *, const struct narrow *, uint64_t counted,
                  uint64_t supports[NARROW_ITEMS]);
// Of all transactions only the bits of `kept`, merged as above by `merged`, a part of `kept`.
bool narrow_merge(struct search *, const struct narrow *from, uint64_t kept, uint64_t merged,
                  struct narrow *out);

// Those bits that are frequent.
uint64_t narrow_frequent(const struct search *, uint64_t bits,
                         const uint64_t supports[NARROW_ITEMS]);
// The bits by support, descending; of equal support, ascending. Returns how many.
unsigned narrow_order(uint64_t bits, const uint64_t supports[NARROW_ITEMS],
                      uint8_t order[NARROW_ITEMS]);

// A table of all subsets of the first `bits` candidates of an order: bit b of an index stands for the
// b-th of them. It takes as many as make it cost no more than the transactions do.
enum { NARROW_TABLE_BITS_MAX = 10, NARROW_TABLE_MAX = 1 << NARROW_TABLE_BITS_MAX };
unsigned narrow_table_bits(const struct narrow *, unsigned candidates);
// Where a transaction belongs.
static inline size_t narrow_table_at(uint64_t mask, const uint8_t *order, unsigned bits)
{
	size_t at = 0;
	for (unsigned b = 0; b < bits; b++)
		at |= (size_t)(mask >> order[b] & 1) << b;
	return at;
}
// By index, the bits of the subset.
void narrow_table_subsets(const uint8_t *order, unsigned bits, uint64_t subsets[NARROW_TABLE_MAX]);
