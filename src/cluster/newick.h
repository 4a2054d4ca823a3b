// SPDX-License-Identifier: MIT
// A tree of merges as text, in the Newick form that programs for trees read.
#pragma once

#include "base/buffer.h"
#include "cluster/linkage.h"

// Appends "((a:0.05,b:0.05):0.1,c:0.15);" and a line end: lengths of branches are half of what heights differ
// by, so that two leaves are as far apart along the tree as where they merged; less than nothing is
// nothing. `name` appends that of an item, in which no blank, comma, colon, semicolon, quote or bracket stands.
// Trees of any depth take no stack. False: no memory, or the buffer is full.
bool newick_write(struct buffer *out, const struct merge *, uint32_t n,
                  void (*name)(const void *context, uint32_t item, struct buffer *out),
                  const void *context, struct error *error) MUST_CHECK;
