// SPDX-License-Identifier: MIT
// Transactions with weights, and what mining makes of them first: infrequent items dropped, the
// others recoded by frequency, equal transactions merged.
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

// How many transactions contain something, and how many of these are marked: hosts that somebody
// knows already, say. The mark is carried through all of mining and decides nothing.
struct support {
	uint64_t all, marked;  // marked <= all
};

// A set of transactions that grows. Equal ones may be added as often as they come.
struct transactions;
struct transactions *transactions_new(void);    // NULL: no memory
void transactions_free(struct transactions *);  // accepts NULL
// Items in any order; one that comes twice counts once. `count` may be 0: such transactions
// contain nothing, but count for the total. False: no memory, or 2^32 transactions.
bool transactions_add(struct transactions *, const uint32_t *items, size_t count,
                      struct support weight) MUST_CHECK;
// The weight of all of them together.
struct support transactions_total(const struct transactions *);
// How many have the item.
struct support transactions_item(const struct transactions *, uint32_t item);
size_t transactions_bytes(const struct transactions *);  // memory that they take
// What they are worth in room, whatever they take of it at the moment: items of all that differ, and
// TRANSACTION_WEIGHT for each.
enum { TRANSACTION_WEIGHT = 4 };
size_t transactions_weight(const struct transactions *);
// Forgets items; those that are equal without them become one. Who has nothing left counts for the total.
// False: no memory; they are as they were.
bool transactions_reduce(struct transactions *, bool (*keeps)(const void *context, uint32_t item),
                         const void *context) MUST_CHECK;
