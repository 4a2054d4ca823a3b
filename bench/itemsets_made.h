// SPDX-License-Identifier: MIT
// Transactions of a day of a darknet that never was: for bench-itemsets.
#pragma once

#include "mine/itemsets.h"

struct made_day {
	uint64_t sources;  // infected hosts of some hundred kinds, with a few ports of their own
	// So many scanners, of one operator, share so many ports; each leaves some out.
	uint64_t scanners, ports, missing_percent;
};

bool made_day(struct transactions *, const struct made_day *) MUST_CHECK;
