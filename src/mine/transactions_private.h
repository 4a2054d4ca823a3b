// SPDX-License-Identifier: MIT
// Private to mine/: what a set of transactions is made of. Items are numbered in the order in which
// they came first, and no answer may depend on these numbers.
#pragma once

#include "mine/transactions.h"

struct transaction {
	const uint32_t *numbers;  // of items, in ascending order of the items
	uint32_t count, hash;
	struct support weight;
};

struct transactions {
	struct transaction *list;
	size_t count, capacity;
	// Open addressing: the number of a transaction + 1, and its hash beside it.
	struct transactions_slot {
		uint32_t hash, place;
	} * slots;
	size_t slot_count;  // a power of two, at least twice `count`
	struct transactions_item {
		uint32_t item;
		struct support support;
	} * items;
	size_t item_count, item_capacity;
	struct transactions_slot *item_slots;
	size_t item_slot_count;
	// Blocks of numbers; each begins with the block before it.
	struct transactions_block *block;
	size_t block_used, block_size;
	uint32_t *scratch;  // one transaction
	size_t scratch_size;
	struct support total;
	size_t bytes;
};
