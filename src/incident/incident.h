// SPDX-License-Identifier: MIT
// What happened in the world: public events, with who says so and how sure it is, for the time axis of figures and
// to compare the telescope before and after.
//
// incidents.csv is built in; a user's file has the same form and is merged with it. The form is CSV (RFC 4180) in UTF-8:
//
//	date,label,size,unit,source,confidence,label_ja
//
// A first line with a field "date" names the columns, in any order, and others besides, which are passed over;
// without it they are these, and what is left out at the right is empty. Lines that are empty or begin with # say
// nothing. `date` is YYYY-MM-DD (UTC); `size` a number from 0 on, or empty; `confidence` high, medium or low, of
// which a colon and the reason may follow, or empty. A line whose label a built-in incident has stands in its
// place, and with - for a date takes it out.
#pragma once

#include "base/cursor.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	INCIDENT_LABEL_SIZE = 161,
	INCIDENT_TEXT_SIZE = 321,
	INCIDENTS_MAX = 10000,  // of all
};

struct incident {
	int32_t day;
	bool is_own;  // of a user's file
	double size;  // NAN: nobody says
	char label[INCIDENT_LABEL_SIZE];
	char label_ja[INCIDENT_LABEL_SIZE];  // "": the label
	char unit[INCIDENT_LABEL_SIZE];      // what the size counts
	char source[INCIDENT_TEXT_SIZE];
	char confidence[INCIDENT_TEXT_SIZE];
};

// In order of their dates, of one day by label.
struct incidents {
	struct incident *list;
	size_t count, room;
};

// Those that are built in. The caller calls incidents_done(), also when it fails.
bool incidents_built_in(struct incidents *, struct error *error) MUST_CHECK;
// Merges a user's file with them. An error names the file, the line and the reason; what is there then is of no use.
bool incidents_merge(struct incidents *, struct span text, const char *name,
                     struct error *error) MUST_CHECK;
void incidents_done(struct incidents *);

// The one of this label, whatever its case; or the only one that has it in its label. NULL, with an error that
// says what there is instead: there is none, or several are.
const struct incident *incidents_find(const struct incidents *, const char *label,
                                      struct error *error);

// An axis has room for so many.
enum { INCIDENTS_ON_AXIS = 12 };
struct incident_hit {
	const struct incident *incident;
	uint32_t index;  // days after the first day
};

// Those that an axis of so many days shows, by date. Where there are more than it has room for: the user's own before
// others, then those of known size, then the earliest.
struct incidents_shown {
	struct incident_hit hits[INCIDENTS_ON_AXIS];
	size_t count;
	size_t left_out;
};
struct incidents_shown incidents_on_axis(const struct incidents *, int32_t first_day,
                                         size_t day_count);

// Private to incident/: adds those of a table. Of a built-in one nothing is replaced.
bool incidents_read(struct incidents *, struct span text, const char *name, bool is_own,
                    struct error *error) MUST_CHECK;
// Private: adds one, or takes out and replaces those that are built in.
bool incidents_add(struct incidents *, const struct incident *, struct error *error) MUST_CHECK;
void incidents_take_out(struct incidents *, const char *label);
