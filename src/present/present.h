// SPDX-License-Identifier: MIT
// Findings -> what people and programs read: tables (for terminals, CSV, JSON),
// figures (SVG), the report page (HTML) and notices (notify.h).
//
// One writer a format, used by every command. Names, texts and numbers that
// came from outside are escaped here, for where they go. The same findings give the
// same bytes, whatever the locale and the clock say.
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "incident/incident.h"
#include "present/notify/notify.h"
#include "present/page/report.h"
#include "present/table/table.h"
#include "present/words/lang.h"
#include "present/words/reason.h"

#include <stdio.h>

// Figures and the page draw from one plain struct. Everything in it stays the
// caller's and must live until the call returns.

// What the fingerprint table says of a family of the survey, in English. hotaru's own
// families have built-in words in both languages, which take precedence.
struct report_family {
	const char *name;         // as in the survey
	const char *what;         // the test, in a few words
	const char *source;       // who published it; NULL or "": not said
	const char *strength;     // "seen", "published", "weak"; NULL or "": not said
	bool is_malware;          // drawn in the figure that shows all malware together
	unsigned chance_bits;     // a random SYN matches once in 2^bits; 0: nobody knows
	const char *part_of;      // the family that has all sources of this one; NULL: none
	const char *figure_file;  // of its SVG, beside the page; NULL: no link
};

struct report_capture {
	const char *name;
	const uint64_t *frames;  // [counter_count]
	const char *damage;      // why it ended early; NULL or "": it did not
};

// Frames that were not understood.
struct report_flaw {
	const char *counter;
	int32_t link_type;      // negative: not known
	const char *link_name;  // NULL: it has none
	const char *reason;     // as reason_text() takes it; NULL: the counter says it all
	uint32_t number;
	uint64_t frames;
};

// Packets that did not get into captures, as these say. All zeros: none says so.
struct report_lost {
	uint64_t packets;
	uint64_t captures;  // that lost some
	uint64_t all;       // captures that were asked
	uint64_t silent;    // of them, that do not say whether they lost any
};

// Captures that go on after the last day that is asked for: the ledger has all of their frames. All zeros: none does.
struct report_going_on {
	uint64_t captures;
	uint64_t frames;  // of theirs, that come later
	bool is_unknown;  // there may be more of these
	int32_t day;      // that is asked for
};

struct report_ledger {
	const char *const *counters;  // names as in `hotaru ledger`, without "frames", their sum
	const uint64_t *totals;       // [counter_count]
	size_t counter_count;
	const struct report_capture *captures;
	size_t capture_count;
	const struct report_flaw *flaws;  // by counter, the most frames first
	size_t flaw_count;
	const struct report_flaw *remarks;  // the same of what else is to be known of frames
	size_t remark_count;
	struct report_lost lost;
	struct report_going_on going_on;
};

// Files beside the page that it links to; NULL: no link.
struct report_files {
	const char *survey_csv, *lifetimes_csv, *tools_csv;
	const char *ledger_csv, *captures_csv, *reasons_csv;
	const char *changes_csv, *ports_csv, *ports_last_day_csv, *prefixes_csv;
	const char *countries_csv, *countries_by_port_csv;
	const char *networks_csv, *networks_by_country_csv, *networks_by_port_csv;
	const char *home_csv;
	const char *incidents_csv;
	const char *together_figure, *lifetimes_figure;
	const char *port_families_figure, *map_figure, *networks_figure, *concentration_figure;
	const char *rules_csv, *rules_timeline_csv, *rules_new_csv;
	const char *accessibility_csv, *accessibility_figure, *devices_figure;
	const char *devices_csv, *devices_by_port_csv, *devices_by_country_csv, *devices_by_day_csv;
	const char *variants_csv, *variants_join_csv, *variants_table_csv, *infected_csv;
	const char *variants_figure, *variant_countries_figure, *joined_figure, *infected_figure;
};

struct report {
	enum lang lang;
	const struct report_survey *survey;
	const struct report_family *families;  // [survey->family_count], in the survey's order
	const char *telescope;                 // prefixes; "": every destination
	const char *zone;
	const struct incidents *incidents;  // for the axes of dates; NULL: none
	const char *version;
	bool is_simulated;  // some capture is
	bool is_mixed;      // and some is not
	struct report_ledger ledger;
	struct report_files files;
	// How much of each day the captures cover, 0 .. 1; NaN: not known. NULL: of no day.
	const double *coverage;
	// Parts that are not there, NULL, have no section.
	const struct report_changes *changes;
	const struct report_ports *ports;
	const struct report_home *home;  // NULL: nothing was named
	const struct report_places *places;
	const struct report_networks *networks;
	const struct report_concentration *concentration;
	const struct report_floods *floods;
	const struct report_tool *tools;
	size_t tool_count;
	const struct report_variants *variants;
	const struct report_rules *rules;
	const struct report_accessibility *accessibility;  // NULL: nobody was asked
	const struct report_models *models;                // NULL: nobody answered
};

// Stand-alone SVG files. False if there is nothing to draw (then `out` is as before)
// or `out` failed. Light and dark follow the viewer; renderers without style sheets get
// the light one.

// One family by day: active sources and those seen on the day; below, those that were
// new, returned, recovered.
bool figure_family(struct buffer *out, const struct report *, size_t family) MUST_CHECK;
// Active sources of all malware families by day.
bool figure_together(struct buffer *out, const struct report *) MUST_CHECK;
// Kaplan-Meier survival curves of all families.
bool figure_lifetimes(struct buffer *out, const struct report *) MUST_CHECK;

// Sources by day and port: one of report->ports->figures.
bool figure_ports(struct buffer *out, const struct report *, size_t figure) MUST_CHECK;
// The ports of report->ports->day as bars, the sources of its family apart from the others.
bool figure_port_families(struct buffer *out, const struct report *) MUST_CHECK;
// The share of all sources that the fullest prefixes hold, for each length.
bool figure_concentration(struct buffer *out, const struct report *) MUST_CHECK;
// The networks with the most sources, as bars.
bool figure_networks(struct buffer *out, const struct report *) MUST_CHECK;
// A map of the countries of report->places; what its member `map` is for.
bool figure_countries(struct buffer *out, const struct report *, bool is_narrow,
                      bool stands_alone) MUST_CHECK;

// On which ports the hosts that attacked a port answer: a group of bars for each attacked port.
bool figure_accessibility(struct buffer *out, const struct report *) MUST_CHECK;

// What honeypots saw: sources by family and by country, day by day; the share of them that the telescope saw;
// infected hosts of a country, with what was not seen.
bool figure_variants(struct buffer *out, const struct report *) MUST_CHECK;
bool figure_variant_countries(struct buffer *out, const struct report *) MUST_CHECK;
bool figure_joined(struct buffer *out, const struct report *) MUST_CHECK;
bool figure_infected(struct buffer *out, const struct report *) MUST_CHECK;
// Which clusters the infected hosts are of, by day and by country.
bool figure_models(struct buffer *out, const struct report *) MUST_CHECK;

// Target sources and Mirai share by day of the strongest rules: one of report->rules->figures.
bool figure_rules(struct buffer *out, const struct report *, size_t figure) MUST_CHECK;

// The page: one HTML file that loads nothing and runs no script but its own. False if `out` failed.
bool page_write(struct buffer *out, const struct report *) MUST_CHECK;
