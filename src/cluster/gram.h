// SPDX-License-Identifier: MIT
// The distance of texts by their 3-grams: which ones they have in common, and how rare those are.
//
// A text is the set of its runs of three bytes (one of one or two bytes is one gram itself), each with a
// weight that somebody knows beforehand, so that the distance of two texts depends on nothing but the two:
//
//	cosine = sum of w(g)^2 over grams of both / sqrt(the same sum of x, times that of y)
//	distance = sqrt(1 - cosine)
//
// That is the chord between the two directions, of 1 where nothing is in common: a metric. Its root keeps siblings
// apart that differ in the number of their model alone. Sums are whole numbers, and the same in any order. Distance 0
// means the same set of grams, which is transitive; a text without grams, the empty one, is at 1 from others.
#pragma once

#include "base/cursor.h"
#include "base/error.h"

enum { GRAM_TEXT_MAX = 64 * 1024 };  // of a text what is longer is left out: sums fit 32 bits

// A weight of 1 to 255 for each of 2^24 grams, with the first byte highest.
enum { GRAM_COUNT = 1 << 24 };
typedef uint8_t gram_weights[GRAM_COUNT];

// The grams of a text, ascending and each once; `out` has room for as many as the text has bytes. Those of
// short texts count from GRAM_COUNT on, below GRAM_NUMBERS. `seen` has a bit for each gram, all clear before and
// after.
enum { GRAM_NUMBERS = GRAM_COUNT + 256 + 65536 };
enum { GRAM_SEEN_BYTES = GRAM_COUNT / 8 };
uint32_t gram_set(struct span text, uint8_t seen[GRAM_SEEN_BYTES], uint32_t *out);

// The sum of w(g)^2 over the grams of a text: what it tells.
uint32_t gram_total(struct span text, uint8_t seen[GRAM_SEEN_BYTES], const uint8_t *weights);

// The distance of two sets of grams.
double gram_distance(const uint32_t *x, uint32_t x_count, const uint32_t *y, uint32_t y_count,
                     const uint8_t *weights);

// What both are made of: w(g)^2, and the distance by the sums of what both have in common and of each.
uint32_t gram_square(uint32_t gram, const uint8_t *weights);
double gram_chord(uint32_t both, uint32_t x, uint32_t y);

// Texts, and for each gram in which of them it is.
struct gram_index;
struct gram_index *gram_index_new(const struct span *texts, uint32_t count, const uint8_t *weights,
                                  struct error *error) MUST_CHECK;
void gram_index_free(struct gram_index *);  // accepts NULL

// The distances of text x to all texts, into row[count]. `sums` is scratch room of [count], not zeroed before.
void gram_index_row(const struct gram_index *, uint32_t x, uint32_t *sums, float *row);
