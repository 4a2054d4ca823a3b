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
// --gap in days, GAP_NONE for its words, of which "auto" is for
bool survey_gap(const struct survey_command *, uint32_t *out, struct error *error) MUST_CHECK;
// which asks the engine, says on what it rests, and refuses where nobody said what the telescope is. *out stays
// as it is for all else.
bool survey_gap_find(const struct survey_command *, struct engine *, struct listener, uint32_t *out,
                     struct error *error) MUST_CHECK;
