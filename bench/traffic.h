// SPDX-License-Identifier: MIT
// What the shapes of traffic share.
#pragma once

#include "base/random.h"
#include "traffic_frame.h"

#define DAY_US UINT64_C(86400000000)

// What is asked for; a shape has put its own numbers in where nothing was.
struct traffic {
	uint64_t packets, sources, days;
	bool is_shuffled;
	uint64_t begin_us;
	struct random random;
	struct writer *writer;
};

// The telescope is a /16 of the network for measurements (RFC 2544).
static inline uint32_t darknet_address(uint32_t random)
{
	return (198u << 24 | 18u << 16) | (random & 0xffff);
}

// The n-th of 2^32 different numbers in no visible order.
static inline uint32_t scattered(uint32_t n)
{
	n = (n ^ n >> 16) * 0x7feb352d;
	n = (n ^ n >> 15) * 0x846ca68b;
	return n ^ n >> 16;
}

// What a national darknet of a /16 sees (traffic_telescope.c).
bool telescope(struct traffic *, struct error *error) MUST_CHECK;
