// SPDX-License-Identifier: MIT
// Private to place/: the places met, each once, with numbers in the order in which they came.
#pragma once

#include "base/cursor.h"
#include "base/key_map.h"
#include "place/place.h"

// What a record says of its place. A text that is not there is empty.
struct place_words {
	enum place_kind kind;
	struct span country;  // two letters
	uint64_t network;     // AS number; 0: none
	struct span name;
};

struct place_list {
	struct place *places;  // places[PLACE_UNKNOWN] is there from the start
	unsigned *ranks;       // of the database that gave the name
	size_t count, capacity;
	struct key_map by_key;
};

bool place_list_init(struct place_list *) MUST_CHECK;
void place_list_done(struct place_list *);  // accepts one of zeros

// The number of the place that the words are about: PLACE_UNKNOWN if they name none, such as
// AS 0 and the country "None". Databases may call one place by several names, and which one it
// gets must not depend on the order of questions: that of the highest rank, of those the first in
// bytes. Countries that ISO knows have ISO's name. False: no memory.
bool place_list_add(struct place_list *, const struct place_words *, unsigned rank,
                    uint32_t *out) MUST_CHECK;

// A foreign text, harmless, and as much of it as fits, in whole characters. False: no memory.
bool place_clean_text(struct span text, char out[PLACE_NAME_SIZE]) MUST_CHECK;

// Whether the words look like a country's code: two letters, or a letter and a digit.
bool place_is_country(struct span);
// "123", "AS123"; false if it is neither.
bool place_read_network(struct span, uint64_t *out);
// A word for "nobody knows": empty, "-", "None", "Unknown", "ZZ", "XX".
bool place_is_nothing(struct span);
