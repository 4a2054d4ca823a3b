// SPDX-License-Identifier: MIT
// Where sources are: how many each country or network has, each source once.
//
// A source is where it was on the last day of the choice on which it sent what was asked for; that
// matters where an atlas has databases of several times. Nobody knows the place of some: they
// are in the place "unknown", like in any other.
#pragma once

#include "analyse/source_choice.h"
#include "place/place.h"

struct places_request {
	struct place_atlas *atlas;
	// Both at most one of: a group for each country, of this atlas; a group for each port of the
	// choice, in which a source counts if it sent to that port.
	struct place_atlas *countries;  // NULL: no
	bool is_by_port;
};

struct places_row {
	struct place place;
	uint64_t sources;  // > 0
};

struct places_group {
	uint16_t port;                  // of a group by port
	struct place country;           // of a group by country
	uint64_t sources;               // of all rows
	const struct places_row *rows;  // by sources, descending, then by id
	size_t count;
};

struct places {
	// By sources, descending, then by id of the country; ports in the order of the choice. One group if
	// nobody wanted several.
	struct places_group *groups;
	size_t group_count;
	uint64_t sources;  // of all groups
	struct source_days_seen seen;
	struct places_row *rows;  // private: of all groups
};

// Memory: that of a /16 per thread (distinct_sources.h), and 200 bytes for each place found.
void places_done(struct places *);
