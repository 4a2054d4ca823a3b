// SPDX-License-Identifier: MIT
// Private to store/: the merged host-days of one day, from segments that are known by number.
#pragma once

#include "store/catalog.h"

// The host-days of one day, merged over its segments, ascending by source. `wanted` as in
// host_reader_open(). A day of which there is no segment has none. Memory: about 100 KiB, windows onto the columns of each
// segment, which are of all segments of the store together 16 MiB, or SEGMENT_WINDOW_MIN each, and what one source has. Days may be read side by side, each by one thread at a
// time, but are opened one after the other.
struct store_day;
bool store_day_open(struct store *, int32_t day, uint64_t wanted, struct store_day **out,
                    struct error *error) MUST_CHECK;
// Valid until the next call. NULL at the end (then *error is ERROR_NONE) or at a failure.
const struct host_day *store_day_next(struct store_day *, struct error *error);
void store_day_close(struct store_day *);  // accepts NULL

// Segments first .. first+count-1 of the store are those of one day.
bool store_day_open_segments(struct store *, size_t first, size_t count, uint64_t wanted,
                             struct store_day **out, struct error *error) MUST_CHECK;

// How many segments from `first` on have the same day.
size_t store_day_segments(const struct store *, size_t first);

// When the day of these segments begins: all of them at the same moment, unless the time zone database
// changed its mind between them. Then the earliest.
bool store_day_begin(struct store *, size_t first, size_t count, uint64_t *out_ns,
                     struct error *error) MUST_CHECK;
