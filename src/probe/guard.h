// SPDX-License-Identifier: MIT
// Whom nobody asks, whatever a list says. It is asked when a run is planned, and again before each
// connection, by who opens it: nothing that stands in between can lead elsewhere.
//
//   special     no host of the Internet: RFC 6890's registry, 224.0.0.0/3 (ipset_is_special()), and
//               192.88.99.0/24, which was anycast of relays (RFC 7526)
//   opted out   who asked not to be asked
//
// A run on loopback is for tests: then 127.0.0.0/8 may be asked, and nothing else, so that a test with a
// slip in it reaches nobody.
#pragma once

#include "base/cursor.h"
#include "base/error.h"
#include "ipset/ipset.h"

enum guard_verdict { GUARD_FREE, GUARD_SPECIAL, GUARD_OPTED_OUT };

struct guard {
	bool is_loopback;  // 127.0.0.0/8, and nothing else
	struct ipset_prefixes opt_outs;
};
void guard_done(struct guard *);  // accepts one of zeros

// Reads opt-outs, one a line: "PREFIX DAY [words]", the day as YYYY-MM-DD, since when it holds; blank
// lines and what follows # are for people. Any other line is an error that names it: an opt-out that
// was written wrongly must not be lost. An empty file is one. Those of before are replaced.
enum { GUARD_OPT_OUTS_MAX = 1 << 20 };
bool guard_read_opt_outs(struct guard *, struct span text, const char *name,
                         struct error *error) MUST_CHECK;

enum guard_verdict guard_ask(const struct guard *, uint32_t address);
