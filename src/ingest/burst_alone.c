// SPDX-License-Identifier: MIT
#include "ingest/burst_alone.h"

#include "base/memory.h"

#include <string.h>

struct burst_alone *burst_alone_new(void)
{
	return memory_new(1, sizeof(struct burst_alone));
}

void burst_alone_free(struct burst_alone *a)
{
	memory_free(a);
}

void burst_alone_begin(struct burst_alone *a, const struct burst_record *records, size_t count)
{
	a->turn = 1 - a->turn;
	uint64_t *once = a->once[a->turn];
	memset(once, 0, sizeof a->once[0]);
	memset(a->twice, 0, sizeof a->twice);
	for (size_t i = 0; i < count; i++) {
		const uint32_t hash = burst_alone_hash(&records[i]);
		const uint64_t bit = UINT64_C(1) << hash % 64;
		a->twice[hash / 64] |= once[hash / 64] & bit;
		once[hash / 64] |= bit;
	}
}
