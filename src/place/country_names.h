// SPDX-License-Identifier: MIT
// Private to place/: the table that tools/country-names writes.
#pragma once

#include <stddef.h>

struct country_name {
	char code[3];
	const char *english, *japanese;
};

// Ascending by code.
extern const struct country_name country_names[];
extern const size_t country_name_count;
