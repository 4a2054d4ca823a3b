// SPDX-License-Identifier: MIT
#include "analyse/rules/mirai_hosts.h"

struct mirai_bits mirai_bits_of(const struct fingerprint_set *set)
{
	struct mirai_bits bits = { FINGERPRINTS_MAX, FINGERPRINTS_MAX };
	(void)fingerprint_find(set, "mirai", &bits.mirai);
	(void)fingerprint_find(set, "mirai-2016", &bits.mirai_2016);
	return bits;
}

bool is_mirai_host(uint64_t syns, uint64_t matched)
{
	// Fewer than a tenth do not match: without a product that could overflow.
	return matched > 0 && (matched >= syns ||
	                       syns - matched <= (syns - 1) / (100 / (100 - MIRAI_HOST_PERCENT)));
}

static uint64_t matched_of(const struct host_day *h, unsigned bit)
{
	return bit < FINGERPRINTS_MAX && h->matched_mask >> bit & 1 ? h->matched[bit] : 0;
}

// SYNs from source ports of which the released source has none.
static uint64_t low_syns(const struct host_day *h)
{
	const uint64_t syns = host_day_packets(h, KIND_SYN);
	uint64_t low = 0, kept = 0;
	if (!(h->fields_mask >> FIELD_SOURCE_PORT & 1))
		return 0;
	const struct item_set set = h->sets[FIELD_SOURCE_PORT];
	for (uint32_t i = 0; i < set.count; i++) {
		const struct item *item = &h->items[set.begin + i];
		low += item->value <= MIRAI_SOURCE_PORT_MAX ? item->packets : 0;
		kept += item->packets;
	}
	if (low == 0 || kept >= syns)
		return low;
	const double all = (double)low / (double)kept * (double)syns;
	return all < (double)syns ? (uint64_t)all : syns;
}

uint64_t mirai_2016_syns(struct mirai_bits bits, const struct host_day *h)
{
	return matched_of(h, bits.mirai_2016);
}

uint64_t mirai_any_port_syns(struct mirai_bits bits, const struct host_day *h)
{
	const uint64_t matched = matched_of(h, bits.mirai), surely = mirai_2016_syns(bits, h);
	const uint64_t low = matched > 0 ? low_syns(h) : 0;
	const uint64_t least = matched > low ? matched - low : 0;
	return least > surely ? least : surely;
}
