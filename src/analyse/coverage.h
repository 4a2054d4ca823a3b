// SPDX-License-Identifier: MIT
// How much of each day the captures saw, so that a hole in the data does not look like a recovery.
//
// A capture saw what lies between its first frame and its last, but for its long silences: from the
// longest down, times between two of its frames are such as long as they last 15 minutes and more, and
// ten times as long as the mean of all that are shorter (6 hours, if there are none). So a frame with a
// wrong clock saw its own moment, and nothing up to it.
//
// What all captures leave of a day is a hole if it lasts long enough: 15 minutes, or where the telescope
// is so sparse that frames are far apart, ten times the mean time between the frames of a capture, long
// silences aside (of the captures the median), but at most 6 hours. Shorter silence is what happens
// between two files. A day of which the store has no packet is missing whatever captures saw.
//
// Of captures that were taken in before stores kept when frames were seen (ingest/seen.h) nobody knows
// more than the first frame and the last: they saw all between, and the day says so.
#pragma once

#include "holdings/holdings.h"

// Below this share a day is covered partly: 15 minutes are 1 % of a day.
#define COVERAGE_WHOLE 0.99

struct coverage_day {
	uint64_t length_ns;   // 23 to 25 hours, where clocks change
	uint64_t covered_ns;  // of them
	uint32_t holes;
	uint32_t captures;  // that have frames on the day
	uint32_t spans;     // of them those of which only the first and the last frame are known
	bool has_packets;   // the store has some of the day
	bool is_lost;       // it had: what captures saw of the day is damaged
};

// What is known of a capture.
struct coverage_capture {
	struct capture_seen seen;
	bool is_span;  // one stretch, from its first frame to its last, whatever is between
};

struct coverage {
	int32_t first_day;  // of the store
	uint32_t day_count;
	uint64_t silence_ns;  // between captures: shorter silence is no hole
	struct coverage_day *days;
};

// Over the days of the store. The caller calls coverage_done().
bool coverage_make(struct holdings *, struct coverage *out, struct error *error) MUST_CHECK;
void coverage_done(struct coverage *);

// The same of captures, for days first_day .. first_day+day_count-1.
bool coverage_count(const struct zone *, const struct coverage_capture *, size_t count,
                    struct coverage *in_out, struct error *error) MUST_CHECK;

// NULL: not a day of the store.
const struct coverage_day *coverage_on(const struct coverage *, int32_t day);
double coverage_share(const struct coverage_day *);
// A day that has packets is never missing, even if its captures have one frame each. Of a lost day the
// numbers say what captures saw.
enum coverage_status { COVERED, COVERED_PARTLY, COVERED_MISSING, COVERED_LOST };
enum coverage_status coverage_status(const struct coverage_day *);
// How that is known: "frames", or "spans" where it is not known of all captures.
const char *coverage_known_by(const struct coverage_day *);
extern const char *const coverage_status_names[];  // "covered", "partly", "missing", "lost"
