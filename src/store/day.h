// SPDX-License-Identifier: MIT
// Private to store/: the merged host-days of one day, from segments that are known by number.
#pragma once

#include "store/catalog.h"

// Segments first .. first+count-1 of the store are those of one day.
bool store_day_open_segments(struct store *, size_t first, size_t count, uint64_t wanted,
                             struct store_day **out, struct error *error) MUST_CHECK;

// How many segments from `first` on have the same day.
size_t store_day_segments(const struct store *, size_t first);

// When the day of these segments begins: all of them at the same moment, unless the time zone database
// changed its mind between them. Then the earliest.
bool store_day_begin(struct store *, size_t first, size_t count, uint64_t *out_ns,
                     struct error *error) MUST_CHECK;
