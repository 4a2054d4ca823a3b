// SPDX-License-Identifier: MIT
// Numbers for people: "12,345", "51.2%", "37.9". The same in every locale.
#pragma once

#include "present/words/lang.h"

#include <stdint.h>

enum { NUMBER_SIZE = 40 };

// Thousands separated by commas, as English and Japanese both do.
void number_grouped(uint64_t value, char out[NUMBER_SIZE]);
// The same of a count that was drawn: whole, and at most the largest there is, since the end of an
// axis, and already a count of 64 bits as a double, can lie beyond it.
void number_count(double value, char out[NUMBER_SIZE]);

// A share of 1 in percent with one decimal; a share that is not 0 never reads as
// "0.0%", but as "<0.1%", and one that is not 1 never as "100.0%". A dash if it is not finite.
void number_share(double share, char out[NUMBER_SIZE]);

// One decimal; a dash if it is not finite or beyond 10^15.
void number_tenths(double value, char out[NUMBER_SIZE]);

// For axes with little room: "200", "10k", "2.5M"; in Japanese "200", "1万", "250万". Rounded to what
// is shown; a dash if it is not finite, or negative.
void number_short(double value, enum lang lang, char out[NUMBER_SIZE]);
