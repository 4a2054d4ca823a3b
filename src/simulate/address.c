// SPDX-License-Identifier: MIT
#include "simulate/address.h"

// Upper halves from first to last that are not in use on the Internet, or hold
// a reserved network (RFC 6890), so that no simulated host lives there.
static const struct {
	uint16_t first, last;
} reserved[] = {
	{ 0x0000, 0x00ff },  // 0/8
	{ 0x0a00, 0x0aff },  // 10/8
	{ 0x6440, 0x647f },  // 100.64/10
	{ 0x7f00, 0x7fff },  // 127/8
	{ 0xa9fe, 0xa9fe },  // 169.254/16
	{ 0xac10, 0xac1f },  // 172.16/12
	{ 0xc000, 0xc000 },  // 192.0.0/24, 192.0.2/24
	{ 0xc058, 0xc058 },  // 192.88.99/24
	{ 0xc0a8, 0xc0a8 },  // 192.168/16
	{ 0xc612, 0xc613 },  // 198.18/15
	{ 0xc633, 0xc633 },  // 198.51.100/24
	{ 0xcb00, 0xcb00 },  // 203.0.113/24
	{ 0xe000, 0xffff },  // multicast and above
};

static bool is_usable(uint16_t network, const struct prefix *telescope)
{
	const unsigned bits = telescope->bits < 16 ? telescope->bits : 16;
	if (((uint32_t)network << 16 ^ telescope->address) >> (32 - bits) == 0)
		return false;
	for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
		if (network >= reserved[i].first && network <= reserved[i].last)
			return false;
	return true;
}

void address_draw_networks(struct random *random, const struct prefix *telescope,
                           uint16_t *networks, size_t count)
{
	// A telescope is at most a /8, so that most draws are usable.
	for (size_t i = 0; i < count; i++)
		do
			networks[i] = (uint16_t)random_u32(random);
		while (!is_usable(networks[i], telescope));
}

uint16_t address_pick_network(struct random *random, const uint16_t *networks, size_t count)
{
	const uint64_t u = random_u32(random), square = u * u >> 32;
	return networks[square * count >> 32];
}

uint32_t address_in_network(struct random *random, uint16_t network)
{
	const uint32_t roll = random_u32(random);
	return (uint32_t)network << 16 | (roll >> 16 & 0xff00) | (1 + (roll & 0xffff) % 254);
}
