// SPDX-License-Identifier: MIT
#include "analyse/rules/header_support.h"

// Addresses are at most 2^32: no product overflows.
uint64_t header_support(uint64_t least, uint64_t sources, uint64_t addresses)
{
	const uint64_t of_sources = sources / SUPPORT_ONE_IN + (sources % SUPPORT_ONE_IN > 0);
	const uint64_t of_telescope = addresses == 0
	                                      ? UINT64_MAX
	                                      : SUPPORT_STUDY * addresses / SUPPORT_ADDRESSES;
	const uint64_t support = of_sources < of_telescope ? of_sources : of_telescope;
	return support > least ? support : least;
}
