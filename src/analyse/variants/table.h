// SPDX-License-Identifier: MIT
// A line for each family: what it says, where it is, and whether it is one program or two.
//
// Where nobody published that, sessions show it: of one program, if more sources did both in a session than only
// loaded; of two, if at least as many only loaded, and some only scanned; else nobody knows.
#pragma once

#include "analyse/variants/variants.h"

enum { TABLE_TOKENS_MAX = 8, TABLE_COUNTRIES_MAX = 5 };

struct family_row {
	struct span name;
	const struct malware_family *published;  // NULL: it is in no table
	unsigned programs;                       // 0: nobody knows
	uint64_t sources, sessions;              // each source once
	uint64_t scanners, loaders, both;        // sources that did so
	int32_t first_day, last_day;
	// Those that are names, by sources, descending, then in the order of bytes; and places likewise by their ids.
	struct span tokens[TABLE_TOKENS_MAX];
	size_t token_count;
	struct family_place {
		uint32_t place;
		uint64_t sources;
	} places[TABLE_COUNTRIES_MAX];
	size_t place_count;
};

struct family_receiver {
	bool (*row)(void *context, const struct family_row *, struct error *error);
	void *context;
};
// Rows by sources, descending, then name. Memory: 12 bytes for each family, source, and token, country and role of it.
bool variants_table_find(struct holdings *, const struct variant_world *,
                         const struct variants_request *, const struct family_receiver *,
                         struct variants_seen *seen, struct error *error) MUST_CHECK;
