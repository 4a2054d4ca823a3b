// SPDX-License-Identifier: MIT
#include "capture/drops.h"

const char *const drop_counter_names[DROP_COUNTERS] = {
	[DROP_RECEIVED] = "received",           [DROP_BY_INTERFACE] = "dropped_by_interface",
	[DROP_ACCEPTED] = "accepted_by_filter", [DROP_BY_SYSTEM] = "dropped_by_system",
	[DROP_DELIVERED] = "delivered",         [DROP_BETWEEN] = "lost_between_packets",
};

uint64_t drops_sum(uint64_t a, uint64_t b)
{
	a = a < DROPS_MAX ? a : DROPS_MAX;
	return b < DROPS_MAX - a ? a + b : DROPS_MAX;
}

void drops_add(struct capture_drops *d, enum drop_counter counter, uint64_t packets)
{
	d->packets[counter] = drops_sum(d->packets[counter], packets);
	d->said |= (uint8_t)(1u << counter);
}

void drops_add_all(struct capture_drops *d, const struct capture_drops *more)
{
	for (unsigned counter = 0; counter < DROP_COUNTERS; counter++)
		if (drops_say(more, counter))
			drops_add(d, counter, more->packets[counter]);
}

bool drops_lost(const struct capture_drops *d, uint64_t *out)
{
	const uint8_t dropped = 1u << DROP_BY_INTERFACE | 1u << DROP_BY_SYSTEM;
	const uint64_t both = drops_sum(d->packets[DROP_BY_INTERFACE], d->packets[DROP_BY_SYSTEM]);
	const uint64_t between = d->packets[DROP_BETWEEN];
	if ((d->said & (dropped | 1u << DROP_BETWEEN)) == 0)
		return false;
	*out = both > between ? both : between;
	return true;
}
