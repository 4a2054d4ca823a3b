// SPDX-License-Identifier: MIT
// Private to closed.c and closed_narrow.c.
#pragma once

#include "mine/database.h"

struct closed_path {
	const uint32_t *items;  // ascending
	uint32_t count;
};

// All closed sets below the step from `from` to `d` (as narrow_fill() has it), which has at most 64
// items; the path is what it contains.
bool closed_narrow(struct search *, const struct database *from, uint32_t rank,
                   const struct database *d, struct closed_path path);
