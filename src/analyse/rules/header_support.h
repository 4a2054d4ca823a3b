// SPDX-License-Identifier: MIT
// How many sources have to share header values on a day before anybody looks at these: the support, where nobody
// said what it is to be.
//
// The study that rules come from asked for 1,000 sources a day, at a /16 that 293,000 sent something to: one in 293. A
// smaller telescope has no 1,000 sources of anything new; a day at a larger one has that many of everything. So the
// support of a day is
//
// * one in 293 of the sources of that day, rounded up;
// * but no more than is to the telescope's addresses as 1,000 is to a /16, where these are known: a day on
//   which all the world scans, or on which somebody forges a million sources, hides nothing;
// * and never less than 10.
//
// Why 10. What is new has more than three times the support of any of 21 earlier days (emergences.h). If nothing but
// chance brings values together, in m sources a day on average, then n sources are more than three times what each of
// these days had with a probability of P(Poisson(m) <= (n - 1) / 3)^21 P(Poisson(m) >= n): at most, whatever m is, 26 in a
// million for n = 5, for each set of values and day; 1.8 in a million for n = 10; 0.0014 for n = 20. It is also what the
// prototypes of Mirai have on their second day at a hundredth of the study's traffic, as simulated.
//
// A support of a day depends on nothing but that day: so that what is found on it, and what is new, is the same
// whichever other days are asked for, and days that come do not change it.
#pragma once

#include <stdint.h>

enum {
	SUPPORT_STUDY = 1000,
	SUPPORT_ONE_IN = 293,
	SUPPORT_LEAST = 10,
	SUPPORT_ADDRESSES = 65536,  // of the study's telescope
};

// Of a day with so many sources, at a telescope of so many addresses (0: not known), but at least `least`.
uint64_t header_support(uint64_t least, uint64_t sources, uint64_t addresses);
