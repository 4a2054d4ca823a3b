// SPDX-License-Identifier: MIT
// Private to the local engine: what is said of the newest days of a survey, and of those whom it leaves out.
#pragma once

#include "answer/local/topic.h"

struct survey;

// The rows of a question of revisions.
bool hand_revisions(struct inquiry *, struct rows *, const struct survey *,
                    struct error *error) MUST_CHECK;

// Fingerprints that are no families, but had sources on the days that are wanted, with the SYNs that match: "zmap
// (12 packets)". How many sources they had is not asked: that would take another survey.
bool tools_caveat(const struct answering *, struct inquiry *, struct error *error) MUST_CHECK;

// Of a survey or of lifetimes, of three days or more: from which day on numbers can still change, if the question wants such a day,
// and by how much those of last days did, of the family with the most sources.
bool newest_caveats(struct inquiry *, const struct survey *, struct error *error) MUST_CHECK;
