// SPDX-License-Identifier: MIT
// Private to mine/: what every way of mining shares while it runs: the request, the budget, room, and
// how a set is handed out.
//
// A search goes down by recursion. Each step returns whether to go on; if not, `end` says why.
#pragma once

#include "mine/arena.h"
#include "mine/itemsets.h"

// A branch deeper than this is not followed (the answer is then partial): the stack of a thread has
// to be enough for whatever somebody sends.
enum { SEARCH_DEPTH_MAX = 4096 };

enum search_end { SEARCH_GOES_ON, SEARCH_PARTIAL, SEARCH_STOPPED, SEARCH_FAILED };

struct search {
	const struct mine_request *request;
	struct error *error;
	struct mine_result result;
	enum search_end end;
	struct arena arena;
	size_t lists_bytes;  // of lists that are not in the arena
	unsigned depth;
};

// Two counts in one number, so that one addition counts both. What is mined has fewer than 2^32
// transactions, and so no sum of the lower half reaches the upper one.
static inline uint64_t support_pack(struct support s)
{
	return s.marked << 32 | s.all;
}

static inline struct support support_unpack(uint64_t packed)
{
	return (struct support){ .all = packed & UINT32_MAX, .marked = packed >> 32 };
}

static inline uint32_t support_all(uint64_t packed)
{
	return (uint32_t)packed;
}

// Some number of items of transactions is going to be looked at. False: not any more.
bool search_work(struct search *, uint64_t items);
// Room from the arena; NULL ends the search.
void *search_room(struct search *, size_t count, size_t size);
// Room for `count` items in a list on the heap that grows, beside the arena; false ends the search.
bool search_list_room(struct search *, void **list, size_t *capacity, size_t count, size_t size);
// Hands a set out, its items ascending.
bool search_found(struct search *, const struct itemset *);

// One step down; every one that returned true is followed by search_up().
bool search_down(struct search *);
void search_up(struct search *);

// The sets of each way; `prepared` has the transactions without infrequent items.
struct projection;
bool search_fp_growth(struct search *, const struct projection *prepared);
bool search_extensions(struct search *, const struct projection *prepared);
bool search_closed(struct search *, const struct projection *prepared);
bool search_maximal(struct search *, const struct projection *prepared);
