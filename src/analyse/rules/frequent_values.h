// SPDX-License-Identifier: MIT
// Which of many numbers come often, in room that does not grow with how many there are: the summary of
// J. Misra and D. Gries (Science of Computer Programming 2, 1982), fed in batches (P. Agarwal et al., PODS
// 2012). Batches are sorted, so that no choice of numbers makes it slow.
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

// So many are counted exactly; of more the rarest are dropped, and FREQUENT_VALUES_MAX are left.
enum { FREQUENT_VALUES_MAX = 1 << 17 };

struct frequent_value {
	uint32_t value, count;
};

struct frequent_values {
	struct frequent_value *list;  // ascending, each once
	size_t count;
	// Whatever is not in the list came so often at most; what is there, so often more at most. At most one in
	// FREQUENT_VALUES_MAX of all numbers.
	uint32_t missed;
	// private
	uint32_t *pending, *scratch;
	size_t pending_count;
};

bool frequent_values_init(struct frequent_values *) MUST_CHECK;  // false: no memory
void frequent_values_done(struct frequent_values *);             // accepts zeros

// The list is right when the end has been told.
void frequent_values_add(struct frequent_values *, uint32_t value);
void frequent_values_end(struct frequent_values *);

// Or exactly, in a second pass over the same numbers: those that may have come `least` times or more stay,
// with a count of 0, and are counted.
void frequent_values_recount(struct frequent_values *, uint64_t least);
void frequent_values_count(struct frequent_values *, uint32_t value);
