// SPDX-License-Identifier: MIT
// What work may take, and when it has to end.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// All zeros: one thread, and no limit. Of memory there is none to ask for: who answers has bounds of its own, which do
// not depend on who asks (SECURITY.md), so that answers do not, either.
struct limits {
	unsigned threads;      // 0 is 1; results are the same for any number
	uint64_t deadline_ns;  // of clock_now_ns(); 0: none
	// Asked now and then, by any thread; NULL: nobody cancels.
	bool (*is_cancelled)(void *context);
	void *context;
};
