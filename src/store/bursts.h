// SPDX-License-Identifier: MIT
// Private to store/: bursts of a day, from segments that are known by number, and from an ingest.
#pragma once

#include "hostday/hostday.h"
#include "store/write.h"

// What segments first .. first+count-1, which are those of one day, keep of the form.
struct holdings_kept store_bursts_kept(const struct store *, size_t first, size_t count,
                                       enum burst_form);

// Their bursts, merged. The caller closes the stream.
bool store_bursts_open(struct store *, size_t first, size_t count, enum burst_form,
                       struct burst_stream **out, struct error *error) MUST_CHECK;

// What becomes the bursts of a new segment.
struct bursts_copy {
	struct store_change *change;
	size_t first, count;      // segments of the store that it takes the place of
	struct burst_days *days;  // what comes; NULL: bursts are not kept of that
	bool has_more;            // something comes
	int32_t day;
	const struct host_marks *marks;  // NULL: fingerprints stay what they are
	const char *interrupted;         // what that means, for the user
};
// All forms, behind all host-days. Several segments may be written side by side.
bool store_copy_bursts(const struct bursts_copy *, struct segment_writer *,
                       struct error *error) MUST_CHECK;
