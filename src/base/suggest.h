// SPDX-License-Identifier: MIT
// What was probably meant by a word that names nothing: a command, an option, a choice, a fingerprint, a
// column. Only words that are close are suggested: one that is not would send the user astray.
#pragma once

#include "base/error.h"

// Longer words are near to nothing.
enum { SUGGEST_LENGTH_MAX = 48 };

// How many letters have to be added, left out, replaced, or swapped with their neighbour to make one of
// the other, none of them twice (optimal string alignment: Damerau 1964). Upper and lower case are the
// same. UINT_MAX: one of them is too long.
unsigned suggest_distance(const char *a, const char *b);

// Of the candidates the closest; of several that are as close the first. It is close if the longer
// of both has 3 letters and one slip, 5 and two, or 9 and three, or if the word is how it begins, from
// three letters on.
struct suggestion {
	const char *word;
	const char *best;  // NULL: none is close
	unsigned distance;
};
void suggestion_try(struct suggestion *, const char *candidate);

// Appends "; did you mean '<before><best>'?" to the error, if anything is close. Returns false.
bool suggestion_add(const struct suggestion *, const char *before, struct error *error);
