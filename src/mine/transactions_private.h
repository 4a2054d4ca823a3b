// SPDX-License-Identifier: MIT
// Private to mine/: what a set of transactions is made of. Items are numbered in the order in which
// they came first, and no answer may depend on these numbers.
#pragma once

#include "mine/transactions.h"

struct transaction {
	const uint32_t *numbers;  // of items, in ascending order of the items
	uint32_t count;
	uint32_t all, marked;
};

// Open addressing. A place is a number + 1; 0: the slot is free.
struct transactions_slot {
	uint32_t hash, place;
};
struct item_slot {
	uint32_t item, place;
	uint32_t all, marked;
};

struct transactions {
	struct transaction *list;
	size_t count, capacity;
	size_t number_count;  // of items, of all in the list
	struct transactions_slot *slots;
	size_t slot_count;  // a power of two, at least twice `count`
	struct item_slot *item_slots;
	size_t item_count, item_slot_count;
	// Blocks of numbers; each knows the block before it.
	struct transactions_block *block;
	size_t block_used, block_size;
	uint32_t *scratch;  // three lists for one transaction
	size_t scratch_size;
	struct support total;
	size_t bytes;
};
