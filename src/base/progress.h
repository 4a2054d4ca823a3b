// SPDX-License-Identifier: MIT
// One line on a terminal that says how long work goes on: bytes, items, items a
// second, time left. Silent where standard error is no terminal or it was
// switched off. Call progress_tick() as often as you like: it draws at most
// ten times a second, and asks the clock only every so many calls.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool is_shown;
	const char *what;      // "packets"
	uint64_t bytes_total;  // 0: unknown
	uint64_t start_ns, last_ns;
	unsigned width;  // of the line that is drawn now
};

// `is_wanted` is false for --quiet and --no-progress.
void progress_start(struct progress *, const char *what, uint64_t bytes_total, bool is_wanted);
void progress_tick(struct progress *, uint64_t bytes, uint64_t items);
// The same of steps of which it is known how many there are: "120 of 3.48 k connections (3 %), 97/s, 40 open,
// 0:34 left". `more` is said before the time: "40 open", or "".
void progress_steps(struct progress *, uint64_t done, uint64_t total, const char *more);
// Wipes the line.
void progress_stop(struct progress *);
