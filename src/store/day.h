// SPDX-License-Identifier: MIT
// Private to store/: the merged host-days of one day, from all of its segments.
#pragma once

#include "store/catalog.h"

struct day_reader;

// Segments first .. first+count-1 of the store are those of one day.
bool day_reader_open(struct store *, size_t first, size_t count, uint64_t wanted,
                     struct day_reader **out, struct error *error) MUST_CHECK;
void day_reader_close(struct day_reader *);  // accepts NULL

// NULL at the end and at a failure, which *error then describes (kind not ERROR_NONE).
const struct host_day *day_reader_next(struct day_reader *, struct error *error);

// How many segments from `first` on have the same day.
size_t day_segment_count(const struct store *, size_t first);
