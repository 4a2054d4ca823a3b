// SPDX-License-Identifier: MIT
#include "base/sha256.h"

#include <string.h>

enum { BLOCK = 64 };

static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static uint32_t rotate(uint32_t value, unsigned count)
{
	return value >> count | value << (32 - count);
}

static void add_block(uint32_t state[8], struct span block)
{
	uint32_t w[64];
	for (size_t i = 0; i < 16; i++)
		w[i] = span_u32(block, 4 * i);
	for (size_t i = 16; i < 64; i++) {
		const uint32_t x = w[i - 15], y = w[i - 2];
		w[i] = w[i - 16] + w[i - 7] + (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) +
		       (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
	}
	// In variables of their own these stay in registers.
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
	for (size_t i = 0; i < 64; i++) {
		const uint32_t first = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
		                       ((e & f) ^ (~e & g)) + constants[i] + w[i];
		const uint32_t second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
		                        ((a & b) ^ (a & c) ^ (b & c));
		h = g;
		g = f;
		f = e;
		e = d + first;
		d = c;
		c = b;
		b = a;
		a = first + second;
	}
	const uint32_t sums[8] = { a, b, c, d, e, f, g, h };
	for (size_t i = 0; i < 8; i++)
		state[i] += sums[i];
}

void sha256(struct span bytes, uint8_t out[SHA256_SIZE])
{
	uint32_t state[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		              0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	const uint64_t bits = (uint64_t)bytes.length * 8;
	for (; bytes.length >= BLOCK; bytes = span_from(bytes, BLOCK))
		add_block(state, (struct span){ bytes.bytes, BLOCK });
	// A one bit, zeros, and the length in 64 bits close one block, or two.
	uint8_t last[2 * BLOCK] = { 0 };
	if (bytes.length > 0)
		memcpy(last, bytes.bytes, bytes.length);
	last[bytes.length] = 0x80;
	const size_t length = bytes.length + 9 <= BLOCK ? BLOCK : 2 * BLOCK;
	for (size_t i = 0; i < 8; i++)
		last[length - 1 - i] = (uint8_t)(bits >> 8 * i);
	for (size_t at = 0; at < length; at += BLOCK)
		add_block(state, (struct span){ last + at, BLOCK });
	for (size_t i = 0; i < SHA256_SIZE; i++)
		out[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
}
