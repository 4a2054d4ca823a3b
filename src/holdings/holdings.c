// SPDX-License-Identifier: MIT
#include "holdings/holdings.h"

#include "base/text.h"

bool holdings_family(const struct holdings *h, const char *name, unsigned *out, struct error *error)
{
	unsigned bit = HOLDINGS_ALL_SYNS;
	if (name != NULL && !text_equal(name, "*") &&
	    fingerprint_find(holdings_about(h).fingerprints, name, &bit) == NULL)
		return error_set(error, ERROR_USAGE, "'%s' is no fingerprint of this store", name);
	*out = bit;
	return true;
}
