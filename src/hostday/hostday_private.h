// SPDX-License-Identifier: MIT
// Private to hostday/: building the item sets of a host-day.
#pragma once

#include "hostday/hostday.h"

// The largest cap of a field that can have more values than its cap; ports cannot.
enum { FIELD_SAMPLE_MAX = 256 };

// Fields that a host-day of these packets and fingerprints has.
uint64_t host_day_fields(const struct host_day *);

// Room for `count` more items; false (and failed) without memory.
bool host_day_reserve(struct host_day *, size_t count);

// Makes the set of a field from `count` values in any order; sorts them in place.
bool item_set_build(struct host_day *, unsigned field, uint32_t *values, uint32_t *scratch,
                    size_t count);

// The same from values that stand for several packets each.
bool item_set_build_weighted(struct host_day *, unsigned field, struct item *items, size_t count,
                             uint32_t *values, uint32_t *scratch);

// Makes the set of a field from those of two host-days, either of which may lack it.
bool item_set_merge(struct host_day *, unsigned field, const struct host_day *a,
                    const struct host_day *b);
