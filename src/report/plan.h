// SPDX-License-Identifier: MIT
// Private to report/: the questions of a page, which are asked together, so that the engine shares what
// they have in common, and their answers.
//
// Sections add questions first; then all are asked at once; then sections make of the answers what the
// page draws.
#pragma once

#include "answer/answer.h"
#include "answer/engine.h"
#include "present/table/table.h"

enum { PLAN_QUESTIONS_MAX = 96 };

// An answer that nobody looks at: it goes into a file as CSV.
struct sheet {
	struct receiver receiver;
	struct table table;
	FILE *file;  // in memory
	char *text;
	size_t length;
};

struct planned {
	struct question question;
	struct answer answer;
	struct sheet sheet;
	bool is_elsewhere;  // the rows are in the sheet, or with a receiver of the section's
};

// It points into itself: it stays where it is.
struct plan {
	struct planned list[PLAN_QUESTIONS_MAX];
	struct inquiry inquiries[PLAN_QUESTIONS_MAX];
	size_t count;
};

// Adds a question whose answer is kept; returns its number. What it points to lives as long as the plan.
size_t plan_ask(struct plan *, const struct question *);
// One whose rows become the text of a CSV file at once, since they are many.
size_t plan_ask_sheet(struct plan *, const struct question *);
// One whose rows go to the receiver.
size_t plan_ask_to(struct plan *, const struct question *, struct receiver *);

// Asks all of them.
bool plan_run(struct plan *, struct engine *, const struct limits *,
              struct error *error) MUST_CHECK;
void plan_done(struct plan *);  // accepts one of zeros

const struct answer *plan_answer(const struct plan *, size_t number);
const struct caveats *plan_caveats(const struct plan *, size_t number);
// Rows as the bytes of a CSV file, appended to `out`.
bool answer_csv(const struct answer *, struct buffer *out, struct error *error) MUST_CHECK;
bool plan_csv(const struct plan *, size_t number, struct buffer *out,
              struct error *error) MUST_CHECK;
