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
#include "holdings/days.h"

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

// Source-days, day by day and then by source, read once however many questions are asked of them.
// Memory: that of one day's merging and its floods.
struct shape_reader;
struct shape_day {
	int32_t day;
	bool has_unknown;  // SYNs of flows: nobody knows of which families they are
	struct shape_scale scale;
	const struct floods *floods;  // valid until the next day
};
struct source_day {
	const struct host_day *host;  // valid until the next call
	bool is_flood_suspect;
};
bool shape_reader_open(struct holdings *, struct shape_reader **out,
                       struct error *error) MUST_CHECK;
// Moves to a day. `columns` are those that are read, beside those that floods need.
bool shape_reader_enter(struct shape_reader *, const struct held_day *, uint64_t columns,
                        struct shape_day *out, struct error *error) MUST_CHECK;
// The next source-day of that day. False at its end (then *error is ERROR_NONE) or at a failure.
bool shape_reader_next(struct shape_reader *, struct source_day *out,
                       struct error *error) MUST_CHECK;
void shape_reader_close(struct shape_reader *);  // accepts NULL

// Source-days by shape.
struct shape_count {
	uint64_t sources, packets;
	uint64_t flood_suspects;  // also where they are left out of the other two
};
// Counts what the filter wants of a source-day where its shape is. False: it wants nothing of it.
bool shape_count_add(struct shape_count counts[SHAPE_COUNT], const struct source_filter *,
                     const struct shape_scale *, const struct source_day *);
