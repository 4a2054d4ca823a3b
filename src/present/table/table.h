// SPDX-License-Identifier: MIT
// Rows -> what people and programs read: a table for terminals, CSV, JSON. Texts that came from outside
// are escaped here, for where they go. The same rows give the same bytes, whatever the locale says.
#pragma once

#include "answer/schema.h"
#include "base/buffer.h"
#include "base/error.h"

#include <stdio.h>

// Tables. Open, then for each row table_row(), or one cell function a shown column, in their order,
// and table_end_row(); at the end table_finish(), in every case.
//
// CSV and JSON go out row by row. A table for people is held back until its
// widths are known, but never more than TABLE_ROWS_HELD rows: then the widths are
// fixed and later rows stream, so that an endless table needs no more memory.

enum format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON };

//
// A table for people fits lines of `width` cells, where there is one: columns that can be spared are left
// out (struct column), a text at the right goes on below itself, and where that is not enough rows become
// records, a line a column. Programs get all columns, whatever the width.

enum { TABLE_ROWS_HELD = 1000, TABLE_NAMES_SIZE = SCHEMA_COLUMNS_MAX * (SCHEMA_NAME_SIZE + 2) };

struct table_look {
	bool color;           // the header in bold
	bool is_wide;         // all columns for people, too, in lines as long as they are
	size_t width;         // of a line; 0: no limit
	const char *columns;  // "day,sources": these and no others, in this order; NULL: all
};

// Whether the columns that are named are there.
bool table_look_check(const struct table_look *, const struct column *columns, size_t column_count,
                      struct error *error) MUST_CHECK;

// Those that are named, as numbers, in their order.
bool table_look_find(const struct table_look *, const struct column *columns, size_t column_count,
                     size_t out[SCHEMA_COLUMNS_MAX], size_t *out_count,
                     struct error *error) MUST_CHECK;

struct table {
	FILE *file;
	struct column columns[SCHEMA_COLUMNS_MAX];  // those that are shown
	size_t sources[SCHEMA_COLUMNS_MAX];         // [column_count]: where they are in a row
	size_t column_count;
	enum format format;
	struct table_look look;
	bool failed;        // for whoever writes without an end, to stop early
	bool is_streaming;  // private, from here on
	int failed_errno;
	size_t cell;  // the column that comes next
	size_t rows_held;
	size_t widths[SCHEMA_COLUMNS_MAX];
	bool is_left_out[SCHEMA_COLUMNS_MAX];
	bool has_records;
	uint64_t rows_written;
	struct buffer scratch;  // one row of CSV or JSON, or the rows held: cells that end in '\0'
};

// "table", "csv", "json" and NULL, in the order of enum format: choices of --format.
extern const char *const format_names[];

// At most SCHEMA_COLUMNS_MAX columns; the look has been checked, NULL: a plain one. A table for people leaves
// out those that are details.
struct table table_open(FILE *file, enum format format, const struct column *columns,
                        size_t column_count, const struct table_look *look);

// The columns that did not fit, "a, b"; "": none. After table_finish().
void table_left_out(const struct table *, char out[TABLE_NAMES_SIZE]);

// A whole row at once: a cell for each column of table_open(), also for those that are not shown. False: it cannot be
// written, so that more is of no use.
bool table_row(struct table *, const struct cell *cells);

void table_text(struct table *, const char *text);
// The same for text that does not end in a zero byte, or holds some.
void table_text_span(struct table *, struct span text);
void table_u64(struct table *, uint64_t);
// At most 6 decimals, zeros at the end dropped; an empty cell if it is not finite.
void table_real(struct table *, double);
// Three significant digits, however small it is: 0.0312, 4.07e-31.
void table_small(struct table *, double);
// Nothing in CSV, null in JSON, "-" for people.
void table_empty(struct table *);
// A number that is not known, which is not the same: "unknown", in CSV an empty field, null.
void table_unknown(struct table *);
void table_end_row(struct table *);

// Writes what is held and frees the memory; the file stays open. False if a
// write failed or memory ran out, with the reason.
bool table_finish(struct table *, struct error *error) MUST_CHECK;
