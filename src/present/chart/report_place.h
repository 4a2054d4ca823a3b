// SPDX-License-Identifier: MIT
// Where sources are, for maps and tables. Included by present/page/report.h.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// A country or a network.
struct report_place {
	const char *id;    // "JP", "AS4713", "unknown": as the databases have it
	const char *name;  // in the language of the report; NULL or "": only the id is known
	uint64_t sources;
	bool is_home;  // one's own
};
