// SPDX-License-Identifier: MIT
// Private to analyse/: a k-way merge of the sets of one family, all days side by side, on several
// threads. What is done with them is the visitor's: survey/spells.h counts spells, distinct_sources.h
// each source once.
#pragma once

#include "analyse/survey/survey.h"
#include "base/pool.h"
#include "ipset/ipset.h"
#include "holdings/holdings.h"

// What a thread does with what it is shown, and with a state of its own.
struct set_visitor {
	// What one set has of the /16 of container->key. Days do not descend within a /16, and a day of several pieces
	// comes several times. False: the container contradicts itself.
	bool (*container)(void *state, const struct ipset_container *, uint32_t day);
	// That was all of a /16 that had something. False: no memory.
	bool (*end)(void *state, uint32_t key);
};

// The set of one piece or day, and how far it was merged.
struct merged_set {
	struct holdings_set *set;  // of a piece; NULL:
	struct day_set *made;      // of a day, which none of its pieces has
	uint32_t day;              // from set_merge.first_day
	struct ipset_head head;
	uint8_t *flags;                 // of all containers
	uint8_t *keys;                  // of some containers,
	uint32_t keys_begin, keys_end;  // these
	uint32_t next;                  // the first container that was not merged,
	size_t at;                      // and where it begins
	size_t need;                    // bytes of the slab, at most,
	size_t slab_at;                 // and where they go
};

struct set_merge {
	const struct set_visitor *visitor;
	void **states;            // [threads]
	unsigned threads;         // at least 1
	int32_t first_day;        // days are counted from it
	struct merged_set *sets;  // ascending by day; none is empty
	size_t set_count;
};

// Opens the family's sets (HOLDINGS_ALL_SYNS: those of all SYNs) of first_day to last_day; those that no piece
// has are made while they are merged (day_set.h). The caller calls set_merge_close() in every case.
bool set_merge_open(struct set_merge *, struct holdings *, int32_t last_day, unsigned family,
                    struct error *error) MUST_CHECK;

// Shows the visitor all sets, once. What is in the states may only be believed if this returned true,
// which says that all checksums agree. Memory: 64 MiB, and of each set 5 KiB, of one that is made what its host-days
// take; but if the sets are more than 4,096, what all of them have of one /16.
bool set_merge_run(struct set_merge *, struct error *error) MUST_CHECK;
void set_merge_close(struct set_merge *);  // accepts one of zeros
