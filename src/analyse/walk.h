// SPDX-License-Identifier: MIT
// Private to analyse/: walks the sets of one family, all days side by side, on several threads.
#pragma once

#include "analyse/tally.h"
#include "store/store.h"

// The set of one segment, and how far it was walked.
struct walk_set {
	struct store_set set;
	uint32_t day;  // from the survey's first day
	struct ipset_head head;
	uint8_t *flags;                 // of all containers
	uint8_t *keys;                  // of some containers,
	uint32_t keys_begin, keys_end;  // these
	uint32_t next;                  // the first container that was not walked,
	size_t at;                      // and where it begins
	size_t need;                    // bytes of the slab, at most,
	size_t room;                    // and where they go
};

struct walk {
	struct walk_set *sets;  // ascending by day; none is empty
	size_t set_count;
	struct tally_calendar calendar;
	unsigned threads;  // at least 1
};

// Counts the sightings of all sets, which were just opened, and adds them to the family if all of
// their checksums agree. The caller closes the sets. Memory: 2 MiB a thread, 64 MiB, and of each
// set 5 KiB; but if the sets are more than 4,096, what all of them have of one /16.
bool walk_sets(struct walk *, struct survey_family *, struct error *error) MUST_CHECK;
