// SPDX-License-Identifier: MIT
// Private to where/: what counts while sources are walked.
#pragma once

#include "analyse/distinct_sources.h"
#include "analyse/where/where.h"

// Counts places of the sources that it is shown. NULL: no memory.
struct places_count;
struct places_count *places_count_new(const struct source_choice *, const struct places_request *);
struct source_visitor places_count_visitor(struct places_count *);
// Once, at the end; *out has all but the days.
bool places_count_finish(struct places_count *, struct places *out, struct error *error) MUST_CHECK;
void places_count_free(struct places_count *);  // accepts NULL

// The same of prefixes.
struct prefixes_count;
struct prefixes_count *prefixes_count_new(unsigned bits);
struct source_visitor prefixes_count_visitor(struct prefixes_count *);
bool prefixes_count_finish(const struct prefixes_count *, struct prefixes *out,
                           struct error *error) MUST_CHECK;
void prefixes_count_free(struct prefixes_count *);
