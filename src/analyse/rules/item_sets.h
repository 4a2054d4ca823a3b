// SPDX-License-Identifier: MIT
// Private to analyse/: item sets that are met again and again get numbers, in the order in which they
// are met.
#pragma once

#include "analyse/rules/header_items.h"

struct item_sets;
struct item_sets *item_sets_new(void);    // NULL: no memory
void item_sets_free(struct item_sets *);  // accepts NULL

// The number of the items, in this order, and of the tag, which tells sets of the same items
// apart. False: no memory. *out_is_new: they were not there.
bool item_sets_put(struct item_sets *, const struct header_item *items, size_t count, uint32_t tag,
                   uint32_t *out, bool *out_is_new) MUST_CHECK;
uint32_t item_sets_count(const struct item_sets *);
// Valid until the next item_sets_put().
const struct header_item *item_sets_at(const struct item_sets *, uint32_t number,
                                       size_t *out_count);

// The items of a rule as one ascending set. `out` has room for all of them.
struct header_rule;
size_t item_set_of_rule(const struct header_rule *, struct header_item *out);
