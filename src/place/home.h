// SPDX-License-Identifier: MIT
// One's own: the countries, networks and prefixes that somebody answers for, and wants to see first.
#pragma once

#include "ipset/ipset.h"
#include "place/place.h"

enum home_kind { HOME_COUNTRY, HOME_NETWORK, HOME_PREFIX, HOME_KINDS };
enum { HOME_ENTRIES_MAX = 64, HOME_TEXT_SIZE = 20 };

struct home_entry {
	enum home_kind kind;
	char text[HOME_TEXT_SIZE];  // "JP", "AS4713", as place ids are written; "192.0.2.0/24"
	struct ipset_prefix range;  // of a prefix
};

// In the order in which they were given; one of zeros is nobody's.
struct home {
	struct home_entry entries[HOME_ENTRIES_MAX];
	size_t count;
};

// Reads "AS4713,JP,192.0.2.0/24"; small letters are taken for capital ones. One line says which part is none of the
// three, or that one was given twice.
bool home_parse(const char *text, struct home *out, struct error *error) MUST_CHECK;

// Whether a country or network is one's own, by its id; whether an address is, by the prefixes alone.
bool home_has_place(const struct home *, const char *id);
bool home_has_address(const struct home *, uint32_t address);
