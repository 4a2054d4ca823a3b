// SPDX-License-Identifier: MIT
// Private to analyse/: each source of some days once, /16 by /16, with the last day on which it was
// seen. Whatever counts sources by where they are is a fold over this.
//
// There are two ways to the same sources. Where only days and a family choose them, the sets of the
// pieces have the answer, and set_merge.h reads them on all threads. Where ports choose, or UDP, or flood
// suspects are left out, it takes the host-days (source_merge.h), of which no more is read than that
// asks for.
#pragma once

#include "analyse/source_merge.h"
#include "ipset/ipset.h"

enum { SOURCE_BLOCK_ADDRESSES = 65536, SOURCE_BLOCK_WORDS = SOURCE_BLOCK_ADDRESSES / 64 };

// The sources of one group in one /16: at least one.
struct source_block {
	uint32_t key;          // the high half of their addresses
	size_t group;          // index of the port
	const uint64_t *seen;  // [SOURCE_BLOCK_WORDS]: bit i of word w: the low half 64 w + i
	const int32_t
		*last_day;  // [SOURCE_BLOCK_ADDRESSES], valid where seen; NULL: nobody wanted it
};

// What is done with a block; by several threads at the same time, each with other /16s. A group has
// each /16 once. False: no memory.
typedef bool source_visit(void *context, const struct source_block *);

// Several may look at the same sources, which are read once.
struct source_visitor {
	source_visit *visit;
	void *context;
	bool is_by_port;  // each port is a group of sources of its own; else all are group 0
	bool wants_last_day;
	bool takes_turns;  // one block at a time, also of all others that take turns
};

struct distinct_request {
	const struct source_choice *choice;
	const struct source_visitor *visitors;
	size_t visitor_count;
	struct floods_left_out *left_out;  // is set; NULL: nobody wants to know
};

// Shows all blocks to all visitors. If it fails, what was counted is worth nothing.
bool distinct_sources_run(struct holdings *, const struct distinct_request *,
                          struct error *error) MUST_CHECK;

// The days of the choice. False also if it is about a family of which nothing is known: SYNs came as
// flows on some days, and on the others it was not seen, which is not the same as no sources. `sources`
// is how many were found.
bool distinct_sources_days(struct holdings *, const struct source_choice *, uint64_t sources,
                           struct source_days_seen *out, struct error *error) MUST_CHECK;

// Each of the ways, for a test that they agree. The sets know of no ports and of TCP only.
bool distinct_of_sets(struct holdings *, const struct distinct_request *,
                      struct error *error) MUST_CHECK;
bool distinct_of_sources(struct holdings *, const struct distinct_request *,
                         struct error *error) MUST_CHECK;

// The next low half at or behind `low` that was seen; SOURCE_BLOCK_ADDRESSES: there is none.
static inline uint32_t source_block_next(const struct source_block *b, uint32_t low)
{
	if (low >= SOURCE_BLOCK_ADDRESSES)
		return SOURCE_BLOCK_ADDRESSES;
	uint32_t word = low / 64;
	uint64_t bits = b->seen[word] >> low % 64 << low % 64;
	while (bits == 0 && ++word < SOURCE_BLOCK_WORDS)
		bits = b->seen[word];
	return bits == 0 ? SOURCE_BLOCK_ADDRESSES : word * 64 + (uint32_t)__builtin_ctzll(bits);
}
