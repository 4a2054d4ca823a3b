// SPDX-License-Identifier: MIT
// Association rules for the page: which header values go together, since when, in how many
// sources, and which of that is new. Included by present/report.h.
//
// A part of the page like the others: pointers may be NULL with a count of 0, texts may come from
// outside. Days are those that were mined, `from` to `to`, which lie within the survey's: arrays by
// day have one entry for each of them.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct report_place;

// A header value as `hotaru rules` names it: "window" and "1320"; of a bucket "dport" and "33-64_values".
// The page has words of its own for the fields that it knows.
struct report_item {
	const char *field, *value;
};

// antecedent => consequent: the items of one, then those of the other.
struct report_rule {
	const struct report_item *items;
	size_t antecedent_count, consequent_count;
};

// A number of sources of which so many are Mirai hosts. `mirai` is REPORT_UNKNOWN where nobody knows: the
// store has no such fingerprint.
struct report_targets {
	uint64_t sources, mirai;
};

// A fingerprint, and the target sources of which any SYN matches it.
struct report_match {
	const char *fingerprint;
	uint64_t sources;
	bool is_weak;  // what else there is matches it, too: it is no name for anything
};

struct report_target_port {
	uint16_t number;
	uint64_t sources;
};

// A header that a target source sent. Of more SYNs than one each value is its most frequent, and they need not have
// been in one packet. No addresses: a page is passed on.
struct report_example {
	const struct report_item *items;  // NULL: there is none
	size_t count;
	uint64_t syns;
};

// A rule that emerged with another one, on its day or soon after it.
struct report_related {
	struct report_rule rule;
	int32_t day;
};

// A rule that had not been there on the days before: what is spreading. Rules about the same values that
// emerged on the same day or soon after are one emergence, that of the first and strongest.
struct report_emergence {
	int32_t day;
	struct report_rule rule;
	const struct report_related *others;  // by day
	size_t other_count;
	// Of the rule, on that day.
	uint64_t support;
	double confidence, lift;
	struct report_targets targets;
	const struct report_target_port *ports;  // by sources, descending
	size_t port_count;
	// By sources, descending; their shares are of the target sources. None: not known, and not said.
	const struct report_place *countries, *networks;
	size_t country_count, network_count;
	const struct report_match *matches;  // by sources, descending
	size_t match_count;
	// What it is, if half of the target sources or more match a fingerprint that is not weak; NULL: nobody
	// has named it, or nobody knows.
	const char *name;
	bool is_unknown;  // packets came as flows, which do not tell fingerprints
	struct report_example example;
};

// A rule over the days.
struct report_rule_life {
	struct report_rule rule;
	int32_t first_day, last_day, peak_day;
	uint32_t days;  // on which it was found
	struct report_targets peak;
	double confidence;        // on the day of the peak
	const uint64_t *sources;  // by day: target sources where it was found, else 0
};

// One line of a figure. Targets are counted on days on which the rule was not found, too.
struct report_rule_line {
	struct report_rule rule;
	const uint64_t *sources, *mirai;  // by day; `mirai` NULL: nobody knows
	// By day: whether the rule was found. The share is drawn on these days only, since that of a
	// handful of sources says nothing.
	const bool *is_found;
};

// Target sources by day and below their Mirai share. At most REPORT_RULE_LINES_MAX lines are drawn.
enum { REPORT_RULE_LINES_MAX = 6 };
struct report_rule_figure {
	const char *field;  // that all its rules are about, also in its anchor #rules-FIELD
	const struct report_rule_line *lines;
	size_t line_count;
	bool is_log;
	const char *file;  // of its SVG, beside the page; NULL: no link
};

struct report_rules {
	int32_t from, to;  // both included
	// Days of the page that were not mined, before `from`; 0: all were.
	uint32_t days_left_out;
	uint64_t support_min;  // the least of any day
	uint64_t
		support_max;  // the most: another one where it is of each day by its sources, else the same; 0: the same
	// By the sources of each day, from the fewest to the most: one in `support_one_in` of them, `support_least` at
	// least, and less where the telescope is small. 0: the same on all days.
	uint64_t support_one_in, support_least, sources_min, sources_max;
	bool is_support_by_telescope;  // on some day it is less for that
	// Where there is no rule, the highest support with which there is one; 0: not known.
	uint64_t support_listed;
	double confidence_min;
	// What was asked for, if days of the store can only be answered from support_min on, because values with fewer
	// sources were dropped; 0: what was asked for could be answered.
	uint64_t support_asked;
	const char *const *fields;  // each mined by itself
	size_t field_count;
	// Emerged is what passes, passed on none of `past_days` before, and has more than `times` the support that it
	// had on any of them but the last `recent_days`, of which `past_days_min` have data. All zeros: not stated.
	uint32_t past_days, recent_days, times, past_days_min;
	const struct report_emergence *emergences;  // the latest first, with and without a name
	size_t emergence_count;
	uint64_t emergences_more;  // that came before these
	uint32_t unjudged_days;    // for which too few days before have data
	// By the peak, descending; of rules over the same values one, that of the most days.
	const struct report_rule_life *lives;
	size_t life_count;
	uint64_t lives_more;  // that are left out
	const struct report_rule_figure *figures;
	size_t figure_count;
	uint32_t partial_days;      // which may have more rules than were found
	uint64_t bucketed_sources;  // a source counts for each day and field
	// The command that asks for rules with less support, or for the first one; NULL: none is named.
	const char *lower_command;
};
