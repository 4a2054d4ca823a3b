// SPDX-License-Identifier: MIT
// Private to closed.c and closed_narrow.c.
#pragma once

#include "mine/path.h"

// All closed sets below the step from `from` to `d` (as narrow_fill() has it), which has at most 64
// items; the path is what it contains.
bool closed_narrow(struct search *, const struct projection *from, uint32_t rank,
                   const struct projection *d, struct path path);
