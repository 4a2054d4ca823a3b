// SPDX-License-Identifier: MIT
// By how much the survey's numbers of its newest days moved in the past.
//
// A source that was not seen today may come back tomorrow. So `recovered`, its running sum and `active` of a day
// depend on the days after it; packets, sources, `new` and `returned` do not. Without a gap they can change for
// ever: each return of a source makes one less recovered and one more active. With a gap of G days those of
// a day are final once more than G days from it on are known (survey_family.final_days): until then nobody
// counts as recovered on it, and then all that ever will.
//
// *Now* is the survey as it is, to its last day D. *Then* is what a survey of the same days would have said
// that ended on day e, a view. The views are e = D-34 .. D-7: four weeks that ended a week ago, so that most of
// what moves has moved. The age of a row is how many days after its day the view ends: at age 0 it
// is the last row of the view. Views without data or of which nothing is known are left out, and so are rows
// that are not known, and the first day, which never changes. Nothing is estimated, and nothing is read: the
// survey counts silences that ended, and that is all it takes.
#pragma once

#include "analyse/survey/survey.h"

enum { REVISION_VIEWS = 28, REVISION_SETTLED_DAYS = 7, REVISION_VIEWS_MIN = 7 };

// (now - then) / then, of the views with then > 0; not known from fewer than REVISION_VIEWS_MIN of them.
struct revision_change {
	bool is_known;
	double median, most;  // of an even number the mean of the middle two; the farthest from 0
};

struct revision {
	uint32_t views;  // that have a row of this age
	struct revision_change active, recovered;
};
// One for each of survey_ages.
void revisions_make(const struct survey *, size_t family, struct revision out[SURVEY_AGES]);

// What a row said then.
struct survey_then {
	uint64_t recovered, active;
};
// Of the row of a known day, in the view that ended survey_ages[age] days later, on a known day of the survey
// with data. Without a gap the row is one of the last SURVEY_PAST_DAYS.
struct survey_then survey_row_then(const struct survey *, size_t family, uint32_t day, size_t age);
