// SPDX-License-Identifier: MIT
#include "analyse/events/event.h"

#include <math.h>

#define ALL_ADDRESSES 4294967296.0

double event_timeout(uint64_t addresses, double rate, double miss)
{
	return -log(miss) / (rate * (double)addresses / ALL_ADDRESSES);
}

double event_split_chance(uint64_t addresses, double rate, double seconds)
{
	return exp(-rate * (double)addresses / ALL_ADDRESSES * seconds);
}

double event_coverage(uint64_t destinations, uint64_t addresses)
{
	return (double)destinations / (double)addresses;
}

double event_probes_per_address(uint64_t destinations, uint64_t addresses)
{
	return destinations >= addresses ? INFINITY
	                                 : -log1p(-event_coverage(destinations, addresses));
}

double event_rate(uint64_t packets, uint64_t first_ns, uint64_t last_ns, uint64_t addresses)
{
	if (packets < 2 || last_ns <= first_ns)
		return NAN;
	const double seconds = (double)(last_ns - first_ns) / 1e9;
	return (double)(packets - 1) / seconds * ALL_ADDRESSES / (double)addresses;
}
