// SPDX-License-Identifier: MIT
#include "base/uuid.h"

#include <string.h>

enum { BLOCK = 64 };

struct state {
	uint32_t h[5];
	uint8_t block[BLOCK];
	uint64_t length;  // bytes taken
};

static uint32_t rotate(uint32_t x, unsigned by)
{
	return x << by | x >> (32 - by);
}

// The function and the constant of round t.
static uint32_t mix(unsigned t, const uint32_t v[5])
{
	const uint32_t b = v[1], c = v[2], d = v[3];
	if (t < 20)
		return ((b & c) | (~b & d)) + 0x5a827999;
	if (t < 40)
		return (b ^ c ^ d) + 0x6ed9eba1;
	if (t < 60)
		return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
	return (b ^ c ^ d) + 0xca62c1d6;
}

static void take_block(struct state *s)
{
	uint32_t w[80], v[5];
	for (unsigned t = 0; t < 16; t++)
		w[t] = (uint32_t)s->block[4 * t] << 24 | (uint32_t)s->block[4 * t + 1] << 16 |
		       (uint32_t)s->block[4 * t + 2] << 8 | s->block[4 * t + 3];
	for (unsigned t = 16; t < 80; t++)
		w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	memcpy(v, s->h, sizeof v);
	for (unsigned t = 0; t < 80; t++) {
		const uint32_t next = rotate(v[0], 5) + mix(t, v) + v[4] + w[t];
		v[4] = v[3];
		v[3] = v[2];
		v[2] = rotate(v[1], 30);
		v[1] = v[0];
		v[0] = next;
	}
	for (unsigned i = 0; i < 5; i++)
		s->h[i] += v[i];
}

static void take(struct state *s, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		s->block[s->length++ % BLOCK] = bytes[i];
		if (s->length % BLOCK == 0)
			take_block(s);
	}
}

static void finish(struct state *s, uint8_t out[SHA1_BYTES])
{
	static const uint8_t one = 0x80, zero = 0;
	const uint64_t bits = s->length * 8;
	uint8_t end[8];
	take(s, &one, 1);
	while (s->length % BLOCK != BLOCK - sizeof end)
		take(s, &zero, 1);
	for (unsigned i = 0; i < sizeof end; i++)
		end[i] = (uint8_t)(bits >> (56 - 8 * i));
	take(s, end, sizeof end);
	for (unsigned i = 0; i < SHA1_BYTES; i++)
		out[i] = (uint8_t)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}

static struct state begin(void)
{
	return (struct state){ .h = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
		                      0xc3d2e1f0 } };
}

void sha1(struct span bytes, uint8_t out[SHA1_BYTES])
{
	struct state s = begin();
	take(&s, bytes.bytes, bytes.length);
	finish(&s, out);
}

struct uuid uuid_of_name(const struct uuid *space, struct span name)
{
	struct state s = begin();
	uint8_t digest[SHA1_BYTES];
	struct uuid out;
	take(&s, space->bytes, sizeof space->bytes);
	take(&s, name.bytes, name.length);
	finish(&s, digest);
	memcpy(out.bytes, digest, sizeof out.bytes);
	out.bytes[6] = (uint8_t)((out.bytes[6] & 0x0f) | 0x50);
	out.bytes[8] = (uint8_t)((out.bytes[8] & 0x3f) | 0x80);
	return out;
}

void uuid_format(const struct uuid *u, char out[UUID_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	size_t at = 0;
	for (unsigned i = 0; i < UUID_BYTES; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[at++] = '-';
		out[at++] = digits[u->bytes[i] >> 4];
		out[at++] = digits[u->bytes[i] & 15];
	}
	out[at] = '\0';
}
