// SPDX-License-Identifier: MIT
// Private to cmd/: what survey, lifetimes and report ask for.
#pragma once

#include "cmd/dataset.h"

struct survey_command {
	struct analysis_command analysis;
	const char *gap;
	bool coverage, estimate;  // columns of `hotaru survey`
	double error;             // of gone_after_days
};
extern const struct option_table survey_table;
// --gap in days.
bool survey_gap(const struct survey_command *, uint32_t *out, struct error *error) MUST_CHECK;
