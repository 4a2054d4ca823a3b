// SPDX-License-Identifier: MIT
// Private to store/: a day of a store written anew, as one segment in place of those that it has.
#pragma once

#include "store/floor.h"
#include "store/write.h"

struct rewrite {
	uint32_t floor;                     // that the day has then
	const struct floor_counts *counts;  // what it drops is by these; NULL: it drops nothing
	const struct host_marks *marks;     // NULL: fingerprints stay what they are
	const char *interrupted;            // what that means, for the user
};

// Segments first .. first+count-1 of the store, which are those of one day, as part of the change.
// Several days may be rewritten side by side.
bool store_rewrite_day(struct store_change *, size_t first, size_t count, const struct rewrite *,
                       struct error *error) MUST_CHECK;

// If the day has more than STORE_DAY_SEGMENTS segments, makes one of the small ones, as a change of its own. What
// fails leaves them as they are.
void store_tidy_day(struct store *, int32_t day);
// The same for all days, of who opens the store to write: one that was killed behind its ingest left them. False: what
// the store has cannot be read.
bool store_tidy(struct store *, struct error *error) MUST_CHECK;
