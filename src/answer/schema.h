// SPDX-License-Identifier: MIT
// What an answer looks like: its columns, with types and units. The schema follows from the question
// alone, whoever answers it, so that CSV, JSON, terminal, page and network write any answer from it.
#pragma once

#include "base/cursor.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SCHEMA_COLUMNS_MAX = 64, SCHEMA_NAME_SIZE = 32 };

enum cell_type {
	CELL_TEXT,     // UTF-8 from anywhere: whoever writes it escapes it
	CELL_DAY,      // days since 1970-01-01
	CELL_TIME,     // nanoseconds since the Unix epoch, UTC
	CELL_ADDRESS,  // IPv4, host byte order
	CELL_NUMBER,   // a whole number from 0 on
	CELL_REAL,     // six decimals tell all that is meant
	CELL_SMALL,    // a real of which the first digits count, however small it is
};

// What a number counts.
enum cell_unit {
	UNIT_NONE,
	UNIT_PACKETS,
	UNIT_SOURCES,
	UNIT_FRAMES,
	UNIT_DAYS,
	UNIT_SECONDS,
	UNIT_SHARE,  // of 1
	UNIT_PACKETS_A_SECOND,
};

// How values of a type are meant; programs that read JSON get them as such.
enum cell_form {
	FORM_PLAIN,
	FORM_BOOL,  // of CELL_NUMBER: 1 is yes, 0 no; "yes" and "no", in JSON true and false
	FORM_ONE_IN,  // of CELL_NUMBER: n for once in n; "1/n", for programs the number that it is, in decimals
	FORM_LIST,     // of CELL_TEXT: texts between semicolons; in JSON an array of them
	FORM_COMMAS,   // the same of texts between commas
	FORM_WORDS,    // the same of texts between blanks
	FORM_NUMBERS,  // of CELL_TEXT: whole numbers between semicolons; in JSON an array of numbers
	FORM_COUNTS,  // the same of "name:number"; in JSON an object. What has no number is left out of it.
};

struct column {
	char name[SCHEMA_NAME_SIZE];  // of the CSV column and the JSON key
	enum cell_type type;
	enum cell_unit unit;
	bool is_detail;  // a table for people, in which a line has to fit, leaves it out
	enum cell_form form;
	// Where a line does not fit all the same, people do without the columns of the highest number first, of
	// equal ones the last; without those of 0 never.
	unsigned char spare;
};

struct schema {
	struct column columns[SCHEMA_COLUMNS_MAX];
	size_t count;
};

// One value. A cell without a value is empty (there is none: the median of no spells) or unknown (there
// is one, and nobody knows it: families of flows).
// A numeral is a number in a column of texts.
enum cell_state { CELL_VALUE, CELL_EMPTY, CELL_UNKNOWN, CELL_NUMERAL };
struct cell {
	enum cell_state state;
	union {
		struct span text;
		int32_t day;
		uint64_t time_ns;
		uint32_t address;
		uint64_t number;
		double real;  // CELL_REAL and CELL_SMALL
	};
};

// Texts stand at the left for people, numbers at the right; JSON has texts in quotes.
static inline bool cell_type_is_text(enum cell_type type)
{
	return type <= CELL_ADDRESS;
}

// The column of that name; SIZE_MAX: there is none.
size_t schema_find(const struct schema *, const char *name);
