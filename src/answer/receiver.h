// SPDX-License-Identifier: MIT
// Who takes the rows of an answer: a table on standard output, a file, a struct answer that keeps them.
// Rows come one by one, so that an answer of any length needs no memory.
#pragma once

#include "answer/schema.h"
#include "base/error.h"

struct receiver {
	// Once, when the question was understood and accepted, before the first row. The schema lives as
	// long as rows come.
	bool (*begin)(struct receiver *, const struct schema *, struct error *error);
	// One row: a cell for each column. Texts are valid during the call. False: no more is wanted,
	// which is no failure.
	bool (*row)(struct receiver *, const struct cell *cells);
	// All that was received is worth nothing, and begin comes again: while it was answered, something of
	// what is held was found to be damaged. NULL: what was handed on stays, and is not handed on again.
	void (*restart)(struct receiver *);
};
