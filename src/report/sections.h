// SPDX-License-Identifier: MIT
// Private to report/: the sections of the page. Each adds its questions to the plan, and when these are
// answered makes of them what the page draws (present/page/report.h), which it owns.
//
// A section is three functions: X_ask() adds questions, X_fill() reads their answers, X_done() frees, and
// accepts a section that was never filled. It points into itself: it stays where it is. To add one:
// these in a file, its struct here, and its lines in report.c, files.c and present/page/.
#pragma once

#include "report/plan.h"
#include "report/report.h"

enum { REPORT_FAMILIES_MAX = 33, REPORT_FILE_SIZE = 64 };

enum {
	REPORT_RECENT_DAYS = 28,  // places, networks and prefixes are of so many last days
};

// What all sections ask about.
struct report_about {
	const struct report_options *options;
	const struct description *description;
	bool has_shown;          // the page has days
	struct day_range shown;  // and these are they
	bool has_data;           // some of them has packets; else only survey and ledger ask
	int32_t last_day;        // and of these the last one with data
	struct day_range recent;  // its last days, REPORT_RECENT_DAYS at most
};

// ---- infections by day and family (survey.c)

struct survey_section {
	size_t survey, lifetimes, survival;  // numbers of questions
	struct report_survey shown;
	struct report_survey_family families[REPORT_FAMILIES_MAX];
	struct report_family about[REPORT_FAMILIES_MAX];
	char figure_files[REPORT_FAMILIES_MAX][REPORT_FILE_SIZE];
	double *survival_values;
};
void survey_section_ask(struct survey_section *, const struct report_about *, struct plan *);
bool survey_section_fill(struct survey_section *, const struct report_about *, const struct plan *,
                         struct error *error) MUST_CHECK;
void survey_section_done(struct survey_section *);

// ---- where every frame went, and how much of each day was seen (ledger.c)

struct ledger_section {
	size_t ledger, reasons, coverage, drops;
	double *coverage_values;  // of the days shown
	const char **counters;
	uint64_t *frames;  // by capture and counter, then the totals
	struct report_capture *captures;
	struct report_flaw *flaws;
	struct report_ledger report;
};
void ledger_section_ask(struct ledger_section *, const struct report_about *, struct plan *);
bool ledger_section_fill(struct ledger_section *, const struct report_about *, const struct plan *,
                         struct error *error) MUST_CHECK;
void ledger_section_done(struct ledger_section *);
