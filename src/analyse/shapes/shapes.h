// SPDX-License-Identifier: MIT
// The shape of scanning: what a source-day's packets of one kind look like from here: how many
// destinations and ports, how fast, and whether it goes through addresses or through ports.
//
// Five are the least that make a scan, as in V. Yegneswaran, P. Barford and J. Ullrich, "Internet
// intrusions: global characteristics and prevalence" (SIGMETRICS 2003): five machines asked for
// one port are a horizontal scan, five ports of one machine a vertical one. They count by the hour,
// and a store keeps days. Whoever was seen with fewer of both may do anything elsewhere.
#pragma once

#include "analyse/coverage.h"
#include "analyse/source_merge.h"

enum shape {
	SHAPE_FEW,         // fewer destinations and fewer ports: not enough was seen to tell
	SHAPE_HORIZONTAL,  // SHAPE_LEAST destinations and more, fewer ports
	SHAPE_VERTICAL,    // SHAPE_LEAST ports and more, fewer destinations
	SHAPE_MIXED,       // as many of both
	SHAPE_UNKNOWN,     // flows that do not tell destinations, or ports, apart
	SHAPE_COUNT
};
enum { SHAPE_LEAST = 5 };
// "few", "horizontal", "vertical", "mixed", "unknown", and NULL.
extern const char *const shape_names[SHAPE_COUNT + 1];

// How the telescope stood on a day.
struct shape_scale {
	uint64_t addresses;  // of the telescope; 0: nobody said, so no rate is known
	double seconds;      // of the day that were covered; 0: none that is known of
};
struct shape_scale shape_scale_of(const struct holdings *, const struct coverage *, int32_t day);

struct source_shape {
	uint64_t packets;  // SYNs, those of the family, or UDP datagrams
	uint64_t ports;    // that these went to; 0: not known
	// Those of all its packets, as no others are kept, but not more than `packets`; estimated
	// beyond 64 (host_day_distinct()). 0: not known.
	uint64_t destinations;
	// Of all its packets, too.
	uint64_t first_ns, last_ns;
	// Packets a second to the whole of IPv4, if it treats all addresses alike: over the day,
	// packets x 2^32 / addresses / seconds; and while it was seen, (packets - 1) x 2^32 / addresses
	// / (last - first), for two packets and more. Negative: not known.
	double rate, rate_while_seen;
	enum shape shape;
};

// What is read for it.
uint64_t shape_columns(const struct source_filter *);
// The shape of what the filter wants, whatever port it names.
void shape_of(const struct source_filter *, const struct shape_scale *, const struct host_day *,
              struct source_shape *out);

// Source-days that pass a filter, by day and then by source, and which of them are flood suspects.
// Memory: that of one day's merging and its floods.
struct shape_reader;
struct source_day {
	int32_t day;
	const struct host_day *host;  // valid until the next call
	struct shape_scale scale;
	bool is_flood_suspect;
};
bool shape_reader_open(struct holdings *, const struct source_filter *, uint64_t columns,
                       struct shape_reader **out, struct error *error) MUST_CHECK;
// False at the end (then *error is ERROR_NONE) or at a failure.
bool shape_reader_next(struct shape_reader *, struct source_day *out,
                       struct error *error) MUST_CHECK;
// So far; the days on which there may be more floods count without leaving out, too.
struct floods_left_out shape_reader_left_out(const struct shape_reader *);
void shape_reader_close(struct shape_reader *);  // accepts NULL

// Source-days by shape, of several families at once.
struct shape_count {
	uint64_t sources, packets;
	uint64_t flood_suspects;  // also where they are left out of the other two
};
struct shape_day {
	int32_t day;
	bool has_unknown;  // SYNs of flows: nobody knows of which families they are
	struct shape_count counts[FINGERPRINTS_MAX + 1][SHAPE_COUNT];  // [family]
};
// Calls `each` for every day of the filter's window of which anything is held, in ascending order.
// `families` (at most FINGERPRINTS_MAX + 1) take the place of the filter's one; a source-day counts
// for each of them that it belongs to, and as left out once.
struct shapes_request {
	struct source_filter filter;
	const unsigned *families;
	size_t family_count;
	void (*each)(void *context, const struct shape_day *);
	void *context;
};
bool shapes_count(struct holdings *, const struct shapes_request *, struct floods_left_out *out,
                  struct error *error) MUST_CHECK;
