// SPDX-License-Identifier: MIT
// Private to analyse/: which of some sets of items a host-day contains.
//
// Each set waits at one of its items, the one that the fewest other sets have, too; only where a
// host-day has that one is the rest of the set looked at. So thousands of rules cost a host-day little
// more than its items.
#pragma once

#include "analyse/rules/rule_targets.h"

// The sets are copied; each has at least one item. A host-day contains a value if it used it at
// least once, whether or not it used so many that it is in a bucket; it contains a bucket if it is
// in that one.
struct rule_matcher;
bool rule_matcher_new(const struct rule_query *, size_t count, struct rule_matcher **out,
                      struct error *error) MUST_CHECK;
void rule_matcher_free(struct rule_matcher *);  // accepts NULL
// COLUMN_BIT()s of the fields that the items are of: what has to be read.
uint64_t rule_matcher_columns(const struct rule_matcher *);

// The sets that the host-day contains, ascending, in *out; returns how many. Valid until the next
// call: a matcher is room to work in, one for each thread.
size_t rule_matcher_find(struct rule_matcher *, const struct host_day *, const uint32_t **out);

// Whether a source that contains the set surely sent a packet that had all of it: its packets are
// too few for those of each value to have been others (M. Fréchet, 1935). Not for buckets.
bool rule_is_in_one_packet(const struct rule_query *, const struct host_day *);
// Whether a packet can have all of it at all: no two values of one field, of no kinds of packets that
// exclude each other, and no bucket.
bool rule_fits_one_packet(const struct rule_query *);
