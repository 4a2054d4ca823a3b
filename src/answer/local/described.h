// SPDX-License-Identifier: MIT
// Private to the local engine: what it says of itself, with what stands behind the pointers of that.
#pragma once

#include "answer/local/local.h"

struct described {
	struct description all;
	struct described_fingerprint *fingerprints;
	int32_t *days, *asked, *logged;
	struct described_lost_day *lost;
	struct described_database *databases;
};
void described_free(struct described *);

// Each replaces its part, which is left as it was where it fails. The days are those of holdings that
// show what is asked.
bool describe_fingerprints(struct described *, const struct holdings *,
                           struct error *error) MUST_CHECK;
bool describe_days(struct described *, const struct holdings *, struct error *error) MUST_CHECK;
bool describe_databases(struct described *, const struct local_world *,
                        struct error *error) MUST_CHECK;
