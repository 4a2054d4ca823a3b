// SPDX-License-Identifier: MIT
// Private to report/: the answer to QUESTION_PREFIXES, kept in little more than a byte a row. There may be
// 16 million of them, most with as many sources as the row before and a prefix that is a little higher;
// and everything in a row follows from the prefix, its sources, and the rows before it.
#pragma once

#include "answer/question.h"
#include "answer/receiver.h"
#include "base/buffer.h"
#include "present/table/table.h"

struct ranked {
	uint32_t address;
	uint64_t sources;
};

struct ranking {
	struct receiver receiver;
	struct schema schema;
	unsigned bits;
	struct buffer packed;  // each row as what it differs in from the one before, see ranking.c
	struct ranked last;    // that was packed
	size_t count;
	uint64_t sources;  // of all rows
	bool is_unknown;   // the answer is a row of nothing: all days are lost
};

// It is its receiver: it stays where it is. `bits` is that of the question.
void ranking_init(struct ranking *, unsigned bits);
void ranking_done(struct ranking *);  // accepts one of zeros
// Whether all rows could be kept.
bool ranking_check(const struct ranking *, struct error *error) MUST_CHECK;

// Its rows, from the first to the last.
struct ranking_walk {
	const struct ranking *ranking;
	struct cursor rest;
	struct ranked row;
};
struct ranking_walk ranking_walk(const struct ranking *);
bool ranking_next(struct ranking_walk *);  // false: that was the last one
// Writes the rows as they came.
void ranking_write(const struct ranking *, struct table *to);
