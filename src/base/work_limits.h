// SPDX-License-Identifier: MIT
// What work may take, and when it has to end.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// All zeros: one thread, and no limit.
struct limits {
	unsigned threads;  // 0 is 1; results are the same for any number
	// What the asker has to spare; 0: nothing said. A wish: the local engine looks at none. It has bounds of
	// its own, which do not depend on who asks (SECURITY.md), so that answers do not, either.
	uint64_t memory_bytes;
	uint64_t deadline_ns;  // of clock_now_ns(); 0: none
	// Asked now and then, by any thread; NULL: nobody cancels.
	bool (*is_cancelled)(void *context);
	void *context;
};
