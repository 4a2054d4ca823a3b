// SPDX-License-Identifier: MIT
// Transactions -> frequent itemsets: all, closed, maximal, or the minimal generators of the closed.
//
// * all: FP-growth as published (J. Han, J. Pei and Y. Yin, SIGMOD 2000): the plain way, which
//   every other answer is tested against;
// * closed: no superset has the same support. Prefix-preserving closure extension (T. Uno,
//   T. Asai, Y. Uchida and H. Arimura, DS 2004), which needs memory for its depth only;
// * maximal: no superset is frequent;
// * generators: no subset has the same support. Every closed set is the closure of its minimal
//   generators, so that they are the shortest ways to say it.
//
// The empty set is never handed out. Each set comes once; in which order is the same for the same
// transactions, however they were added.
#pragma once

#include "mine/transactions.h"

enum mine_kind { MINE_ALL, MINE_CLOSED, MINE_MAXIMAL, MINE_GENERATORS };

// A set with one more item: how many have all of it.
struct extension {
	uint32_t item;
	struct support support;
};

struct itemset {
	const uint32_t *items;  // ascending
	size_t count;
	struct support support;
	// Where they are wanted: every item that is not in the set and is frequent together with it,
	// ascending.
	const struct extension *extensions;
	size_t extension_count;
};

struct mine_request {
	enum mine_kind kind;
	uint64_t support_min;  // at least 1
	// Sets of more items are not handed out (of the closed: nor shortened). 0: no limit.
	size_t items_max;
	bool wants_extensions;  // of all sets and of generators only
	// How much work may be done: items looked at, of transactions and of sets that are handed out;
	// some nanoseconds each, and a number that does not depend on the machine. It ends with the
	// step that passes it. 0: no limit.
	uint64_t work_max;
	// Bytes that it may take beside the transactions; 0: no limit.
	size_t memory_max;
	// Called for every set; false ends the mining (is_stopped). It is valid during the call.
	bool (*found)(void *context, const struct itemset *);
	void *context;
};

struct mine_result {
	uint64_t itemsets;  // handed out
	uint64_t work;      // done
	bool is_partial;  // the work or the memory had an end before the sets had (or a branch was
			  // some thousand steps deep); each set that was handed out is right all
			  // the same
	bool lacks_room;  // of partial ones: it was the memory
	bool is_stopped;  // by `found`
};

// Memory: the transactions once more without what is infrequent, and what the deepest path of the
// search takes of them; for generators, 24 to 48 bytes for each of them, because whether a set is one
// is asked of those before. Thread-safe: several may mine the same transactions. An interrupt ends it
// with an error.
bool mine_itemsets(const struct transactions *, const struct mine_request *,
                   struct mine_result *out, struct error *error) MUST_CHECK;
