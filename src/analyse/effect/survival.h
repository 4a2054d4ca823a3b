// SPDX-License-Identifier: MIT
// How long things last of which some had not ended when nobody looked any more: Kaplan and Meier's curve with
// its bands, its median, and Mantel's log-rank test of two or more groups. It knows nothing of sources: times are whole
// days, and of each only how many ended and how many were still there.
//
// Sources: Kaplan and Meier 1958; Greenwood 1926 for the variance; bands on the log(-log) scale (Kalbfleisch and
// Prentice 1980) or the log scale; the median and its interval where curve and bands reach one half (Brookmeyer and
// Crowley 1982); Mantel 1966. Numbers equal those of the R package survival (survfit, survdiff), which the test
// has.
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

// Of one group, by time: ended[t] ended after t days, left[t] were still there after t days and not seen to end.
struct survival_times {
	const uint64_t *ended, *left;  // [times]
	uint32_t times;
};

enum survival_bands { SURVIVAL_LOG_LOG, SURVIVAL_LOG };

struct survival_point {
	double survival;  // of the time and before: S(t)
	double error;     // standard error of S(t), Greenwood
	double lower,
		upper;  // 95 %; NAN where the curve is 0, and with SURVIVAL_LOG_LOG where it is 1
};

// One point for each time. `out` has room for `times`.
void survival_curve(const struct survival_times *, enum survival_bands, struct survival_point *out);

// Least time at which half have ended, and its interval; NAN: that was never so. Where the curve is exactly one half
// for a while, the middle of it, as R has it.
struct survival_median {
	double median, lower, upper;
};
bool survival_median(const struct survival_times *, enum survival_bands,
                     struct survival_median *out, struct error *error) MUST_CHECK;

// The log-rank test that several groups have one curve. With strata, each has its groups, and numbers add
// up over them: stratum s has groups[s * group_count ...]. All have the same `times`.
struct survival_test {
	double chi_square;
	unsigned degrees;  // of freedom: groups of which something could end, less one
	double p;          // 1 where nothing can be told
};
enum { SURVIVAL_GROUPS_MAX = 8 };
struct survival_test survival_log_rank(const struct survival_times *groups, size_t group_count,
                                       size_t strata);
