// SPDX-License-Identifier: MIT
// Private to cmd/: the survey as survey, lifetimes and report use it.
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

extern const struct column survey_columns[], lifetimes_columns[];
extern const size_t survey_column_count, lifetimes_column_count;

bool survey_make(struct store *, const struct survey_command *, const struct day_range *,
                 struct survey *out, struct error *error) MUST_CHECK;
// False: no day is within --from and --to.
bool survey_write(struct table *, const struct survey *, const struct analysis_command *);
void lifetimes_write(struct table *, const struct survey *);
