// SPDX-License-Identifier: MIT
// Private to cmd/: everything that the page is drawn from, and who owns it.
#pragma once

#include "cmd/render.h"
#include "cmd/report_parts.h"
#include "cmd/surveyed.h"

struct report_command {
	struct survey_command survey;
	unsigned lang;
	const char *ports;
	bool is_log;
	uint16_t port_list[REPORT_FIGURE_PORTS_MAX];
	size_t port_count;
	uint64_t support_min;  // of association rules
	double confidence_min;
};

enum { REPORT_FILE_SIZE = 64 };

// It points into itself: it stays where it is.
struct material {
	const struct report_command *options;
	const struct dataset *dataset;
	struct survey survey;
	struct report_survey shown;  // the days asked for
	struct report_survey_family shown_families[FAMILIES_MAX];
	double *coverage;  // of the days shown
	struct store_capture *captures;
	size_t capture_count;
	struct report_capture *report_captures;
	struct report_family families[FAMILIES_MAX];
	char figure_files[FAMILIES_MAX][REPORT_FILE_SIZE];
	uint64_t totals[KIND_COUNT];
	struct report_flaw *flaws;
	size_t flaw_count;
	struct report_ports_part ports;
	struct report_places_part places;
	struct report_prefixes_part prefixes;
	struct report_changes_part changes;
	struct report_rules_part rules;
	struct report_floods floods;
	struct report report;
};

// Asks the store for all of it.
bool material_gather(struct material *, struct error *error) MUST_CHECK;
void material_done(struct material *);

// Writes the page, the figures and the tables into the folder.
bool report_write(const struct material *, const char *folder, const struct helper *renderer,
                  struct error *error) MUST_CHECK;
