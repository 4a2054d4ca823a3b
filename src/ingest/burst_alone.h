// SPDX-License-Identifier: MIT
// Private to ingest/: which packets of a pool are the only ones of their key, there and in the pool before.
// Three bits for each of a million hashes, 384 KiB: of two keys that share one neither counts as alone.
#pragma once

#include "burst/burst.h"

enum { ALONE_BITS = 20 };

struct burst_alone {
	uint64_t once[2][(1 << ALONE_BITS) / 64];  // of this pool and the one before, in turn
	uint64_t twice[(1 << ALONE_BITS) / 64];
	unsigned turn;
};

struct burst_alone *burst_alone_new(void);    // NULL: no memory
void burst_alone_free(struct burst_alone *);  // accepts NULL

// Looks at a pool; then burst_is_alone() says it of each of its records.
void burst_alone_begin(struct burst_alone *, const struct burst_record *records, size_t count);

// Keys are mixed, so that neighbours do not meet; who makes them meet keeps them from going early.
static inline uint32_t burst_alone_hash(const struct burst_record *r)
{
	const uint64_t key = (uint64_t)r->address << 32 | (uint32_t)r->protocol << 16 | r->key_port;
	return (uint32_t)((key * 0x9e3779b97f4a7c15) >> (64 - ALONE_BITS));
}

static inline bool burst_is_alone(const struct burst_alone *a, const struct burst_record *r)
{
	const uint32_t hash = burst_alone_hash(r);
	return !((a->twice[hash / 64] | a->once[1 - a->turn][hash / 64]) >> hash % 64 & 1);
}
