// SPDX-License-Identifier: MIT
// Private to cmd/: the survey as survey, lifetimes and report use it.
#pragma once

#include "cmd/source.h"

struct survey_command {
	struct analysis_command analysis;
	const char *gap;
	bool coverage, estimate;  // columns of `hotaru survey`
	double error;             // of gone_after_days
};
extern const struct option_table survey_table;

// What `hotaru survey` has beside the counts: columns at the right.
struct survey_more {
	struct coverage coverage;
	struct estimates estimates;
	bool has_coverage, has_estimates;  // as columns
};
extern const struct option_table survey_more_table;
extern const size_t survey_coverage_columns, survey_estimate_columns;
bool survey_more_make(struct store *, const struct survey_command *, const struct survey *,
                      struct survey_more *out, struct error *error) MUST_CHECK;
void survey_more_done(struct survey_more *);
// The cells of one row; `i` and `f` are indices of the survey.
void survey_more_write(struct table *, const struct survey_more *, const struct survey *,
                       uint32_t i, size_t f);
// Days that are not wholly covered have to be known of, whatever is asked.
void survey_more_say(const struct survey_more *, const struct analysis_command *);

extern const struct column survey_columns[], lifetimes_columns[];
extern const size_t survey_column_count, lifetimes_column_count;  // without those of survey_more

bool survey_make(struct store *, const struct survey_command *, const struct day_range *,
                 struct survey *out, struct error *error) MUST_CHECK;
// False: no day is within --from and --to. `more` may be NULL.
bool survey_write(struct table *, const struct survey *, const struct survey_more *,
                  const struct analysis_command *);
void lifetimes_write(struct table *, const struct survey *);
