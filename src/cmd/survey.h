// SPDX-License-Identifier: MIT
// Private to cmd/: what survey, lifetimes and report ask for.
#pragma once

#include "cmd/dataset.h"

struct survey_command {
	struct analysis_command analysis;
	const char *gap;
	bool coverage, estimate, final;  // columns of `hotaru survey`
	bool revisions;
	double error;  // of gone_after_days
};
extern const struct option_table survey_table;
// --gap in days; "auto" by the telescope of the description: the smallest that it was on a day with data, and
// refused if nobody said what it is. Without a description only whether it is one of the words and numbers.
bool survey_gap(const struct survey_command *, const struct description *, uint32_t *out,
                struct error *error) MUST_CHECK;
