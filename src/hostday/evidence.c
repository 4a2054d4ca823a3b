// SPDX-License-Identifier: MIT
#include "hostday/evidence.h"

enum {
	TIMES_CHANCE = 3,
	// From here on so many times what chance brings is less likely than CHANCE_MAX: l^k / k! is
	// less than (e l / k)^k, at most (e / 3)^k.
	PACKETS_ENOUGH = 71,
};
#define CHANCE_MAX 0.001

bool evidence_is_enough(uint64_t syns, uint64_t matched, unsigned packets_min)
{
	const double average = (double)syns / (double)(1 << FINGERPRINT_WEIGHED_BITS);
	double chance = 1;
	if (matched < packets_min || (double)matched < TIMES_CHANCE * average)
		return false;
	if (matched >= PACKETS_ENOUGH)
		return true;
	for (uint64_t i = 1; i <= matched; i++)
		chance *= average / (double)i;
	return chance <= CHANCE_MAX;
}

uint32_t host_day_doubted(const struct host_day *h)
{
	const bool has_unknown = h->matched_mask >> FINGERPRINT_UNKNOWN & 1;
	const uint64_t syns = host_day_packets(h, KIND_SYN) -
	                      (has_unknown ? h->matched[FINGERPRINT_UNKNOWN] : 0);
	uint32_t doubted = 0;
	for (uint32_t rest = h->matched_mask & fingerprints_weighed; rest != 0; rest &= rest - 1) {
		const unsigned f = (unsigned)__builtin_ctz(rest);
		if (!evidence_is_enough(syns, h->matched[f], fingerprint_evidence_min(f)))
			doubted |= UINT32_C(1) << f;
	}
	return doubted;
}
