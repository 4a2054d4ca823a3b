// SPDX-License-Identifier: MIT
// In which slot each host wakes: a wheel of bags of host numbers, one for each
// of the next 4,096 slots (2.8 days). Who wakes later waits in the farthest bag
// and is put again.
//
// A bag is a list of chunks, all of them full but the first; so hosts /
// WHEEL_CHUNK_HOSTS + slots chunks are enough, whatever happens, and walking a
// bag is not one cache miss for each host. How full the first one is stands beside the
// list, so that putting a host in reads nothing that is far away.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WHEEL_SLOTS = 4096, WHEEL_CHUNK_HOSTS = 31 };

struct wheel_chunk {
	uint32_t next;
	uint32_t hosts[WHEEL_CHUNK_HOSTS];
};

struct wheel_bag {
	uint32_t first;  // chunk
	uint32_t count;  // hosts in it
};

struct wheel {
	uint64_t now;            // slot
	struct wheel_bag *bags;  // by slot modulo WHEEL_SLOTS
	struct wheel_chunk *chunks;
	uint32_t chunk_capacity, unused;
};

// False if there is no memory; *wheel may be undone whatever this returned.
bool wheel_init(struct wheel *);
void wheel_done(struct wheel *);

// Room for so many hosts in all. False if there is no memory: then it is as it was.
bool wheel_reserve(struct wheel *, uint32_t hosts);

// Slots that are over count as the present one.
void wheel_put(struct wheel *, uint64_t slot, uint32_t host);

// Takes a handful of hosts out of the present slot's bag; 0 when it is empty.
size_t wheel_take(struct wheel *, uint32_t hosts[WHEEL_CHUNK_HOSTS]);
