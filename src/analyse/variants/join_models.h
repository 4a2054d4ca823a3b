// SPDX-License-Identifier: MIT
// Honeypots joined with the answers of hosts: which device model (devices/models.h) those are of that came to a honeypot. A
// family of strings mostly has its kinds of devices: that is who has to be told.
//
// A source is of a cluster if it answered when it was asked, on the day that it came to the honeypot or up to 30 days after:
// addresses move on (devices/accessibility.h). Whether the telescope saw it does not matter.
#pragma once

#include "analyse/devices/models.h"
#include "analyse/variants/join.h"

struct join_models {
	struct models models;  // of all hosts that answered on the days, or up to 30 after
	// By row of the join, those with the most sources first, of equal ones the lowest cluster, which is `place`.
	struct pair_counts counts;
	size_t *first;  // [rows + 1]: where those of the row begin
	bool *is_known;  // [rows]: false: nobody was asked then, or answers were too many to be clustered
};

// Once through the answers more than models_find(). Memory: that, and 8 bytes for each host and day that answered.
bool join_models_find(struct holdings *, const struct join *, const struct honeypot_sighting *,
                      size_t count, const struct models_request *, const struct limits *,
                      struct join_models *out, struct error *error) MUST_CHECK;
void join_models_done(struct join_models *);  // accepts one of zeros
