// SPDX-License-Identifier: MIT
// Which texts are near a text, by the distance of gram.h, without looking at all others.
//
// At a distance of `most` and less two texts have in common grams of at least s = 1 - most^2 of the root of the
// product of their weights, and so s^2 of the weight of either. Take the grams of a text from the rarest on (that
// are in the fewest texts), until what is left is less than that: of those that are near one of these has to be
// a gram, and one of the corresponding grams of theirs (prefix filtering: Chaudhuri, Ganti and Kaushik 2006;
// Bayardo, Ma and Srikant 2007). So only these are indexed. It is a bound: nothing that is near is missed.
#pragma once

#include "cluster/gram.h"

struct gram_near;

// For distances up to `most`, below 1. NULL: no memory.
struct gram_near *gram_near_new(const struct span *texts, uint32_t count, const uint8_t *weights,
                                double most, struct error *error) MUST_CHECK;
void gram_near_free(struct gram_near *);  // accepts NULL

// Texts that may be within `most` of text x, x left out, each once and in no order, into `out`, with room for all
// texts and one more. `marks` has a byte for each text, all zero before and after.
uint32_t gram_near_candidates(const struct gram_near *, uint32_t x, uint8_t *marks, uint32_t *out);

// The distance of two texts, the same number as gram_index_row() has.
float gram_near_distance(const struct gram_near *, uint32_t x, uint32_t y);
