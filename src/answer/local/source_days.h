// SPDX-License-Identifier: MIT
// Private to the local engine: questions about source-days. All of them are answered in one pass over
// the days, in which each makes its rows by itself.
#pragma once

#include "answer/local/topic.h"
#include "analyse/shapes/shapes.h"

enum { ASKED_FAMILIES_MAX = FINGERPRINTS_MAX + 1 };

// One question on its way through the days.
struct source_days_asked;
struct source_days_functions {
	// A source-day of a day that the question wants, whatever it sent.
	void (*take)(struct source_days_asked *, const struct shape_day *,
	             const struct source_day *);
	void (*end_day)(struct source_days_asked *, const struct shape_day *);
	// A day that is lost (holdings.h).
	void (*lose_day)(struct source_days_asked *, int32_t day);
	void (*close)(struct source_days_asked *);
};
struct source_days_asked {
	const struct source_days_functions *functions;
	struct inquiry *inquiry;
	const struct fingerprint_set *fingerprints;
	struct source_filter filter;  // with the first of the families
	unsigned families[ASKED_FAMILIES_MAX];
	uint64_t columns;
	struct schema schema;
	struct rows rows;
	bool is_streamed;  // rows of a day are handed on before it has ended
	struct floods_left_out left_out;
	uint64_t left_out_here;  // on the day that passes
};

// What such questions have in common. False: the question cannot be answered.
bool source_days_asked_init(struct source_days_asked *, const struct answering *, struct inquiry *,
                            struct error *error) MUST_CHECK;
bool sources_open(const struct answering *, struct inquiry *, struct source_days_asked **out,
                  struct error *error) MUST_CHECK;
bool shapes_open(const struct answering *, struct inquiry *, struct source_days_asked **out,
                 struct error *error) MUST_CHECK;
