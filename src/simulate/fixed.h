// SPDX-License-Identifier: MIT
// Random durations in whole numbers.
//
// The same seed must give the same capture on every machine, but exp(), log()
// and pow() of two C libraries differ in the last bit, and compilers may fuse a
// multiplication and an addition. So everything that decides when a packet is
// sent is fixed-point arithmetic on integers: Q24 is a number with 24 bits after
// the point.
#pragma once

#include "base/random.h"

#include <stddef.h>
#include <stdint.h>

enum { FIXED_TABLE_BITS = 8 };

// log2(1 + i / 256) in Q24.
struct fixed_logs {
	uint32_t log2_q24[(1 << FIXED_TABLE_BITS) + 1];
};

void fixed_logs_init(struct fixed_logs *);

// Exponentially distributed with mean 1, Q24, below 45.
uint32_t fixed_exponential_q24(const struct fixed_logs *, struct random *);

// a * b without overflow, for a below 2^49 and b below 2^30.
uint64_t fixed_multiply_q24(uint64_t a, uint32_t b_q24);

// The square root, rounded down.
uint32_t fixed_root(uint64_t);

// Log-normal durations, given by their median and mean: many short, few long.
struct fixed_lognormal {
	uint64_t median_s;
	int64_t sigma_q16;       // of log2
	uint32_t roots_q30[16];  // 2^(1/2), 2^(1/4), ...
};

// Both at least 1 and below 2^29, and median <= mean <= 32 * median.
void fixed_lognormal_init(struct fixed_lognormal *, uint64_t median_s, uint64_t mean_s);

uint64_t fixed_lognormal_s(const struct fixed_lognormal *, struct random *);
