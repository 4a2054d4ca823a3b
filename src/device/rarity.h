// SPDX-License-Identifier: MIT
// How much a run of three bytes tells of who said it: little where most software says it, such as in
// "HTTP/1.1 200 OK", much everywhere else.
//
// What is common is a list of phrases of protocols and servers (rarity.c), in our own words, and part of the program:
// no answers were counted, neither labelled ones nor those at hand. So the distance of two answers depends on
// nothing but the two: new hosts move no old distance, and clusters of two days can be compared. Others count in the
// collection at hand, where each new answer changes all distances.
#pragma once

#include <stdint.h>

// Of a pair of grams, weights count squared: 36 common ones are as much as a rare one. Anything from 9 to 144 is
// worth the same on banners with labels (doc/devices.md).
enum { RARITY_COMMON = 40, RARITY_RARE = 240 };

// A weight for each gram, as cluster/gram.h has it: 16 MiB, which the caller gives to memory_free(). NULL: no
// memory.
uint8_t *rarity_weights_new(void);
