// SPDX-License-Identifier: MIT
#include "anonymise/permutation.h"

#include "base/memory.h"

#include <nettle/aes.h>
#include <string.h>

enum { CACHE = 1 << 16 };  // addresses come again and again, and each costs 32 blocks of AES

struct permutation {
	struct aes128_ctx aes;
	uint8_t pad[AES_BLOCK_SIZE];
	uint32_t pad_begin;  // its first four bytes
	struct {
		uint32_t from, to;
	} cache[CACHE];
	bool is_cached[CACHE];
};

static uint32_t load(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

static void store(uint32_t value, uint8_t *out)
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = (uint8_t)(value >> (24 - 8 * i));
}

struct permutation *permutation_new(const uint8_t key[PERMUTATION_KEY_SIZE])
{
	struct permutation *p = memory_new(1, sizeof *p);
	if (p == NULL)
		return NULL;
	aes128_set_encrypt_key(&p->aes, key);
	aes128_encrypt(&p->aes, AES_BLOCK_SIZE, p->pad, key + AES128_KEY_SIZE);
	p->pad_begin = load(p->pad);
	return p;
}

void permutation_free(struct permutation *p)
{
	if (p != NULL)
		explicit_bzero(p, sizeof *p);
	memory_free(p);
}

// Bit n flips as the cipher says of the n bits before it, padded to a block.
static uint32_t flips_of(const struct permutation *p, uint32_t address)
{
	uint32_t flips = 0;
	uint8_t block[AES_BLOCK_SIZE], sealed[AES_BLOCK_SIZE];
	memcpy(block, p->pad, sizeof block);
	for (unsigned n = 0; n < 32; n++) {
		const uint32_t before = n == 0 ? 0 : ~(uint32_t)0 << (32 - n);
		store((address & before) | (p->pad_begin & ~before), block);
		aes128_encrypt(&p->aes, AES_BLOCK_SIZE, sealed, block);
		flips |= (uint32_t)(sealed[0] >> 7) << (31 - n);
	}
	return flips;
}

uint32_t permutation_of(struct permutation *p, uint32_t address)
{
	const size_t at = (address * UINT32_C(2654435761)) >> 16;
	if (!p->is_cached[at] || p->cache[at].from != address) {
		p->cache[at].from = address;
		p->cache[at].to = address ^ flips_of(p, address);
		p->is_cached[at] = true;
	}
	return p->cache[at].to;
}

void permutation_derive(const uint8_t key[PERMUTATION_KEY_SIZE], uint8_t number,
                        uint8_t out[PERMUTATION_KEY_SIZE])
{
	struct aes256_ctx aes;
	uint8_t blocks[PERMUTATION_KEY_SIZE] = { 0 };
	blocks[0] = number;
	blocks[AES_BLOCK_SIZE] = number;
	blocks[AES_BLOCK_SIZE + 1] = 1;
	aes256_set_encrypt_key(&aes, key);
	aes256_encrypt(&aes, sizeof blocks, out, blocks);
	explicit_bzero(&aes, sizeof aes);
}
