// SPDX-License-Identifier: MIT
// Private to store/: dropping header values that few sources of a day used.
//
// A floor is exact only over a whole day: pieces of a day that each drop what is
// rare in them would lose values that are common in their union. So ingest drops nothing;
// `compact --floor` counts the sources of each value over all segments of the day first,
// drops in a second pass, and closes the day. A source that keeps only a sample of a
// field counts for the values in its sample.
#pragma once

#include "hostday/hostday.h"

// The columns that a floor applies to: fields of 16 bits or less that are no ports of services.
#define FLOOR_COLUMNS                                                                              \
	(COLUMN_BIT(COLUMN_FIELD + FIELD_WINDOW) | COLUMN_BIT(COLUMN_FIELD + FIELD_TTL) |          \
	 COLUMN_BIT(COLUMN_FIELD + FIELD_TOS) | COLUMN_BIT(COLUMN_FIELD + FIELD_SOURCE_PORT) |     \
	 COLUMN_BIT(COLUMN_FIELD + FIELD_IP_ID) | COLUMN_BIT(COLUMN_FIELD + FIELD_LENGTH) |        \
	 COLUMN_BIT(COLUMN_FIELD + FIELD_TCP_FLAGS) | COLUMN_BIT(COLUMN_FIELD + FIELD_MSS))

// Sources by field and value, over the merged host-days of one day.
struct floor_counts;
struct floor_counts *floor_counts_new(void);
void floor_counts_free(struct floor_counts *);
void floor_counts_add(struct floor_counts *, const struct host_day *);

// Removes the items below the floor from `host`, in place.
void floor_drop(const struct floor_counts *, uint32_t floor, struct host_day *host);
