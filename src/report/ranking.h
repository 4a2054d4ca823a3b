// SPDX-License-Identifier: MIT
// Private to report/: the answer to QUESTION_PREFIXES, kept in four bytes a row. There may be millions of
// them, and everything in a row follows from the prefix, its sources, and the rows before it.
#pragma once

#include "answer/question.h"
#include "answer/receiver.h"
#include "base/buffer.h"
#include "present/table/table.h"

struct ranking {
	struct receiver receiver;
	struct schema schema;
	unsigned bits;
	struct buffer
		packed;    // the address, and in the bits behind the prefix the sources, less one
	uint64_t sources;  // of all rows
	bool is_unknown;   // the answer is a row of nothing: all days are lost
};

struct ranked {
	uint32_t address;
	uint64_t sources;
};

// It is its receiver: it stays where it is. `bits` is that of the question.
void ranking_init(struct ranking *, unsigned bits);
void ranking_done(struct ranking *);  // accepts one of zeros
// Whether all rows could be kept.
bool ranking_check(const struct ranking *, struct error *error) MUST_CHECK;

size_t ranking_count(const struct ranking *);
struct ranked ranking_at(const struct ranking *, size_t row);
// Writes the rows as they came.
void ranking_write(const struct ranking *, struct table *to);
