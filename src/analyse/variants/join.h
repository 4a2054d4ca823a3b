// SPDX-License-Identifier: MIT
// Honeypots joined with the telescope, source by source and day by day: which of those that came to a honeypot sent the
// telescope anything on the same day, by which fingerprint, and to which ports; and how many sources of a fingerprint
// the telescope saw in each country, with what the honeypots' sources say of the share that it sees
// (infected.h).
//
// The telescope's day is known if host-days of it are held, and not lost; otherwise nobody knows who was seen, and rows say
// so. A day on which no honeypot logged has no row: that is a gap, and nobody's recovery.
#pragma once

#include "analyse/pair_counts.h"
#include "analyse/variants/infected.h"
#include "base/work_limits.h"
#include "holdings/holdings.h"

struct place_atlas;

// A source that did something of a family at a honeypot on a day. Each once, ascending by day, source, family.
struct honeypot_sighting {
	int32_t day;
	uint32_t source;
	uint32_t family;
	bool scans;  // it scanned, as its hosts do that the fingerprint stands for: it is of the sample
};

#define JOIN_ALL_FAMILIES UINT32_MAX
enum join_what { JOIN_FINGERPRINTS, JOIN_PORTS, JOIN_WHATS };

// Sources of a family, or of all, on a day.
struct join_row {
	int32_t day;
	uint32_t family;
	bool is_known;           // the telescope's day
	uint64_t sources, seen;  // of honeypots; those of them that sent the telescope a SYN
	// Of those seen, by fingerprint (its bit; they count for it) or port (of SYNs): with the most first, of equal
	// ones the lowest.
	const struct pair_count *of[JOIN_WHATS];
	size_t counts[JOIN_WHATS];
};

// A day of the telescope or of honeypots, or of both.
struct join_day {
	int32_t day;
	bool is_known;                  // the telescope's
	bool knows_fingerprints;        // and none of its SYNs came as flows, which tell none
	bool has_sightings;             // of honeypots
	struct infected_sample sample;  // if it knows them
	uint64_t telescope;             // sources that count for the fingerprint
};

struct join_request {
	struct day_range days;
	const struct honeypot_sighting *sightings;
	size_t count;
	unsigned fingerprint;           // its bit, or HOLDINGS_ALL_SYNS
	struct place_atlas *countries;  // NULL: nobody knows where anything is
	bool wants_ports, wants_countries;
};

struct join {
	struct join_row *rows;  // by day; of a day that of all, then by family
	size_t row_count;
	struct join_day *days;
	size_t day_count;
	struct pair_counts
		places;  // packed and in order: group is the number of a day, place of the atlas
	size_t place_count;
	struct pair_counts of[JOIN_WHATS];  // what rows point to
};

// Once through the host-days of the days. Memory: by honeypots' sources, and by days and countries.
bool join_make(struct holdings *, const struct join_request *, struct join *out,
               struct error *error) MUST_CHECK;
void join_done(struct join *);  // accepts one of zeros

// The sample that a day's estimate rests on: its own, and of days around it, as many as are needed for
// JOIN_SAMPLE_ENOUGH sources, at most JOIN_DAYS_AROUND before and after. *out_days: how many of them say something.
enum { JOIN_SAMPLE_ENOUGH = 100, JOIN_DAYS_AROUND = 15 };
struct infected_sample join_sample_around(const struct join *, size_t day, uint32_t *out_days);
