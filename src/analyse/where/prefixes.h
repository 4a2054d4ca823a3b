// SPDX-License-Identifier: MIT
// How concentrated sources are: how many each prefix of a length has, the fullest first. What the
// curve of the cumulative share is drawn from is these rows, too.
#pragma once

#include "analyse/source_choice.h"

enum { PREFIX_BITS_MIN = 8, PREFIX_BITS_MAX = 24 };

struct prefixes_row {
	uint32_t first;    // address of the prefix
	uint32_t sources;  // at most 2^24
};

struct prefixes {
	unsigned bits;
	// Those that have any source: by sources, descending, then by address. prefixes_row_at() unpacks.
	uint32_t *packed;
	size_t count;
	uint64_t sources;  // of all rows: each source is in one
	struct source_days_seen seen;
};
struct prefixes_row prefixes_row_at(const struct prefixes *, size_t index);

// Memory does not depend on the number of sources: 2 bytes a prefix of the length, and 4 for each that
// has a source (of /24s up to 96 MiB; of the /16s half of one).
void prefixes_done(struct prefixes *);

// How many of the fullest prefixes hold at least numerator/denominator of all sources.
size_t prefixes_that_hold(const struct prefixes *, uint64_t numerator, uint64_t denominator);
