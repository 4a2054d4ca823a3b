// SPDX-License-Identifier: MIT
// How rows are written: cell by cell in the order of the columns, and then the row ends. Each function
// is for cells of its type; empty and unknown cells are of any.
#pragma once

#include "answer/receiver.h"
#include "base/buffer.h"

struct rows {
	struct receiver *receiver;
	const struct schema *schema;
	struct cell cells[SCHEMA_COLUMNS_MAX];
	size_t next;          // the column that comes
	struct buffer texts;  // of the row
	uint64_t count;       // rows that were ended
	bool is_enough;       // the receiver wants no more
	bool is_out_of_memory;
};

// Begins an answer. The caller calls rows_finish() in every case.
bool rows_begin(struct rows *, struct receiver *, const struct schema *,
                struct error *error) MUST_CHECK;
// False: there was no memory for some text.
bool rows_finish(struct rows *, struct error *error) MUST_CHECK;

void rows_text(struct rows *, const char *text);
void rows_text_span(struct rows *, struct span text);
void rows_day(struct rows *, int32_t day);
void rows_time(struct rows *, uint64_t time_ns);
void rows_address(struct rows *, uint32_t address);
void rows_number(struct rows *, uint64_t number);
void rows_real(struct rows *, double real);  // CELL_REAL or CELL_SMALL
// In a column of texts.
void rows_numeral(struct rows *, uint64_t number);
void rows_empty(struct rows *);
void rows_unknown(struct rows *);
// All cells to the end of the row.
void rows_rest_unknown(struct rows *);
// False: the receiver wants no more.
bool rows_end(struct rows *);
