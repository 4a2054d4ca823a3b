// SPDX-License-Identifier: MIT
// Private to place/: one open database, and the formats there are.
#pragma once

#include "place/place_list.h"

enum { DATABASE_TYPE_SIZE = 64 };

struct database {
	const struct database_format *format;
	enum place_kind kind;
	struct place_list *places;  // of the atlas: where what is found gets its number
	unsigned rank;              // among the databases of the atlas, for names
	char *path, *name;
	char type[DATABASE_TYPE_SIZE];
	int32_t built_day;
	int32_t from, to;
	const char *other_option;  // as of its source; while it is opened
	uint64_t bad_records;
	uint64_t bad_line;  // of a text, the first; 0: none
	const char *bad_line_why;
	void *state;  // of the format
};

struct database_format {
	bool (*recognise)(struct span file);
	// Everything that can be wrong with the file is an error here; it begins with its name.
	bool (*open)(struct database *, struct span file, struct error *error);
	bool (*find)(struct database *, uint32_t address, struct place_range *out);
	void (*close)(struct database *);
};

extern const struct database_format database_mmdb, database_range_table;

// What is said of a database that was asked for another kind of place.
bool database_wrong_kind(const struct database *, struct error *error);
bool database_no_ipv4(const struct database *, struct error *error);
