// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

// Monotonic nanoseconds, for measuring and for ending what takes too long: no result depends on them.
uint64_t clock_now_ns(void);

// Nanoseconds since 1970-01-01 UTC, by the machine's clock: only for what is meant by "today".
uint64_t clock_today_ns(void);
