// SPDX-License-Identifier: MIT
// What every question to the store has: days, and the packets by which sources are chosen.
#pragma once

#include <stdint.h>

// Days to look at, both included.
struct survey_window {
	int32_t from, to;
};
extern const struct survey_window survey_all_days;

// Packets by which sources are chosen: SYNs, or UDP datagrams.
enum source_protocol { SOURCE_TCP, SOURCE_UDP };
#define SOURCE_ANY_PORT UINT32_MAX
