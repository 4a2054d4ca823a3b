// SPDX-License-Identifier: MIT
// Random numbers that are the same on every machine for the same seed:
// xoshiro256** (Blackman and Vigna, 2018), seeded by splitmix64. For simulation
// and tests; nothing here is secret.
#pragma once

#include <stdint.h>

struct random {
	uint64_t state[4];
};

static inline uint64_t random_splitmix(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static inline struct random random_from(uint64_t seed)
{
	struct random r;
	for (int i = 0; i < 4; i++)
		r.state[i] = random_splitmix(&seed);
	return r;
}

static inline uint64_t random_rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static inline uint64_t random_u64(struct random *r)
{
	uint64_t *s = r->state;
	const uint64_t result = random_rotate(s[1] * 5, 7) * 9, shifted = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = random_rotate(s[3], 45);
	return result;
}

static inline uint32_t random_u32(struct random *r)
{
	return (uint32_t)(random_u64(r) >> 32);
}

// 0 .. below-1. The bias is below 2^-32 of `below` and does not matter here.
static inline uint32_t random_below(struct random *r, uint32_t below)
{
	return (uint32_t)(((uint64_t)random_u32(r) * below) >> 32);
}

// 0 <= x < 1, 53 random bits.
static inline double random_unit(struct random *r)
{
	return (double)(random_u64(r) >> 11) * 0x1p-53;
}
