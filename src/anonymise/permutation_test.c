// SPDX-License-Identifier: MIT
#include "anonymise/permutation.h"

#include "base/random.h"
#include "base/test.h"

// The key that the authors' program has in its sample, and what that makes of three addresses.
static const uint8_t sample_key[PERMUTATION_KEY_SIZE] = {
	21,  34,  23,  141, 51,  164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16,
	216, 152, 143, 131, 121, 121, 101, 39,  98, 87, 76, 45, 42, 132, 34,  2,
};

static uint32_t address(unsigned a, unsigned b, unsigned c, unsigned d)
{
	return (uint32_t)(a << 24 | b << 16 | c << 8 | d);
}

TEST(addresses_are_those_of_crypto_pan)
{
	struct permutation *p = permutation_new(sample_key);
	CHECK(permutation_of(p, address(128, 11, 68, 132)) == address(135, 242, 180, 132));
	CHECK(permutation_of(p, address(129, 118, 74, 4)) == address(134, 136, 186, 123));
	CHECK(permutation_of(p, address(130, 132, 252, 244)) == address(133, 68, 164, 234));
	CHECK(permutation_of(p, address(128, 11, 68, 132)) == address(135, 242, 180, 132));
	permutation_free(p);
}

static unsigned common_bits(uint32_t a, uint32_t b)
{
	return a == b ? 32 : (unsigned)__builtin_clz(a ^ b);
}

TEST(common_beginnings_stay_as_long_as_they_are)
{
	struct random random = random_from(7);
	uint8_t key[PERMUTATION_KEY_SIZE];
	permutation_derive(sample_key, 1, key);
	struct permutation *p = permutation_new(key);
	for (unsigned i = 0; i < 5000; i++) {
		const uint32_t a = random_u32(&random);
		const uint32_t b = a ^ random_u32(&random) >> random_below(&random, 32);
		CHECK(common_bits(permutation_of(p, a), permutation_of(p, b)) == common_bits(a, b));
	}
	permutation_free(p);
}

TEST(derived_keys_have_nothing_in_common)
{
	uint8_t one[PERMUTATION_KEY_SIZE], two[PERMUTATION_KEY_SIZE];
	permutation_derive(sample_key, 1, one);
	permutation_derive(sample_key, 2, two);
	unsigned same = 0;
	for (size_t i = 0; i < sizeof one; i++)
		same += one[i] == two[i] || one[i] == sample_key[i];
	CHECK(same < 4);
}

TEST_MAIN
