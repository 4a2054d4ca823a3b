// SPDX-License-Identifier: MIT
// Private to store/: days that a reader goes on without, because something of them is damaged.
//
// A reader checks what it reads when it reads it, and whatever is damaged marks its segment as suspect,
// on whichever thread. All segments of its day are then lost together: what is left of a day is not the day.
// Nothing on the disk changes, and the next reader finds out for itself.
#pragma once

#include "store/catalog.h"

struct store_lost {
	struct lost_day *days;  // ascending
	char **reasons;         // [day_count]
	size_t day_count;
	size_t *pieces;  // [piece_count]: segments that are not lost, ascending
	size_t piece_count;
};
void store_lost_free(struct store_lost *);  // accepts NULL

// When a store is opened to read: days that captures owe (owed.h) are lost from the beginning.
bool store_lose_owed(struct store *, struct error *error) MUST_CHECK;

// As holdings_lose().
bool store_lose_damaged(struct store *, bool looks_at_all, size_t *out_days,
                        struct error *error) MUST_CHECK;

// The segments that are held, by number of the piece.
size_t store_piece_count(const struct store *);
size_t store_piece_segment(const struct store *, size_t piece);
