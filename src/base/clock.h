// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

// Monotonic nanoseconds, for measuring and for ending what takes too long: no result depends on them.
uint64_t clock_now_ns(void);
