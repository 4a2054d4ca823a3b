// SPDX-License-Identifier: MIT
// Holdings that keep to limits: they ask other holdings and hand on what these say, until the time is
// over, somebody cancels, or the user interrupts (base/interrupt.h). What is asked then fails, with one
// line.
//
// They look whenever something is opened or asked, at every read of a set, and every LIMITED_HOSTS
// host-days, events or bursts of each reader: whoever reads through them need not look for interrupts. That costs a
// survey 0.2 % of its instructions, and what reads host-days less.
#pragma once

#include "base/work_limits.h"
#include "holdings/holdings.h"

enum { LIMITED_HOSTS = 4096 };

struct limited_holdings {
	struct holdings holdings;  // to be asked
	struct holdings *inner;    // private, like the limits
	const struct limits *limits;
};

// Both have to outlive it, and it has nothing to be closed. It must not be moved while something is open.
struct limited_holdings limited_holdings(struct holdings *inner, const struct limits *);
