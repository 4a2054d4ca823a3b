// SPDX-License-Identifier: MIT
// What is due when: a heap of a fixed number of items, each of which stands in it once at most.
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct agenda {
	struct agenda_entry *heap;  // private
	uint32_t *places;
	size_t count;
};

// Items are 0 .. items - 1.
bool agenda_init(struct agenda *, size_t items, struct error *error) MUST_CHECK;
void agenda_done(struct agenda *);  // accepts one of zeros

// Whether it stood there before or not.
void agenda_set(struct agenda *, uint32_t item, uint64_t at_ns);
void agenda_remove(struct agenda *, uint32_t item);

// When the first is due; UINT64_MAX: nothing is there.
uint64_t agenda_next_ns(const struct agenda *);
// Takes the first out, if it is due. False: none is.
bool agenda_take(struct agenda *, uint64_t now_ns, uint32_t *out);
