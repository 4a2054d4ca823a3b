// SPDX-License-Identifier: MIT
// What honeypots saw, for the page: families of scanners' strings by day and country, the table of types, how many of
// their sources the telescope saw, and how many hosts are infected. Included by report.h.
//
// Arrays by day are as those of report.h. A day on which no honeypot logged anything is unknown
// (REPORT_UNKNOWN, NaN), and not one without sources.
#pragma once

#include "present/chart/report_place.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	REPORT_VARIANTS_DRAWN = 12,  // families, and countries, that have a plot
	REPORT_VARIANT_PLACES = 3,
	REPORT_VARIANT_PARTS = 3,
};

// Of a family's sources that the telescope saw, those with a fingerprint, that asked for a port, or that are targets of a
// rule; of all of them those of a device model.
struct report_variant_part {
	const char *name;
	uint64_t sources;
};

// Those with the most sources first.
struct report_variant_parts {
	struct report_variant_part list[REPORT_VARIANT_PARTS];
	size_t count;
	uint64_t all;  // of all of them, also of those that are not listed
};

struct report_variant {
	const char *family;
	const uint64_t *by_day;  // sources
	uint64_t source_days;    // all of them: sources, each once a day
	int32_t first_day, last_day;
	struct report_place places[REPORT_VARIANT_PLACES];  // their `sources` are source-days
	size_t place_count;
	uint64_t joined, seen;  // source-days on days that the telescope knows; that it saw
	// Of those seen, and of rules "window=5840&dport=23 => ttl=50"; models are of all, with the number of a cluster in front.
	struct report_variant_parts fingerprints, ports, rules, models;
};

struct report_variant_country {
	struct report_place place;  // its `sources` are source-days
	const uint64_t *by_day;
};

// A row of the published table: texts as `hotaru variants --table` has them.
struct report_variant_type {
	const char *type, *programs, *tokens, *countries, *keys;
};

// One country on the last day that has an estimate, or "*", all of them.
struct report_infected {
	struct report_place place;  // its `sources` are those that the telescope saw
	uint64_t estimate, low, high;
};

struct report_variants {
	const bool *has_log;   // by day: some honeypot logged something
	const double *logged;  // by day: the share of it that honeypots logged; NULL: nobody asked
	uint32_t part_days;    // of which they logged a part only
	uint32_t silent_days;  // of the others, between the first and the last that has
	const struct report_variant *families;  // the most source-days first
	size_t count;
	const struct report_variant_country *countries;  // the same
	size_t country_count;
	const struct report_variant_type *types;
	size_t type_count;
	const double *share;      // by day: of the honeypots' sources, that the telescope saw
	const char *fingerprint;  // whose sources are estimated: "mirai"
	int32_t infected_day;
	const struct report_infected *infected;  // all of them first, then the most first
	size_t infected_count;
	// Of the country that is drawn, by day: seen, the estimate, and the ends of its interval.
	struct report_place drawn;
	const double *drawn_days[4];
};
