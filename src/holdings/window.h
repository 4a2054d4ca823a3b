// SPDX-License-Identifier: MIT
// Holdings of some days: those pieces of other holdings that lie in a range, as if there were no others.
// Captures are all of them, whatever their days (analyse/ended.h has others).
#pragma once

#include "holdings/holdings.h"

struct window_holdings {
	struct holdings holdings;  // to be asked
	struct holdings *inner;    // private, like the rest
	struct day_range days;
	size_t first, count;
};

// The inner ones have to outlive it, and it has nothing to be closed. It must not be moved while something
// is open.
struct window_holdings window_holdings(struct holdings *inner, struct day_range days);
