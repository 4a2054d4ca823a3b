// SPDX-License-Identifier: MIT
// Which tokens are names, although no table of families has them; and which addresses are the sensors' own.
//
// Hajime makes five capitals anew for each session, and many names are five capitals, too: what tells them apart is that names
// come again. A token is *named* when enough different sources said it: 3, and more where so many said some
// that 3 would meet by chance. Of n sessions with random tokens, n^k / k! / (26^5)^(k-1) groups of k are expected to have one
// in common: of 5,000 sessions 0.00015 groups of 3, of 20,000 0.009, of 50,000 0.15; from there on it takes 4 (up to 279,000
// sessions), then 5.
//
// Both are found in all events that are held, whatever days are asked about. Addresses that are no source of the Internet
// (sources.h) count for nothing. Memory: 16 bytes for each different pair of a token that no table has and a source, twice while they
// are sorted.
#pragma once

#include "analyse/variants/families.h"
#include "holdings/holdings.h"

enum { TOKEN_NAME_SOURCES = 3 };
#define TOKEN_NAME_CHANCE 0.15

struct token_names {
	uint64_t *named;  // hashes of them, ascending
	size_t named_count;
	unsigned sources_min;  // that make a name
	uint64_t
		random;  // different pairs of a token of five capitals, and of no family, and a source
	uint64_t *
		own;  // addresses of sensors, ascending: a hash of the sensor, mixed with the address
	size_t own_count;
};

bool token_names_find(struct holdings *, const struct malware_families *, struct token_names *out,
                      struct error *error) MUST_CHECK;
void token_names_done(struct token_names *);  // accepts one of zeros

bool token_is_named(const struct token_names *, struct span token);
// Whether the sensor, somewhere in what is held, was asked at that address.
bool token_names_is_own(const struct token_names *, struct span sensor, uint32_t address);

// How many sources it takes, of so many random ones.
unsigned token_name_sources(uint64_t random);
