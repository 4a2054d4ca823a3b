// SPDX-License-Identifier: MIT
// The terminal that somebody reads at.
#pragma once

#include <stddef.h>

// How many cells a line has: $COLUMNS, where it is set, or what the terminal of that descriptor says.
// 0: neither does.
size_t terminal_width(int descriptor);
