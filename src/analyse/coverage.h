// SPDX-License-Identifier: MIT
// How much of each day the captures saw, so that a hole in the data does not look like a recovery.
//
// A capture saw what lies between its first frame and its last. What the spans of all captures leave
// of a day is a hole if it lasts long enough: 15 minutes, or where the telescope is so sparse that
// frames are far apart, ten times the mean interval between the frames of a capture (of the
// captures the median), but at most 6 hours. Shorter silence is what happens between two files.
// A day of which the store has no packet is missing whatever the spans say: one frame with a wrong
// clock makes them span years.
#pragma once

#include "holdings/holdings.h"

// Below this share a day is covered partly: 15 minutes are 1 % of a day.
#define COVERAGE_WHOLE 0.99

struct coverage_day {
	uint64_t length_ns;   // 23 to 25 hours, where clocks change
	uint64_t covered_ns;  // of them
	uint32_t holes;
	uint32_t captures;  // whose spans touch the day
	bool has_packets;   // the store has some of the day
	bool is_lost;       // it had: what captures saw of the day is damaged
};

// The time from the first frame of a capture to the last, and how many it has.
struct coverage_span {
	uint64_t first_ns, last_ns, frames;
};

struct coverage {
	int32_t first_day;  // of the store
	uint32_t day_count;
	uint64_t silence_ns;  // shorter silence is no hole
	struct coverage_day *days;
};

// Over the days of the store. The caller calls coverage_done().
bool coverage_make(struct holdings *, struct coverage *out, struct error *error) MUST_CHECK;
void coverage_done(struct coverage *);

// The same of spans, which it sorts, for days first_day .. first_day+day_count-1.
bool coverage_count(const struct zone *, struct coverage_span *spans, size_t span_count,
                    struct coverage *in_out, struct error *error) MUST_CHECK;

// NULL: not a day of the store.
const struct coverage_day *coverage_on(const struct coverage *, int32_t day);
double coverage_share(const struct coverage_day *);
// A day that has packets is never missing, even if its captures have one frame each. Of a lost day the
// numbers say what captures saw.
enum coverage_status { COVERED, COVERED_PARTLY, COVERED_MISSING, COVERED_LOST };
enum coverage_status coverage_status(const struct coverage_day *);
extern const char *const coverage_status_names[];  // "covered", "partly", "missing", "lost"
