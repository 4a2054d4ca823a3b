// SPDX-License-Identifier: MIT
// Which days belong together, so that one frame with a bogus time does not stretch everything: a frame
// of 2096 among those of 2016 makes 80 years of days.
//
// It is decided by how many frames each capture has on each day (ingest/seen.h). Days of a capture with
// at most NEAR_GROUP_DAYS between them are a group; the group with the most frames, F, says what is
// few: fewer than the square root of F. A group of few frames is *far* if it is more than
// NEAR_FAR_DAYS away from each group of the capture that is not of few; if F is below NEAR_FRAMES, more
// than NEAR_FARTHER_DAYS, 20 years. And a day before 1988 is far, however many frames it has, as soon as
// any capture has a later one: no capture is older than tcpdump, but the clock of a device that was
// just switched on is of 1970 until it hears of the time.
//
// All other days of all captures are near, and so is whatever lies between them: a day that is far for
// one capture is not if others have near days on both sides of it. Days of captures of which only the
// first frame and the last are known are near, all of them.
//
// So a capture that is silent for years and goes on with as many frames has no far days, nor has an
// archive of single days, be it one capture or many; nor a few frames of the last decades that
// somebody put together. Neither the order of captures nor that of frames makes a difference.
#pragma once

#include "holdings/holdings.h"

enum {
	NEAR_GROUP_DAYS = 31,
	NEAR_FAR_DAYS = 366,
	NEAR_FRAMES = 16,
	NEAR_FARTHER_DAYS = 7305,
	NEAR_FIRST_DAY = 6574,  // 1988-01-01
};

// From the first near day to the last; all_days, if none is far.
bool near_days_find(const struct zone *, const struct holdings_captures *, struct day_range *out,
                    struct error *error) MUST_CHECK;

// Whether a capture can have far days at all: what can be asked without the others.
bool near_days_are_in_doubt(const struct zone *, const struct capture_seen *);

// Frames of captures that lie on other days than these.
struct far_frames {
	uint64_t frames, days;  // days: of each capture
	uint64_t captures;      // that have some
	int32_t first, last;    // of the days
};
// Adds those of one capture.
void far_frames_add(const struct zone *, const struct capture_seen *, struct day_range near,
                    struct far_frames *in_out);

// What somebody sees who asks for `wanted`, where `near` are the near days: these, and what is asked for
// beyond. An end that is open (as in all_days) goes to the end of them, or if it begins beyond, to the
// end of all.
struct day_range near_days_reach(struct day_range near, struct day_range wanted);
