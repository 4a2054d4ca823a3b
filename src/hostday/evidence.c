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

static struct item_set set_of(const struct host_day *h, unsigned field)
{
	return h->fields_mask >> field & 1 ? h->sets[field] : (struct item_set){ .count = 0 };
}

// Values ascend, and partners have their first byte in common: they are not far.
static bool has_partner(const struct item *items, uint32_t count, uint32_t at)
{
	const uint32_t value = items[at].value, first = value >> 24;
	for (uint32_t i = at; i-- > 0 && items[i].value >> 24 == first;)
		if (evidence_nmap_partners(items[i].value, value))
			return true;
	for (uint32_t i = at + 1; i < count && items[i].value >> 24 == first; i++)
		if (evidence_nmap_partners(items[i].value, value))
			return true;
	return false;
}

static bool is_nmap(const struct host_day *h)
{
	const struct item_set set = set_of(h, FIELD_NMAP_SEQ);
	uint32_t partners = 0;
	for (uint32_t i = 0; i < set.count; i++)
		partners += has_partner(h->items + set.begin, set.count, i);
	return partners > 0 && 2 * partners >= set.count;
}

// Of a sample nothing is estimated: that it has a value more than the cap, at least, is all that it says here.
static bool has_twice(struct item_set numbers, struct item_set keys)
{
	return !keys.is_sampled && numbers.count + numbers.is_sampled >= 2 * keys.count;
}

static bool is_unicornscan(const struct host_day *h)
{
	const struct item_set numbers = set_of(h, FIELD_UNICORNSCAN_SEQ);
	return numbers.count > 0 && (has_twice(numbers, set_of(h, FIELD_UNICORNSCAN_KEY)) ||
	                             has_twice(numbers, set_of(h, FIELD_UNICORNSCAN_SWAPPED_KEY)));
}

static uint32_t doubted_tools(const struct host_day *h)
{
	const uint32_t doubted = (uint32_t)!is_nmap(h) << FINGERPRINT_NMAP |
	                         (uint32_t)!is_unicornscan(h) << FINGERPRINT_UNICORNSCAN |
	                         (uint32_t)(h->matched[FINGERPRINT_ZMAP_4] < 2)
	                                 << FINGERPRINT_ZMAP_4;
	return doubted & h->matched_mask;
}

uint32_t host_day_doubted(const struct host_day *h)
{
	const bool has_unknown = h->matched_mask >> FINGERPRINT_UNKNOWN & 1;
	const uint64_t syns = host_day_packets(h, KIND_SYN) -
	                      (has_unknown ? h->matched[FINGERPRINT_UNKNOWN] : 0);
	uint32_t doubted = h->has_tools ? doubted_tools(h) : 0;
	for (uint32_t rest = h->matched_mask & fingerprints_weighed; rest != 0; rest &= rest - 1) {
		const unsigned f = (unsigned)__builtin_ctz(rest);
		if (!evidence_is_enough(syns, h->matched[f], fingerprint_evidence_min(f)))
			doubted |= UINT32_C(1) << f;
	}
	return doubted;
}
