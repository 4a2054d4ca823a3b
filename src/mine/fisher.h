// SPDX-License-Identifier: MIT
// Fisher's exact test (R. A. Fisher, 1922), one-sided: of a table of two by two counts, how likely
// it is, the margins given, that so many or more have both properties by accident.
//
// How exact it is: the relative error of a P value is below 1e-12 as long as the counts are below
// ten millions, and grows with the square root of the counts. Only operations that IEEE 754 rounds
// correctly are used (no function of libm is, but frexp, ldexp and sqrt), so that the same counts
// give the same bytes on every machine.
#pragma once

#include <stdint.h>

// P values below this are given as 0.
#define FISHER_P_MIN 1e-300

struct fisher {
	uint64_t both;    // have the first property and the second
	uint64_t first;   // have the first: at least `both`
	uint64_t second;  // have the second: at least `both`
	uint64_t total;   // less than 2^63, at least first + second - both
};

// The probability of `both` or more: 1 where there cannot be fewer. It takes time in proportion to
// the square root of the counts, but a microsecond as a rule.
double fisher_greater(const struct fisher *);
