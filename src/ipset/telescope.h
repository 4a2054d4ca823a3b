// SPDX-License-Identifier: MIT
// The telescope by day: prefixes, each with the days on which it belonged to the telescope.
//
// Text: "PREFIX[@[FROM]..[TO]][,...]", FROM and TO days of the store's zone, both included; an
// empty side has no end. "192.0.2.0/24,198.51.100.0/24@2016-01-01..2017-12-31".
#pragma once

#include "base/calendar.h"
#include "ipset/ipset.h"

// Days on which the prefixes change, at most: what bounds the memory of a text from outside.
enum { TELESCOPE_PERIODS_MAX = 512 };

// The prefixes from a day on, up to the next period.
struct telescope_period {
	int32_t first_day;               // of the first period INT32_MIN
	struct ipset_prefixes prefixes;  // count 0: none, so no destination counts
	uint64_t size;                   // addresses of them
};

// Periods ascend, and neighbours differ: telescopes that mean the same are the same. A struct of
// zeros is the telescope that nobody named: every destination counts.
struct telescope {
	struct telescope_period *periods;
	size_t count;
};

// ERROR_USAGE with the piece that is wrong. The caller calls telescope_done().
bool telescope_parse(const char *text, struct telescope *out, struct error *error) MUST_CHECK;
void telescope_done(struct telescope *);
bool telescope_same(const struct telescope *, const struct telescope *);

// All that ever belonged to it; of a struct of zeros, no prefix. The caller calls
// ipset_prefixes_done().
bool telescope_ever(const struct telescope *, struct ipset_prefixes *out,
                    struct error *error) MUST_CHECK;

// The prefixes of the day. NULL: every destination counts.
const struct ipset_prefixes *telescope_on(const struct telescope *, int32_t day);
// Addresses on that day. 0: not known, as every destination counts, or none that day.
uint64_t telescope_size(const struct telescope *, int32_t day);

// The prefixes of all days if they are the same on all, else NULL.
const struct ipset_prefixes *telescope_undated(const struct telescope *);

// For packets, whose days seldom change: keeps the prefixes of the day of the last one.
struct telescope_gate {
	const struct telescope *telescope;
	const struct zone *zone;
	struct day_span day;
	const struct ipset_prefixes *prefixes;
};
struct telescope_gate telescope_gate_make(const struct telescope *, const struct zone *);
// Whether the destination belonged to the telescope on the day of the moment.
bool telescope_gate_passes(struct telescope_gate *, uint64_t time_ns, uint32_t destination);
