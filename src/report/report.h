// SPDX-License-Identifier: MIT
// Which questions make the page, which files stand beside it. It asks an engine once, whatever that is,
// and writes what present/ makes of the answers.
#pragma once

#include "answer/engine.h"
#include "place/home.h"
#include "place/place.h"
#include "present/page/report.h"
#include "present/present.h"

#include <stdio.h>

// What is wanted. Everything stays the caller's.
struct report_options {
	enum lang lang;
	const char *version;          // of the program
	const char *const *families;  // names of fingerprints; "*": all SYNs
	size_t family_count;
	uint32_t gap_days;      // or GAP_NONE
	struct day_range days;  // of the page; the engine knows of none after the last of them
	bool without_floods;
	const uint16_t *ports;  // of the figure; count 0: the published ones
	size_t port_count;      // at most REPORT_FIGURE_PORTS_MAX
	bool is_log;
	uint64_t support_min;  // of association rules; 0: of each day by its sources
	double confidence_min;
	const char *
		lower_support;  // the command that asks for rules of less support, but for its number
	const struct incidents *incidents;  // for the figures; NULL: none
	const struct home *home;            // one's own, which come first; NULL: nobody said
	// Of which the page names the databases, by enum place_kind. They may know no place.
	const struct place_atlas *atlases[PLACE_KINDS];
};

// The folder of the report.
struct report_folder {
	// NULL: it cannot be made.
	FILE *(*create)(void *context, const char *name, struct error *error);
	// Of a file that create() made. False: not all of it is there.
	bool (*close)(void *context, FILE *file, const char *name, struct error *error);
	// A file of an earlier report, that may be there.
	void (*remove)(void *context, const char *name);
	// A figure was written, of which there may be another form.
	void (*figure)(void *context, const char *name);
	void *context;
};

// Files of an earlier report are removed once all answers are there.
bool report_make(struct engine *, const struct report_options *, const struct limits *,
                 const struct report_folder *, struct error *error) MUST_CHECK;
