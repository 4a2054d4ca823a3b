// SPDX-License-Identifier: MIT
// Holdings as they would be if nothing had been captured after some day: pieces of its days, and captures that had
// begun by then.
//
// A capture is of its near days (near_days.h): one frame of 2096 in it does not make it go on until then, nor does
// one of 1970 have it begin before the others. One that goes on after the day was seen, up to it, when its frames
// were seen; what was kept of it as a whole, its ledger and drops, cannot be divided, which it says
// (holdings_capture.goes_on). Captures without a frame have no day, and are left out.
#pragma once

#include "holdings/window.h"

struct ended_holdings {
	struct window_holdings window;  // .holdings is to be asked
	// Private, like the rest: those of a window, but for captures.
	struct holdings_functions functions;
	int32_t last_day;
	uint64_t end_ns;    // of it
	bool has_far_days;  // they are asked for by name: captures have them, too
};

// `days.to` is the last day there is; `days.from` matters where it asks for days that are far, which are left out
// otherwise. The inner ones have to outlive it, and it has nothing to be closed; it must not be moved.
bool ended_holdings_begin(struct ended_holdings *, struct holdings *inner, struct day_range days,
                          struct error *error) MUST_CHECK;
