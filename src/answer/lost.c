// SPDX-License-Identifier: MIT
#include "answer/engine.h"

// Those that are named; how many there are is said first.
enum { LOST_NAMED_MAX = 10 };

bool lost_caveats(const struct description *d, struct caveats *out, struct error *error)
{
	const struct caveat all = { CAVEAT_LOST_DAYS,
		                    { d->lost_count, d->lost_count + d->day_count } };
	bool ok = d->lost_count == 0 || caveats_add(out, &all, error);
	for (size_t i = 0; ok && i < d->lost_count && i < LOST_NAMED_MAX; i++) {
		const struct caveat one = { CAVEAT_LOST_DAY, .days = { d->lost[i].day },
			                    .texts = { d->lost[i].why } };
		ok = caveats_add(out, &one, error);
	}
	return ok;
}
