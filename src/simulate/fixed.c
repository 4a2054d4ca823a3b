// SPDX-License-Identifier: MIT
// log2 is read off bit by bit: squaring a number in [1, 2) doubles its
// logarithm, and whether the square reaches 2 is the next binary digit. The
// table that follows from it is interpolated linearly, with an error below 2^-18.
#include "simulate/fixed.h"

#include <assert.h>

enum { EXPONENT_MAX_Q16 = 10 << 16 };

// log2 of a number in [1, 2) given in Q31.
static uint32_t log2_q24_of_q31(uint64_t x)
{
	uint32_t result = 0;
	for (unsigned bit = 0; bit < 24; bit++) {
		x = x * x >> 31;
		result <<= 1;
		if (x >> 32 != 0) {
			result |= 1;
			x >>= 1;
		}
	}
	return result;
}

void fixed_logs_init(struct fixed_logs *logs)
{
	const unsigned cells = 1u << FIXED_TABLE_BITS;
	for (unsigned i = 0; i < cells; i++)
		logs->log2_q24[i] = log2_q24_of_q31((uint64_t)(cells + i)
		                                    << (31 - FIXED_TABLE_BITS));
	logs->log2_q24[cells] = 1u << 24;
}

uint32_t fixed_exponential_q24(const struct fixed_logs *logs, struct random *random)
{
	// -ln u = -log2 u * ln 2, and u = 2^-zeros * (1 + fraction) / 2.
	const uint64_t ln2_q32 = 0xb17217f8, u = random_u64(random) | 1;
	const unsigned zeros = (unsigned)__builtin_clzll(u);
	const uint64_t normal = u << zeros;
	const size_t cell = normal >> (63 - FIXED_TABLE_BITS) & ((1u << FIXED_TABLE_BITS) - 1);
	const uint64_t within_q16 = normal >> (47 - FIXED_TABLE_BITS) & 0xffff;
	const uint64_t low = logs->log2_q24[cell], high = logs->log2_q24[cell + 1];
	const uint64_t log2_q24 = low + ((high - low) * within_q16 >> 16);
	return (uint32_t)((((uint64_t)(zeros + 1) << 24) - log2_q24) * ln2_q32 >> 32);
}

uint64_t fixed_multiply_q24(uint64_t a, uint32_t b_q24)
{
	assert(a >> 49 == 0 && b_q24 >> 30 == 0);
	return a >> 32 == 0 ? a * b_q24 >> 24 : (a >> 16) * b_q24 >> 8;
}

uint32_t fixed_root(uint64_t x)
{
	uint64_t root = 0;
	for (uint64_t bit = UINT64_C(1) << 31; bit != 0; bit >>= 1)
		if ((root | bit) * (root | bit) <= x)
			root |= bit;
	return (uint32_t)root;
}

void fixed_lognormal_init(struct fixed_lognormal *l, uint64_t median_s, uint64_t mean_s)
{
	assert(median_s > 0 && median_s <= mean_s && mean_s >> 29 == 0 && mean_s / median_s <= 32);
	uint64_t ratio_q31 = (mean_s << 31) / median_s, log2_q16 = 0;
	for (; ratio_q31 >> 32 != 0; ratio_q31 >>= 1)
		log2_q16 += 1 << 16;
	log2_q16 += log2_q24_of_q31(ratio_q31) >> 8;

	// mean / median = e^(s^2 / 2); in log2 the variance is 2 log2(mean / median) / ln 2.
	const uint64_t twice_log2_e_q16 = 189097;
	l->median_s = median_s;
	l->sigma_q16 = fixed_root(log2_q16 * twice_log2_e_q16);
	uint64_t root = UINT64_C(1) << 31;
	for (unsigned i = 0; i < 16; i++) {
		root = fixed_root(root << 30);
		l->roots_q30[i] = (uint32_t)root;
	}
}

// Twelve uniform numbers: their sum has variance 1, and is normal enough.
static int64_t normal_q16(struct random *random)
{
	int64_t sum = 0;
	for (int i = 0; i < 3; i++) {
		const uint64_t four = random_u64(random);
		sum += (int64_t)((four & 0xffff) + (four >> 16 & 0xffff) + (four >> 32 & 0xffff) +
		                 (four >> 48));
	}
	return sum - 6 * 0x10000;
}

uint64_t fixed_lognormal_s(const struct fixed_lognormal *l, struct random *random)
{
	int64_t exponent_q16 = l->sigma_q16 * normal_q16(random) / 0x10000;
	if (exponent_q16 > EXPONENT_MAX_Q16)
		exponent_q16 = EXPONENT_MAX_Q16;
	if (exponent_q16 < -EXPONENT_MAX_Q16)
		exponent_q16 = -EXPONENT_MAX_Q16;

	// Shifted to be positive, so that it splits into digits before and after the point.
	const uint32_t positive_q16 = (uint32_t)(exponent_q16 + EXPONENT_MAX_Q16);
	uint64_t factor_q30 = UINT64_C(1) << 30;
	for (unsigned i = 0; i < 16; i++)
		if (positive_q16 & (0x8000u >> i))
			factor_q30 = factor_q30 * l->roots_q30[i] >> 30;
	return l->median_s * factor_q30 >> (30 + (EXPONENT_MAX_Q16 >> 16) - (positive_q16 >> 16));
}
