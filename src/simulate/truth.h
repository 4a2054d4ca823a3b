// SPDX-License-Identifier: MIT
// What a survey of the simulated capture must find: the sightings as they
// happen, and at the end the table, computed from them in the plainest way.
//
// For each (source, family) that was ever seen there is one bit a day, in a hash
// table that doubles when it is more than 5/8 full. An entry is 8 bytes and 8 for each 64
// days begun: 32 bytes for half a year, so 51 to 102 bytes while the table stands.
#pragma once

#include "base/buffer.h"
#include "base/calendar.h"
#include "base/error.h"

// In the order of their names.
enum family { FAMILY_HAJIME, FAMILY_HAJIME_RAW, FAMILY_MIRAI, FAMILY_MIRAI_2016, FAMILY_COUNT };

struct truth {
	const struct zone *zone;
	struct day_span span;           // the day of the last packet
	int32_t first_day;              // of the scenario, in the zone
	size_t day_count, words;        // words of days in an entry
	int32_t first_seen, last_seen;  // days with IPv4 packets; none if first_seen > last_seen
	uint64_t *packets;              // [family][day]
	uint64_t *entries;              // [capacity][1 + words]: key (0: unused), days
	size_t count, capacity;
	bool is_out_of_memory;
};

// For packets from begin_ns to end_ns (exclusive). Undone by truth_done()
// whatever this returned.
bool truth_init(struct truth *, const struct zone *, uint64_t begin_ns, uint64_t end_ns,
                struct error *) MUST_CHECK;
void truth_done(struct truth *);

// What was noted of a source already: that it was seen today need not be looked up
// again for each of its packets. Starts as zeros, also when the source changes.
struct truth_memo {
	uint16_t day;  // of the truth, counted from 1
	uint8_t families;
};

// Notes an IPv4 packet; bit i of `families` says that it was meant for family i.
void truth_note(struct truth *, uint64_t time_ns, uint32_t source, unsigned families,
                struct truth_memo *);

// Says that the source will be noted soon, so that its entry can be fetched.
void truth_expect(const struct truth *, uint32_t source, const struct truth_memo *);

// Appends the table, its header line first. A gap of UINT64_MAX is no limit.
bool truth_write(const struct truth *, uint64_t gap_days, struct buffer *,
                 struct error *) MUST_CHECK;
