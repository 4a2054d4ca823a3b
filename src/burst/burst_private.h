// SPDX-License-Identifier: MIT
// Private to burst/: writing sets.
#pragma once

#include "burst/burst.h"

// In place of what is in `out`: the set of ascending values, each once; the union of two sets. No memory:
// out->failed. The builder is as new before and after.
void burst_set_write(struct buffer *out, struct ipset_builder *, const uint32_t *values,
                     size_t count);
void burst_set_unite(struct buffer *out, struct ipset_builder *, struct span a, struct span b);
