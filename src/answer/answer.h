// SPDX-License-Identifier: MIT
// An answer that is kept: a receiver that stores the rows, to be read by row and column.
//
//	struct answer a = answer_new();
//	... engine_ask() with &a.receiver ...
//	for (size_t row = 0; row < a.row_count; row++)
//		... answer_number(&a, row, answer_column(&a, "sources")) ...
//	answer_done(&a);
#pragma once

#include "answer/receiver.h"
#include "base/buffer.h"

struct answer {
	struct receiver receiver;  // private, but for its address
	struct schema schema;
	size_t row_count;
	struct cell *cells;  // [row_count * schema.count]
	size_t room;
	struct buffer texts;  // private
	bool is_out_of_memory;
};

struct answer answer_new(void);
void answer_done(struct answer *);  // accepts one of zeros

// Whether all rows could be kept.
bool answer_check(const struct answer *, struct error *error) MUST_CHECK;

// The column of that name, which has to be there.
size_t answer_column(const struct answer *, const char *name);
const struct cell *answer_cell(const struct answer *, size_t row, size_t column);

// The value of a cell; for one without a value 0, NaN, or "".
uint64_t answer_number(const struct answer *, size_t row, size_t column);
double answer_real(const struct answer *, size_t row, size_t column);
int32_t answer_day(const struct answer *, size_t row, size_t column);
// Ends in a zero byte; valid until answer_done().
const char *answer_text(const struct answer *, size_t row, size_t column);

// Hands all rows on to another receiver. False: it failed, or no memory held them.
bool answer_replay(const struct answer *, struct receiver *, struct error *error) MUST_CHECK;
