// SPDX-License-Identifier: MIT
// Where addresses are: countries, and networks (autonomous systems), from databases that
// somebody else made.
//
// A database is a MaxMind DB file (https://maxmind.github.io/MaxMind-DB/), read by libmaxminddb, or a
// table of ranges as text (range_table.c has the forms). Addresses move from one holder to another over the years, so what a
// database says holds for about its own date: an atlas has one database for each range of
// days, and is asked with the day. Nothing is looked up when captures are taken in: who asks later
// may have better databases.
//
// Databases are bytes of a stranger like everything else: they are opened inside the sandbox, in
// every text in them what is no UTF-8, or controls a terminal, becomes U+FFFD, and it is cut at
// PLACE_NAME_SIZE; a damaged record is an address that nobody knows, and is counted.
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum place_kind { PLACE_COUNTRY, PLACE_NETWORK };
enum { PLACE_KINDS = 2 };

enum { PLACE_ID_SIZE = 16, PLACE_NAME_SIZE = 128 };

// "JP", "Japan"; "AS4713", "NTT Communications Corporation". The name may be empty. Countries that
// ISO knows have the name of place_country_name(); what several databases, or records, call
// by different names has that of the database given last, of those the first in bytes.
struct place {
	char id[PLACE_ID_SIZE];
	char name[PLACE_NAME_SIZE];
};

// A database and the days for which it is asked, both included. Of several for one day
// the one with the fewest days is asked, of those the one given last.
struct place_source {
	const char *path;
	const char *name;  // what messages and notes call it
	int32_t from, to;  // days since 1970-01-01; INT32_MIN, INT32_MAX: no limit
	// What one gives databases of the other kind with, for the message that this is one; NULL: not said.
	const char *other_option;
};

// Places get numbers as they are met: 0 is PLACE_UNKNOWN, which is a place, too (id "unknown").
enum { PLACE_UNKNOWN = 0 };

// Not to be asked by two threads at a time.
struct place_atlas;

// Opens all databases. One line says which is missing, damaged, of the wrong kind (a country was
// asked of a database of networks), or has no IPv4. `count` 0 is an atlas that knows no place.
bool place_atlas_open(enum place_kind, const struct place_source *sources, size_t count,
                      struct place_atlas **out, struct error *error) MUST_CHECK;
void place_atlas_close(struct place_atlas *);  // accepts NULL

// The place of an address, and the addresses around it that have the same one: who asks in
// ascending order asks once a range. Addresses outside may have it, too.
struct place_range {
	uint32_t first, last;
	uint32_t place;
};
// False: no memory for one more place.
bool place_find(struct place_atlas *, int32_t day, uint32_t address,
                struct place_range *out) MUST_CHECK;

// The places met so far. Pointers are valid until the next place_find().
size_t place_count(const struct place_atlas *);
const struct place *place_at(const struct place_atlas *, uint32_t place);

// What was used, one database each: for the note under every table.
struct place_origin {
	const char *name;   // as given
	const char *type;   // what the metadata says: "GeoLite2-Country"; or "table"
	int32_t built_day;  // INT32_MIN: the database does not say
	int32_t from, to;
	// Met so far: damaged, about another kind of place, or reaching into the next range.
	uint64_t bad_records;
	// Of a table: the first of them, and what is wrong with it; 0 and NULL: none.
	uint64_t bad_line;
	const char *bad_line_why;
};
size_t place_origin_count(const struct place_atlas *);
struct place_origin place_origin_at(const struct place_atlas *, size_t index);
// Whether it depends on the day where an address is, or whether that is known.
static inline bool place_atlas_depends_on_day(const struct place_atlas *a)
{
	const size_t count = place_origin_count(a);
	if (count != 1)
		return count > 1;
	const struct place_origin only = place_origin_at(a, 0);
	return only.from != INT32_MIN || only.to != INT32_MAX;
}

// The name of a country by its ISO 3166-1 code (upper case), or XK for Kosovo, in English or in Japanese; NULL: no such code.
const char *place_country_name(const char *code, bool is_japanese);
