// SPDX-License-Identifier: MIT
// Private to analyse/: texts, each once.
#pragma once

#include "base/cursor.h"
#include "base/error.h"

struct text_pool {
	struct span *texts;  // in the order in which they came
	uint32_t count, capacity;
	struct text_chunk *chunks;
	uint32_t *slots;  // 0: free, else the number of a text + 1
	uint64_t *hashes;
	uint32_t slot_count;  // a power of two, or 0
};

// The number of the text, which is copied if it is new. Strangers choose texts: which slot one gets depends on
// random bits of the process.
bool text_pool_add(struct text_pool *, struct span text, uint32_t *out,
                   struct error *error) MUST_CHECK;
void text_pool_done(struct text_pool *);

// As bytes; the shorter of two that begin alike comes first.
int text_compare(struct span a, struct span b);
