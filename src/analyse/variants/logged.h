// SPDX-License-Identifier: MIT
// How much of each day honeypots logged: where one was silent far longer than it ever is between two visits, nobody knows
// who came, and nobody recovered.
//
// A *visit* is what a sensor logged of anybody with no more than LOGGED_VISIT_MINUTES between two minutes in which something
// happened. A silence between visits is a gap if it is longer than LOGGED_SILENCE_MINUTES and than LOGGED_TIMES the median of
// the up to LOGGED_AROUND distances before and as many after it. Of visits that come at random, of one rate, one in 17 million
// is followed by such a silence (the median of exponential distances is ln 2 of their mean: 2^-24); real ones come in
// clusters, where a loader follows a scanner, and are worth less. So a sensor to which somebody comes every few minutes
// shows a gap of an hour or two, and one that has ten visitors a day only one of two days and more.
// With fewer than LOGGED_KNOWN distances nothing is known, and nothing a gap.
//
// A day on which no sensor logged anything is a gap whatever the rates.
//
// A sensor belongs to the days from its first event to its last, as a whole; what is before its first visit of all on the
// first day, and behind the last, is a silence, too.
//
// Memory: 4 bytes for each minute of a sensor in which something happened, 6 KB a day at most.
#pragma once

#include "holdings/holdings.h"

enum {
	LOGGED_VISIT_MINUTES = 5,
	LOGGED_SILENCE_MINUTES = 60,
	LOGGED_TIMES = 24,
	LOGGED_AROUND = 20,
	LOGGED_KNOWN = 10
};

struct logged_day {
	uint32_t sensors;           // that belong to the day
	uint64_t logged, possible;  // minutes of all of these together
};

struct logged {
	int32_t first_day;
	uint32_t day_count;  // 0: nobody ever logged anything
	struct logged_day *days;
};

// Reads all events that are held, whichever days are asked about. Days that are lost have no events.
bool logged_find(struct holdings *, struct logged *out, struct error *error) MUST_CHECK;
void logged_done(struct logged *);  // accepts one of zeros

// Of the possible minutes; 0 on a day to which no sensor belongs.
double logged_share(const struct logged_day *);
