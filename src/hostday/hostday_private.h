// SPDX-License-Identifier: MIT
// Private to hostday/: building item sets, and the parts of columns.
#pragma once

#include "hostday/hostday.h"

// Fields that a host-day of these packets and fingerprints has.
uint64_t host_fields(const uint64_t packets[HOST_KINDS], uint32_t matched_mask);

// Fields that it has of records of pairs whose `known` are these.
uint64_t pair_fields(unsigned known);

// Room for `count` more items; false (and failed) without memory.
bool host_day_reserve(struct host_day *, size_t count);

// Cuts distinct items, ascending by value, to the field's cap. True if there were more.
// `room` is for twice as many numbers.
bool items_sample(unsigned field, struct item *items, uint32_t *count, uint32_t *room);

// Makes the set of a field from those of several host-days, each of which may lack it.
bool item_set_merge(struct host_day *, unsigned field, const struct host_day *const *pieces,
                    size_t piece_count);

// A host-day in two steps: everything but its fields, then those that it has.
void host_columns_add_head(struct host_columns *, const struct host_day *);
void host_columns_add_items(struct host_columns *, unsigned field, const struct item *items,
                            uint32_t count, bool is_sampled);
